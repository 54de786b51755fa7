//! Lock-out: failed sign-ins in a row make the next one wait, longer each time.

use crate::settings::LockoutLimits;
use model::EventTime;
use serde::{Deserialize, Serialize};

/// Failures of one account since the last sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lockout {
    /// Failures in a row.
    pub failures: u32,
    /// Until when no sign-in is tried, in seconds since 1970.
    pub until_secs: i64,
}

impl Lockout {
    /// Seconds for which the account waits, if it does.
    pub fn pause(self, now: EventTime) -> Option<i64> {
        Some(EventTime(self.until_secs).secs_since(now)).filter(|secs| *secs > 0)
    }

    /// After one more failure.
    #[must_use]
    pub fn failed(self, limits: LockoutLimits, now: EventTime) -> Self {
        let failures = self.failures.saturating_add(1);
        let Some(beyond) = failures.checked_sub(limits.failures_free) else {
            return Self { failures, ..self };
        };
        let factor = 1_i64.checked_shl(beyond).filter(|factor| *factor > 0).unwrap_or(i64::MAX);
        let pause = limits.first_pause_secs.saturating_mul(factor).min(limits.longest_pause_secs);
        Self { failures, until_secs: now.plus_secs(pause).0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: LockoutLimits =
        LockoutLimits { failures_free: 3, first_pause_secs: 30, longest_pause_secs: 200 };

    #[test]
    fn pauses_double_up_to_the_longest() {
        let now = EventTime(1_610_960_400);
        let mut lockout = Lockout::default();
        let mut pauses = Vec::new();
        for _ in 0..80 {
            lockout = lockout.failed(LIMITS, now);
            pauses.push(lockout.pause(now));
        }
        let first: Vec<_> = pauses.iter().take(7).copied().collect();
        assert_eq!(first, [None, None, Some(30), Some(60), Some(120), Some(200), Some(200)]);
        assert_eq!(pauses.last(), Some(&Some(200)));
        assert_eq!(lockout.pause(now.plus_secs(200)), None);
    }
}
