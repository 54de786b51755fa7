//! Feature records in append-only files, with a time index and a term index beside them.
//!
//! ```text
//! lock                          held by the one process that has the folder open
//! records-<first ordinal>.seg   the records with their terms: the truth
//! times.index                   time and place of each record
//! terms-<first>-<end>.run       sorted postings of a range of records; .new is one that is being written
//! ```
//! The two indexes are projections: whatever of them is missing, torn or damaged is rebuilt from the records. There
//! is no memory map: reads are positioned reads, and what the index keeps in memory is bounded (16 MiB of postings and
//! 16 bytes for 512 postings on disk). Opening reads what that memory holds, and nothing of older records.

mod frame;
mod inspection;
mod journal;
mod merge;
mod reader;
mod recovery;
mod run;
mod terms;
mod times;

use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Ordinal;

use self::journal::Journal;
use self::reader::Reader;
pub use self::recovery::Repair;
use self::run::Run;
use self::terms::TermIndex;
use self::times::{Entry, TimeIndex};
use crate::disk::{Disk, LocalDisk, create_folder};
use crate::features::{
    FeatureRow, Features, Scanned, Times, Visitor, check_known, check_limits, no_such_record,
};
use crate::lock::FolderLock;
use crate::reading::ReadingDisk;
use crate::{Result, StoreError};

/// Accepted records that wait for a sync, beyond which the store syncs by itself.
const UNSYNCED_RECORDS_MAX: usize = 1 << 16;

/// The term under which records are indexed whose own terms cannot be read. That another term hashes to it does no harm:
/// whoever reads the record sees whether it fits.
const UNREADABLE: u64 = u64::from_le_bytes(*b"damaged!");

/// How large the files of a [`Segments`] grow. Only tests and measurements need other than the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// Bytes beyond which a new record file begins; below 4 GiB.
    pub segment_bytes_max: u64,
    /// Postings that are held in memory before they become a run; 16 bytes each.
    pub postings_max: usize,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { segment_bytes_max: 1 << 30, postings_max: 1 << 20 }
    }
}

/// The embedded adapter of [`Features`].
pub struct Segments {
    folder: PathBuf,
    journal: Journal,
    times: TimeIndex,
    terms: TermIndex,
    repairs: Vec<Repair>,
    /// Set where the records are only read.
    is_reading: bool,
    /// Set where the index of terms covers too little to be asked, and may not be made anew.
    is_unindexed: bool,
    /// Set by a failed write: what the files hold is then unknown.
    is_stopped: bool,
    _lock: Option<FolderLock>,
}

impl Segments {
    /// Opens the folder, and creates it where there is none. Damage from a crash is repaired, see
    /// [`Segments::repairs`].
    ///
    /// # Errors
    /// [`StoreError::InUse`] where another process has it open, [`StoreError::Corrupt`] where record files do not fit
    /// together, or any error of the disk.
    pub fn open(folder: &Path) -> Result<Self> {
        Self::open_on(LocalDisk::shared(), folder, Sizes::default())
    }

    /// As [`Segments::open`], on another disk and with other sizes.
    ///
    /// # Errors
    /// As [`Segments::open`].
    pub fn open_on(disk: Arc<dyn Disk>, folder: &Path, sizes: Sizes) -> Result<Self> {
        create_folder(folder).map_err(StoreError::at(folder))?;
        let lock = FolderLock::take(folder)?;
        Self::open_with(disk, folder, sizes, Some(lock))
    }

    /// Opens the folder for reading, also while another process writes to it. What has to be mended is mended in memory.
    ///
    /// # Errors
    /// As [`Segments::open`], but for [`StoreError::InUse`].
    pub fn open_reading(folder: &Path) -> Result<Self> {
        Self::open_with(ReadingDisk::shared(), folder, Sizes::default(), None)
    }

