//! Senders whose mail is not disarmed, because the house says so: newsletters that somebody needs with their pictures. A name in
//! a header proves nothing, so this holds only where DMARC does, and never for a campaign of concern or for what is kept.

use crate::detect::Output;
use mail::authentication::{AuthResult, Authentication};
use mail::domain::{domain_of, normal_host};
use mail::feature::Feature;
use model::{Reason, Verdict};
use std::collections::BTreeSet;

/// The reason that says why a message was not disarmed.
const CODE: &str = "LEFT_AS_IS";

/// Addresses and domains of such senders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftAsIs(BTreeSet<String>);

impl LeftAsIs {
    /// These addresses and domains. A domain stands for itself, and not for those below it.
    pub fn new<S: AsRef<str>>(senders: impl IntoIterator<Item = S>) -> Self {
        Self(senders.into_iter().map(|sender| sender.as_ref().trim().to_lowercase()).collect())
    }

    /// Takes the proposal back to disarm a message of one of these senders.
    pub(super) fn spare(&self, output: &mut Output) {
        if self.0.is_empty() || output.judgement.verdict != Verdict::Disarm {
            return;
        }
        let Some(feature) = Feature::decode(&output.detected.record) else { return };
        if self.covers(&feature.sender, &output.authentication) {
            let detail = "the configuration leaves mail of this sender as it is, and DMARC passed".to_owned();
            output.judgement.verdict = Verdict::Pass;
            output.judgement.reasons.push(Reason { code: CODE, weight: 0.0, detail });
        }
    }

    /// Whether an author is one of them, and DMARC (RFC 7489) passed for the very domain.
    fn covers(&self, author: &str, authentication: &Authentication) -> bool {
        let author = author.to_lowercase();
        let domain = normal_host(domain_of(&author)).into_owned();
        let is_proven = authentication.dmarc.as_ref().is_some_and(|dmarc| {
            dmarc.result == AuthResult::Pass && normal_host(&dmarc.header_from) == domain
        });
        is_proven && (self.0.contains(&author) || self.0.contains(&domain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(author: &str, results: &str, expected: bool) {
        let left = LeftAsIs::new(["News.example", "clerk@Press.example "]);
        let field = format!("mx.house.example; {results}");
        let found =
            Authentication::from_headers([field.as_str()].into_iter(), &["mx.house.example".to_owned()]);
        assert_eq!(left.covers(author, &found), expected, "{author}: {results}");
    }

    #[test]
    fn only_whom_dmarc_proves_is_left_as_is() {
        let news = "dmarc=pass header.from=news.example";
        check("Editor@news.example", news, true);
        check("editor@news.example", "dmarc=fail header.from=news.example", false);
        check("editor@news.example", "dmarc=pass header.from=other.example", false);
        check("editor@news.example", "spf=pass smtp.mailfrom=news.example", false);
        check("editor@mail.news.example", "dmarc=pass header.from=mail.news.example", false);
        check("editor@other.example", "dmarc=pass header.from=other.example", false);
        check("clerk@press.example", "dmarc=pass header.from=press.example", true);
        check("other@press.example", "dmarc=pass header.from=press.example", false);
    }
}
