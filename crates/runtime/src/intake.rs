//! From detected messages to durable records with evidence, in group commits that a crash cannot tear.
//!
//! Order of each batch: feature records and salts are synced, the row that ties records to leaves is stored, and only then
//! the checkpoint is published. Whatever a crash leaves out of this order, [`repair`] completes when the folder is opened.

mod unpublished;

pub(crate) use unpublished::{is_settled, take_back};

use crate::data::{DISCLOSURES, Data, leaf_key};
use crate::evidence_log::Entry;
use crate::record::{self, Unread};
use anyhow::Result;
use evidence::Value;
use mail::feature::Feature;
use model::{EventTime, LeafIndex, Ordinal};
use serde::{Deserialize, Serialize};
use store::{Batch, Blobs, Embedded, FeatureRow, Features, Records};

/// Collection of the rows that tie records to leaves, by first ordinal.
const BATCHES: &str = "mail.batch";
const KIND: &str = "mail.observed";

/// A message that is ready to be recorded.
#[derive(Debug)]
pub struct Detected {
    /// Its time.
    pub time: EventTime,
    /// The encoded record.
    pub record: Vec<u8>,
    /// What it is found by.
    pub terms: Vec<u64>,
    /// What its evidence commits to.
    pub payload: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct BatchRow {
    first: u64,
    count: u64,
    leaf: u64,
}

/// What is recorded together with a batch of messages.
#[derive(Default)]
pub struct Beside<'a> {
    /// Originals that are sealed.
    pub originals: Vec<&'a [u8]>,
    /// Further entries; they stand behind those of the messages.
    pub entries: Vec<Entry>,
}

/// What the evidence of a message commits to: enough to recognise the message, nothing of its content.
pub fn payload(feature: &Feature) -> Vec<u8> {
    let members = [
        ("digest", Value::from(feature.digest.to_string())),
        ("message_id", Value::from(feature.message_id.as_str())),
        ("sender", Value::from(feature.sender.as_str())),
        ("verdict", Value::from(feature.verdict.word())),
    ];
    Value::object(members).to_canonical().into_bytes()
}

/// Records a batch. When this returns, its messages are accepted: they survive a crash, with evidence.
///
/// # Errors
/// When the store fails. What was accepted before stays accepted; this batch is completed or absent after [`repair`].
pub fn commit(data: &mut Data, batch: &[Detected]) -> Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    commit_with(data, batch, &Beside::default(), |_, _, _| Ok(()))
}

/// Records a batch and what belongs to it. `rows` adds the documents that name further entries, the first of which will
/// stand at the leaf that it is told. All of it is accepted when this returns.
///
/// # Errors
/// As [`commit`]. What is beside the messages is then absent, or will be when the folder is opened again.
pub fn commit_with(
    data: &mut Data,
    batch: &[Detected],
    beside: &Beside<'_>,
    rows: impl FnOnce(&Data, LeafIndex, &mut Batch) -> Result<()>,
) -> Result<()> {
    let first = append(&mut data.store, batch, &beside.originals)?;
    let observed = batch.iter().map(|message| entry(message.time, message.payload.clone()));
    let entries: Vec<Entry> = observed.chain(beside.entries.iter().cloned()).collect();
    let mut further = Batch::new();
    let leaf = LeafIndex(data.evidence.len() + batch.len() as u64);
    rows(data, leaf, &mut further)?;
    tie(data, first, batch.len(), &entries, further)
}

/// Makes records and originals durable, both at the same time, and answers where the first record stands.
fn append(store: &mut Embedded, batch: &[Detected], originals: &[&[u8]]) -> Result<Ordinal> {
    let Embedded { features, blobs, .. } = store;
    let first = Ordinal(features.len());
    if batch.is_empty() || originals.is_empty() {
        blobs.put_all(originals)?;
        append_records(features, batch)?;
        return Ok(first);
    }
    std::thread::scope(|scope| {
        let sealed = scope.spawn(|| blobs.put_all(originals));
        append_records(features, batch)?;
        sealed.join().expect("sealing does not panic")?;
        Ok(first)
    })
}

fn append_records(features: &mut impl Features, batch: &[Detected]) -> Result<()> {
    if batch.is_empty() {
        return Ok(());
    }
    let rows: Vec<FeatureRow<'_>> = batch
        .iter()
        .map(|message| FeatureRow { time: message.time, bytes: &message.record, terms: &message.terms })
        .collect();
    features.append(&rows)?;
    Ok(features.sync()?)
}

fn entry(time: EventTime, private: Vec<u8>) -> Entry {
    Entry { kind: KIND, time, public: Vec::new(), private }
}

