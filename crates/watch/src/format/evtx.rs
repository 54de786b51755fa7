//! Windows event log files. Damaged chunks and records are told with their place, and the rest goes on.

use evtx::{EvtxParser, ParserSettings};
use std::io::{Read, Seek};

/// What such a file is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item<'a> {
    /// A record, as JSON that [`super::LineReader`] reads as [`super::Format::Evtx`].
    Record {
        /// The number that Windows gave it.
        number: u64,
        /// Its text.
        text: &'a str,
    },
    /// Something that cannot be read.
    Defect {
        /// How many records were read before it.
        after: u64,
        /// Why.
        reason: String,
    },
}

/// Reads a whole file and hands on what is in it.
///
/// # Errors
/// When it is no such file; in words.
pub fn read(file: impl Read + Seek, sink: &mut dyn FnMut(Item<'_>)) -> Result<(), String> {
    let settings = ParserSettings::new().separate_json_attributes(false).indent(false).num_threads(1);
    let mut parser =
        EvtxParser::from_read_seek(file).map_err(|error| told(&error))?.with_configuration(settings);
    let mut read = 0_u64;
    for record in parser.records_json() {
        match record {
            Ok(record) => {
                read = read.saturating_add(1);
                sink(Item::Record { number: record.event_record_id, text: &record.data });
            }
            Err(error) => sink(Item::Defect { after: read, reason: told(&error) }),
        }
    }
    Ok(())
}

/// An error with its causes in one line.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(found) = cause {
        let more = found.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = found.source();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
