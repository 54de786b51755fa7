//! The term index: postings in memory, flushed as sorted runs that are merged in size tiers.
//!
//! Four runs of a level become one of the next, up to [`LEVEL_MAX`]: so each posting is rewritten twice, and a lookup asks
//! one file for every sixteen times that the memory was full, and a few more. Merging goes on in small steps with what is
//! appended, so that no append waits for a whole merge. It is a projection of the records: a missing, torn or damaged run
//! is rebuilt from them.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::merge::Merge;
use super::run::{Extent, Posting, RUN_RECORDS_MAX, Run, RunWriter};
use crate::disk::{Disk, sync_folder};
use crate::{Flaw, Result, StoreError};

/// Runs of one level that are merged into one of the next.
const FAN_IN: usize = 4;
/// Level of the largest runs. It bounds what a process that ends in the middle of a merge has to do again.
const LEVEL_MAX: u32 = 2;
/// Postings that are merged for each one that is appended. Two would keep up: this leaves room for the order they come in.
const MERGED_PER_POSTING: usize = 4;
/// Runs below the top level beyond which appending waits for merges, and neighbours are merged whatever their level. Only
/// odd repairs and processes that never live as long as a merge get there.
const SMALL_RUNS_MAX: usize = 16;

/// The term index of a folder.
pub(super) struct TermIndex {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    postings_max: usize,
    /// In the order of the records that they cover, which do not overlap.
    runs: Vec<Arc<Run>>,
    /// Files of runs that were not as they were written when the index was opened.
    damaged: Vec<PathBuf>,
    /// The merge that goes on with the next appends.
    merge: Option<Merge>,
    /// The first record whose postings are in memory.
    first: u64,
    /// Postings of the records from `first` on, in the order of acceptance.
    memory: Vec<Posting>,
}

