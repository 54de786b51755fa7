//! The term index: postings in memory, flushed as sorted runs that are merged in size tiers.
//!
//! Four runs of a level become one of the next, so each posting is rewritten about log₄(n) times and a lookup asks few
//! files. It is a projection of the records: a missing, torn or damaged run is rebuilt from them.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::run::{Extent, Posting, Postings, RUN_RECORDS_MAX, Run, RunWriter};
use crate::disk::{Disk, remove_if_present, sync_folder};
use crate::{Result, StoreError};

/// Runs of one level that are merged into one of the next.
const FAN_IN: usize = 4;
/// Runs beyond which neighbours are merged whatever their level, so that a lookup stays cheap after odd repairs.
const RUNS_MAX: usize = 12;

/// The term index of a folder.
pub(super) struct TermIndex {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    postings_max: usize,
    /// In the order of the records that they cover, which do not overlap.
    runs: Vec<Run>,
    /// The first record whose postings are in memory.
    first: u64,
    /// Postings of the records from `first` on, in the order of acceptance.
    memory: Vec<Posting>,
}

impl TermIndex {
    /// Opens the runs that cover records below `len`, and removes files that cannot be used.
    pub(super) fn open(folder: &Path, disk: Arc<dyn Disk>, postings_max: usize, len: u64) -> Result<Self> {
        let mut runs = Vec::new();
        for entry in fs::read_dir(folder).map_err(StoreError::at(folder))? {
            let path = entry.map_err(StoreError::at(folder))?.path();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("run") => match Run::open(disk.as_ref(), &path)? {
                    Some(run) if run.extent.records.end <= len => runs.push(run),
                    _ => remove_if_present(&path).map_err(StoreError::at(&path))?,
                },
                Some("new") => remove_if_present(&path).map_err(StoreError::at(&path))?,
                _ => {}
            }
        }
        let runs = without_overlaps(runs)?;
        Ok(Self { folder: folder.to_owned(), disk, postings_max, runs, first: len, memory: Vec::new() })
    }

    /// The ranges of records below `len` that no run covers, in order.
    pub(super) fn gaps(&self, len: u64) -> Vec<Range<u64>> {
        let starts = self.runs.iter().map(|run| run.extent.records.start).chain([len]);
        let ends = [0].into_iter().chain(self.runs.iter().map(|run| run.extent.records.end));
        ends.zip(starts).map(|(end, start)| end..start).filter(|gap| gap.start < gap.end).collect()
    }

    /// Says that the postings which follow are those of the records from `first` on.
    pub(super) fn begin(&mut self, first: u64) {
        self.first = first;
    }

    /// The first record whose postings are in memory.
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    pub(super) fn add(&mut self, ordinal: u64, terms: impl Iterator<Item = u64>) {
        self.memory.extend(terms.map(|term| Posting { term, ordinal }));
    }

    /// Whether it is time to flush.
    pub(super) fn is_full(&self, end: u64) -> bool {
        self.memory.len() >= self.postings_max || end - self.first >= RUN_RECORDS_MAX / 256
    }

    /// Writes the postings in memory, which are those of the records below `end`, as a run, and merges runs that are
    /// due. To be called when the records are durable.
    pub(super) fn flush(&mut self, end: u64) -> Result<()> {
        if self.first < end {
            self.memory.sort_unstable();
            let extent = Extent { records: self.first..end, level: 0 };
            let mut writer = RunWriter::create(&self.disk, &self.folder, extent)?;
            self.memory.iter().try_for_each(|posting| writer.push(*posting))?;
            let position = self.runs.partition_point(|run| run.extent.records.start < end);
            self.runs.insert(position, writer.finish()?);
            self.memory.clear();
            self.first = end;
        }
        while let Some(due) = self.due() {
            self.merge(due)?;
        }
        sync_folder(&self.folder).map_err(StoreError::at(&self.folder))
    }

    pub(super) fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The ordinals with `term` whose postings are in memory, repeats included.
    pub(super) fn in_memory(&self, term: u64) -> impl Iterator<Item = u64> {
        self.memory.iter().filter(move |posting| posting.term == term).map(|posting| posting.ordinal)
    }

    /// The runs to merge next, if any: neighbours of one level, else the two smallest neighbours of too many.
    fn due(&self) -> Option<Range<usize>> {
        let is_due = |runs: &[Run]| {
            may_merge(runs)
                && runs
                    .iter()
                    .all(|run| Some(run.extent.level) == runs.first().map(|first| first.extent.level))
        };
        if let Some(start) = self.runs.windows(FAN_IN).position(is_due) {
            return Some(start..start + FAN_IN);
        }
        let pairs = self.runs.windows(2).enumerate().filter(|(_, pair)| may_merge(pair));
        let smallest = pairs.min_by_key(|(_, pair)| pair.iter().map(|run| run.postings).sum::<u64>());
        smallest.filter(|_| self.runs.len() > RUNS_MAX).map(|(start, _)| start..start + 2)
    }

    /// Replaces runs by one. A crash before the old ones are removed leaves them covered by the new one. A damaged run
    /// is given up and left: its records answer for it until the next open rebuilds it.
    fn merge(&mut self, due: Range<usize>) -> Result<()> {
        let Some(inputs) = self.runs.get(due.clone()) else { return Ok(()) };
        let merged = match self.merged(inputs) {
            Err(StoreError::Corrupt { .. }) => return self.give_up_damaged(due),
            merged => merged?,
        };
        sync_folder(&self.folder).map_err(StoreError::at(&self.folder))?;
        self.runs.splice(due, [merged]).try_for_each(|run| run.remove())
    }

    fn merged(&self, inputs: &[Run]) -> Result<Run> {
        let records = inputs.iter().map(|run| &run.extent.records);
        let start = records.clone().map(|records| records.start).min().unwrap_or_default();
        let end = records.map(|records| records.end).max().unwrap_or_default();
        let level = inputs.iter().map(|run| run.extent.level).max().unwrap_or_default() + 1;
        let mut writer = RunWriter::create(&self.disk, &self.folder, Extent { records: start..end, level })?;
        let mut heads = Vec::new();
        for input in inputs {
            heads.extend(Head::of(input.postings())?);
        }
        while let Some(least) = heads.iter_mut().min_by_key(|head| head.posting) {
            writer.push(least.posting)?;
            if !least.advance()? {
                heads.retain(|head| !head.is_done);
            }
        }
        writer.finish()
    }

    /// Finds which of the runs no longer reads as written; at least one does not, or the merge would have ended.
    fn give_up_damaged(&self, runs: Range<usize>) -> Result<()> {
        for run in self.runs.get(runs).unwrap_or_default() {
            let mut postings = run.postings();
            let read = loop {
                match postings.next() {
                    Ok(Some(_)) => {}
                    end => break end,
                }
            };
            match read {
                Err(StoreError::Corrupt { .. }) => run.give_up()?,
                end => drop(end?),
            }
        }
        Ok(())
    }
}

