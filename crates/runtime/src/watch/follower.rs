//! All sources of logs, followed: which files there are, how far each is read, who fell silent.

use super::kept::{KeptFiles, prefix};
use super::log_source::{Candidate, FileId, LogSource};
use super::memory::Memory;
use super::standing::{SourceRow, SourceState};
use super::tail::{Item, Position, Tail, head};
use super::watcher::Watcher;
use crate::clock;
use anyhow::{Context, Result};
use model::limit::{LOG_FILES_OPEN_MAX, LOG_HEAD_BYTES_MAX, LOG_ROUND_BYTES};
use model::{EventMillis, EventTime};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use watch::event::{Event, FieldNames};
use watch::format::{LineReader, Read, recognise};
use watch::memory::KeyedState;

/// How often it is looked for new files.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// After so long without a byte, records that may go on are given out.
const IDLE_AFTER: Duration = Duration::from_secs(1);
/// Keys of when a source was heard last, beside those of correlations.
const HEARD: u8 = b'H';

/// Who takes events.
pub(super) type Take<'t> = &'t mut dyn FnMut(&mut Watcher, Heard<'_, '_>);

/// An event that was read, and where.
pub(super) struct Heard<'e, 'a> {
    /// The event.
    pub(super) event: &'e Event<'a>,
    /// The source as the house calls it, with its file.
    pub(super) name: &'e Arc<str>,
    /// The number of the file.
    pub(super) number: u64,
    /// Where in it.
    pub(super) at: u64,
    /// `line N` or `record N`.
    pub(super) place: &'e dyn Fn() -> String,
    /// The time of events that have none.
    pub(super) written: EventMillis,
}

/// A source that is followed.
pub(super) struct Followed {
    source: LogSource,
    kept: KeptFiles,
    open: BTreeMap<FileId, Tail>,
    candidates: Vec<Candidate>,
    /// Files whose format is not known, with the length at which they were looked at.
    unknown: BTreeMap<FileId, u64>,
    looked: Option<Instant>,
    came: Option<Instant>,
    /// Positions that have changed since they were kept.
    moved: BTreeSet<FileId>,
    /// The newest time of an event that is not in the future.
    reached: EventMillis,
    row: SourceRow,
}

/// Whether a turn of all sources brought anything, and whether there is more at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Turn {
    /// Bytes that were read.
    pub(super) bytes: u64,
    /// Bytes that are there and not read.
    pub(super) lag: u64,
}

impl Followed {
    /// Goes on where `memory` says that the source was left.
    ///
    /// # Errors
    /// When the memory cannot be read.
    pub(super) fn open(source: LogSource, memory: &mut Memory, now: EventTime) -> Result<Self> {
        let kept = KeptFiles::load(&source.name, memory)?;
        let heard = memory.get(&prefix_of_heard(&source.name))?;
        let heard = heard.and_then(|bytes| Some(i64::from_le_bytes(bytes.as_slice().try_into().ok()?)));
        let row = SourceRow::new(&source, EventTime(heard.unwrap_or(now.0)), heard.is_some());
        Ok(Self {
            source,
            kept,
            open: BTreeMap::new(),
            candidates: Vec::new(),
            unknown: BTreeMap::new(),
            looked: None,
            came: None,
            moved: BTreeSet::new(),
            reached: EventMillis(i64::MIN),
            row,
        })
    }

    /// The newest time of its events that is not in the future.
    pub(super) fn reached(&self) -> EventMillis {
        self.reached
    }

    /// An event of it was read.
    pub(super) fn reach(&mut self, time: EventMillis) {
        self.reached = time.max(self.reached);
    }

    /// Bytes that were there and not read after the last turn.
    pub(super) fn lag(&self) -> u64 {
        self.row.lag_bytes
    }

    /// How it stands.
    pub(super) fn row(&self) -> &SourceRow {
        &self.row
    }

    /// Reads on in its files, those first that were written first, and hands each event to `take`; about [`LOG_ROUND_BYTES`] at
    /// most.
    pub(super) fn turn(&mut self, watcher: &mut Watcher, take: Take<'_>) -> Turn {
        self.look();
        let mut turn = Turn::default();
        let candidates = std::mem::take(&mut self.candidates);
        let emptied = self.kept.emptied(&candidates);
        for candidate in &candidates {
            if turn.bytes >= LOG_ROUND_BYTES {
                turn.lag += self.unread(candidate);
                continue;
            }
            match self.read(candidate, &emptied, watcher, take) {
                Ok((bytes, lag)) => {
                    turn.bytes += bytes;
                    turn.lag += lag;
                }
                Err(error) => {
                    self.row.fail(&candidate.path.to_string_lossy(), &format!("cannot read: {error}"))
                }
            }
        }
        self.candidates = candidates;
        self.close_gone(watcher, take);
        if turn.bytes > 0 {
            self.came = Some(Instant::now());
            self.row.heard_at(clock::now());
        } else if self.came.is_some_and(|came| came.elapsed() > IDLE_AFTER) {
            self.came = None;
            self.idle(watcher, take);
        }
        self.row.lag_bytes = turn.lag;
        turn
    }

