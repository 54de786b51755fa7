//! A window that slides: the events of a group one by one, what is known of older ones, and when they were last told.

use super::alert::Offset;
use super::older::Older;
use super::plan::{Condition, Measure};
use super::record::{NO_OFFSET, Record, read_offset, write_offset};
use super::tally::{Tally, value_of};
use crate::memory::codec::{Reader, Writer};
use model::limit::{CORRELATION_ENTRIES_MAX, CORRELATION_EVIDENCE_MAX, CORRELATION_TOLD_MAX};

/// An event of a group, ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// Milliseconds.
    pub(crate) time: i64,
    /// What is measured: a hash of values, the position of a rule, the bits of a number; 0 where only events are counted.
    pub(crate) item: u64,
    pub(crate) at: Offset,
}

/// A finding about a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Milliseconds.
    pub(crate) time: i64,
    pub(crate) evidence: Vec<Offset>,
}

/// The state of a group.
///
/// A window ends with one of the events and holds all that are at most `span` older. An alert at `b` *covers* the windows that end
/// within `span` of it, before or after: they are not told again. All windows with an event from `b - span` to `b` are covered, so
/// these events are dropped, and late ones are not even taken in. That keeps the state of a busy group small and loses nothing.
///
/// Of more events than are kept one by one, the older half becomes what was measured of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Window {
    /// In their order.
    entries: Vec<Entry>,
    /// Before all entries, but for those that came late.
    older: Older,
    /// Times of alerts, in the order in which they were told.
    told: Vec<i64>,
}

impl Window {
    /// Takes an event in; answers what it completes.
    pub(crate) fn observe(
        &mut self,
        entry: Entry,
        plan: &Condition,
        span: i64,
        watermark: i64,
    ) -> Option<Finding> {
        if self.told.iter().any(|told| told.saturating_sub(span) <= entry.time && entry.time <= *told) {
            return None;
        }
        let place = self.entries.binary_search(&entry).err()?;
        if is_by_value(plan.measure) && self.is_between_equals(place, entry, span) {
            return None;
        }
        self.entries.insert(place, entry);
        if let Some(end) = self.complete(entry.time, plan, span) {
            return Some(self.tell(end, entry.at, span));
        }
        self.prune(entry, plan, span, watermark);
        None
    }

    /// The first window with an event at `time` that is complete and not covered.
    fn complete(&self, time: i64, plan: &Condition, span: i64) -> Option<i64> {
        let ends = self.range(time, time.saturating_add(span));
        // An event that comes late may be in very many windows. Where all of them together are not enough, none is; of sums that is
        // not so, because there are numbers below zero.
        let is_late = ends.last().is_some_and(|last| last.time > time);
        if is_late && plan.measure != Measure::Sum {
            let all = (time.saturating_sub(span), time.saturating_add(span));
            if !self.holds(all, plan, span) {
                return None;
            }
        }
        let ends = ends.iter().map(|entry| entry.time);
        let mut last = None;
        ends.filter(|end| last.replace(*end) != Some(*end)).find(|end| {
            let is_covered = self.told.iter().any(|told| told.abs_diff(*end) <= span.unsigned_abs());
            !is_covered && self.holds((end.saturating_sub(span), *end), plan, span)
        })
    }

    /// Does the condition hold for what happened from one time to another?
    fn holds(&self, (from, end): (i64, i64), plan: &Condition, span: i64) -> bool {
        let window = self.range(from, end);
        if let Measure::Ordered(rules) = plan.measure {
            return in_order(window, self.older.in_order_since(from), rules as u64);
        }
        let mut tally = Tally::new(plan.measure);
        if !self.older.is_empty() && self.older.add_to(&mut tally, (from, end), span) {
            window.iter().for_each(|entry| tally.add(entry.item));
            return plan.threshold.holds(tally.value(plan.measure));
        }
        // Most windows are far from it: for so many values so many events are needed.
        if plan.measure != Measure::Sum && window.len() < plan.threshold.least_count() {
            return false;
        }
        let items: Vec<u64> = window.iter().map(|entry| entry.item).collect();
        plan.threshold.holds(value_of(&items, plan.measure))
    }

    /// Events of both times and between them.
    fn range(&self, from: i64, to: i64) -> &[Entry] {
        let start = self.entries.partition_point(|entry| entry.time < from);
        let end = self.entries.partition_point(|entry| entry.time <= to);
        self.entries.get(start..end).unwrap_or_default()
    }

    fn tell(&mut self, end: i64, trigger: Offset, span: i64) -> Finding {
        let window = self.range(end.saturating_sub(span), end);
        let others = window.iter().map(|entry| entry.at).filter(|at| *at != trigger);
        let mut evidence: Vec<Offset> = others.rev().take(CORRELATION_EVIDENCE_MAX - 1).collect();
        evidence.reverse();
        evidence.dedup();
        evidence.push(trigger);
        self.entries.retain(|entry| entry.time < end.saturating_sub(span) || end < entry.time);
        self.older.told((end.saturating_sub(span), end), span);
        self.told.push(end);
        if self.told.len() > CORRELATION_TOLD_MAX {
            self.told.remove(0);
        }
        Finding { time: end, evidence }
    }

    /// Whether an event lies between two of the same value that are within one window of each other, or at one of them: then every
    /// window with it has one of these.
    fn is_between_equals(&self, place: usize, entry: Entry, span: i64) -> bool {
        let (before, after) = self.entries.split_at_checked(place).unwrap_or_default();
        let before = before.iter().rev().find(|other| other.item == entry.item);
        let after = after.iter().find(|other| other.item == entry.item);
        match (before, after) {
            (Some(before), Some(after)) => after.time.saturating_sub(before.time) <= span,
            (Some(one), None) | (None, Some(one)) => one.time == entry.time,
            (None, None) => false,
        }
    }

