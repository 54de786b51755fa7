//! The one clock. Parts get the time as an argument; only here it is asked for.

use model::EventTime;

/// The time now, in UTC.
pub fn now() -> EventTime {
    EventTime(jiff::Timestamp::now().as_second())
}

/// A time as RFC 3339 in UTC, such as `2021-01-18T09:00:00Z`; times that no calendar holds as seconds.
pub fn rfc3339(time: EventTime) -> String {
    jiff::Timestamp::from_second(time.0).map_or_else(|_| format!("{}s", time.0), |stamp| stamp.to_string())
}

/// Reads what [`rfc3339`] wrote.
pub fn parse_rfc3339(text: &str) -> Option<EventTime> {
    text.parse::<jiff::Timestamp>().ok().map(|stamp| EventTime(stamp.as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_comes_back() {
        let time = EventTime(1_610_960_400);
        assert_eq!(rfc3339(time), "2021-01-18T09:00:00Z");
        assert_eq!(parse_rfc3339(&rfc3339(time)), Some(time));
        assert_eq!(rfc3339(EventTime(i64::MAX)), format!("{}s", i64::MAX));
    }
}
