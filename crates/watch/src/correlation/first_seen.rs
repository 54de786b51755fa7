//! When a group showed a value, and since when the group is known. Sets are exact: one short entry for each value.

use super::record::Record;
use crate::memory::codec::{Reader, Writer};

/// When something was first and last seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Milliseconds. It goes back when an older event comes late.
    pub(crate) first: i64,
    /// Milliseconds.
    pub(crate) last: i64,
}

impl Seen {
    /// Seen at `time` only.
    pub(crate) fn at(time: i64) -> Self {
        Self { first: time, last: time }
    }

    /// Seen at `time` too.
    pub(crate) fn and(self, time: i64) -> Self {
        Self { first: self.first.min(time), last: self.last.max(time) }
    }

    /// Is an event at `time` within `span` of the last one, or before it?
    pub(crate) fn is_known(self, time: i64, span: i64) -> bool {
        time.saturating_sub(self.last) <= span
    }
}

impl Record for Seen {
    fn write(&self, writer: &mut Writer) {
        writer.signed(self.first);
        writer.signed(self.last.wrapping_sub(self.first));
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let first = reader.signed()?;
        Some(Self { first, last: first.wrapping_add(reader.signed()?) })
    }

    fn due(&self, span: i64) -> i64 {
        self.last.saturating_add(span)
    }
}
