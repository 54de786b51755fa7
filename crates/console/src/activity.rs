//! How many messages came in each hour, and what was proposed for them: counted once from the records, and then only from
//! those that are new.

use crate::error::Failure;
use mail::feature::Feature;
use model::limit::ACTIVITY_HOURS_MAX;
use model::{EventTime, Ordinal, Verdict};
use runtime::live::Live;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};
use store::Features;

/// Seconds of an hour.
pub(crate) const HOUR_SECS: i64 = 3_600;
/// Records that are read while the data folder is held; mail waits for no more than these.
const STEP: u64 = 4_096;

/// Messages of an hour, a day or any other time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) messages: u64,
    pub(crate) disarmed: u64,
    pub(crate) quarantined: u64,
}

/// Counts by hour.
#[derive(Default)]
pub(crate) struct Activity {
    /// Held while some new records are read, so that none is counted twice.
    counted: Mutex<Counted>,
}

#[derive(Default)]
struct Counted {
    /// The first record that is not counted yet.
    next: u64,
    /// By hours since 1970. Times are what mail says, so only the latest hours are kept.
    hours: BTreeMap<i64, Counts>,
    /// The latest time that any of them says.
    latest: Option<EventTime>,
}

impl Activity {
    /// Counts what is new, as far as a page can wait for: after a start [`Activity::catch_up`] does the rest.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn follow(&self, live: &Live) -> Result<(), Failure> {
        self.count_step(live).map(|_| ())
    }

    /// Counts everything that is recorded. Pages and mail get their turn in between.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn catch_up(&self, live: &Live) -> Result<(), Failure> {
        while self.count_step(live)? {}
        Ok(())
    }

    /// Counts some records, and says whether there may be more.
    fn count_step(&self, live: &Live) -> Result<bool, Failure> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let data = live.data()?;
        let end = data.store.features.len().min(counted.next.saturating_add(STEP));
        if end <= counted.next {
            return Ok(false);
        }
        data.store.features.scan(Ordinal(counted.next)..Ordinal(end), &mut |_, _, bytes| {
            if let Some(feature) = Feature::decode(bytes) {
                counted.add(feature.time, feature.verdict);
            }
            ControlFlow::Continue(())
        })?;
        counted.next = end;
        Ok(true)
    }

    /// The time of the latest message that is counted.
    pub(crate) fn latest(&self) -> Option<EventTime> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).latest
    }

    /// Counts of `bins` times of `hours` each, oldest first; the last one ends with the hour of `now`.
    pub(crate) fn bins(&self, now: EventTime, bins: usize, hours: i64) -> Vec<(EventTime, Counts)> {
        let counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let end = now.0.div_euclid(HOUR_SECS) + 1;
        let start = end - hours * i64::try_from(bins).unwrap_or(i64::MAX / hours.max(1));
        let bin = |at: usize| {
            let from = start + hours * i64::try_from(at).unwrap_or(0);
            let sum = counted
                .hours
                .range(from..from + hours)
                .fold(Counts::default(), |sum, (_, counts)| sum.plus(counts));
            (EventTime(from * HOUR_SECS), sum)
        };
        (0..bins).map(bin).collect()
    }
}

impl Counted {
    fn add(&mut self, time: EventTime, verdict: Verdict) {
        let counts = self.hours.entry(time.0.div_euclid(HOUR_SECS)).or_default();
        counts.messages += 1;
        self.latest = self.latest.max(Some(time));
        counts.disarmed += u64::from(verdict == Verdict::Disarm);
        counts.quarantined += u64::from(verdict == Verdict::Quarantine);
        if self.hours.len() > ACTIVITY_HOURS_MAX {
            self.hours.pop_first();
        }
    }
}

impl Counts {
    fn plus(self, other: &Self) -> Self {
        Self {
            messages: self.messages + other.messages,
            disarmed: self.disarmed + other.disarmed,
            quarantined: self.quarantined + other.quarantined,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_610_971_200;

    fn counted(times: &[(i64, Verdict)]) -> Activity {
        let mut counted = Counted::default();
        times.iter().for_each(|(time, verdict)| counted.add(EventTime(*time), *verdict));
        Activity { counted: Mutex::new(counted) }
    }

    #[test]
    fn hours_become_bins_and_the_last_one_holds_now() {
        let times = [
            (NOON, Verdict::Pass),
            (NOON + 3_599, Verdict::Disarm),
            (NOON - 1, Verdict::Quarantine),
            (NOON - 7_200, Verdict::Pass),
        ];
        let bins = counted(&times).bins(EventTime(NOON + 60), 2, 1);
        let messages: Vec<_> = bins.iter().map(|(time, counts)| (time.0, counts.messages)).collect();
        assert_eq!(messages, [(NOON - 3_600, 1), (NOON, 2)]);
        let day = counted(&times).bins(EventTime(NOON + 60), 1, 24);
        let counts = day.first().map(|(_, counts)| *counts);
        assert_eq!(counts, Some(Counts { messages: 4, disarmed: 1, quarantined: 1 }));
    }

    #[test]
    fn mail_with_invented_times_fills_no_memory() {
        let mut counted = Counted::default();
        for hour in 0..ACTIVITY_HOURS_MAX as i64 + 10 {
            counted.add(EventTime(hour * HOUR_SECS), Verdict::Pass);
        }
        assert_eq!(counted.hours.len(), ACTIVITY_HOURS_MAX);
        assert!(counted.hours.first_key_value().is_some_and(|(hour, _)| *hour == 10));
    }
}
