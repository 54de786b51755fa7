//! Calendar dates and clocks as mailboxes and logs write them, turned into an [`EventTime`].

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use model::EventTime;

/// Year, month (1 to 12) and day (1 to 31).
pub(crate) type Date = (i16, i8, i8);
/// Hour, minute and second.
pub(crate) type Clock = (i8, i8, i8);

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Is this the English short name of a weekday?
pub(crate) fn is_weekday(name: &str) -> bool {
    WEEKDAYS.iter().any(|weekday| weekday.eq_ignore_ascii_case(name))
}

/// The month, from 1, of which this is the English short name.
pub(crate) fn month_number(name: &str) -> Option<i8> {
    let index = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(name))?;
    i8::try_from(index + 1).ok()
}

/// `2021-01-18`.
pub(crate) fn iso_date(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// `10:07`, `10:07:30` or `10:07:30.250`. The second 60 of a leap second becomes 59.
pub(crate) fn clock(text: &str) -> Option<Clock> {
    let mut parts = text.splitn(3, ':');
    let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let second: i8 = match parts.next() {
        Some(seconds) => seconds.split('.').next()?.parse().ok()?,
        None => 0,
    };
    Some((hour, minute, second.min(59)))
}

/// `+0130` or `-08:00`, in seconds east of Greenwich. Zone names are ambiguous, and so are not read.
pub(crate) fn offset_secs(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+')?),
    };
    let digits = digits.replace(':', "");
    let number: i64 = digits.parse().ok().filter(|_| digits.len() == 4)?;
    Some(sign * (number / 100 * 3_600 + number % 100 * 60))
}

/// The event at this local date and clock, `offset_secs` east of Greenwich; `None` where the calendar has no such time.
pub(crate) fn event_time(date: Date, clock: Clock, offset_secs: i64) -> Option<EventTime> {
    let local = DateTime::new(date.0, date.1, date.2, clock.0, clock.1, clock.2, 0).ok()?;
    let utc = local.to_zoned(TimeZone::UTC).ok()?;
    Some(EventTime(utc.timestamp().as_second()).plus_secs(-offset_secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_is_moved_to_utc() {
        let date = iso_date("2021-01-18").unwrap();
        let noon = clock("12:00:00.250").unwrap();
        assert_eq!(event_time(date, noon, 0), Some(EventTime(1_610_971_200)));
        assert_eq!(event_time(date, noon, offset_secs("+0130").unwrap()), Some(EventTime(1_610_965_800)));
        assert_eq!(event_time(date, noon, offset_secs("-08:00").unwrap()), Some(EventTime(1_611_000_000)));
    }

    #[test]
    fn what_is_no_time_is_none() {
        assert_eq!(event_time((2021, 2, 30), (0, 0, 0), 0), None);
        assert_eq!(clock("noon"), None);
        assert_eq!(clock("23:59:60"), Some((23, 59, 59)));
        assert_eq!(offset_secs("CET"), None);
        assert_eq!(month_number("Smarch"), None);
    }
}
