//! `watch scan`: logs are read, matched and correlated in the order of time; what was seen becomes evidence and joins cases.

use super::intake;
use super::ledger_events::LedgerEvents;
use super::memory::Memory;
use super::row::SightingRow;
use super::watcher::{Held, Place, Seen, Watcher, add_words};
use crate::clock;
use crate::data::Data;
use crate::progress::Progress;
use crate::source::{self, Log};
use anyhow::Result;
use model::limit::{EVENT_LATENESS_SECS, HELD_EVENTS_MAX, SIGHTINGS_AT_ONCE_MAX};
use model::{Defect, Defects, EventMillis};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;
use watch::case::{CaseId, Docket};
use watch::correlation::Offset;
use watch::event::Event;
use watch::format::{Format, Framed, Framing, LineReader, evtx, recognise};
use watch::sighting::Sighting;
use watch::sigma::rule::{Level, Logsource};

/// What to scan.
#[derive(Debug, Clone, Default)]
pub struct WatchScan {
    /// Logs, folders of logs, `-`.
    pub paths: Vec<PathBuf>,
    /// How they are written; told by their first bytes where this says nothing.
    pub format: Option<Format>,
    /// What wrote them, where their records do not tell.
    pub logsource: Option<Logsource>,
}

/// What a scan did.
#[derive(Debug, Default)]
pub struct Summary {
    /// Logs that were read.
    pub logs: u64,
    /// Events in them.
    pub events: u64,
    /// Of these, without a time.
    pub without_time: u64,
    /// Sightings by level, the least grave first.
    pub sightings: BTreeMap<Level, u64>,
    /// Of these, known from before.
    pub known: u64,
    /// Cases that sightings joined.
    pub cases: BTreeSet<CaseId>,
    /// Files of folders that are no logs in a format that is known.
    pub no_logs: Vec<String>,
    /// What was set aside.
    pub defects: Defects,
    /// The first and the last event.
    pub period: Option<(EventMillis, EventMillis)>,
}

/// Reads logs and hands a row a sighting to `rows`, in a stable order: what rules say of single events in the order of the logs, then
/// what correlations say in the order of time.
///
/// # Errors
/// When a store or `rows` fails. What was accepted before stays; scanning the same logs again goes on from there.
pub fn scan(
    data: &mut Data,
    watcher: &mut Watcher,
    memory: &mut Memory,
    work: &WatchScan,
    rows: &mut dyn FnMut(SightingRow) -> Result<()>,
    progress: &dyn Progress,
) -> Result<Summary> {
    let docket = super::cases::docket(data)?;
    let mut scan = Scan {
        data,
        watcher,
        work,
        rows,
        docket,
        waiting: Vec::new(),
        held: Vec::new(),
        summary: Summary::default(),
    };
    let logs = source::logs(&work.paths);
    let reading = logs.progress();
    progress.begin("reading", reading.bytes_total());
    for log in logs {
        match log {
            Ok(log) => scan.read(log, memory, &|| progress.at(reading.bytes_done()))?,
            Err(defect) => scan.summary.defects.push(defect),
        }
    }
    progress.end();
    scan.correlate_all(memory)?;
    Ok(scan.summary)
}

struct Scan<'a> {
    data: &'a mut Data,
    watcher: &'a mut Watcher,
    work: &'a WatchScan,
    rows: &'a mut dyn FnMut(SightingRow) -> Result<()>,
    docket: Docket,
    /// Sightings that are not recorded yet.
    waiting: Vec<Sighting>,
    /// Events that correlations have not seen yet.
    held: Vec<Held>,
    summary: Summary,
}

/// A log that is being read.
struct Open {
    reader: LineReader,
    name: Arc<str>,
    number: u64,
    /// The time of events that have none.
    fallback: EventMillis,
}

