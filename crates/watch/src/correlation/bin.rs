//! A window that is judged when it is over. Windows follow each other without a gap from the epoch on, as long as `timespan`.
//!
//! That is for conditions that can cease to hold, such as fewer than ten or a mean above five: of them the first event would say
//! nothing. A window without any event is not judged; [`silence`](super::silence) is for that.

use super::alert::Offset;
use super::plan::Condition;
use super::record::{Record, read_texts, write_texts};
use super::tally::{Tally, value_of};
use super::window::{Entry, Finding, read_entries, write_entries};
use crate::memory::codec::{Reader, Writer};
use model::limit::{CORRELATION_EVIDENCE_MAX, CORRELATION_GROUP_FIELDS_MAX};

/// A window of a group.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bin {
    /// Which window since the epoch.
    number: i64,
    /// It may be that no event is at hand when it is judged, so the values are kept.
    pub(crate) group: Vec<String>,
    /// In their order: all events, or the latest where there is a tally.
    entries: Vec<Entry>,
    /// Of all events, once they are too many to be kept.
    tally: Option<Tally>,
}

/// The number of the window of `time`.
pub(crate) fn number(time: i64, span: i64) -> i64 {
    time.div_euclid(span.max(1))
}

/// The first moment after a window.
pub(crate) fn end(number: i64, span: i64) -> i64 {
    number.saturating_add(1).saturating_mul(span.max(1))
}

impl Bin {
    pub(crate) fn new(number: i64, group: Vec<String>) -> Self {
        Self { number, group, entries: Vec::new(), tally: None }
    }

    pub(crate) fn observe(&mut self, entry: Entry, condition: &Condition) {
        let Err(place) = self.entries.binary_search(&entry) else { return };
        self.entries.insert(place, entry);
        if let Some(tally) = &mut self.tally {
            tally.add(entry.item);
            self.entries.remove(0);
        } else if self.entries.len() > condition.entries_max {
            let mut tally = Tally::new(condition.measure);
            self.entries.iter().for_each(|entry| tally.add(entry.item));
            self.tally = Some(tally);
            let excess = self.entries.len().saturating_sub(CORRELATION_EVIDENCE_MAX);
            self.entries.drain(..excess);
        }
    }

    /// What the whole window says, at its end.
    pub(crate) fn judge(&self, condition: &Condition, span: i64) -> Option<Finding> {
        let measure = condition.measure;
        let value = match &self.tally {
            Some(tally) => tally.value(measure),
            None => value_of(&self.entries.iter().map(|entry| entry.item).collect::<Vec<_>>(), measure),
        };
        condition.threshold.holds(value).then(|| {
            let skipped = self.entries.len().saturating_sub(CORRELATION_EVIDENCE_MAX);
            let mut evidence: Vec<Offset> = self.entries.iter().skip(skipped).map(|entry| entry.at).collect();
            evidence.dedup();
            Finding { time: end(self.number, span), evidence }
        })
    }
}

impl Record for Bin {
    fn write(&self, writer: &mut Writer) {
        writer.signed(self.number);
        write_texts(writer, &self.group);
        write_entries(writer, &self.entries);
        writer.byte(u8::from(self.tally.is_some()));
        if let Some(tally) = &self.tally {
            tally.write(writer);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let number = reader.signed()?;
        let group = read_texts(reader, CORRELATION_GROUP_FIELDS_MAX)?;
        let entries = read_entries(reader)?;
        let tally = match reader.byte()? {
            0 => None,
            _ => Some(Tally::read(reader)?),
        };
        Some(Self { number, group, entries, tally })
    }

    fn due(&self, span: i64) -> i64 {
        end(self.number, span).saturating_sub(1)
    }
}
