//! Retention: what is recorded of mail is forgotten when its time is over. Feature records are overwritten where they lie, the
//! salts of their evidence with them, and sealed originals of disarmed mail are deleted. The evidence log verifies as before.
//!
//! Time counts from the day on which something was recorded, not from the date that a mail claims: whoever reads an old
//! mailbox today has today's records. What belongs to a campaign of concern is held, for as long as nobody dismisses it.

use super::assessment::{self, Opinion};
use super::series::{document, put};
use super::{Result, note, quarantine};
use crate::data::Data;
use crate::ledger;
use crate::record::{self, Unread};
use evidence::Value;
use mail::feature::Feature;
use model::limit::ERASED_AT_ONCE_MAX;
use model::time::DAY_SECS;
use model::{EventTime, LeafIndex, Ordinal};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::ops::Range;
use store::{Batch, Blobs, Features, Records, Salts};

/// How long what is kept, each in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Feature records.
    pub features_days: u32,
    /// Sealed originals of disarmed mail.
    pub originals_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { features_days: 400, originals_days: 400 }
    }
}

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erased {
    /// Feature records.
    pub records: usize,
    /// Sealed originals of disarmed mail.
    pub originals: usize,
    /// Feature records that are over their time and held, because they belong to a campaign of concern.
    pub held: usize,
}

/// How much there was at the last look of a day, by day.
const MARKS: &str = "retention.mark";
/// Collection and key of the first feature record that no look has come to.
const SETTINGS: &str = "setting";
const NEXT: &str = "retention.next";

/// How much there was.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Mark {
    records: u64,
    entries: u64,
}

/// Notes how much there is today: what comes later is younger. A clock that goes back notes nothing.
///
/// # Errors
/// When the store fails.
pub fn mark(data: &Data, now: EventTime) -> Result<()> {
    let day = day_key(now.day());
    let last = data.store.records.scan_back(MARKS, None, 1)?;
    let mark = Mark { records: data.store.features.len(), entries: data.evidence.len() };
    let is_known = last.first().is_some_and(|(last, _)| *last > day)
        || document::<Mark>(data, MARKS, &day)?.is_some_and(|known| known.records == mark.records);
    if is_known {
        return Ok(());
    }
    let mut batch = Batch::new();
    put(&mut batch, MARKS, &day, &mark)?;
    Ok(data.store.records.apply(&batch)?)
}

/// Forgets what is over its time, a bounded number at once. To be called once a minute.
///
/// # Errors
/// When the store fails; the rest is still due.
pub fn keep_up(data: &mut Data, retention: Retention, now: EventTime) -> Result<Erased> {
    mark(data, now)?;
    let before = |days: u32| now.plus_secs(-i64::from(days) * DAY_SECS);
    let records = erase_records(data, before(retention.features_days), now)?;
    let originals = erase_originals(data, before(retention.originals_days), now)?;
    Ok(Erased { originals, ..records })
}

/// Forgets the feature records and the sealed originals of disarmed mail that were recorded before the day of `before`, all
/// of them.
///
/// # Errors
/// When the store fails; what was not erased is still there.
pub fn erase(data: &mut Data, before: EventTime, now: EventTime) -> Result<Erased> {
    let end = mark_before(data, before)?.records;
    let mut batch = Batch::new();
    look_again(&mut batch);
    data.store.records.apply(&batch)?;
    let mut erased = Erased::default();
    while next(data)? < end {
        let more = erase_records(data, before, now)?;
        erased.records += more.records;
        erased.held += more.held;
    }
    loop {
        match erase_originals(data, before, now)? {
            0 => return Ok(erased),
            more => erased.originals += more,
        }
    }
}

/// What [`erase`] would forget, and what it would hold.
///
/// # Errors
/// When the store fails.
pub fn due(data: &Data, before: EventTime) -> Result<Erased> {
    let mark = mark_before(data, before)?;
    let Looked { over, held } = look(data, 0..mark.records)?;
    let originals = ledger::originals_before(data, LeafIndex(mark.entries), usize::MAX)?.len();
    Ok(Erased { records: over.len(), originals, held })
}

/// Adds to `batch` that all records are to be looked at once more, since some may be held no longer.
pub(super) fn look_again(batch: &mut Batch) {
    batch.delete(SETTINGS, NEXT);
}

