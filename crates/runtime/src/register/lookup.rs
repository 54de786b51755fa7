//! Lookup instead of a copy: an index of each sealed version, and questions to the one that was in force on a day.

use super::rows::{TemporaryFiles, sync_folder_of};
use super::{KnownSeal, SEALS, check_name, open, verify};
use crate::clock::{parse_rfc3339, rfc3339};
use crate::data::Data;
use crate::evidence_log::Entry as EvidenceEntry;
use anyhow::{Context, Result};
use evidence::Value;
use model::limit::{REASON_BYTES_MAX, REGISTER_LOOKUPS_HOUR_MAX, REGISTER_SORT_BYTES};
use model::{EventTime, LeafIndex};
use register::lookup::{Answer, Entry, IndexReader, IndexWriter, Key, Query};
use register::{Columns, Item, Sorter, read_rows};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use store::{Batch, Records};
use tempfile::NamedTempFile;

/// Collection of how many questions each person asked in the hour that runs.
const ASKED: &str = "register_asked";
/// Folder of the indexes in the data folder.
const FOLDER: &str = "registers";
const HOUR_SECONDS: i64 = 3_600;
/// One sort is for the entries, the other for the table.
const SORT_BYTES: usize = REGISTER_SORT_BYTES / 2;

/// A question to a register.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Name of the register.
    pub register: &'a str,
    /// The whole name.
    pub name: &'a str,
    /// Postcode; may be empty where the address is not.
    pub postcode: &'a str,
    /// First line of the address; may be empty where the postcode is not.
    pub address: &'a str,
    /// The moment of which is asked.
    pub on: EventTime,
    /// Why it is asked.
    pub purpose: &'a str,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LookupRow {
    /// Name of the register.
    pub register: String,
    /// The moment of which was asked, RFC 3339.
    pub on: String,
    /// When the version was sealed that answers, RFC 3339.
    pub version: String,
    /// `registered`, `similar` or `not found`.
    pub answer: &'static str,
    /// Entry of the evidence log that holds the question.
    pub evidence: u64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The question cannot be asked so.
    #[error(
        "name a register and ask for a whole name, at a postcode or at the first line of an address, with a purpose of 1 to {REASON_BYTES_MAX} bytes"
    )]
    Question,
    /// Nothing was sealed by then.
    #[error("no version of this register was sealed by then")]
    NoVersion,
    /// The version has no index.
    #[error("the version sealed {0} has no index: make it with `register index`")]
    NoIndex(String),
    /// Too many questions.
    #[error("{REGISTER_LOOKUPS_HOUR_MAX} questions an hour are what one person may ask: wait")]
    TooMany,
    /// The store or the index failed.
    #[error(transparent)]
    Store(#[from] anyhow::Error),
}

/// How many questions somebody asked since when.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Asked {
    since: i64,
    count: u64,
}

/// Makes the index of a sealed version. Answers the number of its electors.
///
/// # Errors
/// When `inputs` are not what was sealed, the seal was not made here, reading or writing fails.
pub fn index(data: &Data, seal: &Path, inputs: &[PathBuf], columns: &Columns) -> Result<u64> {
    let verified = verify(data, seal, inputs, columns)?;
    anyhow::ensure!(verified.leaf.is_some(), "the seal {} was not made here", seal.display());
    let is_same = verified.compared.counts.is_same() && verified.compared.defects.count == 0;
    anyhow::ensure!(is_same, "this is not what was sealed: `register verify` says which electors differ");
    let mut columns = columns.clone();
    if columns.keys.is_empty() {
        columns.keys.clone_from(&verified.heading.key_fields);
    }
    let path = path_of(data, &verified.summary.root.to_string());
    let folder = path.parent().context("an index has a folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let file = NamedTempFile::new_in(folder).context("cannot write the index")?;
    let mut writer = IndexWriter::new(BufWriter::new(file))?;
    let mut table = Sorter::new(TemporaryFiles, SORT_BYTES);
    write_entries(inputs, &columns, &mut writer, &mut table)?;
    for item in table.finish()? {
        let item = item?;
        let (key, at) = (item.key.try_into().ok(), item.body.try_into().ok());
        let (key, at) = key.zip(at).context("a scratch file was damaged")?;
        writer.row(Key::from_bytes(key), u64::from_be_bytes(at))?;
    }
    let file = writer.finish()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.as_file().sync_all().context("cannot make the index durable")?;
    file.persist(&path).with_context(|| format!("cannot name {}", path.display()))?;
    sync_folder_of(&path).context("cannot make the index's name durable")?;
    Ok(verified.summary.rows)
}

/// Entries in the order of their postcodes, and the keys that lead to them.
fn write_entries(
    inputs: &[PathBuf],
    columns: &Columns,
    writer: &mut IndexWriter<BufWriter<NamedTempFile>>,
    table: &mut Sorter<TemporaryFiles>,
) -> Result<()> {
    let mut entries = Sorter::new(TemporaryFiles, SORT_BYTES);
    for path in inputs {
        let take = |row: &register::Row| {
            let entry = Entry::of(row);
            let key = entry.by_postcode().map(|key| key.to_bytes().to_vec()).unwrap_or_default();
            entries.push(Item { key, body: entry.to_bytes(), line: 0 })
        };
        read_rows(open(path)?, &path.display().to_string(), columns, take)
            .with_context(|| format!("cannot read {}", path.display()))?;
    }
    let mut last = Vec::new();
    for item in entries.finish()? {
        let item = item?;
        let at = writer.entry(&item.body)?;
        let mut lead = |key: Vec<u8>| table.push(Item { key, body: at.to_be_bytes().to_vec(), line: 0 });
        let entry = Entry::from_bytes(&item.body).context("a scratch file was damaged")?;
        entry.by_house().into_iter().try_for_each(|key| lead(key.to_bytes().to_vec()))?;
        if !item.key.is_empty() && item.key != last {
            lead(item.key.clone())?;
            last = item.key;
        }
    }
    Ok(())
}

/// A sealed version of a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionRow {
    /// Name of the register.
    pub register: String,
    /// When it was sealed, RFC 3339.
    pub sealed: String,
    /// Electors.
    pub electors: u64,
    /// Root of the seal.
    pub root: String,
    /// Whether it has an index, so that questions are answered.
    pub has_index: bool,
    /// Entry of the evidence log with the root.
    pub evidence: u64,
}

