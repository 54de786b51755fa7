//! When a group was in use, with the silences between.

use super::alert::Offset;
use super::record::{NO_OFFSET, Record, read_offset, write_offset};
use super::window::Finding;
use crate::memory::codec::{Reader, Writer};
use model::limit::CORRELATION_INTERVALS_MAX;

/// A time of use: from the first to the last of events that follow each other sooner than the gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Interval {
    start: (i64, Offset),
    end: (i64, Offset),
}

/// The state of a group: its times of use, in their order. 400 days of a group with gaps of 30 days are at most 14 of them.
///
/// Two neighbours whose silence is from the gap to `span` have been told: when the second of them came, late or not. So a late event
/// within such a silence tells nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Uses(Vec<Interval>);

impl Uses {
    /// Takes an event in; answers the silences that it ends, or begins because it came late.
    pub(crate) fn observe(
        &mut self,
        (time, at): (i64, Offset),
        gap: i64,
        span: i64,
        watermark: i64,
    ) -> Vec<Finding> {
        let after = self.0.partition_point(|interval| interval.start.0 <= time);
        let before = after.checked_sub(1).and_then(|before| self.0.get(before)).copied();
        let next = self.0.get(after).copied();
        if before.is_some_and(|before| time <= before.end.0) {
            return Vec::new();
        }
        let is_told = |from: i64, to: i64| (gap..=span).contains(&to.saturating_sub(from));
        let mut findings = Vec::new();
        if !matches!((before, next), (Some(before), Some(next)) if is_told(before.end.0, next.start.0)) {
            let ended = before.filter(|before| is_told(before.end.0, time));
            findings.extend(ended.map(|before| Finding { time, evidence: vec![before.end.1, at] }));
            let begun = next.filter(|next| is_told(time, next.start.0));
            findings
                .extend(begun.map(|next| Finding { time: next.start.0, evidence: vec![next.start.1, at] }));
        }
        self.insert(after, (time, at), gap);
        self.0.retain(|interval| interval.end.0 >= watermark.saturating_sub(span));
        self.shorten(time);
        findings
    }

    /// Puts an event between its neighbours and joins it with those that are sooner than the gap.
    fn insert(&mut self, after: usize, moment: (i64, Offset), gap: i64) {
        let mut new = Interval { start: moment, end: moment };
        let mut first = after;
        if let Some(before) = after.checked_sub(1).and_then(|before| self.0.get(before))
            && moment.0.saturating_sub(before.end.0) < gap
        {
            (new.start, first) = (before.start, after - 1);
        }
        let mut end = after;
        if let Some(next) = self.0.get(after)
            && next.start.0.saturating_sub(moment.0) < gap
        {
            (new.end, end) = (next.end, after + 1);
        }
        self.0.splice(first..end, [new]);
    }

    /// What is farthest from the event at hand goes first; in a log in order that is the oldest.
    fn shorten(&mut self, time: i64) {
        while self.0.len() > CORRELATION_INTERVALS_MAX {
            let distance =
                |interval: Option<&Interval>| interval.map_or(0, |found| found.end.0.abs_diff(time));
            if distance(self.0.first()) >= distance(self.0.last()) {
                self.0.remove(0);
            } else {
                self.0.pop();
            }
        }
    }
}

impl Record for Uses {
    fn write(&self, writer: &mut Writer) {
        writer.length(self.0.len());
        let mut before = (0, NO_OFFSET);
        for moment in self.0.iter().flat_map(|interval| [interval.start, interval.end]) {
            writer.signed(moment.0.wrapping_sub(before.0));
            write_offset(writer, moment.1, before.1);
            before = moment;
        }
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let length = reader.length(CORRELATION_INTERVALS_MAX)?;
        let mut before = (0_i64, NO_OFFSET);
        let mut moment = |reader: &mut Reader<'_>| {
            before = (before.0.wrapping_add(reader.signed()?), read_offset(reader, before.1)?);
            Some(before)
        };
        let intervals: Vec<Interval> = (0..length)
            .map(|_| Some(Interval { start: moment(reader)?, end: moment(reader)? }))
            .collect::<Option<_>>()?;
        let times = intervals.iter().flat_map(|interval| [interval.start.0, interval.end.0]);
        times.is_sorted().then_some(Self(intervals))
    }

    fn due(&self, span: i64) -> i64 {
        self.0.last().map_or(0, |interval| interval.end.0).saturating_add(span)
    }
}