/// Gives records their evidence: the first `count` entries are of records from `first` on, and others bring their rows.
fn tie(data: &mut Data, first: Ordinal, count: usize, entries: &[Entry], further: Batch) -> Result<()> {
    if entries.is_empty() && further.is_empty() {
        return Ok(());
    }
    let Data { store: Embedded { records, tiles, salts, .. }, evidence, leaves, .. } = data;
    let row = |leaf: LeafIndex| BatchRow { first: first.0, count: count as u64, leaf: leaf.0 };
    let leaf = evidence.record(tiles, salts, entries, |leaf| {
        let mut batch = further;
        unpublished::put(records, &mut batch, LeafIndex(leaf.0 + entries.len() as u64))?;
        if count > 0 {
            batch.put(BATCHES, &leaf_key(LeafIndex(first.0)), serde_json::to_vec(&row(leaf))?);
        }
        for (at, entry) in (leaf.0..).zip(entries).skip(count) {
            batch.put(DISCLOSURES, &leaf_key(LeafIndex(at)), entry.private.clone());
        }
        Ok(records.apply(&batch)?)
    })?;
    if count > 0 {
        leaves.push(row(leaf));
    }
    Ok(())
}

/// Completes what a crash left half done.
///
/// # Errors
/// When the store fails.
pub fn repair(data: &mut Data) -> Result<()> {
    let mut first = data.leaves.forget_from(data.evidence.len());
    while first < data.store.features.len() {
        let end = data.store.features.len().min(first + model::limit::COMMIT_BATCH_MAX as u64);
        let entries =
            (first..end).map(|ordinal| restore(data, Ordinal(ordinal))).collect::<Result<Vec<_>>>()?;
        tie(data, Ordinal(first), entries.len(), &entries, Batch::new())?;
        first = end;
    }
    Ok(())
}

/// The entry of a record that has none yet. One that cannot be read gets one that says so, or the folder would never open
/// again; it has no time any more.
fn restore(data: &Data, ordinal: Ordinal) -> Result<Entry> {
    Ok(match record::read(data, ordinal)? {
        Ok(feature) => entry(feature.time, payload(&feature)),
        Err(_) => entry(EventTime(0), unreadable(ordinal)),
    })
}

/// The payload behind the entry of a record that could not be read when it got its entry.
pub(crate) fn unreadable(ordinal: Ordinal) -> Vec<u8> {
    Value::object([("unreadable_record", Value::from(ordinal.0.to_string()))]).to_canonical().into_bytes()
}

/// The record at `ordinal`.
///
/// # Errors
/// When it is damaged or the store fails.
pub fn read(data: &Data, ordinal: Ordinal) -> Result<Feature> {
    record::read(data, ordinal)?.map_err(|unread| match unread {
        Unread::Erased => anyhow::anyhow!("record {} was erased", ordinal.0),
        Unread::Damaged(defect) => anyhow::anyhow!("{defect}"),
    })
}

/// Which leaf proves which record.
#[derive(Debug, Default)]
pub struct Leaves(Vec<BatchRow>);

impl Leaves {
    /// Reads the rows that tie records to leaves.
    ///
    /// # Errors
    /// When the store fails.
    pub fn read(data: &Data) -> Result<Self> {
        data.documents(BATCHES).map(Self)
    }

    fn push(&mut self, row: BatchRow) {
        self.0.push(row);
    }

    /// Drops rows that name leaves from `published` on, which a crash left behind. Answers with the first record that has
    /// no leaf.
    pub(crate) fn forget_from(&mut self, published: u64) -> u64 {
        let tied =
            self.0.iter().rposition(|row| row.leaf + row.count <= published).map_or(0, |last| last + 1);
        self.0.truncate(tied);
        self.0.last().map_or(0, |row| row.first + row.count)
    }

    /// The record that a leaf proves.
    pub(crate) fn record_of(&self, leaf: LeafIndex) -> Option<Ordinal> {
        let at = self.0.partition_point(|row| row.leaf <= leaf.0).checked_sub(1)?;
        let row = self.0.get(at).filter(|row| leaf.0 < row.leaf + row.count)?;
        Some(Ordinal(row.first + leaf.0 - row.leaf))
    }

    /// The leaf of a record.
    pub fn of(&self, ordinal: Ordinal) -> Option<LeafIndex> {
        let at = self.0.partition_point(|row| row.first <= ordinal.0).checked_sub(1)?;
        let row = self.0.get(at).filter(|row| ordinal.0 < row.first + row.count)?;
        Some(LeafIndex(row.leaf + ordinal.0 - row.first))
    }
}

/// The payload behind the evidence of a message, made anew from its record; none where that was erased.
///
/// # Errors
/// When the store fails or the record is damaged.
pub fn disclosure(data: &Data, leaf: LeafIndex) -> Result<Option<Vec<u8>>> {
    let Some(ordinal) = data.leaves.record_of(leaf) else { return Ok(None) };
    match record::read(data, ordinal)? {
        Ok(feature) => Ok(Some(payload(&feature))),
        Err(Unread::Erased) => Ok(None),
        Err(Unread::Damaged(defect)) => Err(anyhow::anyhow!("{defect}")),
    }
}