fn erase_records(data: &mut Data, before: EventTime, now: EventTime) -> Result<Erased> {
    let end = mark_before(data, before)?.records;
    let start = next(data)?;
    if start >= end {
        return Ok(Erased::default());
    }
    let stop = end.min(start + ERASED_AT_ONCE_MAX as u64);
    let Looked { over, held } = look(data, start..stop)?;
    if !over.is_empty() {
        overwrite(data, &over, before, now)?;
    }
    let mut batch = Batch::new();
    put(&mut batch, SETTINGS, NEXT, &stop)?;
    data.store.records.apply(&batch)?;
    Ok(Erased { records: over.len(), originals: 0, held })
}

/// What was found among records whose time is over.
#[derive(Default)]
struct Looked {
    over: Vec<Ordinal>,
    held: usize,
}

/// Records that cannot be read any more are erased too: perhaps somebody else can read them.
fn look(data: &Data, records: Range<u64>) -> Result<Looked> {
    let concern = Concern::of(data)?;
    let mut looked = Looked::default();
    let ordinals: Vec<Ordinal> = records.map(Ordinal).collect();
    record::read_many(data, &ordinals, |ordinal, record| match record {
        Err(Unread::Erased) => {}
        Ok(feature) if concern.has(&feature) => looked.held += 1,
        Ok(_) | Err(Unread::Damaged(_)) => looked.over.push(ordinal),
    })?;
    Ok(looked)
}

/// The entry first, and the place from which the next look goes on last: what a crash leaves half done is done again.
fn overwrite(data: &mut Data, over: &[Ordinal], before: EventTime, now: EventTime) -> Result<()> {
    record_erasure(data, "mail.records_erased", over.len(), before, now)?;
    let leaves: Vec<LeafIndex> = over.iter().filter_map(|ordinal| data.leaves.of(*ordinal)).collect();
    data.store.salts.erase(&leaves)?;
    Ok(data.store.features.erase(over)?)
}

fn erase_originals(data: &mut Data, before: EventTime, now: EventTime) -> Result<usize> {
    let end = LeafIndex(mark_before(data, before)?.entries);
    let over = ledger::originals_before(data, end, ERASED_AT_ONCE_MAX)?;
    if over.is_empty() {
        return Ok(0);
    }
    record_erasure(data, "mail.originals_erased", over.len(), before, now)?;
    let mut batch = Batch::new();
    for (leaf, digest) in &over {
        // The same message may have been disarmed again, or be in quarantine for others.
        if ledger::original_leaf(data, *digest)? == Some(*leaf) && !quarantine::holds(data, *digest)? {
            data.store.blobs.delete(*digest)?;
        }
        ledger::forget_original(&mut batch, *leaf);
    }
    data.store.records.apply(&batch)?;
    Ok(over.len())
}

fn record_erasure(
    data: &mut Data,
    kind: &'static str,
    count: usize,
    before: EventTime,
    now: EventTime,
) -> Result<()> {
    let public = vec![
        ("before", Value::from(crate::clock::rfc3339(before))),
        ("count", Value::from(count.to_string())),
    ];
    note::record(data, note::entry(kind, now, public, Vec::new())).map(drop)
}

/// Senders and messages of each campaign of concern.
struct Concern(Vec<(HashSet<String>, HashSet<String>)>);

impl Concern {
    fn of(data: &Data) -> Result<Self> {
        let mut campaigns = Vec::new();
        for row in ledger::campaigns(data)? {
            let opinion = assessment::of(data, &row.id)?.map(|last| last.opinion);
            if opinion.map_or(row.concern, |opinion| opinion == Opinion::Confirmed) {
                campaigns.push((row.senders.into_iter().collect(), row.messages.into_iter().collect()));
            }
        }
        Ok(Self(campaigns))
    }

    fn has(&self, feature: &Feature) -> bool {
        let is_of = |(senders, messages): &(HashSet<String>, HashSet<String>)| {
            senders.contains(&feature.sender) && messages.contains(&feature.message_id)
        };
        self.0.iter().any(is_of)
    }
}

/// How much there was at the last look before the day of `time`.
fn mark_before(data: &Data, time: EventTime) -> Result<Mark> {
    let rows = data.store.records.scan_back(MARKS, Some(&day_key(time.day())), 1)?;
    match rows.first() {
        Some((day, _)) => Ok(document(data, MARKS, day)?.unwrap_or_default()),
        None => Ok(Mark::default()),
    }
}

fn next(data: &Data) -> Result<u64> {
    Ok(document(data, SETTINGS, NEXT)?.unwrap_or_default())
}

fn day_key(day: i64) -> String {
    format!("{:08}", day.max(0))
}

#[cfg(test)]
mod tests;