/// The next posting of a run that is being merged.
struct Head<'a> {
    posting: Posting,
    rest: Postings<'a>,
    is_done: bool,
}

impl<'a> Head<'a> {
    fn of(mut rest: Postings<'a>) -> Result<Option<Self>> {
        Ok(rest.next()?.map(|posting| Self { posting, rest, is_done: false }))
    }

    /// Moves on; false at the end.
    fn advance(&mut self) -> Result<bool> {
        match self.rest.next()? {
            Some(posting) => self.posting = posting,
            None => self.is_done = true,
        }
        Ok(!self.is_done)
    }
}

fn may_merge(runs: &[Run]) -> bool {
    let start = runs.first().map_or(0, |run| run.extent.records.start);
    let end = runs.last().map_or(0, |run| run.extent.records.end);
    let is_contiguous = runs.windows(2).all(|pair| match pair {
        [before, after] => before.extent.records.end == after.extent.records.start,
        _ => true,
    });
    is_contiguous && end - start < RUN_RECORDS_MAX && !runs.iter().any(Run::is_damaged)
}

/// Removes runs that another one covers: inputs of a merge that a crash interrupted before they were removed.
fn without_overlaps(mut runs: Vec<Run>) -> Result<Vec<Run>> {
    runs.sort_by_key(|run| (run.extent.records.start, std::cmp::Reverse(run.extent.records.end)));
    let mut kept: Vec<Run> = Vec::new();
    for run in runs {
        match kept.last() {
            Some(last) if run.extent.records.start < last.extent.records.end => run.remove()?,
            _ => kept.push(run),
        }
    }
    Ok(kept)
}
