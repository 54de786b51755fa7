//! Merging neighbouring runs into one, a little at a time, so that no single append pays for all of it.
//!
//! The state of a merge is in memory only: a process that ends in the middle leaves the inputs as they were and an
//! unfinished file that the next open removes.

use std::path::Path;
use std::sync::Arc;

use super::run::{Extent, Posting, Postings, Run, RunWriter};
use crate::Result;
use crate::disk::Disk;

/// A merge that has begun.
pub(super) struct Merge {
    pub(super) inputs: Vec<Arc<Run>>,
    heads: Vec<Head>,
    writer: RunWriter,
}

/// The next posting of a run that is being merged.
struct Head {
    posting: Posting,
    rest: Postings,
    is_done: bool,
}

impl Merge {
    /// Begins to merge neighbours into a run of `level`. Errors are those of [`Merge::advance`].
    pub(super) fn begin(
        disk: &Arc<dyn Disk>,
        folder: &Path,
        inputs: &[Arc<Run>],
        level: u32,
    ) -> Result<Self> {
        let start = inputs.first().map_or(0, |run| run.extent.records.start);
        let end = inputs.last().map_or(start, |run| run.extent.records.end);
        let mut heads = Vec::new();
        for input in inputs {
            heads.extend(Head::of(Arc::clone(input).postings())?);
        }
        let writer = RunWriter::create(disk, folder, Extent { records: start..end, level })?;
        Ok(Self { inputs: inputs.to_vec(), heads, writer })
    }

    /// Merges at most so many postings, and says whether that was the end. [`crate::StoreError::Corrupt`] where a run
    /// does not read as written; that run is given up then.
    pub(super) fn advance(&mut self, postings: usize) -> Result<bool> {
        for _ in 0..postings {
            let Some(least) = self.heads.iter_mut().min_by_key(|head| head.posting) else { return Ok(true) };
            self.writer.push(least.posting)?;
            if !least.advance()? {
                self.heads.retain(|head| !head.is_done);
            }
        }
        Ok(self.heads.is_empty())
    }

    /// The merged run, durable but for its name.
    pub(super) fn finish(self) -> Result<Run> {
        self.writer.finish()
    }

    /// Leaves the inputs as they are.
    pub(super) fn abandon(self) -> Result<()> {
        self.writer.abandon()
    }
}

impl Head {
    fn of(mut rest: Postings) -> Result<Option<Self>> {
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
