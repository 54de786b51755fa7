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

/// When an event of a log happened, in milliseconds since 1970-01-01T00:00:00Z: logs order what happens within a second.
///
/// ```
/// use model::{EventMillis, EventTime};
/// assert_eq!(EventMillis(1_610_928_000_250).time(), EventTime(1_610_928_000));
/// assert_eq!(EventMillis(-1).time(), EventTime(-1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventMillis(pub i64);

impl EventMillis {
    /// The whole second in which it happened.
    pub fn time(self) -> EventTime {
        EventTime(self.0.div_euclid(1_000))
    }

    /// This time moved by `millis` (saturating).
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}

impl From<EventTime> for EventMillis {
    fn from(time: EventTime) -> Self {
        Self(time.0.saturating_mul(1_000))
    }
}
