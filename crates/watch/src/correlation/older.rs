//! The older events of a window of which there are too many to remember them one by one.
//!
//! Nothing is left out: a window takes each slot in that it touches, so that a number is that of a window which is at most one part
//! in [`SLOTS`] longer than the rule says. For what rises with each event that means: never an alert too few.

use super::plan::{Condition, Measure};
use super::tally::Tally;
use super::window::Entry;
use crate::memory::codec::{Reader, Writer};
use model::limit::{CORRELATION_RULES_MAX, CORRELATION_SLOTS_MAX};

/// Slots of one window: for 400 days they are of half a month, for a day of three quarters of an hour.
const SLOTS: i64 = 32;

/// Older events of a group.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Older {
    /// In the order of time.
    slots: Vec<Slot>,
    chain: Chain,
}

/// What was measured of the events of a stretch of time.
#[derive(Debug, Clone, PartialEq)]
struct Slot {
    /// Which stretch since the epoch.
    number: i64,
    tally: Tally,
}

/// Of rules in an order: for each of them, when the latest row of events from the first rule to this one began.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Chain(Vec<i64>);

impl Older {
    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty() && self.chain.0.is_empty()
    }

    /// Takes events in, which are in their order.
    pub(crate) fn take(&mut self, entries: &[Entry], condition: &Condition, span: i64) {
        if let Measure::Ordered(rules) = condition.measure {
            self.chain.0.resize(rules, i64::MIN);
            entries.iter().for_each(|entry| self.chain.extend(entry.item, entry.time));
            return;
        }
        for entry in entries {
            let number = number(entry.time, span);
            let place = match self.slots.binary_search_by_key(&number, |slot| slot.number) {
                Ok(place) => place,
                Err(place) => {
                    self.slots.insert(place, Slot { number, tally: Tally::new(condition.measure) });
                    place
                }
            };
            self.slots.get_mut(place).into_iter().for_each(|slot| slot.tally.add(entry.item));
        }
        let excess = self.slots.len().saturating_sub(CORRELATION_SLOTS_MAX);
        self.slots.drain(..excess);
    }

    /// Adds what happened from one time to another to `tally`; answers whether there was anything.
    pub(crate) fn add_to(&self, tally: &mut Tally, (from, to): (i64, i64), span: i64) -> bool {
        let within = number(from, span)..=number(to, span);
        let mut is_any = false;
        for slot in self.slots.iter().filter(|slot| within.contains(&slot.number)) {
            tally.join(&slot.tally);
            is_any = true;
        }
        is_any
    }

    /// How many rules occurred in their order since `from`.
    pub(crate) fn in_order_since(&self, from: i64) -> u64 {
        self.chain.0.iter().rposition(|start| *start >= from).map_or(0, |last| last as u64 + 1)
    }

    /// What happened within these times was told.
    pub(crate) fn told(&mut self, (from, to): (i64, i64), span: i64) {
        let width = width(span);
        self.slots.retain(|slot| {
            let start = slot.number.saturating_mul(width);
            start < from || to < start.saturating_add(width - 1)
        });
        for start in self.chain.0.iter_mut().filter(|start| **start >= from) {
            *start = i64::MIN;
        }
    }

    /// What happened before this time does not matter any more.
    pub(crate) fn forget(&mut self, before: i64, span: i64) {
        let first = number(before, span);
        self.slots.retain(|slot| slot.number >= first);
        if self.chain.0.iter().all(|start| *start < before) {
            self.chain.0.clear();
        }
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.length(self.slots.len());
        for slot in &self.slots {
            writer.signed(slot.number);
            slot.tally.write(writer);
        }
        writer.length(self.chain.0.len());
        self.chain.0.iter().for_each(|start| writer.signed(*start));
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let slots = reader.length(CORRELATION_SLOTS_MAX)?;
        let slot =
            |reader: &mut Reader<'_>| Some(Slot { number: reader.signed()?, tally: Tally::read(reader)? });
        let slots = (0..slots).map(|_| slot(reader)).collect::<Option<_>>()?;
        let rules = reader.length(CORRELATION_RULES_MAX)?;
        let starts = (0..rules).map(|_| reader.signed()).collect::<Option<_>>()?;
        Some(Self { slots, chain: Chain(starts) })
    }
}

impl Chain {
    /// A rule matched at `time`, no earlier than the ones before. Of one moment the rules come in their order.
    fn extend(&mut self, item: u64, time: i64) {
        let Ok(place) = usize::try_from(item) else { return };
        let start = match place.checked_sub(1) {
            None => Some(time),
            Some(before) => self.0.get(before).copied(),
        };
        if let (Some(start), Some(known)) = (start, self.0.get_mut(place)) {
            *known = (*known).max(start);
        }
    }
}

/// Milliseconds of a slot.
fn width(span: i64) -> i64 {
    (span / SLOTS).max(1)
}

fn number(time: i64, span: i64) -> i64 {
    time.div_euclid(width(span))
}