    fn prune(&mut self, newest: Entry, plan: &Condition, span: i64, watermark: i64) {
        let over = watermark.saturating_sub(span);
        self.entries.retain(|entry| entry.time >= over);
        self.told.retain(|told| *told >= over.saturating_sub(span));
        if !self.older.is_empty() {
            self.older.forget(over, span);
        }
        if is_by_value(plan.measure) {
            self.drop_between_equals(newest, span);
        }
        if self.entries.len() > plan.entries_max && matches!(plan.measure, Measure::Ordered(_)) {
            self.shorten_runs();
        }
        if self.entries.len() > plan.entries_max {
            let kept = self.entries.split_off(self.entries.len() / 2);
            let taken = std::mem::replace(&mut self.entries, kept);
            self.older.take(&taken, plan, span);
        }
    }

    /// A new event may make its neighbours of the same value needless, in the sense of [`Window::is_between_equals`].
    fn drop_between_equals(&mut self, newest: Entry, span: i64) {
        let Ok(place) = self.entries.binary_search(&newest) else { return };
        let is_equal = |(_, other): &(usize, &Entry)| other.item == newest.item;
        let mut before = self.entries.iter().enumerate().take(place).rev().filter(is_equal);
        let mut after = self.entries.iter().enumerate().skip(place + 1).filter(is_equal);
        let needless = |near: Option<(usize, &Entry)>, far: Option<(usize, &Entry)>| match (near, far) {
            (Some((near, _)), Some((_, far))) if far.time.abs_diff(newest.time) <= span.unsigned_abs() => {
                Some(near)
            }
            _ => None,
        };
        let earlier = needless(before.next(), before.next());
        let later = needless(after.next(), after.next());
        for place in [later, earlier].into_iter().flatten() {
            self.entries.remove(place);
        }
    }

    /// Of events in a row of one rule, the first and the last serve every order as well as all of them.
    fn shorten_runs(&mut self) {
        let items: Vec<u64> = self.entries.iter().map(|entry| entry.item).collect();
        let is_inner = |place: usize| {
            let neighbours = [place.checked_sub(1), Some(place + 1)];
            let item = items.get(place);
            neighbours.iter().all(|near| near.is_some_and(|near| items.get(near) == item))
        };
        let mut place = 0;
        self.entries.retain(|_| {
            place += 1;
            !is_inner(place - 1)
        });
    }
}

/// Are only the distinct items of a window counted?
fn is_by_value(measure: Measure) -> bool {
    matches!(measure, Measure::Values | Measure::Rules)
}

/// Do all rules occur in their order, where the first `next` did so before? Events of one time are in any order, because many logs
/// tell only seconds.
fn in_order(window: &[Entry], mut next: u64, rules: u64) -> bool {
    for moment in window.chunk_by(|one, other| one.time == other.time) {
        while next < rules && moment.iter().any(|entry| entry.item == next) {
            next += 1;
        }
    }
    next >= rules
}

/// Entries in few bytes: each beside the one before.
pub(crate) fn write_entries(writer: &mut Writer, entries: &[Entry]) {
    // Hashes and fractions have no small values; positions of rules have, and counted events have no item at all.
    let widest = entries.iter().map(|entry| entry.item).max().unwrap_or_default();
    let is_wide = widest > u64::from(u32::MAX);
    writer.byte(u8::from(is_wide));
    writer.length(entries.len());
    let mut before = Entry { time: 0, item: 0, at: NO_OFFSET };
    for entry in entries {
        writer.signed(entry.time.wrapping_sub(before.time));
        if is_wide {
            writer.wide(entry.item)
        } else {
            writer.unsigned(entry.item)
        }
        write_offset(writer, entry.at, before.at);
        before = *entry;
    }
}

/// None where they are no entries in their order.
pub(crate) fn read_entries(reader: &mut Reader<'_>) -> Option<Vec<Entry>> {
    let is_wide = reader.byte()? != 0;
    let length = reader.length(CORRELATION_ENTRIES_MAX)?;
    let mut before = Entry { time: 0, item: 0, at: NO_OFFSET };
    let mut entries = Vec::with_capacity(length);
    for _ in 0..length {
        before = Entry {
            time: before.time.wrapping_add(reader.signed()?),
            item: if is_wide { reader.wide()? } else { reader.unsigned()? },
            at: read_offset(reader, before.at)?,
        };
        entries.push(before);
    }
    entries.is_sorted().then_some(entries)
}

impl Record for Window {
    fn write(&self, writer: &mut Writer) {
        writer.length(self.told.len());
        self.told.iter().for_each(|told| writer.signed(*told));
        write_entries(writer, &self.entries);
        if !self.older.is_empty() {
            self.older.write(writer);
        }
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let told = reader.length(CORRELATION_TOLD_MAX)?;
        let told = (0..told).map(|_| reader.signed()).collect::<Option<_>>()?;
        let entries = read_entries(reader)?;
        let older = if reader.is_at_end() { Older::default() } else { Older::read(reader)? };
        Some(Self { entries, older, told })
    }

    fn due(&self, span: i64) -> i64 {
        let newest = self.entries.last().map(|entry| entry.time);
        newest.max(self.told.iter().copied().max()).unwrap_or_default().saturating_add(span)
    }
}

#[cfg(test)]
mod tests;
