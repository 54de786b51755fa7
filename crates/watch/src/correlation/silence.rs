//! When a group last matched.

use super::alert::Offset;
use super::record::{NO_OFFSET, Record, read_offset, read_texts, write_offset, write_texts};
use crate::memory::codec::{Reader, Writer};
use model::limit::CORRELATION_GROUP_FIELDS_MAX;

/// The state of a group that must not fall silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LastMatch {
    /// Milliseconds.
    pub(crate) time: i64,
    pub(crate) at: Offset,
    /// No event comes with the alert, so the values are kept.
    pub(crate) group: Vec<String>,
}

impl Record for LastMatch {
    fn write(&self, writer: &mut Writer) {
        writer.signed(self.time);
        write_offset(writer, self.at, NO_OFFSET);
        write_texts(writer, &self.group);
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (time, at) = (reader.signed()?, read_offset(reader, NO_OFFSET)?);
        Some(Self { time, at, group: read_texts(reader, CORRELATION_GROUP_FIELDS_MAX)? })
    }

    fn due(&self, span: i64) -> i64 {
        self.time.saturating_add(span)
    }
}
