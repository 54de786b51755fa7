//! Entries of the evidence log about measures: persons, reasons and members stand behind the commitment only.

use super::{MeasureError, Result};
use crate::data::Data;
use crate::evidence_log::Entry;
use evidence::Value;
use model::limit::REASON_BYTES_MAX;
use model::{EventTime, LeafIndex};

/// An entry; `private` are the members that name persons.
pub(crate) fn entry(
    kind: &'static str,
    time: EventTime,
    public: Vec<(&'static str, Value)>,
    private: Vec<(&'static str, Value)>,
) -> Entry {
    let members = private.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Entry { kind, time, public, private: Value::Object(members).to_canonical().into_bytes() }
}

/// Records one entry.
pub(crate) fn record(data: &mut Data, entry: Entry) -> Result<LeafIndex> {
    Ok(data.record(&[entry])?)
}

/// A text that a person has to give, without the space around it.
pub(crate) fn required(text: &str) -> Result<&str> {
    let text = text.trim();
    if text.is_empty() {
        return Err(MeasureError::Invalid("a reason is needed"));
    }
    if text.len() > REASON_BYTES_MAX {
        return Err(MeasureError::Invalid("the reason is too long"));
    }
    Ok(text)
}

/// A list of texts as a value of an entry.
pub(crate) fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Value {
    Value::from(texts.into_iter().map(Value::from).collect::<Vec<_>>())
}
