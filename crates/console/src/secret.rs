//! Secrets that only their holder keeps: drawn here, and compared by their hash.
//!
//! A secret of 256 random bits cannot be guessed, so a plain SHA-256 is enough to store it, and a lookup by hash tells an
//! attacker who measures time nothing of use. Passwords are another matter: see [`crate::account::password`].

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// What is stored of a secret.
pub type SecretHash = [u8; 32];

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system has no randomness for secrets")]
pub struct NoRandomness;

/// A fresh secret: 256 random bits in 43 characters that need no escaping in a URL, a cookie or a form.
///
/// # Errors
/// When the system has no randomness.
pub fn draw() -> Result<String, NoRandomness> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// Random bytes.
///
/// # Errors
/// When the system has no randomness.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// What to store of a secret.
pub fn hash(secret: &str) -> SecretHash {
    Sha256::digest(secret).into()
}

/// [`hash`] in hexadecimal digits, as documents hold it.
pub fn hash_text(secret: &str) -> String {
    model::Sha256(hash(secret)).to_string()
}

/// Whether two secrets are the same. The time it takes tells nothing of where they differ, because hashes are compared.
pub fn are_equal(a: &str, b: &str) -> bool {
    hash(a) == hash(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_are_found_by_their_hash() {
        let (a, b) = (draw().expect("randomness"), draw().expect("randomness"));
        assert_eq!(a.len(), 43);
        assert!(!are_equal(&a, &b) && are_equal(&a, &a.clone()));
        assert_ne!(hash(&a), hash(&b));
    }
}