    fn open_with(disk: Arc<dyn Disk>, folder: &Path, sizes: Sizes, lock: Option<FolderLock>) -> Result<Self> {
        let is_reading = disk.is_reading();
        let mut journal = Journal::open(folder, Arc::clone(&disk), sizes.segment_bytes_max)?;
        let mut terms = TermIndex::open(folder, Arc::clone(&disk), sizes.postings_max)?;
        let mut times = TimeIndex::open(&disk, folder, terms.end())?;
        let repairs = recovery::recover(&mut journal, &mut times)?;
        terms.cut(times.len())?;
        let folder = folder.to_owned();
        let mut segments = Self {
            folder,
            journal,
            times,
            terms,
            repairs,
            is_reading,
            is_unindexed: false,
            is_stopped: false,
            _lock: lock,
        };
        if is_reading {
            segments.hold_terms()?
        } else {
            segments.rebuild_terms()?
        }
        Ok(segments)
    }

    /// What was found wrong on open, and put right as far as possible. Empty after an orderly end.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    fn reader(&self) -> Reader<'_> {
        Reader { journal: &self.journal, times: &self.times }
    }

    /// Adds the postings of all records that no run covers. Those after the last run normally were in memory only.
    fn rebuild_terms(&mut self) -> Result<()> {
        let len = self.times.len();
        for gap in self.terms.gaps(len) {
            let is_tail = gap.end == len;
            self.terms.begin(gap.start);
            let reader = Reader { journal: &self.journal, times: &self.times };
            let mut next = gap.start;
            while next < gap.end {
                next = add_terms(&reader, &mut self.terms, next..gap.end)?;
                if self.terms.is_full(next) || (next == gap.end && !is_tail) {
                    self.times.sync()?;
                    self.terms.flush(next)?;
                }
            }
            self.terms.finish_merges()?;
            if !is_tail || self.terms.first() > gap.start {
                let (first, records) = (Ordinal(gap.start), gap.end - gap.start);
                self.repairs.push(Repair::TermsRebuilt { first, records });
            }
        }
        Ok(())
    }

    /// Holds the postings of all records that no run covers in memory, if they have room there.
    fn hold_terms(&mut self) -> Result<()> {
        for gap in self.terms.gaps(self.times.len()) {
            self.terms.begin(gap.start);
            let reader = Reader { journal: &self.journal, times: &self.times };
            if add_terms(&reader, &mut self.terms, gap.clone())? < gap.end {
                self.is_unindexed = true;
                return Ok(());
            }
        }
        Ok(())
    }

    /// Runs a write, after which the files are in doubt if it failed.
    fn change<T>(&mut self, write: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.is_reading {
            return Err(StoreError::refused(format!("{} is open for reading only", self.folder.display())));
        }
        if self.is_stopped {
            return Err(StoreError::Stopped { path: self.folder.clone() });
        }
        let result = write(self);
        self.is_stopped = result.is_err();
        result
    }

    fn accept(&mut self, row: &FeatureRow<'_>) -> Result<()> {
        let ordinal = self.times.len();
        let position = self.journal.push(Ordinal(ordinal), row)?;
        let position =
            u32::try_from(position).map_err(|_| StoreError::refused("a record file beyond 4 GiB"))?;
        self.times.push(Entry { time: row.time, position });
        self.terms.add(ordinal, row.terms.iter().copied());
        let is_full = self.terms.is_full(ordinal + 1);
        if is_full || self.times.pending() >= UNSYNCED_RECORDS_MAX {
            self.settle()?;
        }
        if is_full {
            self.times.sync()?;
            self.terms.flush(ordinal + 1)?;
        }
        self.terms.merge_some(row.terms.len())
    }

    /// Records first, then the index that names them.
    fn settle(&mut self) -> Result<()> {
        self.journal.sync()?;
        self.times.flush()
    }

    /// The ordinals of one run with `term`, from its records where the run is damaged.
    fn lookup_run(&self, run: &Run, term: u64) -> Result<Vec<u64>> {
        if !run.is_damaged() {
            match run.lookup(term) {
                Err(StoreError::Corrupt { .. }) => run.give_up()?,
                ordinals => return ordinals,
            }
        }
        let mut ordinals = Vec::new();
        self.reader().frames(run.extent.records.clone(), &mut |ordinal, frame| {
            let has_term = match frame {
                Ok((_, body)) => body.terms().any(|found| found == term),
                Err(_) => term == UNREADABLE,
            };
            ordinals.extend(has_term.then_some(ordinal.0));
            ControlFlow::Continue(())
        })?;
        Ok(ordinals)
    }
}

