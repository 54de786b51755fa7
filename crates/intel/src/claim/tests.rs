//! Three findings of one month stay three; what is no claim is told.

use super::*;

/// What was published of March 2024, each with its own subject, object and confidence (ids of sources: see `source`).
fn findings() -> [Claim; 3] {
    let finding = |subject: &str, object, claimant: &str, confidence: &str, source: &str| Claim {
        subject: subject.to_owned(),
        relation: Relation::AttributedTo,
        object,
        claimant: claimant.to_owned(),
        made_at: EventTime(1_711_324_800),
        basis: Basis::ReceiverGovernment,
        confidence: confidence.parse().expect("a confidence"),
        source: source.to_owned(),
        items: Vec::new(),
        rivals: Vec::new(),
    };
    [
        finding(
            "reconnaissance against UK parliamentarians, 2021",
            Object::Named("APT31".into()),
            "UK NCSC",
            "almost certain",
            "wired-gov.net 26/03/2024",
        ),
        finding(
            "compromise of the UK Electoral Commission, 2021-2022",
            Object::Unnamed("a state-affiliated entity".into()),
            "UK NCSC",
            "highly likely",
            "wired-gov.net 26/03/2024",
        ),
        finding(
            "compromise of the NZ Parliamentary Counsel Office and Parliamentary Service, 2021",
            Object::Named("APT40".into()),
            "NZ NCSC",
            "A6",
            "theregister.com 2024/03/26",
        ),
    ]
}

#[test]
fn the_three_findings_of_march_2024_stay_three() {
    let [members, commission, zealand] = findings();
    assert_eq!(members.confidence.score(), Some(97));
    assert_eq!((commission.confidence.score(), commission.object.is_named()), (Some(85), false));
    assert_eq!(zealand.confidence.score(), None);
    let subjects: BTreeSet<&str> =
        [&members, &commission, &zealand].into_iter().map(|claim| claim.subject.as_str()).collect();
    assert_eq!(subjects.len(), 3);
    for claim in findings() {
        assert_eq!(claim.check(), Ok(()));
        let json = serde_json::to_string(&claim).expect("JSON");
        assert_eq!(serde_json::from_str::<Claim>(&json).expect("a claim"), claim);
    }
}

#[test]
fn a_false_flag_and_an_unknown_are_always_rivals() {
    let [mut claim, ..] = findings();
    claim.rivals.push(Rival { hypothesis: "another customer".to_owned().into(), text: String::new() });
    let names: Vec<String> = claim.hypotheses().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["claim", "false-flag", "unknown", "another customer"]);
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Claim), expected: &str) {
    let [mut claim, ..] = findings();
    claim.items.push(Item {
        text: "a web beacon".into(),
        source: "us".into(),
        origin: "us".into(),
        entry: Some(1),
        ratios: Some(Ratios { of: [(Hypothesis::Claim, 2.0)].into(), source: "measured".into() }),
    });
    assert_eq!(claim.check(), Ok(()));
    change(&mut claim);
    assert_eq!(claim.check().expect_err("no claim").to_string(), expected);
}

#[test]
fn what_is_no_claim_is_told() {
    refused(|claim| claim.source.clear(), "the source has 0 bytes: it takes 1 to 4096");
    refused(
        |claim| claim.rivals = vec![Rival { hypothesis: Hypothesis::Claim, text: String::new() }],
        "the claim is no rival of itself",
    );
    refused(
        |claim| {
            let ratios = claim.items[0].ratios.as_mut().expect("ratios");
            ratios.of.insert(Hypothesis::Claim, f64::NAN);
        },
        "item 1: the ratio NaN of `claim` is not between 0.001 and 1000",
    );
    refused(
        |claim| {
            let ratios = claim.items[0].ratios.as_mut().expect("ratios");
            ratios.of.insert(Hypothesis::Other("nobody".into()), 1.0);
        },
        "item 1: `nobody` is neither the claim nor one of its rivals",
    );
}

#[test]
fn each_scale_maps_as_the_standard_says() {
    let scores = ["A1", "B2", "C3", "D4", "E5", "F6"]
        .map(|grade| grade.parse::<Confidence>().expect("a grade").score());
    assert_eq!(scores, [Some(90), Some(70), Some(50), Some(30), Some(10), None]);
    let terms =
        [5, 15, 30, 45, 65, 85, 95].map(|score| Confidence::Score(score).phia().expect("a term").to_string());
    let expected = [
        "a remote chance",
        "highly unlikely",
        "unlikely",
        "a realistic possibility",
        "likely",
        "highly likely",
        "almost certain",
    ];
    assert_eq!(terms, expected);
    for term in expected {
        assert_eq!(
            term.parse::<Confidence>().expect("a term").phia().map(|term| term.to_string()),
            Some(term.into())
        );
    }
    for wrong in ["", "101", "G1", "A7", "A", "certain", "-1", "A11"] {
        assert!(wrong.parse::<Confidence>().is_err(), "{wrong}");
    }
}
