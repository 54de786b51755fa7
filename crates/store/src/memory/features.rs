//! The double of the port for feature records.

use std::ops::Range;

use model::{EventTime, Ordinal};

use super::{Faults, Synced};
use crate::Result;
use crate::features::{
    FeatureRow, Features, Scanned, Times, Visitor, check_known, check_limits, no_such_record,
};

/// The double of [`Features`].
#[derive(Debug, Default)]
pub struct MemoryFeatures(Synced<Vec<Row>>);

#[derive(Debug, Clone)]
struct Row {
    time: EventTime,
    bytes: Vec<u8>,
    terms: Vec<u64>,
}

impl MemoryFeatures {
    /// The log as the next process would find it: only what was synced, with faults of its own.
    pub fn reopen(&self, faults: Faults) -> Self {
        Self(self.0.reopen(faults))
    }
}

impl Features for MemoryFeatures {
    fn append(&mut self, rows: &[FeatureRow<'_>]) -> Result<Range<Ordinal>> {
        check_limits(rows)?;
        let first = Ordinal(self.len());
        self.0.change(|accepted| accepted.extend(rows.iter().map(Row::from)))?;
        Ok(first..Ordinal(self.len()))
    }

    fn sync(&mut self) -> Result<()> {
        self.0.change_durably(|_| ())
    }

    fn erase(&mut self, ordinals: &[Ordinal]) -> Result<()> {
        check_known(ordinals, self.len())?;
        self.0.change_durably(|rows| {
            for ordinal in ordinals {
                if let Some(row) = rows.get_mut(ordinal.0 as usize) {
                    (row.bytes, row.terms) = Default::default();
                }
            }
        })
    }

    fn len(&self) -> u64 {
        self.0.current.len() as u64
    }

    fn get(&self, ordinal: Ordinal) -> Result<Vec<u8>> {
        let row = self.0.current.get(ordinal.0 as usize);
        row.map(|row| row.bytes.clone()).ok_or_else(|| no_such_record(ordinal, self.len()))
    }

    fn scan(&self, range: Range<Ordinal>, visit: &mut Visitor<'_>) -> Result<Scanned> {
        let mut scanned = Scanned::default();
        let numbered = (0..).map(Ordinal).zip(&self.0.current);
        for (ordinal, row) in numbered.filter(|(ordinal, _)| range.contains(ordinal)) {
            scanned.visited += 1;
            if visit(ordinal, row.time, &row.bytes).is_break() {
                break;
            }
        }
        Ok(scanned)
    }

    fn times(&self) -> Times<'_> {
        Box::new((0..).map(Ordinal).zip(&self.0.current).map(|(ordinal, row)| Ok((row.time, ordinal))))
    }

    fn lookup(&self, term: u64) -> Result<Vec<Ordinal>> {
        let numbered = (0..).map(Ordinal).zip(&self.0.current);
        Ok(numbered.filter(|(_, row)| row.terms.contains(&term)).map(|(ordinal, _)| ordinal).collect())
    }

    fn unindexed(&self) -> Result<Vec<Ordinal>> {
        Ok(Vec::new())
    }
}

impl From<&FeatureRow<'_>> for Row {
    fn from(row: &FeatureRow<'_>) -> Self {
        Self { time: row.time, bytes: row.bytes.to_vec(), terms: row.terms.to_vec() }
    }
}
