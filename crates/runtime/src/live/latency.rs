//! How long sensors waited for a verdict: counts by class, so that the figure costs nothing and is about nobody.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Upper bounds of the classes, in milliseconds; what takes longer than the last is a class of its own.
pub const LATENCY_BOUNDS_MS: [u64; 10] = [5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 20_000];

/// Counts of answers since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latencies {
    /// Answers in each class, with its bound in milliseconds; not cumulative.
    pub within: Vec<(u64, u64)>,
    /// Answers that took longer than the last bound.
    pub longer: u64,
    /// Time that all answers took together.
    pub sum: Duration,
}

/// The counters, which many threads share.
#[derive(Default)]
pub(super) struct Latency {
    within: [AtomicU64; LATENCY_BOUNDS_MS.len()],
    longer: AtomicU64,
    sum_micros: AtomicU64,
}

/// An answer that is under way; it is counted when this is dropped.
pub(super) struct Timed<'a> {
    latency: &'a Latency,
    begun: Instant,
}

impl Latency {
    /// Begins to count one answer.
    pub(super) fn begin(&self) -> Timed<'_> {
        Timed { latency: self, begun: Instant::now() }
    }

    fn count(&self, took: Duration) {
        let classes = LATENCY_BOUNDS_MS.iter().zip(&self.within);
        let class = classes.into_iter().find(|(bound, _)| took <= Duration::from_millis(**bound));
        class.map_or(&self.longer, |(_, class)| class).fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.sum_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// What was counted so far.
    pub(super) fn counts(&self) -> Latencies {
        let classes = LATENCY_BOUNDS_MS.iter().zip(&self.within);
        Latencies {
            within: classes.map(|(bound, count)| (*bound, count.load(Ordering::Relaxed))).collect(),
            longer: self.longer.load(Ordering::Relaxed),
            sum: Duration::from_micros(self.sum_micros.load(Ordering::Relaxed)),
        }
    }
}

impl Drop for Timed<'_> {
    fn drop(&mut self) {
        self.latency.count(self.begun.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_in_the_first_class_that_holds_it() {
        let latency = Latency::default();
        for millis in [0, 5, 6, 20_000, 20_001] {
            latency.count(Duration::from_millis(millis));
        }
        let counts = latency.counts();
        let filled: Vec<_> = counts.within.iter().filter(|(_, count)| *count > 0).copied().collect();
        assert_eq!(filled, [(5, 2), (10, 1), (20_000, 1)]);
        assert_eq!((counts.longer, counts.sum), (1, Duration::from_millis(40_012)));
    }

    #[test]
    fn an_answer_that_is_dropped_is_counted() {
        let latency = Latency::default();
        drop(latency.begin());
        let counts = latency.counts();
        assert_eq!(counts.within.iter().map(|(_, count)| count).sum::<u64>() + counts.longer, 1);
    }
}
