//! The port for feature records: an append-only log of small records, found again by search terms and by time.
//!
//! It is made for "who ever received X", asked years later of ten million records, and for replay in time order.

use std::ops::{ControlFlow, Range};
use std::path::PathBuf;

use model::limit::{RECORD_BYTES_MAX, RECORD_TERMS_MAX};
use model::{EventTime, Ordinal};

use crate::{Result, StoreError};

/// One record to append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeatureRow<'a> {
    /// When what it tells of happened.
    pub time: EventTime,
    /// The encoded record, at most [`RECORD_BYTES_MAX`] bytes. The store does not look into it.
    pub bytes: &'a [u8],
    /// Hashes of what it can be found by, at most [`RECORD_TERMS_MAX`]; repeats do no harm.
    pub terms: &'a [u64],
}

/// Called for each record of a scan: its position, its time, its bytes; says whether to go on.
pub type Visitor<'a> = dyn FnMut(Ordinal, EventTime, &[u8]) -> ControlFlow<()> + 'a;

/// The times of all records, in the order of acceptance.
pub type Times<'a> = Box<dyn Iterator<Item = Result<(EventTime, Ordinal)>> + 'a>;

/// An append-only log of records with search terms. Records are numbered from 0 in the order of acceptance.
pub trait Features: Send + Sync {
    /// Accepts records and says which numbers they got. They can be read at once, and are durable after
    /// [`Features::sync`] (the store may sync earlier by itself).
    ///
    /// # Errors
    /// [`StoreError::Refused`] where a row is beyond a limit, and then none was accepted. After any other error it is
    /// unknown which rows were accepted: the store answers [`StoreError::Stopped`] until it is opened anew, and
    /// [`Features::len`] then tells.
    fn append(&mut self, rows: &[FeatureRow<'_>]) -> Result<Range<Ordinal>>;

    /// Makes all accepted records durable: one wait for the disk for however many there are.
    ///
    /// # Errors
    /// As [`Features::append`].
    fn sync(&mut self) -> Result<()>;

    /// Makes records empty for good: their bytes and terms are overwritten where they lie, and their numbers and times stay.
    /// Records that cannot be read any more are overwritten too, where it is still known where they are. Erasing one again is
    /// safe. When this returns, no file of the store holds their bytes or terms; a copy of the files made before still does.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where there is no such record, and then none was erased. Else as [`Features::append`], and
    /// some may be erased.
    fn erase(&mut self, ordinals: &[Ordinal]) -> Result<()>;

    /// How many records there are, erased ones among them.
    fn len(&self) -> u64;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of one record; none where it was erased.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with file and position where it cannot be read any more, [`StoreError::Refused`] where
    /// there is no such record.
    fn get(&self, ordinal: Ordinal) -> Result<Vec<u8>>;

    /// Visits the records of `range` (cut to what there is) in order. Damaged ones are skipped and reported.
    ///
    /// # Errors
    /// [`StoreError::Io`] where the disk cannot be read at all.
    fn scan(&self, range: Range<Ordinal>, visit: &mut Visitor<'_>) -> Result<Scanned>;

    /// The time and position of each record, 16 bytes a record, so that a caller can sort by time. A damaged record
    /// whose own time is lost has that of its predecessor.
    fn times(&self) -> Times<'_>;

    /// The records that were appended with `term`, in ascending order, each once.
    ///
    /// # Errors
    /// [`StoreError::Io`] where the disk cannot be read at all.
    fn lookup(&self, term: u64) -> Result<Vec<Ordinal>>;

    /// The records that could not be read when the index of terms was made, so that no lookup finds them: they may have
    /// had any term. In ascending order.
    ///
    /// # Errors
    /// As [`Features::lookup`].
    fn unindexed(&self) -> Result<Vec<Ordinal>>;
}

/// What a scan met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Records that were visited.
    pub visited: u64,
    /// Records that could not be read.
    pub damaged: u64,
    /// Where the first of these are, at most [`Scanned::DAMAGE_MAX`].
    pub damage: Vec<Damage>,
}

impl Scanned {
    /// Damaged records that are named one by one; the rest is only counted.
    pub const DAMAGE_MAX: usize = 1_000;

    pub(crate) fn report(&mut self, damage: Damage) {
        self.damaged += 1;
        if self.damage.len() < Self::DAMAGE_MAX {
            self.damage.push(damage);
        }
    }
}

/// A record that cannot be read any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Which record.
    pub ordinal: Ordinal,
    /// The file that it is in.
    pub path: PathBuf,
    /// Where it begins in that file, in bytes.
    pub position: u64,
    /// What does not fit.
    pub reason: &'static str,
}

impl From<Damage> for StoreError {
    fn from(damage: Damage) -> Self {
        Self::Corrupt { path: damage.path, position: damage.position, reason: damage.reason }
    }
}

/// Refuses rows beyond the limits, before any is accepted.
pub(crate) fn check_limits(rows: &[FeatureRow<'_>]) -> Result<()> {
    let too_large =
        |row: &&FeatureRow<'_>| row.bytes.len() > RECORD_BYTES_MAX || row.terms.len() > RECORD_TERMS_MAX;
    match rows.iter().find(too_large) {
        None => Ok(()),
        Some(row) => Err(StoreError::refused(format!(
            "a record of {} bytes and {} terms; at most {RECORD_BYTES_MAX} and {RECORD_TERMS_MAX}",
            row.bytes.len(),
            row.terms.len()
        ))),
    }
}

/// Refuses to erase what is not there, before anything is erased.
pub(crate) fn check_known(ordinals: &[Ordinal], len: u64) -> Result<()> {
    match ordinals.iter().find(|ordinal| ordinal.0 >= len) {
        None => Ok(()),
        Some(ordinal) => Err(no_such_record(*ordinal, len)),
    }
}

/// The error of a `get` beyond the end.
pub(crate) fn no_such_record(ordinal: Ordinal, len: u64) -> StoreError {
    StoreError::refused(format!("record {} of {len}", ordinal.0))
}