    /// Looks for files, and how long they are.
    fn look(&mut self) {
        if self.looked.is_some_and(|looked| looked.elapsed() < LOOK_EVERY) {
            for candidate in &mut self.candidates {
                if let Ok(metadata) = std::fs::metadata(&candidate.path)
                    && FileId::of(&metadata) == candidate.id
                {
                    candidate.len = metadata.len();
                }
            }
            return;
        }
        self.looked = Some(Instant::now());
        match self.source.files() {
            Ok(files) => self.found(files),
            Err(error) => {
                self.candidates.clear();
                self.row.missing(&self.source.path.to_string_lossy(), &error);
            }
        }
    }

    fn found(&mut self, files: Vec<Candidate>) {
        self.kept.present(&files, clock::now());
        let ids: BTreeSet<FileId> = files.iter().map(|file| file.id).collect();
        self.unknown.retain(|id, _| ids.contains(id));
        self.row.present(files.len() as u64);
        self.candidates = files;
    }

    /// Bytes of a file that has no turn.
    fn unread(&self, candidate: &Candidate) -> u64 {
        match (self.open.get(&candidate.id), self.kept.position(candidate.id)) {
            (Some(tail), _) => tail.lag(candidate.len),
            (None, Some(position)) => position.lag(candidate.len),
            (None, None) if candidate.is_aside || self.unknown.contains_key(&candidate.id) => 0,
            (None, None) => candidate.len,
        }
    }

    fn read(
        &mut self,
        candidate: &Candidate,
        emptied: &[FileId],
        watcher: &mut Watcher,
        take: Take<'_>,
    ) -> std::io::Result<(u64, u64)> {
        if !self.open.contains_key(&candidate.id) {
            if self.kept.position(candidate.id).is_some_and(|position| position.is_at_end(candidate.len)) {
                return Ok((0, 0));
            }
            let Some(position) = self.position(candidate, emptied)? else { return Ok((0, 0)) };
            let tail = Tail::open(candidate, position, &self.source.name, watcher)?;
            self.kept.put(candidate.id, tail.position.clone(), clock::now());
            self.open.insert(candidate.id, tail);
        }
        let Self { open, row, moved, source, .. } = self;
        let Some(tail) = open.get_mut(&candidate.id) else { return Ok((0, 0)) };
        let names = Arc::clone(watcher.names());
        let mut deliver = Deliver::new(source, tail, row, watcher, take);
        let came = tail.turn(candidate.len, candidate.written, &names, &mut |at, reader, item| {
            deliver.item(at, reader, item)
        })?;
        if came > 0 {
            moved.insert(candidate.id);
        }
        Ok((came, tail.lag(candidate.len)))
    }

    /// Where to begin with a file; `None` where it is not to be read.
    fn position(&mut self, candidate: &Candidate, emptied: &[FileId]) -> std::io::Result<Option<Position>> {
        if let Some(position) = self.kept.position(candidate.id) {
            return Ok(Some(position.clone()));
        }
        if let Some(position) = self.kept.copied(candidate, emptied)? {
            return Ok(Some(position));
        }
        if candidate.is_aside || candidate.len == 0 || self.unknown.get(&candidate.id) == Some(&candidate.len)
        {
            return Ok(None);
        }
        let head = head(candidate)?;
        let name = candidate.path.to_string_lossy();
        let Some(format) = self.source.format.or_else(|| recognise(&name, &head)) else {
            if self.unknown.insert(candidate.id, candidate.len).is_none() || head.len() == LOG_HEAD_BYTES_MAX
            {
                self.row.fail(&name, "not a log in a format that is known: name its format");
            }
            return Ok(None);
        };
        self.unknown.remove(&candidate.id);
        Ok(Some(self.kept.begin(&candidate.path, format)))
    }

