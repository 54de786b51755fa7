//! Browsers in which somebody has signed in before. Their failures are counted apart: a stranger who guesses at an account, from
//! however many addresses, makes other strangers wait, and not the person whose account it is.

use super::{Account, Lockout};
use crate::secret;
use model::EventTime;
use model::limit::ACCOUNT_DEVICES_MAX;
use serde::{Deserialize, Serialize};

/// Seconds for which a browser is known after its last sign-in.
pub const KNOWN_SECS: i64 = 180 * model::time::DAY_SECS;

/// A browser, as it is stored: without the secret that it keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Hash of its secret, in hexadecimal digits.
    pub hash: String,
    /// When somebody last signed in there, in seconds since 1970.
    pub seen_secs: i64,
    /// Failed sign-ins there.
    pub lockout: Lockout,
}

impl Account {
    /// The failures that count for a sign-in from the browser that keeps `secret`: its own where it is known.
    pub fn lockout_of(&self, secret: &str, now: EventTime) -> Lockout {
        self.position(secret, now)
            .and_then(|at| self.devices.get(at))
            .map_or(self.lockout, |device| device.lockout)
    }

    /// The same, to be changed.
    pub(super) fn lockout_of_mut(&mut self, secret: &str, now: EventTime) -> &mut Lockout {
        let position = self.position(secret, now);
        match position.and_then(|at| self.devices.get_mut(at)) {
            Some(device) => &mut device.lockout,
            None => &mut self.lockout,
        }
    }

    /// Whether somebody has signed in to this account in the browser that keeps `secret`.
    pub fn knows(&self, secret: &str, now: EventTime) -> bool {
        self.position(secret, now).is_some()
    }

    /// Somebody has signed in: the browser that kept `former` is known by `secret` from now on. Of too many the one that was away
    /// longest is forgotten.
    pub(super) fn remember(&mut self, former: &str, secret: &str, now: EventTime) {
        let (former, hash) = (secret::hash_text(former), secret::hash_text(secret));
        self.devices.retain(|device| device.hash != former);
        if self.devices.len() >= ACCOUNT_DEVICES_MAX
            && let Some(oldest) =
                (0..self.devices.len()).min_by_key(|at| self.devices.get(*at).map(|device| device.seen_secs))
        {
            self.devices.remove(oldest);
        }
        self.devices.push(Device { hash, seen_secs: now.0, lockout: Lockout::default() });
    }

    fn position(&self, secret: &str, now: EventTime) -> Option<usize> {
        if secret.is_empty() {
            return None;
        }
        let hash = secret::hash_text(secret);
        let is_it =
            |device: &Device| device.hash == hash && now.secs_since(EventTime(device.seen_secs)) < KNOWN_SECS;
        self.devices.iter().position(is_it)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{AccountId, Role};

    const NOW: EventTime = EventTime(1_610_960_400);

    fn account() -> Account {
        Account::new(&AccountId("analyst-1".into()), &[Role::Analyst].into(), None, NOW)
    }

    #[test]
    fn failures_of_strangers_and_of_a_known_browser_are_counted_apart() {
        let mut account = account();
        account.remember("", "mine", NOW);
        account.lockout_of_mut("", NOW).failures = 9;
        account.lockout_of_mut("another", NOW).failures += 1;
        account.lockout_of_mut("mine", NOW).failures = 2;
        let failures = |secret: &str| account.lockout_of(secret, NOW).failures;
        assert_eq!([failures(""), failures("another"), failures("mine")], [10, 10, 2]);
    }

    #[test]
    fn what_a_browser_keeps_is_new_after_each_sign_in() {
        let mut account = account();
        account.remember("", "first", NOW);
        account.remember("first", "second", NOW);
        assert!(account.knows("second", NOW) && !account.knows("first", NOW));
    }

    #[test]
    fn a_browser_is_forgotten_after_a_while_and_when_there_are_too_many() {
        let mut account = account();
        account.remember("", "mine", NOW);
        assert!(account.knows("mine", NOW.plus_secs(KNOWN_SECS - 1)));
        assert!(!account.knows("mine", NOW.plus_secs(KNOWN_SECS)));
        for at in 0..ACCOUNT_DEVICES_MAX {
            account.remember("", &format!("other {at}"), NOW.plus_secs(1));
        }
        assert_eq!(account.devices.len(), ACCOUNT_DEVICES_MAX);
        assert!(!account.knows("mine", NOW) && account.knows("other 0", NOW));
    }
}
