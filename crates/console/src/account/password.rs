//! Passwords: argon2id (RFC 9106), stored as PHC strings that name their own cost.

use crate::secret::{self, NoRandomness};
use crate::settings::PasswordCost;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use model::AccountId;
use model::limit::PASSWORD_BYTES_MAX;

/// Shortest password, in characters. Length is all that is asked (NIST SP 800-63B section 3.1.1.2): rules of composition make
/// passwords that are written down.
pub const PASSWORD_CHARACTERS_MIN: usize = 12;

/// Why a new password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// Too short.
    #[error("a password has at least {PASSWORD_CHARACTERS_MIN} characters")]
    Short,
    /// Too long.
    #[error("a password has at most {PASSWORD_BYTES_MAX} bytes")]
    Long,
    /// It holds the name of the account, or is one character over and over.
    #[error("this password would be guessed first: take some words that have nothing to do with the account")]
    Guessable,
}

/// Why a password could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// The cost in the settings is none that argon2 takes.
    #[error("the cost of passwords in the settings cannot be used: {0}")]
    Cost(String),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// Whether `password` may become the one of `account`.
///
/// # Errors
/// The first rule that it breaks.
pub fn check(account: &AccountId, password: &str) -> Result<(), PasswordRefused> {
    let characters = password.chars().count();
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(PasswordRefused::Long);
    }
    if characters < PASSWORD_CHARACTERS_MIN {
        return Err(PasswordRefused::Short);
    }
    let is_one_character = password.chars().all(|letter| password.starts_with(letter));
    let holds_name = password.to_lowercase().contains(&account.0.to_lowercase());
    if is_one_character || holds_name { Err(PasswordRefused::Guessable) } else { Ok(()) }
}

/// The PHC string to store for `password`.
///
/// # Errors
/// As [`HashError`] says.
pub fn hash(password: &str, cost: PasswordCost) -> Result<String, HashError> {
    let salt = SaltString::encode_b64(&secret::random::<16>()?)
        .map_err(|error| HashError::Cost(error.to_string()))?;
    let hashed = hasher(cost)?
        .hash_password(password.as_bytes(), &salt)
        .map_err(|error| HashError::Cost(error.to_string()))?;
    Ok(hashed.to_string())
}

/// Whether `password` is the one behind `stored`. Where there is none, as much time passes: an answer in no time would tell
/// which accounts exist.
///
/// # Errors
/// As [`HashError`] says.
pub fn is_right(password: &str, stored: Option<&str>, cost: PasswordCost) -> Result<bool, HashError> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Ok(false);
    }
    match stored.map(PasswordHash::new) {
        Some(Ok(parsed)) => Ok(hasher(cost)?.verify_password(password.as_bytes(), &parsed).is_ok()),
        _ => hash(password, cost).map(|_| false),
    }
}

/// Whether `stored` was hashed at another cost than the settings ask for now.
pub fn is_outdated(stored: &str, cost: PasswordCost) -> bool {
    let wanted = params(cost).ok();
    let found = PasswordHash::new(stored).ok().and_then(|parsed| Params::try_from(&parsed).ok());
    match (found, wanted) {
        (Some(found), Some(wanted)) => {
            (found.m_cost(), found.t_cost(), found.p_cost())
                != (wanted.m_cost(), wanted.t_cost(), wanted.p_cost())
        }
        _ => true,
    }
}

fn params(cost: PasswordCost) -> Result<Params, HashError> {
    Params::new(cost.memory_kib, cost.passes, cost.lanes, None)
        .map_err(|error| HashError::Cost(error.to_string()))
}

fn hasher(cost: PasswordCost) -> Result<Argon2<'static>, HashError> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params(cost)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COST: PasswordCost = PasswordCost::LEAST;

    #[test]
    fn a_password_is_known_again_and_no_other_is() {
        let stored = hash("correct horse battery", COST).expect("it hashes");
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
        assert!(is_right("correct horse battery", Some(&stored), COST).expect("it hashes"));
        assert!(!is_right("correct horse batterz", Some(&stored), COST).expect("it hashes"));
        assert!(!is_right("correct horse battery", None, COST).expect("it hashes"));
        assert!(!is_right("correct horse battery", Some("damaged"), COST).expect("it hashes"));
    }

    #[test]
    fn the_same_password_is_never_stored_twice_alike() {
        let hashes = [hash("correct horse battery", COST), hash("correct horse battery", COST)];
        let [a, b] = hashes.map(|hashed| hashed.expect("it hashes"));
        assert_ne!(a, b);
    }

    #[test]
    fn a_higher_cost_in_the_settings_is_noticed() {
        let stored = hash("correct horse battery", COST).expect("it hashes");
        assert!(!is_outdated(&stored, COST));
        assert!(is_outdated(&stored, PasswordCost { passes: 2, ..COST }));
        assert!(
            is_right("correct horse battery", Some(&stored), PasswordCost { passes: 2, ..COST })
                .expect("it hashes")
        );
    }

    #[test]
    fn rules_for_new_passwords() {
        let account = AccountId("analyst-1".into());
        let checked = |password: &str| check(&account, password);
        assert_eq!(checked("correct horse battery"), Ok(()));
        assert_eq!(checked("élan vital été"), Ok(()));
        assert_eq!(checked("elevenchars"), Err(PasswordRefused::Short));
        assert_eq!(checked(&"a b".repeat(1_000)), Err(PasswordRefused::Long));
        assert_eq!(checked("aaaaaaaaaaaaaaaa"), Err(PasswordRefused::Guessable));
        assert_eq!(checked("my-Analyst-1-account"), Err(PasswordRefused::Guessable));
    }
}
