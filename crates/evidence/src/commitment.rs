//! Salted commitments: how an entry refers to personal data without holding any.
//!
//! Personal data never enters the log, since nothing can be taken out of it again. An entry carries the commitment only;
//! data and salt stand in the store. Whoever is shown both can check that they are what was logged. Once the salt is erased,
//! the commitment says nothing any more: without a salt, a short value such as a mail address could be found by trying.

use crate::hash::digest;

/// First byte of what is hashed: neither a leaf (0x00) nor a node (0x01), so a commitment can never be passed off as one.
const PREFIX: [u8; 1] = [2];
/// Keeps these commitments apart from whatever else may be hashed with the same first byte.
const CONTEXT: &[u8] = b"portcullis/commitment/v1";

/// Length of a salt in bytes. Salts come from a cryptographic random source, and each is used once.
///
/// ```
/// assert_eq!(evidence::commitment::SALT_BYTES, 16);
/// ```
pub const SALT_BYTES: usize = 16;

/// SHA-256(0x02 || "portcullis/commitment/v1" || salt || payload). Salt and context have fixed lengths, so that no two
/// different inputs are hashed as the same bytes.
///
/// ```
/// let salt = [5; 16];
/// assert_ne!(evidence::commit(&salt, b"member 17"), evidence::commit(&[6; 16], b"member 17"));
/// ```
#[must_use]
pub fn commit(salt: &[u8; SALT_BYTES], payload: &[u8]) -> [u8; 32] {
    *digest(&[&PREFIX, CONTEXT, salt, payload]).as_bytes()
}

/// Whether `commitment` was made of `salt` and `payload`. All three are known to whoever asks, so the comparison need not
/// take the same time for all inputs.
///
/// ```
/// let commitment = evidence::commit(&[5; 16], b"member 17");
/// assert!(evidence::opens(&commitment, &[5; 16], b"member 17"));
/// assert!(!evidence::opens(&commitment, &[5; 16], b"member 18"));
/// ```
#[must_use]
pub fn opens(commitment: &[u8; 32], salt: &[u8; SALT_BYTES], payload: &[u8]) -> bool {
    commit(salt, payload) == *commitment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn construction_is_the_documented_one() {
        // printf '\x02portcullis/commitment/v1AAAAAAAAAAAAAAAApayload' | sha256sum
        let found = commit(b"AAAAAAAAAAAAAAAA", b"payload").map(|byte| format!("{byte:02x}")).concat();
        assert_eq!(found, "0b862165ff2836708c2cd1daf85fdc821807690bad695f3c5d3cc729f62c56e0");
    }
}
