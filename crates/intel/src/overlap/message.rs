//! What the two sides send each other.

use super::{Entry, SEED_BYTES, Sent};
use sha2::{Digest, Sha256};

/// Keeps the hash of a list apart from all other hashes.
const LIST: &[u8] = b"portcullis overlap v1 list\0";

/// The hash of a list under its seed. Who sent it can later show to a third person which list it was, and no other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Commitment(pub [u8; 32]);

impl Commitment {
    pub(super) fn of(seed: &[u8; SEED_BYTES], entries: &[Entry]) -> Self {
        // The seed itself is the secret: a hash of it hides the list, and shows nothing of the secret.
        let mut hash = Sha256::new().chain_update(LIST).chain_update(seed);
        let mut sorted: Vec<&Entry> = entries.iter().collect();
        sorted.sort_unstable();
        for entry in sorted {
            hash.update((entry.as_str().len() as u64).to_be_bytes());
            hash.update(entry.as_str().as_bytes());
        }
        Self(hash.finalize().into())
    }
}

/// The first message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Of the list of who offers.
    pub commitment: Commitment,
    /// The blinded entries of who offers.
    pub points: Vec<Sent>,
}

/// The second message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Hash of the offer that it answers.
    pub offer: [u8; 32],
    /// Of the list of who answers.
    pub commitment: Commitment,
    /// The offered points, blinded once more, in their order.
    pub returned: Vec<Sent>,
    /// The blinded entries of who answers.
    pub points: Vec<Sent>,
}

/// The last message, if who offered wants to send it: which entries of who answered both have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Hash of the answer that it releases.
    pub answer: [u8; 32],
    /// Places in the answer's points, from 0.
    pub places: Vec<usize>,
}

impl Offer {
    /// Its hash, which the answer names.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.to_text()).into()
    }
}

impl Answer {
    /// Its hash, which the release names.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.to_text()).into()
    }
}
