//! The live watch: sources are followed, what is found becomes evidence at once, and what is remembered is kept with how far
//! each file is read.

use super::follower::{Followed, Heard, Turn};
use super::ledger_events::LedgerEvents;
use super::log_source::LogSource;
use super::memory::Memory;
use super::standing::Standing;
use super::watcher::{Held, Place, Seen, Watcher};
use super::{cases, intake, rules, silence};
use crate::clock;
use crate::live::Live;
use anyhow::{Context, Result};
use model::limit::{CATCHING_UP_LATENESS_SECS, EVENT_LATENESS_SECS, SIGHTINGS_AT_ONCE_MAX};
use model::{EventMillis, EventTime};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use watch::correlation::Offset;
use watch::sighting::Sighting;
use watch::sigma::rule_set::RuleSet;

/// How often sources are looked at when nothing is left to read.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// After an error it is waited so long.
const REST_AFTER_ERROR: Duration = Duration::from_secs(5);
/// What was read is kept at least so often.
const KEEP_EVERY: Duration = Duration::from_secs(1);
/// How often time passes for correlations, the ledger is asked and the pages are told.
const UPKEEP_EVERY: Duration = Duration::from_secs(2);
/// How far a source may be ahead of another one that is caught up with.
const AHEAD_MILLIS: i64 = 86_400_000;
/// How far the time of events goes on before what is over is looked for.
const ADVANCE_EVERY_MILLIS: i64 = 600_000;
/// How often the ledger is asked for openings.
const LEDGER_EVERY: Duration = Duration::from_secs(30);

/// What to watch.
pub struct LiveWatch {
    folder: PathBuf,
    set: RuleSet,
    sources: Vec<LogSource>,
    standing: Standing,
}

impl LiveWatch {
    /// Watches `sources` with the rules of `set`; what it remembers is in the data folder `folder`.
    pub fn new(folder: PathBuf, set: RuleSet, sources: Vec<LogSource>) -> Self {
        Self { folder, set, sources, standing: Standing::default() }
    }

    /// How sources and rules stand, for the pages.
    pub fn standing(&self) -> Standing {
        self.standing.clone()
    }

    /// Watches until `rest`, which waits for the time it is given, says that it is time to end. After an error it begins again
    /// where it was kept last.
    pub fn run(&self, live: &Live, mut rest: impl FnMut(Duration) -> bool) {
        loop {
            let ended = Round::open(self).and_then(|mut round| round.run(live, &mut rest));
            match ended {
                Ok(()) => return,
                Err(error) => {
                    let why = format!("{error:#}");
                    tracing::warn!(name: "watch.failed", error = why);
                    self.standing.change(|view| view.failure = Some(why));
                }
            }
            if rest(REST_AFTER_ERROR) {
                return;
            }
        }
    }
}

/// Watching from an opened memory until the end or an error.
struct Round<'w> {
    watch: &'w LiveWatch,
    watcher: Watcher,
    memory: Memory,
    followed: Vec<Followed>,
    openings: LedgerEvents,
    /// Sightings that are not evidence yet.
    waiting: Vec<Sighting>,
    kept: Instant,
    upkept: Option<Instant>,
    asked: Option<Instant>,
}

impl<'w> Round<'w> {
    fn open(watch: &'w LiveWatch) -> Result<Self> {
        let mut memory = Memory::open(&watch.folder)?;
        let mut watcher = Watcher::new(&watch.set);
        watcher.recall(&mut memory)?;
        let now = clock::now();
        let followed = watch.sources.iter().map(|source| Followed::open(source.clone(), &mut memory, now));
        let followed = followed.collect::<Result<_>>()?;
        watch.standing.change(|view| {
            view.failure = None;
            view.faults = rules::told_errors(&watch.set);
        });
        Ok(Self {
            watch,
            watcher,
            memory,
            followed,
            openings: LedgerEvents::default(),
            waiting: Vec::new(),
            kept: Instant::now(),
            upkept: None,
            asked: None,
        })
    }

    fn run(&mut self, live: &Live, rest: &mut impl FnMut(Duration) -> bool) -> Result<()> {
        loop {
            let turn = self.turn(live)?;
            self.upkeep(live, turn)?;
            if !self.waiting.is_empty() || self.memory.is_due() || self.kept.elapsed() >= KEEP_EVERY {
                self.keep(live)?;
            }
            let pause = if turn.bytes > 0 && turn.lag > 0 { Duration::ZERO } else { LOOK_EVERY };
            if rest(pause) {
                return self.keep(live);
            }
        }
    }

    /// Reads on in all sources. What was read is correlated in the order of time, so sources that have much to catch up with wait
    /// for each other.
    fn turn(&mut self, live: &Live) -> Result<Turn> {
        let mut all = Turn::default();
        let mut events = Vec::new();
        let now: EventMillis = clock::now().into();
        let ahead = self.slowest().plus_millis(AHEAD_MILLIS);
        for followed in &mut self.followed {
            if followed.lag() > 0 && followed.reached() > ahead {
                all.lag += followed.lag();
                continue;
            }
            let waiting = &mut self.waiting;
            let mut newest = EventMillis(i64::MIN);
            let turn = followed.turn(&mut self.watcher, &mut |watcher, heard| {
                if let Some(time) = heard.event.time.filter(|time| *time <= now) {
                    newest = time.max(newest);
                }
                let Seen { sightings, held } = see(watcher, &heard);
                waiting.extend(sightings);
                events.extend(held);
            });
            followed.reach(newest);
            all.bytes += turn.bytes;
            all.lag += turn.lag;
        }
        self.correlate_all(events, all)?;
        if self.waiting.len() >= SIGHTINGS_AT_ONCE_MAX {
            self.keep(live)?;
        }
        Ok(all)
    }

