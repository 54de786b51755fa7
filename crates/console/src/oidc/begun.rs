//! Sign-ins that were begun and did not come back yet. What belongs to one is computed from its state by a key that never leaves
//! this process, so that strangers who begin many fill no table and push nobody's out.

use super::OidcError;
use crate::secret::{self, NoRandomness, SecretHash};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::EventTime;
use model::limit::SIGN_INS_ENDED_MAX;
use ring::hmac;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// Seconds that somebody may take at the issuer.
const PENDING_SECS: i64 = 10 * 60;

/// A sign-in.
pub(super) struct SignIn {
    /// What comes back with the code: until when it counts, chance, and a tag that only we can make.
    pub(super) state: String,
    pub(super) nonce: String,
    /// Of the challenge (RFC 7636 section 4.1): 43 characters.
    pub(super) verifier: String,
}

/// What tells our sign-ins from others. With the process all of them end.
#[derive(Default)]
pub(super) struct Begun {
    key: OnceLock<hmac::Key>,
    /// States that came back, until they would have ended anyhow: each counts once.
    ended: Mutex<HashMap<SecretHash, EventTime>>,
}

impl Begun {
    /// Begins one.
    ///
    /// # Errors
    /// [`OidcError::Randomness`].
    pub(super) fn begin(&self, now: EventTime) -> Result<SignIn, OidcError> {
        let said = format!("{}.{}", now.plus_secs(PENDING_SECS).0, secret::draw()?);
        let key = self.key()?;
        Ok(sign_in(key, format!("{said}.{}", tag(key, "state", &said))))
    }

    /// The sign-in that was begun with this state, if that was here and a short while ago. It counts once.
    pub(super) fn end(&self, state: &str, now: EventTime) -> Option<SignIn> {
        let key = self.key.get()?;
        let (said, sent) = state.rsplit_once('.')?;
        let until = EventTime(said.split_once('.')?.0.parse().ok()?);
        if !secret::are_equal(sent, &tag(key, "state", said)) || until < now {
            return None;
        }
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.len() >= SIGN_INS_ENDED_MAX {
            ended.retain(|_, until| *until >= now);
        }
        if ended.len() >= SIGN_INS_ENDED_MAX {
            // The issuer takes each code once, too.
            ended.clear();
        }
        let is_first = ended.insert(secret::hash(state), until).is_none();
        is_first.then(|| sign_in(key, state.to_owned()))
    }

    fn key(&self) -> Result<&hmac::Key, NoRandomness> {
        let drawn = secret::random::<32>()?;
        Ok(self.key.get_or_init(|| hmac::Key::new(hmac::HMAC_SHA256, &drawn)))
    }
}

fn sign_in(key: &hmac::Key, state: String) -> SignIn {
    SignIn { nonce: tag(key, "nonce", &state), verifier: tag(key, "verifier", &state), state }
}

fn tag(key: &hmac::Key, what: &str, text: &str) -> String {
    URL_SAFE_NO_PAD.encode(hmac::sign(key, format!("{what} {text}").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: EventTime = EventTime(1_610_960_400);

    #[test]
    fn a_sign_in_comes_back_once_and_in_time() {
        let begun = Begun::default();
        let begin = || begun.begin(NOW).expect("randomness");
        let first = begin();
        let found = begun.end(&first.state, NOW.plus_secs(PENDING_SECS)).expect("in time");
        assert_eq!((&found.nonce, &found.verifier), (&first.nonce, &first.verifier));
        assert_eq!(found.verifier.len(), 43);
        assert!(begun.end(&first.state, NOW).is_none(), "it came back before");
        assert!(begun.end(&begin().state, NOW.plus_secs(PENDING_SECS + 1)).is_none(), "too late");
        assert!(Begun::default().end(&begin().state, NOW).is_none(), "begun elsewhere");
    }

    #[test]
    fn a_state_that_was_changed_is_none() {
        let begun = Begun::default();
        let state = begun.begin(NOW).expect("randomness").state;
        let later = state.replacen("161", "261", 1);
        for forged in ["", ".", "..", "9999999999.x.y", &later, &format!("{state}x"), &format!("x{state}")] {
            assert!(begun.end(forged, NOW).is_none(), "{forged}");
        }
    }

    #[test]
    fn many_that_were_begun_push_nobody_out() {
        let begun = Begun::default();
        let first = begun.begin(NOW).expect("randomness");
        for _ in 0..SIGN_INS_ENDED_MAX + 10 {
            let other = begun.begin(NOW).expect("randomness");
            assert!(begun.end(&other.state, NOW).is_some());
        }
        assert!(begun.end(&first.state, NOW).is_some());
        assert!(begun.ended.lock().expect("no panic").len() <= SIGN_INS_ENDED_MAX);
    }
}
