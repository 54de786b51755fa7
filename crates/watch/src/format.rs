//! Logs of every kind as events: bytes are cut into records, and records are read into fields with names that rules know.

mod access;
mod auditd;
mod clock;
mod cloud;
mod delimited;
pub mod evtx;
mod framing;
mod journal;
mod json;
mod known;
mod meaning;
mod paths;
mod recognition;
mod syslog;
mod text;
mod w3c;
mod windows;

use crate::event::{Event, FieldNames};
use known::Known;
use model::EventMillis;

pub use framing::{Framed, Framing, Record};
pub use recognition::recognise;

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// JSON: an object a line, an array, or a document with a list of records. What wrote it is told by its names: Windows events in
    /// any of their forms (flat, ECS of winlogbeat, as evtx tools write them), CloudTrail, sign-ins, unified audit, journald.
    Json,
    /// Windows event log files.
    Evtx,
    /// W3C extended log files, as IIS writes them.
    W3c,
    /// Access logs of Apache and nginx, common or combined.
    Access,
    /// Exchange: HttpProxy and message tracking, values separated by commas behind `#Fields:`.
    Exchange,
    /// Syslog, RFC 3164 or RFC 5424, or as files of Linux have it.
    Syslog,
    /// `journalctl -o export`.
    Journal,
    /// auditd.
    Auditd,
    /// PostgreSQL's csvlog, with pgaudit's messages.
    Postgresql,
    /// Values separated by commas below a line of names, such as an export of the unified audit log.
    Csv,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Json,
        Self::Evtx,
        Self::W3c,
        Self::Access,
        Self::Exchange,
        Self::Syslog,
        Self::Journal,
        Self::Auditd,
        Self::Postgresql,
        Self::Csv,
    ];

    /// Its word in files and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Evtx => "evtx",
            Self::W3c => "w3c",
            Self::Access => "access",
            Self::Exchange => "exchange",
            Self::Syslog => "syslog",
            Self::Journal => "journal",
            Self::Auditd => "auditd",
            Self::Postgresql => "postgresql",
            Self::Csv => "csv",
        }
    }

    /// The format that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.word() == word)
    }
}

/// What a record was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// An event.
    Event,
    /// A heading, a comment, or nothing.
    Nothing,
}

/// Reads the records of one log in their order: headings say what the records after them mean.
#[derive(Debug)]
pub struct LineReader {
    format: Format,
    known: Known,
    /// The year of times that have none: the latest that is not after this.
    latest: EventMillis,
    /// The log was told to be nginx's, or something else that its lines do not tell.
    product_hint: Option<&'static str>,
    columns: Vec<delimited::Column>,
    heading: delimited::Heading,
    paths: paths::Paths,
}

impl LineReader {
    /// A reader of a log called `name`. What readers themselves look at is added to `names`. `latest` is a time after the last
    /// event, such as when the file was written: years that a log leaves out are taken from it.
    pub fn new(format: Format, name: &str, names: &mut FieldNames, latest: EventMillis) -> Self {
        let product_hint = name.to_ascii_lowercase().contains("nginx").then_some("nginx");
        Self {
            format,
            known: Known::new(names),
            latest,
            product_hint,
            columns: if format == Format::Postgresql {
                delimited::postgresql_columns(names)
            } else {
                Vec::new()
            },
            heading: delimited::Heading::default(),
            paths: paths::Paths::new(),
        }
    }

    /// The lines that say what the records after them mean. A reader that goes on in the middle of a log reads these first.
    pub fn heading(&self) -> &[String] {
        &self.heading.lines
    }

    /// Reads one record. `event` is cleared before.
    ///
    /// # Errors
    /// Why it is no record of this format, in words; the next one can be read.
    pub fn read<'a>(
        &mut self,
        record: &'a str,
        names: &FieldNames,
        event: &mut Event<'a>,
    ) -> Result<Read, String> {
        event.clear();
        match self.format {
            Format::Json | Format::Evtx => cloud::read(record, names, &self.known, &mut self.paths, event),
            Format::W3c => w3c::read(self, record, names, event),
            Format::Access => access::read(self, record, event),
            Format::Exchange | Format::Csv | Format::Postgresql => {
                delimited::read(self, record, names, event)
            }
            Format::Syslog => syslog::read(self, record, event),
            Format::Journal => journal::read(self, record, names, event),
            Format::Auditd => auditd::read(self, record, names, event),
        }
    }
}

#[cfg(test)]
mod tests;
