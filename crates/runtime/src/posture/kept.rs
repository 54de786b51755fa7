//! What was found of our domains when they were last looked up, kept in the store: pages show it, and ask nobody.

use super::Posture;
use crate::data::Data;
use crate::report::OwnDomains;
use anyhow::Result;
use model::EventTime;
use model::time::DAY_SECS;
use serde::{Deserialize, Serialize};
use store::{Batch, Records};

const COLLECTION: &str = "domain-posture";

/// How a domain was protected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// When it was looked up, in seconds since 1970.
    looked_up: i64,
    /// With which DKIM selectors.
    selectors: Vec<String>,
    /// What was found.
    pub posture: Posture,
}

impl Kept {
    /// When it was looked up.
    pub fn looked_up(&self) -> EventTime {
        EventTime(self.looked_up)
    }
}

/// Keeps what was found of a domain, looked up with `selectors`, instead of what was found before.
///
/// # Errors
/// When the store fails.
pub fn keep(data: &Data, posture: Posture, selectors: &[String], now: EventTime) -> Result<()> {
    let domain = posture.domain.clone();
    let kept = Kept { looked_up: now.0, selectors: selectors.to_vec(), posture };
    Ok(data.store.records.apply(Batch::default().put(COLLECTION, &domain, serde_json::to_vec(&kept)?))?)
}

/// What was found of a domain, in its normal spelling.
///
/// # Errors
/// When the store fails or what it holds is damaged.
pub fn kept(data: &Data, domain: &str) -> Result<Option<Kept>> {
    data.document(COLLECTION, domain)
}

/// What was found of all domains, by name.
///
/// # Errors
/// As [`kept`].
pub fn all_kept(data: &Data) -> Result<Vec<Kept>> {
    data.documents(COLLECTION)
}

/// Whether a domain is to be looked up: it was not within a day, or with other selectors.
///
/// # Errors
/// As [`kept`].
pub fn is_due(data: &Data, domain: &str, selectors: &[String], now: EventTime) -> Result<bool> {
    let fresh = |kept: &Kept| {
        // A time ahead of the clock is that of a clock that was wrong.
        kept.selectors == selectors && (0..DAY_SECS).contains(&now.0.saturating_sub(kept.looked_up))
    };
    Ok(!kept(data, domain)?.as_ref().is_some_and(fresh))
}

/// Forgets what was found of domains that are no longer ours.
///
/// # Errors
/// As [`kept`].
pub fn forget_others(data: &Data, own: &OwnDomains) -> Result<()> {
    let mut batch = Batch::default();
    for kept in all_kept(data)?.iter().filter(|kept| !own.has(&kept.posture.domain)) {
        batch.delete(COLLECTION, &kept.posture.domain);
    }
    Ok(data.store.records.apply(&batch)?)
}

#[cfg(test)]
mod tests {
    use super::super::Grade;
    use super::*;

    fn posture(domain: &str) -> Posture {
        Posture { domain: domain.into(), grade: Grade::Good, findings: Vec::new() }
    }

    #[test]
    fn a_domain_is_looked_up_once_a_day() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = Data::open(folder.path()).expect("it opens");
        let now = EventTime(1_600_000_000);
        let selectors = ["s1".to_owned()];
        let is_due = |after| {
            is_due(&data, "house.example", &selectors, now.plus_secs(after)).expect("the store works")
        };
        assert!(is_due(0));
        keep(&data, posture("house.example"), &selectors, now).expect("the store works");
        assert_eq!(
            (is_due(0), is_due(DAY_SECS - 1), is_due(DAY_SECS), is_due(-1)),
            (false, false, true, true)
        );
        assert!(super::is_due(&data, "house.example", &[], now).expect("the store works"));
    }

    #[test]
    fn what_is_no_longer_ours_is_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = Data::open(folder.path()).expect("it opens");
        for domain in ["house.example", "mail.house.example", "other.example"] {
            keep(&data, posture(domain), &[], EventTime(1)).expect("the store works");
        }
        forget_others(&data, &OwnDomains::new(["house.example"])).expect("the store works");
        let left: Vec<String> =
            all_kept(&data).expect("the store works").into_iter().map(|kept| kept.posture.domain).collect();
        assert_eq!(left, ["house.example", "mail.house.example"]);
    }
}