impl TermIndex {
    /// Opens the runs, and removes files that cannot be used.
    pub(super) fn open(folder: &Path, disk: Arc<dyn Disk>, postings_max: usize) -> Result<Self> {
        let (mut runs, mut damaged) = (Vec::new(), Vec::new());
        for entry in fs::read_dir(folder).map_err(StoreError::at(folder))? {
            let path = entry.map_err(StoreError::at(folder))?.path();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("run") => match Run::open(&disk, &path)? {
                    Some(run) => runs.push(run),
                    None => {
                        disk.remove(&path).map_err(StoreError::at(&path))?;
                        damaged.push(path);
                    }
                },
                Some("new") => disk.remove(&path).map_err(StoreError::at(&path))?,
                _ => {}
            }
        }
        let runs = without_overlaps(runs)?;
        let folder = folder.to_owned();
        Ok(Self { folder, disk, postings_max, runs, damaged, merge: None, first: 0, memory: Vec::new() })
    }

    /// The end of the last run: the time index was durable up to there when the run was written.
    pub(super) fn end(&self) -> u64 {
        self.runs.last().map_or(0, |run| run.extent.records.end)
    }

    /// Removes the runs that cover records from `len` on, which are gone. The postings that follow are those from there on.
    pub(super) fn cut(&mut self, len: u64) -> Result<()> {
        let kept = self.runs.partition_point(|run| run.extent.records.end <= len);
        self.runs.drain(kept..).try_for_each(|run| run.remove())?;
        self.first = len;
        Ok(())
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

    /// Adds the postings of a record.
    pub(super) fn add(&mut self, ordinal: u64, terms: impl Iterator<Item = u64>) {
        self.memory.extend(terms.map(|term| Posting { term, ordinal }));
    }

    /// Whether it is time to flush.
    pub(super) fn is_full(&self, end: u64) -> bool {
        self.memory.len() >= self.postings_max || end - self.first >= RUN_RECORDS_MAX / 256
    }

    /// Writes the postings in memory, which are those of the records below `end`, as a run, and begins to merge runs that
    /// are due. To be called when the records and their entries in the time index are durable.
    pub(super) fn flush(&mut self, end: u64) -> Result<()> {
        if self.first < end {
            self.memory.sort_unstable();
            let extent = Extent { records: self.first..end, level: 0 };
            let mut writer = RunWriter::create(&self.disk, &self.folder, extent)?;
            self.memory.iter().try_for_each(|posting| writer.push(*posting))?;
            let position = self.runs.partition_point(|run| run.extent.records.start < end);
            self.runs.insert(position, Arc::new(writer.finish()?));
            self.memory.clear();
            self.first = end;
        }
        sync_folder(&self.folder).map_err(StoreError::at(&self.folder))?;
        self.begin_merge()?;
        if self.is_crowded() { self.finish_merges() } else { Ok(()) }
    }

    /// Goes on merging, in proportion to the postings that were appended.
    pub(super) fn merge_some(&mut self, appended: usize) -> Result<()> {
        self.advance_merge(appended.saturating_mul(MERGED_PER_POSTING))
    }

    /// Merges until no merge is due.
    pub(super) fn finish_merges(&mut self) -> Result<()> {
        while self.merge.is_some() {
            self.advance_merge(usize::MAX)?;
        }
        Ok(())
    }

    /// Takes the terms of erased records, which are sorted, out of the files. What is in memory goes without them.
    pub(super) fn forget(&mut self, erased: &[u64]) -> Result<()> {
        self.finish_merges()?;
        self.memory.retain(|posting| erased.binary_search(&posting.ordinal).is_err());
        for run in &self.runs {
            let records = &run.extent.records;
            let next = erased.get(erased.partition_point(|ordinal| *ordinal < records.start));
            if next.is_some_and(|next| *next < records.end) {
                run.retire()?;
            }
        }
        sync_folder(&self.folder).map_err(StoreError::at(&self.folder))
    }

    /// Reads all runs, and tells those that are not as they were written. A file that is gone was merged by its writer.
    pub(super) fn inspect(&self, flaw: &mut dyn FnMut(Flaw)) -> Result<()> {
        let reason = "the end of the index of terms is not as it was written";
        for path in self.damaged.iter().filter(|path| path.exists()) {
            flaw(Flaw { path: path.clone(), place: "its end".to_owned(), reason: reason.to_owned() });
        }
        for run in &self.runs {
            run.check().or_else(|error| Flaw::of(error).map(&mut *flaw))?;
        }
        Ok(())
    }

    pub(super) fn runs(&self) -> &[Arc<Run>] {
        &self.runs
    }

    /// The ordinals with `term` whose postings are in memory, repeats included.
    pub(super) fn in_memory(&self, term: u64) -> impl Iterator<Item = u64> {
        self.memory.iter().filter(move |posting| posting.term == term).map(|posting| posting.ordinal)
    }

    fn is_crowded(&self) -> bool {
        self.runs.iter().filter(|run| run.extent.level < LEVEL_MAX).count() > SMALL_RUNS_MAX
    }

    /// The runs to merge next, if any: neighbours of one level, else the two smallest neighbours of too many.
    fn due(&self) -> Option<Range<usize>> {
        let level = |run: &Arc<Run>| run.extent.level;
        let is_due = |runs: &[Arc<Run>]| {
            let first = runs.first().map(level).filter(|first| *first < LEVEL_MAX);
            first.is_some() && may_merge(runs) && runs.iter().all(|run| Some(level(run)) == first)
        };
        if let Some(start) = self.runs.windows(FAN_IN).position(is_due) {
            return Some(start..start + FAN_IN);
        }
        let is_small = |pair: &[Arc<Run>]| pair.iter().any(|run| level(run) < LEVEL_MAX);
        let pairs = self.runs.windows(2).enumerate().filter(|(_, pair)| is_small(pair) && may_merge(pair));
        let smallest = pairs.min_by_key(|(_, pair)| pair.iter().map(|run| run.postings).sum::<u64>());
        smallest.filter(|_| self.is_crowded()).map(|(start, _)| start..start + 2)
    }

    /// Begins the merge that is due, if none goes on. A run that turns out to be damaged was given up, so it is no longer
    /// due: its records answer for it until the next open rebuilds it.
    fn begin_merge(&mut self) -> Result<()> {
        while self.merge.is_none()
            && let Some(due) = self.due()
        {
            let inputs = self.runs.get(due).unwrap_or_default();
            let highest = inputs.iter().map(|run| run.extent.level).max().unwrap_or_default();
            match Merge::begin(&self.disk, &self.folder, inputs, LEVEL_MAX.min(highest + 1)) {
                Err(StoreError::Corrupt { .. }) => {}
                begun => self.merge = Some(begun?),
            }
        }
        Ok(())
    }

    /// Merges at most so many postings.
    fn advance_merge(&mut self, postings: usize) -> Result<()> {
        let Some(mut merge) = self.merge.take() else { return Ok(()) };
        match merge.advance(postings) {
            Ok(false) => {
                self.merge = Some(merge);
                return Ok(());
            }
            Ok(true) => self.replace(merge)?,
            Err(StoreError::Corrupt { .. }) => merge.abandon()?,
            Err(error) => return Err(error),
        }
        self.begin_merge()
    }

    /// Puts a merged run in the place of its inputs. A crash before these are removed leaves them covered by it.
    fn replace(&mut self, merge: Merge) -> Result<()> {
        let inputs = merge.inputs.clone();
        let merged = merge.finish()?;
        sync_folder(&self.folder).map_err(StoreError::at(&self.folder))?;
        let start = self.runs.partition_point(|run| run.extent.records.start < merged.extent.records.start);
        self.runs.splice(start..start + inputs.len(), [Arc::new(merged)]).for_each(drop);
        inputs.iter().try_for_each(|run| run.remove())
    }
}

fn may_merge(runs: &[Arc<Run>]) -> bool {
    let start = runs.first().map_or(0, |run| run.extent.records.start);
    let end = runs.last().map_or(0, |run| run.extent.records.end);
    let is_contiguous = runs.windows(2).all(|pair| match pair {
        [before, after] => before.extent.records.end == after.extent.records.start,
        _ => true,
    });
    is_contiguous && end - start < RUN_RECORDS_MAX && runs.iter().all(|run| run.may_merge())
}

/// Removes runs that another one covers: inputs of a merge that a crash interrupted before they were removed.
fn without_overlaps(mut runs: Vec<Run>) -> Result<Vec<Arc<Run>>> {
    runs.sort_by_key(|run| (run.extent.records.start, std::cmp::Reverse(run.extent.records.end)));
    let mut kept: Vec<Arc<Run>> = Vec::new();
    for run in runs {
        match kept.last() {
            Some(last) if run.extent.records.start < last.extent.records.end => run.remove()?,
            _ => kept.push(Arc::new(run)),
        }
    }
    Ok(kept)
}
