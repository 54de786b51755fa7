//! Sealed originals of disarmed mail, in the order in which they were sealed: which of them are kept, and for how long.

use super::DISARMED;
use crate::data::{Data, leaf_key};
use anyhow::Result;
use model::{LeafIndex, Sha256};
use store::{Batch, Records};

/// Digests of disarmed messages whose originals are kept, by the leaf that proves it.
const ORIGINALS: &str = "mail.original";

/// Adds to a batch that an original is kept.
pub(super) fn put(batch: &mut Batch, digest: &str, leaf: LeafIndex) {
    batch.put(ORIGINALS, &leaf_key(leaf), digest);
}

/// Adds to a batch that the original which a leaf proves is kept no longer.
pub fn forget_original(batch: &mut Batch, leaf: LeafIndex) {
    batch.delete(ORIGINALS, &leaf_key(leaf));
}

/// Originals that are kept, by the leaf that proves it, before the leaf `end`; the oldest, at most `limit`.
///
/// # Errors
/// When the store fails.
pub fn originals_before(data: &Data, end: LeafIndex, limit: usize) -> Result<Vec<(LeafIndex, Sha256)>> {
    let rows = data.store.records.scan(ORIGINALS, None, limit)?;
    let read = |(leaf, digest): &(String, Vec<u8>)| {
        let digest = std::str::from_utf8(digest).ok()?.parse().ok()?;
        Some((LeafIndex(leaf.parse().ok()?), digest))
    };
    Ok(rows.iter().filter_map(read).take_while(|(leaf, _)| leaf.0 < end.0).collect())
}

/// The leaf for which the original of a disarmed message is kept, if it is. Disarmed again, it is kept for the last time.
///
/// # Errors
/// When the store fails.
pub fn original_leaf(data: &Data, digest: Sha256) -> Result<Option<LeafIndex>> {
    let Some(leaf) = data.store.records.get(DISARMED, &digest.to_string())? else { return Ok(None) };
    let leaf = std::str::from_utf8(&leaf)?.parse().map(LeafIndex)?;
    Ok(data.store.records.get(ORIGINALS, &leaf_key(leaf))?.map(|_| leaf))
}
