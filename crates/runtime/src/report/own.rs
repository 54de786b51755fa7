//! Which domains are ours.

use mail::domain::normal_host;
use std::collections::BTreeSet;

/// Domains of our own, with everything below them. Where none is named, every domain counts as ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnDomains(BTreeSet<String>);

impl OwnDomains {
    /// These domains.
    pub fn new<D: AsRef<str>>(domains: impl IntoIterator<Item = D>) -> Self {
        Self(domains.into_iter().map(|domain| normal_host(domain.as_ref()).into_owned()).collect())
    }

    /// Whether a domain, in its normal spelling, is ours or below one that is.
    pub fn has(&self, domain: &str) -> bool {
        let mut rest = Some(domain);
        let mut parents = std::iter::from_fn(|| {
            let name = rest?;
            rest = name.split_once('.').map(|(_, parent)| parent);
            Some(name)
        });
        self.0.is_empty() || parents.any(|name| self.0.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(own: &[&str], domain: &str, expected: bool) {
        assert_eq!(OwnDomains::new(own).has(domain), expected, "{own:?} {domain}");
    }

    #[test]
    fn what_is_below_is_ours_and_what_looks_alike_is_not() {
        let own = ["House.example.", "press.test"];
        check(&own, "house.example", true);
        check(&own, "mail.news.house.example", true);
        check(&own, "press.test", true);
        check(&own, "greenhouse.example", false);
        check(&own, "example", false);
        check(&own, "house.example.net.test", false);
        check(&own, "", false);
        check(&[], "anything.example", true);
    }
}