impl Features for Segments {
    fn append(&mut self, rows: &[FeatureRow<'_>]) -> Result<Range<Ordinal>> {
        check_limits(rows)?;
        let first = Ordinal(self.len());
        self.change(|segments| rows.iter().try_for_each(|row| segments.accept(row)))?;
        Ok(first..Ordinal(self.len()))
    }

    fn sync(&mut self) -> Result<()> {
        self.change(Self::settle)
    }

    fn erase(&mut self, ordinals: &[Ordinal]) -> Result<()> {
        check_known(ordinals, self.len())?;
        let mut sorted: Vec<u64> = ordinals.iter().map(|ordinal| ordinal.0).collect();
        sorted.sort_unstable();
        self.change(|segments| {
            segments.settle()?;
            // The terms go first: after a crash in between, the records still say what is to be erased.
            segments.terms.forget(&sorted)?;
            segments.reader().erase(&sorted)
        })
    }

    fn len(&self) -> u64 {
        self.times.len()
    }

    fn get(&self, ordinal: Ordinal) -> Result<Vec<u8>> {
        self.reader().get(ordinal)?.ok_or_else(|| no_such_record(ordinal, self.len()))
    }

    fn scan(&self, range: Range<Ordinal>, visit: &mut Visitor<'_>) -> Result<Scanned> {
        let mut scanned = Scanned::default();
        self.reader().frames(range.start.0..range.end.0, &mut |ordinal, frame| match frame {
            Ok((header, body)) => {
                scanned.visited += 1;
                visit(ordinal, header.time, body.bytes)
            }
            Err(damage) => {
                scanned.report(damage);
                ControlFlow::Continue(())
            }
        })?;
        Ok(scanned)
    }

    fn times(&self) -> Times<'_> {
        self.reader().times()
    }

    fn lookup(&self, term: u64) -> Result<Vec<Ordinal>> {
        if self.is_unindexed {
            let what =
                "its index of terms must be made anew, which a reader may not do: let a writer open it once";
            return Err(StoreError::refused(format!("{}: {what}", self.folder.display())));
        }
        let mut ordinals = Vec::new();
        for run in self.terms.runs() {
            ordinals.extend(self.lookup_run(run, term)?);
        }
        ordinals.extend(self.terms.in_memory(term));
        // A reader may hold postings of records in the middle.
        ordinals.sort_unstable();
        ordinals.dedup();
        Ok(ordinals.into_iter().map(Ordinal).collect())
    }

    fn unindexed(&self) -> Result<Vec<Ordinal>> {
        self.lookup(UNREADABLE)
    }
}

/// Adds the terms of the records of `range` until the index is full, and says up to which record it came. The terms of
/// a damaged record are not known any more.
fn add_terms(reader: &Reader<'_>, terms: &mut TermIndex, range: Range<u64>) -> Result<u64> {
    let mut next = range.end;
    reader.frames(range, &mut |ordinal, frame| {
        match frame {
            Ok((_, body)) => terms.add(ordinal.0, body.terms()),
            Err(_) => terms.add(ordinal.0, [UNREADABLE].into_iter()),
        }
        if !terms.is_full(ordinal.0 + 1) {
            return ControlFlow::Continue(());
        }
        next = ordinal.0 + 1;
        ControlFlow::Break(())
    })?;
    Ok(next)
}
