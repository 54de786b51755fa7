//! The grid of variants that a detector is measured on.

use super::Variant;

impl Variant {
    /// The variants a detector is measured on: each factor alone, then several at once.
    #[must_use]
    pub fn grid() -> Vec<Self> {
        const ALONE: &[&str] = &[
            "template=shared",
            "template=per-sender",
            "body=paraphrased",
            "tracker=own",
            "tracker=own,hosts=rotating",
            "hosts=rotating",
            "beacon=css",
            "beacon=font",
            "beacon=background",
            "beacon=link-only",
            "accounts=1",
            "accounts=2",
            "accounts=5",
            "recipients=3",
            "recipients=5",
            "recipients=10",
            "recipients=20",
            "recipients=100",
            "recipients=400",
            "duration=1h",
            "duration=1d",
            "duration=30d",
            "duration=180d",
            "purity=1.0",
            "purity=0.8",
            "purity=0.65",
            "purity=0.5",
        ];
        const TOGETHER: &[&str] = &[
            "template=per-sender,body=paraphrased",
            "template=per-sender,body=paraphrased,tracker=own,hosts=rotating",
            "template=per-sender,body=paraphrased,beacon=link-only",
            "body=paraphrased,beacon=css,accounts=5,recipients=20,purity=0.8",
            "tracker=own,hosts=rotating,beacon=font,accounts=3,recipients=10",
            "accounts=1,recipients=5,duration=1h,purity=1.0",
            "template=per-sender,accounts=10,recipients=10,duration=30d,purity=0.8",
            "body=paraphrased,tracker=own,beacon=background,duration=180d,purity=0.9",
            "accounts=1,recipients=38,duration=1h,beacon=link-only,purity=1.0",
            "template=per-sender,body=paraphrased,hosts=rotating,duration=180d,recipients=30,purity=0.8",
            "tracker=own,beacon=css,accounts=4,recipients=32,purity=0.95",
            "newcomer=yes",
            "template=per-sender,body=paraphrased,newcomer=yes",
        ];
        ALONE
            .iter()
            .chain(TOGETHER)
            .map(|text| Self::parse(text).expect("the grid is written by us"))
            .collect()
    }
}