impl Scan<'_> {
    fn read(&mut self, log: Log, memory: &mut Memory, tick: &dyn Fn()) -> Result<()> {
        let Some(format) = self.work.format.or_else(|| recognise(&log.name, &log.head)) else {
            if self.work.paths.contains(log.path()) {
                let reason = "not a log in a format that is known: name it with --input-format";
                self.set_aside(&log.name, "byte 0".to_owned(), reason);
            } else {
                self.summary.no_logs.push(log.name);
            }
            return Ok(());
        };
        self.summary.logs += 1;
        let fallback = log.written.unwrap_or_else(|| clock::now().into());
        let mut open = Open {
            reader: self.watcher.reader(format, &log.name, fallback),
            name: log.name.as_str().into(),
            number: Offset::source_of(&log.identity),
            fallback,
        };
        match format {
            Format::Evtx => self.read_evtx(log, &mut open)?,
            _ => self.read_stream(log, format, &mut open, tick)?,
        }
        self.correlate_some(memory)
    }

    fn read_evtx(&mut self, log: Log, open: &mut Open) -> Result<()> {
        let file = match log.into_file() {
            Ok(file) => file,
            Err(error) => {
                self.set_aside(&open.name, "byte 0".to_owned(), &format!("cannot read: {error}"));
                return Ok(());
            }
        };
        let mut failure = None;
        let read = evtx::read(file, &mut |item| match item {
            _ if failure.is_some() => {}
            evtx::Item::Record { number, text } => {
                failure = self.take(open, text, number, || format!("record {number}")).err();
            }
            evtx::Item::Defect { after, reason } => {
                self.set_aside(&open.name, format!("after record {after}"), &reason)
            }
        });
        if let Err(reason) = read {
            self.set_aside(&open.name, "byte 0".to_owned(), &reason);
        }
        failure.map_or(Ok(()), Err)
    }

    fn read_stream(&mut self, log: Log, format: Format, open: &mut Open, tick: &dyn Fn()) -> Result<()> {
        let mut framing = Framing::new(format, 0, 1);
        let mut stream = log.into_stream();
        let mut buffer = vec![0_u8; 256 << 10];
        loop {
            let count = match stream.read(&mut buffer) {
                Ok(count) => count,
                Err(error) => {
                    self.set_aside(&open.name, "its end".to_owned(), &format!("cannot read on: {error}"));
                    0
                }
            };
            let mut failure = None;
            let mut sink = |framed: Framed<'_>| match framed {
                _ if failure.is_some() => {}
                Framed::Record(record) => {
                    failure = self
                        .take(open, &record.text, record.offset, || format!("line {}", record.line))
                        .err();
                }
                Framed::Defect { line, reason, .. } => {
                    self.set_aside(&open.name, format!("line {line}"), reason)
                }
            };
            match buffer.get(..count) {
                Some([]) | None => framing.finish(&mut sink),
                Some(bytes) => framing.push(bytes, &mut sink),
            }
            if let Some(failure) = failure {
                return Err(failure);
            }
            tick();
            if count == 0 {
                return Ok(());
            }
        }
    }

    fn take(&mut self, open: &mut Open, text: &str, at: u64, position: impl Fn() -> String) -> Result<()> {
        let mut event = Event::default();
        match open.reader.read(text, self.watcher.names(), &mut event) {
            Ok(watch::format::Read::Event) => {}
            Ok(watch::format::Read::Nothing) => return Ok(()),
            Err(reason) => {
                self.set_aside(&open.name, position(), &reason);
                return Ok(());
            }
        }
        if let Some(logsource) = &self.work.logsource {
            add_words(&mut event.origin, logsource);
        }
        self.summary.count(&event);
        let place = || Place {
            offset: Offset { source: open.number, position: at },
            source: Arc::clone(&open.name),
            position: position(),
        };
        let Seen { sightings, held } = self.watcher.see(&event, place, open.fallback);
        self.held.extend(held);
        for sighting in sightings {
            self.tell(sighting)?;
        }
        Ok(())
    }

    fn tell(&mut self, sighting: Sighting) -> Result<()> {
        *self.summary.sightings.entry(sighting.rule.level).or_default() += 1;
        self.waiting.push(sighting);
        if self.waiting.len() >= SIGHTINGS_AT_ONCE_MAX { self.record() } else { Ok(()) }
    }

    /// What waits becomes evidence, and its rows go out.
    fn record(&mut self) -> Result<()> {
        let taken = intake::take_in(self.data, &mut self.docket, &self.waiting, clock::now())?;
        for (sighting, taken) in self.waiting.drain(..).zip(taken) {
            self.summary.known += u64::from(taken.is_known);
            self.summary.cases.extend(taken.case);
            (self.rows)(SightingRow::new(&sighting, taken.case.map(|case| case.to_string())))?;
        }
        Ok(())
    }

    /// Memory is bounded: when very many events are held, the older half is correlated before all logs are read.
    fn correlate_some(&mut self, memory: &mut Memory) -> Result<()> {
        if self.held.len() <= HELD_EVENTS_MAX {
            return Ok(());
        }
        self.sort_held();
        let rest = self.held.split_off(self.held.len() / 2);
        for held in std::mem::replace(&mut self.held, rest) {
            self.correlate(memory, &held)?;
        }
        Ok(())
    }

    /// Shows an event to the correlations. What they remember is written after what they tell: after a crash they see the event again,
    /// and tell the same.
    fn correlate(&mut self, memory: &mut Memory, held: &Held) -> Result<()> {
        for sighting in self.watcher.correlate(memory, held)? {
            self.tell(sighting)?;
        }
        if memory.is_due() {
            self.record()?;
            memory.commit()?;
        }
        Ok(())
    }

    fn sort_held(&mut self) {
        self.held.sort_by_key(|held| (held.time, held.place.offset));
    }

    /// All logs are read: events are correlated in the order of time, among them the openings of campaign mail that the ledger of
    /// the same folder knows, and time passes with them.
    fn correlate_all(&mut self, memory: &mut Memory) -> Result<()> {
        let house = self.data.house()?;
        self.held.extend(LedgerEvents::default().new_openings(self.data, &house, self.watcher)?);
        self.sort_held();
        let now: EventMillis = clock::now().into();
        let mut watermark = EventMillis(i64::MIN);
        for held in std::mem::take(&mut self.held) {
            let passed = held.time.min(now).plus_millis(EVENT_LATENESS_SECS.saturating_mul(-1_000));
            if passed.0.saturating_sub(watermark.0) > ADVANCE_EVERY_MILLIS {
                watermark = passed;
                for sighting in self.watcher.advance(memory, watermark)? {
                    self.tell(sighting)?;
                }
            }
            self.correlate(memory, &held)?;
        }
        for sighting in self.watcher.close(memory)? {
            self.tell(sighting)?;
        }
        self.record()?;
        memory.commit()
    }

    fn set_aside(&mut self, source: &str, position: String, reason: &str) {
        let defect = Defect { source: source.to_owned(), position, reason: reason.to_owned() };
        self.summary.defects.push(defect);
    }
}

/// How far time goes on before what is over is looked for.
const ADVANCE_EVERY_MILLIS: i64 = 600_000;

impl Summary {
    fn count(&mut self, event: &Event<'_>) {
        self.events += 1;
        let Some(time) = event.time else {
            self.without_time += 1;
            return;
        };
        let (first, last) = self.period.unwrap_or((time, time));
        self.period = Some((first.min(time), last.max(time)));
    }

    /// How many sightings there were.
    pub fn sighting_count(&self) -> u64 {
        self.sightings.values().sum()
    }
}