/// All versions that were sealed here, by register and time.
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn versions(data: &Data) -> Result<Vec<VersionRow>> {
    let mut rows = Vec::new();
    for (root, known) in data.collection(SEALS)? {
        let known: KnownSeal = serde_json::from_slice(&known).context("a known seal is damaged")?;
        let has_index = path_of(data, &root).exists();
        let KnownSeal { register, epoch: sealed, rows: electors, leaf: evidence } = known;
        rows.push(VersionRow { register, sealed, electors, root, has_index, evidence });
    }
    rows.sort_by(|a, b| (&a.register, &a.sealed).cmp(&(&b.register, &b.sealed)));
    Ok(rows)
}

/// Where the index of a version is. Its name is the root, of which base64's signs are no part of a file's name.
fn path_of(data: &Data, root: &str) -> PathBuf {
    let name: String = root.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    data.folder().join(FOLDER).join(format!("{name}.lookup"))
}

/// Answers a question. It is evidence, with who asked and why, before it is answered.
///
/// # Errors
/// As [`LookupError`] says.
pub fn ask(
    data: &mut Data,
    question: &Question<'_>,
    by: &str,
    now: EventTime,
) -> Result<LookupRow, LookupError> {
    check_name(question.register).map_err(|_| LookupError::Question)?;
    let query =
        Query::new(question.name, question.postcode, question.address).ok_or(LookupError::Question)?;
    if !(1..=REASON_BYTES_MAX).contains(&question.purpose.trim().len()) {
        return Err(LookupError::Question);
    }
    let (root, version) = version_on(data, question.register, question.on)?.ok_or(LookupError::NoVersion)?;
    let path = path_of(data, &root);
    if !path.exists() {
        return Err(LookupError::NoIndex(version.epoch));
    }
    count(data, by, now)?;
    let answer = answer(&path, &query)?;
    let leaf = record(data, question, by, answer, now)?;
    Ok(LookupRow {
        register: question.register.to_owned(),
        on: rfc3339(question.on),
        version: version.epoch,
        answer: answer.word(),
        evidence: leaf.0,
    })
}

fn answer(path: &Path, query: &Query) -> Result<Answer> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut index = IndexReader::open(file).with_context(|| format!("cannot use {}", path.display()))?;
    query.ask(&mut index).with_context(|| format!("cannot use {}", path.display()))
}

/// The version that was in force: the last one that was sealed by then.
fn version_on(data: &Data, register: &str, on: EventTime) -> Result<Option<(String, KnownSeal)>> {
    let mut last: Option<(EventTime, String, KnownSeal)> = None;
    for (root, known) in data.collection(SEALS)? {
        let known: KnownSeal = serde_json::from_slice(&known).context("a known seal is damaged")?;
        let Some(sealed) = parse_rfc3339(&known.epoch).filter(|sealed| *sealed <= on) else { continue };
        let is_later = last.as_ref().is_none_or(|(before, ..)| *before <= sealed);
        if known.register == register && is_later {
            last = Some((sealed, root, known));
        }
    }
    Ok(last.map(|(_, root, known)| (root, known)))
}

/// Counts a question before it is answered, so that no failure gives one away for nothing.
fn count(data: &Data, by: &str, now: EventTime) -> Result<(), LookupError> {
    let asked: Option<Asked> = data.document(ASKED, by)?;
    let running = asked.filter(|asked| now.secs_since(EventTime(asked.since)) < HOUR_SECONDS);
    let asked = running.unwrap_or(Asked { since: now.0, count: 0 });
    if asked.count >= REGISTER_LOOKUPS_HOUR_MAX {
        return Err(LookupError::TooMany);
    }
    let asked = Asked { count: asked.count + 1, ..asked };
    let asked = serde_json::to_vec(&asked).context("a count is written")?;
    data.store.records.apply(Batch::new().put(ASKED, by, asked)).map_err(anyhow::Error::from)?;
    Ok(())
}

fn record(
    data: &mut Data,
    question: &Question<'_>,
    by: &str,
    answer: Answer,
    now: EventTime,
) -> Result<LeafIndex> {
    let on = rfc3339(question.on);
    let private = Value::object([
        ("register", question.register.into()),
        ("name", question.name.into()),
        ("postcode", question.postcode.into()),
        ("address", question.address.into()),
        ("on", on.as_str().into()),
        ("purpose", question.purpose.trim().into()),
        ("by", by.into()),
        ("answer", answer.word().into()),
    ]);
    data.record(&[EvidenceEntry {
        kind: "register.lookup",
        time: now,
        public: Vec::new(),
        private: private.to_canonical().into_bytes(),
    }])
}
