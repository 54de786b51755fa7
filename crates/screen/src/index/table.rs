//! The arrays that an index is made of: rows of numbers, texts, and postings.

use std::ops::Range;

/// Rows of numbers, one behind the other.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Rows {
    /// Where each row ends.
    pub(super) ends: Vec<u32>,
    pub(super) values: Vec<u32>,
}

impl Rows {
    pub(super) fn push(&mut self, row: &[u32]) {
        self.values.extend_from_slice(row);
        self.ends.push(self.values.len() as u32);
    }

    pub(super) fn range(&self, row: u32) -> Range<usize> {
        range(&self.ends, row)
    }

    pub(super) fn get(&self, row: u32) -> &[u32] {
        self.values.get(self.range(row)).unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}

/// Forms by token, each row ascending.
pub(super) type Postings = Rows;

/// Texts, one behind the other.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Texts {
    pub(super) ends: Vec<u32>,
    pub(super) bytes: String,
}

impl Texts {
    pub(super) fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len() as u32);
    }

    pub(super) fn get(&self, row: u32) -> Option<&str> {
        self.bytes.get(range(&self.ends, row))
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}

fn range(ends: &[u32], row: u32) -> Range<usize> {
    let row = row as usize;
    let start = row.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    let end = ends.get(row).copied().unwrap_or(start);
    start as usize..end as usize
}
