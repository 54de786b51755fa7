//! Forgetting: salts and private payloads of old entries go, and the log still verifies and names nobody by them.
//!
//! The feature records and the sealed originals are not touched: records are append-only and replayed as a whole.

use crate::clock::{parse_rfc3339, rfc3339};
use crate::data::{DISCLOSURES, Data, leaf_key};
use crate::evidence_log::{Entry, TileStore};
use anyhow::{Context, Result};
use evidence::{LogReader, Value, Verifier};
use model::{EventTime, LeafIndex, limit};
use store::{Batch, Records, Salts};

/// Entries older than `before` whose commitment can still be opened.
///
/// # Errors
/// When the log or a store cannot be read.
pub fn due(data: &Data, before: EventTime) -> Result<Vec<LeafIndex>> {
    let (tiles, verifier) = (TileStore(&data.store.tiles), Verifier::from_vkey(&data.evidence.vkey())?);
    let reader = LogReader::open(&tiles, &verifier)?;
    let mut due = Vec::new();
    let mut next = 0;
    while next < data.evidence.len() {
        let entries = reader.entries_from(evidence::LeafIndex(next))?;
        for (leaf, entry) in (next..).map(LeafIndex).zip(&entries) {
            if time_of(entry).is_some_and(|time| time < before) && data.store.salts.get(leaf)?.is_some() {
                due.push(leaf);
            }
        }
        next += entries.len() as u64;
    }
    Ok(due)
}

/// When an entry says that it happened.
fn time_of(entry: &[u8]) -> Option<EventTime> {
    Value::parse(entry).ok()?.get("time")?.as_str().and_then(parse_rfc3339)
}

/// Erases the salts and the private payloads of `leaves`, and records that the entries before `before` were erased. A
/// crash in between leaves some of them for the next time.
///
/// # Errors
/// When a store fails.
pub fn erase(data: &mut Data, leaves: &[LeafIndex], before: EventTime, now: EventTime) -> Result<()> {
    for chunk in leaves.chunks(limit::COMMIT_BATCH_MAX) {
        let mut batch = Batch::new();
        for leaf in chunk {
            batch.delete(DISCLOSURES, &leaf_key(*leaf));
        }
        data.store.records.apply(&batch).context("cannot erase payloads")?;
        data.store.salts.erase(chunk).context("cannot erase salts")?;
    }
    let count = Value::from(leaves.len().to_string());
    let public = vec![("before", Value::from(rfc3339(before))), ("entries", count)];
    data.record(&[Entry { kind: "evidence.erased", time: now, public, private: b"{}".to_vec() }])?;
    Ok(())
}
