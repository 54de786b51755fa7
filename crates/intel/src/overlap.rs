//! The overlap of two lists, found without showing either: Diffie-Hellman private set intersection (Meadows 1986; Huberman, Franklin
//! and Hogg 1999) in the group ristretto255 (RFC 9496).
//!
//! One side *offers* its entries, each hashed to the group and raised to its secret. The other *answers*: it raises these to its
//! own secret, in their order, and adds its own entries raised to it. Who offered *finishes*: raised to the first secret, an
//! entry that both have is the same point on both sides. Only who offered learns the overlap, and may *release* it.
//!
//! What this protects, and what it does not, is in `docs/overlap.md`: both are assumed to follow the steps and to be curious. Anybody
//! who puts guesses on a list learns which of them the other side has; that is what lists are limited for, and why each side
//! commits to its list before it knows anything.

mod entry;
mod message;
mod wire;

pub use entry::{Entry, EntryError, normal};
pub use message::{Answer, Commitment, Offer, Release};
pub use wire::WireError;

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity;
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of chance that a side needs.
pub const SEED_BYTES: usize = 64;

/// A point as it is sent.
pub(crate) type Sent = [u8; 32];

/// What one side keeps to itself between two steps: its secret, its list in the order in which it was sent, and what it sent.
#[derive(Clone)]
pub struct Side {
    seed: [u8; SEED_BYTES],
    secret: Scalar,
    entries: Vec<Entry>,
    sent: Vec<Sent>,
}

impl std::fmt::Debug for Side {
    /// Neither secret nor list.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Side").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

/// Why a step is not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OverlapError {
    /// A point is none of the group, or the one that hides nothing.
    #[error("point {number} is none: the file is damaged or was made up")]
    Point {
        /// Its place, from 1.
        number: usize,
    },
    /// The answer is to another offer.
    #[error("this answers another offer")]
    OtherOffer,
    /// The release is of another answer.
    #[error("this releases another answer")]
    OtherAnswer,
    /// The answer has other points than were offered.
    #[error("{offered} entries were offered, {answered} came back")]
    Count {
        /// What was offered.
        offered: usize,
        /// What came back.
        answered: usize,
    },
    /// A release names an entry that is not on the list.
    #[error("it names entry {place} of {entries}")]
    Place {
        /// The place.
        place: usize,
        /// How many there are.
        entries: usize,
    },
}

impl Side {
    /// A side with its list, each entry once, and 64 fresh random bytes.
    pub fn new(list: impl IntoIterator<Item = Entry>, seed: [u8; SEED_BYTES]) -> Self {
        let secret = Scalar::from_bytes_mod_order_wide(&seed);
        let distinct: BTreeSet<Entry> = list.into_iter().collect();
        // Points look random to whoever has no secret: their order tells nothing of the order of the list.
        let mut pairs: Vec<(Sent, Entry)> =
            distinct.into_iter().map(|entry| ((entry.point() * secret).compress().0, entry)).collect();
        pairs.sort_unstable_by_key(|(sent, _)| *sent);
        let (sent, entries) = pairs.into_iter().unzip();
        Self { seed, secret, entries, sent }
    }

    /// The bytes that it was made of, to be kept with its list as secret as the list.
    pub fn seed(&self) -> &[u8; SEED_BYTES] {
        &self.seed
    }

    /// Its list, in the order in which it is sent.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What this list is, without showing it: who opens it later shows list and seed.
    pub fn commitment(&self) -> Commitment {
        Commitment::of(&self.seed, &self.entries)
    }

    /// The first step.
    pub fn offer(&self) -> Offer {
        Offer { commitment: self.commitment(), points: self.sent.clone() }
    }

    /// The second step, by the other side.
    ///
    /// # Errors
    /// [`OverlapError::Point`] where the offer has something else than points.
    pub fn answer(&self, offer: &Offer) -> Result<Answer, OverlapError> {
        Ok(Answer {
            offer: offer.digest(),
            commitment: self.commitment(),
            returned: raise(&offer.points, &self.secret)?,
            points: self.sent.clone(),
        })
    }

    /// The third step: what both have, and what may be released of it.
    ///
    /// # Errors
    /// [`OverlapError`]: where it is no answer to this side's offer.
    pub fn finish(&self, answer: &Answer) -> Result<(Vec<Entry>, Release), OverlapError> {
        if answer.offer != self.offer().digest() {
            return Err(OverlapError::OtherOffer);
        }
        if answer.returned.len() != self.entries.len() {
            return Err(OverlapError::Count { offered: self.entries.len(), answered: answer.returned.len() });
        }
        let theirs: BTreeMap<Sent, usize> =
            raise(&answer.points, &self.secret)?.into_iter().zip(0..).collect();
        let both = self.entries.iter().zip(&answer.returned);
        let found: Vec<(Entry, usize)> =
            both.filter_map(|(entry, returned)| Some((entry.clone(), *theirs.get(returned)?))).collect();
        let mut places: Vec<usize> = found.iter().map(|(_, place)| *place).collect();
        places.sort_unstable();
        let mut shared: Vec<Entry> = found.into_iter().map(|(entry, _)| entry).collect();
        shared.sort_unstable();
        Ok((shared, Release { answer: answer.digest(), places }))
    }

    /// What the other side released, read by who answered.
    ///
    /// # Errors
    /// [`OverlapError`]: where it is none of `answer`.
    pub fn learn(&self, answer: &Answer, release: &Release) -> Result<Vec<Entry>, OverlapError> {
        if release.answer != answer.digest() || answer.points != self.sent {
            return Err(OverlapError::OtherAnswer);
        }
        let named = release.places.iter().map(|place| self.entries.get(*place).cloned().ok_or(*place));
        let mut shared: Vec<Entry> = named.collect::<Result<_, usize>>().map_err(|place| {
            OverlapError::Place { place: place.saturating_add(1), entries: self.entries.len() }
        })?;
        shared.sort_unstable();
        Ok(shared)
    }
}

/// Each point raised to the secret, in their order.
fn raise(points: &[Sent], secret: &Scalar) -> Result<Vec<Sent>, OverlapError> {
    let raise = |(sent, number): (&Sent, usize)| Ok((point(sent, number)? * secret).compress().0);
    points.iter().zip(1..).map(raise).collect()
}

fn point(sent: &Sent, number: usize) -> Result<RistrettoPoint, OverlapError> {
    let point = CompressedRistretto(*sent).decompress();
    point.filter(|point| !point.is_identity()).ok_or(OverlapError::Point { number })
}

#[cfg(test)]
mod tests;
