//! What a correlation tells, and where in the logs its events stand.

use model::EventMillis;
use sha2::{Digest, Sha256};

/// Where an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Offset {
    /// Which source, by a number that the caller keeps the same over restarts.
    pub source: u64,
    /// The byte at which its record begins, or its record number.
    pub position: u64,
}

impl Offset {
    /// The number of a source that is named `identity`: the same whenever it is read.
    pub fn source_of(identity: &str) -> u64 {
        let hash = Sha256::digest(identity.as_bytes());
        hash.first_chunk().copied().map(u64::from_le_bytes).unwrap_or_default()
    }
}

/// A correlation found what it looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Made of the correlation, the group and the evidence, so that a log that is read again gives the same one.
    pub id: [u8; 16],
    /// Which correlation, as an index.
    pub correlation: usize,
    /// The values that make the group, under the names of `group-by`.
    pub group: Vec<(String, String)>,
    /// What is new, for `first_seen`: the fields of its condition.
    pub fields: Vec<(String, String)>,
    /// When it was complete, in the time of the events.
    pub time: EventMillis,
    /// The events that made it, at most [`CORRELATION_EVIDENCE_MAX`](model::limit::CORRELATION_EVIDENCE_MAX) and the latest of
    /// them; the last one set it off. For a correlation of correlations it is what set off each of these.
    pub evidence: Vec<Offset>,
}

/// The id of an alert. Lengths keep the parts apart.
pub(crate) fn id(
    correlation: &str,
    group: &[u8],
    fields: &[(String, String)],
    evidence: &[Offset],
) -> [u8; 16] {
    let numbers: Vec<[u8; 8]> =
        evidence.iter().flat_map(|at| [at.source.to_le_bytes(), at.position.to_le_bytes()]).collect();
    let mut parts = vec![b"portcullis correlation alert".as_slice(), correlation.as_bytes(), group];
    parts.extend(fields.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]));
    parts.extend(numbers.iter().map(<[u8; 8]>::as_slice));
    digest(parts.into_iter())
}

/// The id of what a rule says of the event at `at`: the same whenever the log is read again.
pub(crate) fn match_id(rule: &str, at: Offset) -> [u8; 16] {
    let (source, position) = (at.source.to_le_bytes(), at.position.to_le_bytes());
    digest([b"portcullis sighting".as_slice(), rule.as_bytes(), &source, &position].into_iter())
}

/// A hash of parts, whose lengths keep them apart.
pub(crate) fn digest<'a>(parts: impl Iterator<Item = &'a [u8]>) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    shortened(hash)
}

/// The first 16 bytes of a hash.
pub(crate) fn shortened(hash: Sha256) -> [u8; 16] {
    hash.finalize().first_chunk().copied().unwrap_or_default()
}
