//! How long to wait before connecting again.

use std::time::Duration;

/// Doubles with each failure up to a bound. Accounts wait for slightly different times, so that a server that comes back is
/// not asked by all of them at once.
#[derive(Debug, Clone)]
pub(super) struct Backoff {
    first: Duration,
    max: Duration,
    /// 0 to 255: which part of a quarter is added.
    spread: u8,
    failures: u32,
}

impl Backoff {
    pub(super) fn new(first: Duration, max: Duration, name: &str) -> Self {
        let spread = name.bytes().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
        Self { first, max, spread, failures: 0 }
    }

    /// It went well: the next failure is a first one.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// The wait after one more failure.
    pub(super) fn next(&mut self) -> Duration {
        let factor = 1_u32.checked_shl(self.failures).unwrap_or(u32::MAX);
        self.failures = self.failures.saturating_add(1);
        let wait = self.first.saturating_mul(factor);
        wait.saturating_add(wait / 1_024 * u32::from(self.spread)).min(self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_begin_anew() {
        let mut backoff = Backoff::new(Duration::from_millis(1_024), Duration::from_secs(10), "");
        let waits: Vec<u64> = (0..5).map(|_| backoff.next().as_millis() as u64).collect();
        assert_eq!(waits, [1_024, 2_048, 4_096, 8_192, 10_000]);
        (0..100).for_each(|_| assert_eq!(backoff.next(), Duration::from_secs(10)));
        backoff.reset();
        assert_eq!(backoff.next(), Duration::from_millis(1_024));
    }

    #[test]
    fn accounts_do_not_come_back_at_once() {
        let wait = |name| Backoff::new(Duration::from_millis(1_024), Duration::from_secs(10), name).next();
        assert_ne!(wait("office"), wait("member-7"));
    }
}
