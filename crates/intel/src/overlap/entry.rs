//! One entry of a list, in the spelling that both sides hash.

use curve25519_dalek::ristretto::RistrettoPoint;
use model::limit::OVERLAP_ENTRY_BYTES_MAX;
use sha2::{Digest, Sha512};

/// Keeps these points apart from all others that are made of the same texts elsewhere.
const DOMAIN: &[u8] = b"portcullis overlap v1 ristretto255 sha512\0";

/// An entry in its normal spelling, such as an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry(String);

/// Why a text is no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Nothing is there.
    #[error("it is empty")]
    Empty,
    /// It is too long.
    #[error("it is longer than {OVERLAP_ENTRY_BYTES_MAX} bytes")]
    Long,
    /// It has control characters.
    #[error("it has control characters")]
    Control,
}

/// The entry that a text stands for: without the space around it and in lower case, as two sides write addresses differently.
///
/// ```
/// use intel::overlap::normal;
/// assert_eq!(normal(" Ann@Northmere.example ")?.as_str(), "ann@northmere.example");
/// # Ok::<(), intel::overlap::EntryError>(())
/// ```
///
/// # Errors
/// [`EntryError`]
pub fn normal(text: &str) -> Result<Entry, EntryError> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        Err(EntryError::Empty)
    } else if text.len() > OVERLAP_ENTRY_BYTES_MAX {
        Err(EntryError::Long)
    } else if text.chars().any(char::is_control) {
        Err(EntryError::Control)
    } else {
        Ok(Entry(text))
    }
}

impl Entry {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The point that it is hashed to (RFC 9496, one-way map of 64 uniform bytes); its discrete logarithm is known to nobody.
    pub(super) fn point(&self) -> RistrettoPoint {
        let digest = Sha512::new().chain_update(DOMAIN).chain_update(self.0.as_bytes()).finalize();
        RistrettoPoint::from_uniform_bytes(&digest.into())
    }
}
