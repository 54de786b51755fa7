//! Where the records of each format end.

use super::super::Format;
use super::{audit, csv, journal, json};
use std::borrow::Cow;

/// What the bytes that wait begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// What has come does not tell.
    More,
    /// So many bytes between records.
    Skip(usize),
    /// So many bytes that are no record, and why.
    Broken(usize, &'static str),
    /// A record in these bytes, and how many to go on by.
    Record { from: usize, to: usize, length: usize },
}

/// What a format keeps in mind while the end of a record has not come, so that no byte is looked at twice.
#[derive(Debug)]
pub(super) enum Cutter {
    Lines,
    Json(json::Cutter),
    Csv(csv::Cutter),
    Audit(audit::Cutter),
    Journal(journal::Cutter),
}

impl Cutter {
    pub(super) fn new(format: Format) -> Self {
        match format {
            Format::Json | Format::Evtx => Self::Json(json::Cutter::default()),
            Format::W3c | Format::Access | Format::Syslog => Self::Lines,
            Format::Exchange | Format::Postgresql | Format::Csv => Self::Csv(csv::Cutter::default()),
            Format::Auditd => Self::Audit(audit::Cutter::default()),
            Format::Journal => Self::Journal(journal::Cutter::default()),
        }
    }

    pub(super) fn next(&mut self, rest: &[u8], is_end: bool) -> Cut {
        match self {
            Self::Lines => line(rest, is_end),
            Self::Json(cutter) => cutter.next(rest, is_end),
            Self::Csv(cutter) => cutter.next(rest, is_end),
            Self::Audit(cutter) => cutter.next(rest, is_end),
            Self::Journal(cutter) => cutter.next(rest, is_end),
        }
    }

    /// The record under way is given up.
    pub(super) fn begin_again(&mut self) {
        match self {
            Self::Lines => {}
            Self::Json(cutter) => cutter.begin_again(),
            Self::Csv(cutter) => *cutter = csv::Cutter::default(),
            Self::Audit(cutter) => *cutter = audit::Cutter::default(),
            Self::Journal(cutter) => *cutter = journal::Cutter::default(),
        }
    }

    /// Can a record be whole at the end of each line?
    pub(super) fn is_whole_at_line_end(&self) -> bool {
        matches!(self, Self::Lines | Self::Audit(_))
    }

    /// A record as its reader expects it.
    pub(super) fn told<'a>(&self, record: &'a [u8]) -> Cow<'a, str> {
        match self {
            Self::Journal(_) => Cow::Owned(super::super::journal::text(record)),
            _ => String::from_utf8_lossy(record),
        }
    }
}

/// A line that is not empty. The last one of a log may have no end.
pub(super) fn line(rest: &[u8], is_end: bool) -> Cut {
    let (to, length) = match memchr::memchr(b'\n', rest) {
        Some(end) => (end, end.saturating_add(1)),
        None if is_end => (rest.len(), rest.len()),
        None => return Cut::More,
    };
    let text = rest.get(..to).unwrap_or_default();
    let to = if text.ends_with(b"\r") { to.saturating_sub(1) } else { to };
    if to == 0 { Cut::Skip(length) } else { Cut::Record { from: 0, to, length } }
}

/// Everything up to the end of the line is passed over.
pub(super) fn rest_of_line(rest: &[u8]) -> Cut {
    memchr::memchr(b'\n', rest).map_or(Cut::More, |end| Cut::Skip(end.saturating_add(1)))
}