    fn idle(&mut self, watcher: &mut Watcher, take: Take<'_>) {
        let Self { open, row, moved, source, .. } = self;
        for (id, tail) in open {
            let before = tail.position.offset;
            let mut deliver = Deliver::new(source, tail, row, watcher, take);
            tail.idle(&mut |number, reader, item| deliver.item(number, reader, item));
            if tail.position.offset != before {
                moved.insert(*id);
            }
        }
    }

    /// What is gone under its name is read to its end once more, and closed.
    fn close_gone(&mut self, watcher: &mut Watcher, take: Take<'_>) {
        let present: BTreeSet<FileId> = self.candidates.iter().map(|file| file.id).collect();
        let gone: Vec<FileId> = self.open.keys().filter(|id| !present.contains(id)).copied().collect();
        for id in gone {
            let last = self.open.get(&id).and_then(Tail::candidate);
            if let Some(candidate) = last
                && let Err(error) = self.read(&candidate, &[], watcher, take)
            {
                self.row.fail(&candidate.path.to_string_lossy(), &format!("cannot read its end: {error}"));
            }
            self.open.remove(&id);
        }
    }

    /// Puts how far it is read into what is committed together.
    ///
    /// # Errors
    /// When the memory refuses it.
    pub(super) fn keep(&mut self, memory: &mut Memory, now: EventTime) -> Result<()> {
        for id in std::mem::take(&mut self.moved) {
            let Some(tail) = self.open.get_mut(&id) else { continue };
            let position = tail.current();
            let position = position.with_context(|| format!("cannot read {}", self.source.name))?.clone();
            self.kept.keep(memory, id, position, now)?;
        }
        self.kept.forget_gone(memory, now)?;
        self.close_quiet();
        if let Some(heard) = self.row.take_heard() {
            memory.put(&prefix_of_heard(&self.source.name), heard.0.to_le_bytes().to_vec())?;
        }
        Ok(())
    }

    /// Closes files that are read to their end, those first that were written first, when very many are open. What is kept of them
    /// is enough to go on.
    fn close_quiet(&mut self) {
        let surplus = self.open.len().saturating_sub(LOG_FILES_OPEN_MAX);
        let quiet = self.candidates.iter().map(|file| file.id);
        let quiet = quiet.filter(|id| self.open.get(id).is_some_and(Tail::is_quiet));
        let quiet: Vec<FileId> = quiet.take(surplus).collect();
        for id in quiet {
            self.open.remove(&id);
        }
    }

    /// Whether it has been silent for so long that somebody is to be told; once for each silence.
    pub(super) fn tell_silence(&mut self, now: EventTime) -> bool {
        if self.row.state == SourceState::Silent || now.0 - self.row.heard.0 <= self.source.silent_after_secs
        {
            return false;
        }
        self.row.state = SourceState::Silent;
        true
    }
}

/// Makes events of records, and hands them on.
struct Deliver<'d> {
    source: &'d LogSource,
    name: Arc<str>,
    written: EventMillis,
    row: &'d mut SourceRow,
    names: Arc<FieldNames>,
    watcher: &'d mut Watcher,
    take: Take<'d>,
}

impl<'d> Deliver<'d> {
    fn new(
        source: &'d LogSource,
        tail: &Tail,
        row: &'d mut SourceRow,
        watcher: &'d mut Watcher,
        take: Take<'d>,
    ) -> Self {
        let names = Arc::clone(watcher.names());
        Self { source, name: Arc::clone(&tail.name), written: tail.written, row, names, watcher, take }
    }

    fn item(&mut self, number: u64, reader: &mut LineReader, item: Item<'_>) {
        let (text, at, place) = match item {
            Item::Record { text, at, place } => (text, at, place),
            Item::Defect { place, reason } => {
                self.row.defect(&self.name, &place, reason);
                return;
            }
        };
        let mut event = Event::default();
        match reader.read(text, &self.names, &mut event) {
            Ok(Read::Event) => {}
            Ok(Read::Nothing) => return,
            Err(reason) => {
                self.row.defect(&self.name, &place(), &reason);
                return;
            }
        }
        if let Some(logsource) = &self.source.logsource {
            super::watcher::add_words(&mut event.origin, logsource);
        }
        self.row.event(event.time);
        let heard = Heard { event: &event, name: &self.name, number, at, place, written: self.written };
        (self.take)(self.watcher, heard);
    }
}

fn prefix_of_heard(source: &str) -> Vec<u8> {
    prefix(HEARD, source)
}

#[cfg(test)]
impl Followed {
    /// Looks for files at the next turn.
    pub(super) fn look_again(&mut self) {
        self.looked = None;
    }
}