    /// The time that every source has reached that still has something to read.
    fn slowest(&self) -> EventMillis {
        let lagging = self.followed.iter().filter(|followed| followed.lag() > 0);
        lagging.map(Followed::reached).min().unwrap_or(EventMillis(i64::MAX))
    }

    fn correlate_all(&mut self, mut events: Vec<Held>, turn: Turn) -> Result<()> {
        events.sort_by_key(|held| (held.time, held.place.offset));
        let (now, slowest) = (EventMillis::from(clock::now()), self.slowest());
        let mut passed = EventMillis(i64::MIN);
        for held in events {
            let reached = lately(held.time.min(now).min(slowest), turn);
            if reached.0.saturating_sub(passed.0) > ADVANCE_EVERY_MILLIS {
                passed = reached;
                let found = self.watcher.advance(&mut self.memory, reached)?;
                self.waiting.extend(found);
            }
            self.correlate(&held)?;
        }
        Ok(())
    }

    fn correlate(&mut self, held: &Held) -> Result<()> {
        let found = self.watcher.correlate(&mut self.memory, held)?;
        self.waiting.extend(found);
        Ok(())
    }

    /// Time passes: for correlations, for sources that may be silent, and for the pages.
    fn upkeep(&mut self, live: &Live, turn: Turn) -> Result<()> {
        if self.upkept.is_some_and(|upkept| upkept.elapsed() < UPKEEP_EVERY) {
            return Ok(());
        }
        self.upkept = Some(Instant::now());
        let now = clock::now();
        self.advance(now, turn)?;
        for followed in &mut self.followed {
            if followed.tell_silence(now) {
                self.waiting.push(silence::sighting(followed.row(), now));
            }
        }
        if self.asked.is_none_or(|asked| asked.elapsed() >= LEDGER_EVERY) {
            self.asked = Some(Instant::now());
            let house = live.house();
            let held = self.openings.new_openings(&*live.data()?, &house, &mut self.watcher)?;
            held.iter().try_for_each(|held| self.correlate(held))?;
        }
        let sources = self.followed.iter().map(|followed| followed.row().clone()).collect();
        let rules = self.watcher.standing();
        self.watch.standing.change(|view| {
            view.sources = sources;
            view.rules = rules;
        });
        Ok(())
    }

    /// While there is something to catch up with, the time is that of the events; then it is the clock's, so that silence is heard.
    fn advance(&mut self, now: EventTime, turn: Turn) -> Result<()> {
        let now: EventMillis = now.into();
        let reached = if turn.lag > 0 { self.slowest() } else { now };
        if reached.0 == i64::MIN {
            return Ok(());
        }
        let found = self.watcher.advance(&mut self.memory, lately(reached.min(now), turn))?;
        self.waiting.extend(found);
        Ok(())
    }

    /// What waits becomes evidence; then what is remembered is kept, with how far each file is read. After a crash in between, the
    /// same is read again and gives the same sightings, which are known.
    fn keep(&mut self, live: &Live) -> Result<()> {
        let now = clock::now();
        if !self.waiting.is_empty() {
            let mut data = live.data()?;
            // Persons answer and close cases meanwhile.
            let mut docket = cases::docket(&data)?;
            let mut new = 0_usize;
            for group in self.waiting.chunks(SIGHTINGS_AT_ONCE_MAX) {
                let taken = intake::take_in(&mut data, &mut docket, group, now);
                let taken = taken.context("sightings cannot be recorded")?;
                new += taken.iter().filter(|taken| !taken.is_known).count();
            }
            self.waiting.clear();
            tracing::info!(name: "sightings.recorded", new);
        }
        for followed in &mut self.followed {
            followed.keep(&mut self.memory, now)?;
        }
        self.watcher.remember(&mut self.memory)?;
        self.memory.commit()?;
        self.kept = Instant::now();
        Ok(())
    }
}

/// The time before which nothing more is expected, when events have reached `time`.
fn lately(time: EventMillis, turn: Turn) -> EventMillis {
    let late = if turn.lag > 0 { CATCHING_UP_LATENESS_SECS } else { EVENT_LATENESS_SECS };
    time.plus_millis(late.saturating_mul(-1_000))
}

fn see(watcher: &mut Watcher, heard: &Heard<'_, '_>) -> Seen {
    watcher.hear(heard.event);
    let place = || Place {
        offset: Offset { source: heard.number, position: heard.at },
        source: std::sync::Arc::clone(heard.name),
        position: (heard.place)(),
    };
    watcher.see(heard.event, place, heard.written)
}

#[cfg(test)]
mod tests;
