//! How the sources of logs and the rules stand: what the pages Sources and Rules show.

use super::log_source::LogSource;
use crate::clock::rfc3339;
use model::{EventMillis, EventTime};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};

/// How a source does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceState {
    /// It was never heard.
    Waiting,
    /// It speaks.
    Speaking,
    /// It used to speak and has stopped.
    Silent,
    /// There is no such file or folder.
    Missing,
}

impl SourceState {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Speaking => "speaking",
            Self::Silent => "silent",
            Self::Missing => "missing",
        }
    }
}

/// A source of logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// What the house calls it.
    pub name: String,
    /// Where it is.
    pub path: String,
    /// How it does.
    pub state: SourceState,
    /// Files that it has now.
    pub files: u64,
    /// Events since the start.
    pub events: u64,
    /// Records that could not be read since the start.
    pub defects: u64,
    /// Bytes that wait to be read.
    pub lag_bytes: u64,
    /// When bytes came last, or since when it is listened to; seconds since 1970.
    pub heard: EventTime,
    /// The newest time of an event, in milliseconds since 1970.
    pub newest: Option<EventMillis>,
    /// After so many seconds of silence somebody is told.
    pub silent_after_secs: i64,
    /// The last record or file that could not be read, and why.
    pub last_defect: Option<String>,
    /// `heard` is not kept yet.
    is_heard_new: bool,
}

impl SourceRow {
    /// A source that was heard last at `heard`, if ever.
    pub(super) fn new(source: &LogSource, heard: EventTime, was_heard: bool) -> Self {
        Self {
            name: source.name.clone(),
            path: source.path.to_string_lossy().into_owned(),
            state: if was_heard { SourceState::Speaking } else { SourceState::Waiting },
            files: 0,
            events: 0,
            defects: 0,
            lag_bytes: 0,
            heard,
            newest: None,
            silent_after_secs: source.silent_after_secs,
            last_defect: None,
            is_heard_new: !was_heard,
        }
    }

    /// The last time that it was heard, RFC 3339.
    pub fn heard_rfc3339(&self) -> String {
        rfc3339(self.heard)
    }

    pub(super) fn event(&mut self, time: Option<EventMillis>) {
        self.events += 1;
        self.newest = self.newest.max(time);
    }

    pub(super) fn defect(&mut self, file: &str, place: &str, reason: &str) {
        self.defects += 1;
        self.fail(file, &format!("{place}: {reason}"));
    }

    pub(super) fn fail(&mut self, file: &str, reason: &str) {
        self.last_defect = Some(format!("{file}: {reason}"));
    }

    pub(super) fn heard_at(&mut self, now: EventTime) {
        self.state = SourceState::Speaking;
        self.heard = now;
        self.is_heard_new = true;
    }

    pub(super) fn present(&mut self, files: u64) {
        self.files = files;
        if self.state == SourceState::Missing {
            self.state = SourceState::Waiting;
        }
    }

    pub(super) fn missing(&mut self, path: &str, error: &std::io::Error) {
        self.files = 0;
        if self.state != SourceState::Silent {
            self.state = SourceState::Missing;
        }
        self.fail(path, &error.to_string());
    }

    /// When it was heard, if that is not kept yet.
    pub(super) fn take_heard(&mut self) -> Option<EventTime> {
        std::mem::take(&mut self.is_heard_new).then_some(self.heard)
    }
}

/// Whether a rule can find anything in what the house's logs say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// No log is of the kind that it looks at.
    Deaf,
    /// Logs of its kind never had some of the fields that it looks at.
    Blind,
    /// It can fire.
    Able,
}

/// A rule in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleStandingRow {
    /// Its id.
    pub id: String,
    /// What it finds.
    pub title: String,
    /// `informational`, `low`, `medium`, `high` or `critical`.
    pub level: String,
    /// `rule` or `correlation`.
    pub kind: String,
    /// The logs that it looks at, such as `windows/process_creation`; the names of its rules for a correlation.
    pub about: String,
    /// Sightings that it made.
    pub fired: u64,
    /// When it fired last, RFC 3339, in the time of the events.
    pub last: Option<String>,
    /// Whether it could.
    pub reach: Reach,
    /// Fields that it looks at and that no log of its kind had.
    pub unseen_fields: Vec<String>,
}

/// Everything that the pages show.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// In the order of the configuration.
    pub sources: Vec<SourceRow>,
    /// In the order of the set.
    pub rules: Vec<RuleStandingRow>,
    /// Rules that are not in force, and why.
    pub faults: Vec<String>,
    /// Why nothing is read at present.
    pub failure: Option<String>,
}

/// The view, shared between the thread that reads and the pages that show.
#[derive(Debug, Clone, Default)]
pub struct Standing(Arc<Mutex<View>>);

impl Standing {
    /// As it is now.
    pub fn view(&self) -> View {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut View)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
