//! Time is an argument: when something happened, as told by what was read.

/// When an event happened, in whole seconds since 1970-01-01T00:00:00Z. Never the time at which we read of it.
///
/// ```
/// use model::EventTime;
/// let monday = EventTime(1_610_928_000);
/// assert_eq!(monday.plus_secs(60).secs_since(monday), 60);
/// assert_eq!(monday.day(), 18_645);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventTime(pub i64);

/// Seconds in a day.
pub const DAY_SECS: i64 = 86_400;

impl EventTime {
    /// This time moved by `secs` (saturating).
    pub fn plus_secs(self, secs: i64) -> Self {
        Self(self.0.saturating_add(secs))
    }

    /// Seconds from `earlier` to this time; negative where `earlier` is later (saturating).
    pub fn secs_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whole days since 1970-01-01, in UTC.
    pub fn day(self) -> i64 {
        self.0.div_euclid(DAY_SECS)
    }
}
