//! Times as logs write them.

use crate::moment::{date_of, days_of};
use model::EventMillis;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAY_MILLIS: i64 = 86_400_000;

/// ISO 8601 and its neighbours: `2026-11-23T09:30:00.123Z`, a blank for `T`, `/` in the date, an offset, a fraction behind `.` or `,`.
/// Without an offset it is UTC.
pub(super) fn iso(text: &str) -> Option<EventMillis> {
    let (date, rest) = text.trim().split_at_checked(10)?;
    let mut parts = date.split(['-', '/']);
    let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let (month, day) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let day = days(year, month, day)?;
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, zone) = rest.split_at(rest.find(['Z', 'z', '+', '-', ' ']).unwrap_or(rest.len()));
    let millis = day.checked_mul(DAY_MILLIS)?.checked_add(clock_millis(clock)?)?;
    Some(EventMillis(millis.checked_sub(offset(zone.trim())?)?))
}

/// A date and a clock in two texts, in UTC.
pub(super) fn date_and_clock(date: &str, clock: &str) -> Option<EventMillis> {
    let mut parts = date.split('-');
    let (year, month, day) =
        (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    Some(EventMillis(days(year, month, day)?.checked_mul(DAY_MILLIS)?.checked_add(clock_millis(clock)?)?))
}

/// Of access logs: `23/Nov/2026:09:30:00 +0000`.
pub(super) fn access(text: &str) -> Option<EventMillis> {
    let (date, rest) = text.split_once(':')?;
    let mut parts = date.split('/');
    let day = parts.next()?.parse().ok()?;
    let month = month(parts.next()?)?;
    let day = days(parts.next()?.parse().ok()?, month, day)?;
    let (clock, zone) = rest.split_once(' ').unwrap_or((rest, ""));
    let millis = day.checked_mul(DAY_MILLIS)?.checked_add(clock_millis(clock)?)?;
    Some(EventMillis(millis.checked_sub(offset(zone)?)?))
}

/// Of RFC 3164: `Nov 23 09:30:00`, in the last year in which that is not after `latest`.
pub(super) fn without_year(text: &str, latest: EventMillis) -> Option<EventMillis> {
    let mut parts = text.split_ascii_whitespace();
    let month = month(parts.next()?)?;
    let day: u32 = parts.next()?.parse().ok()?;
    let clock = clock_millis(parts.next()?)?;
    // A clock that is a little fast is not a year behind.
    let end = latest.0.checked_add(DAY_MILLIS)?;
    let (year, _, _) = date_of(end.div_euclid(DAY_MILLIS))?;
    (0..5).find_map(|before| {
        let found =
            days(year.checked_sub(before)?, month, day)?.checked_mul(DAY_MILLIS)?.checked_add(clock)?;
        (found <= end).then_some(EventMillis(found))
    })
}

/// Seconds since 1970 with a fraction: `1795426200.123`.
pub(super) fn epoch_secs(text: &str) -> Option<EventMillis> {
    let (secs, fraction) = text.split_once('.').unwrap_or((text, ""));
    let secs: i64 = secs.parse().ok()?;
    Some(EventMillis(secs.checked_mul(1_000)?.checked_add(fraction_millis(fraction)?)?))
}

/// A whole number since 1970 whose size tells its unit: seconds, milliseconds, microseconds or nanoseconds.
pub(super) fn epoch(text: &str) -> Option<EventMillis> {
    let number: i64 = text.parse().ok()?;
    match number {
        ..0 => None,
        0..100_000_000_000 => number.checked_mul(1_000).map(EventMillis),
        100_000_000_000..100_000_000_000_000 => Some(EventMillis(number)),
        100_000_000_000_000..100_000_000_000_000_000 => Some(EventMillis(number / 1_000)),
        _ => Some(EventMillis(number / 1_000_000)),
    }
}

fn month(name: &str) -> Option<u32> {
    let at = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(name))?;
    u32::try_from(at).ok()?.checked_add(1)
}

fn days(year: i64, month: u32, day: u32) -> Option<i64> {
    let days = days_of(year, month, day);
    (date_of(days)? == (year, month, day)).then_some(days)
}

fn clock_millis(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let hour: i64 = parts.next()?.parse().ok().filter(|hour| (0..24).contains(hour))?;
    let minute: i64 = parts.next()?.parse().ok().filter(|minute| (0..60).contains(minute))?;
    let seconds = parts.next()?;
    let (second, fraction) = seconds.split_once(['.', ',']).unwrap_or((seconds, ""));
    let second: i64 = second.parse().ok().filter(|second| (0..61).contains(second))?;
    Some(((hour * 60 + minute) * 60 + second) * 1_000 + fraction_millis(fraction)?)
}

fn fraction_millis(digits: &str) -> Option<i64> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = |at: usize| digits.as_bytes().get(at).map_or(0, |byte| i64::from(byte.wrapping_sub(b'0')));
    Some(value(0) * 100 + value(1) * 10 + value(2))
}

/// `+0200`, `+02:00`, `Z`, `UTC` or nothing, in milliseconds.
fn offset(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone.split_at_checked(1) {
        None => return Some(0),
        Some(("+", digits)) => (1, digits),
        Some(("-", digits)) => (-1, digits),
        Some(_) => return matches!(zone, "Z" | "z" | "UTC" | "GMT").then_some(0),
    };
    let digits: String = digits.chars().filter(|sign| *sign != ':').collect();
    let number: i64 = digits.parse().ok().filter(|_| digits.len() == 2 || digits.len() == 4)?;
    let (hours, minutes) = if digits.len() == 2 { (number, 0) } else { (number / 100, number % 100) };
    Some(sign * (hours * 60 + minutes) * 60_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T09:30:00Z
    const TIME: i64 = 1_795_426_200_000;

    #[test]
    fn times_are_read_in_each_spelling() {
        let check = |found: Option<EventMillis>, expected: Option<i64>| {
            assert_eq!(found.map(|time| time.0), expected)
        };
        check(iso("2026-11-23T09:30:00Z"), Some(TIME));
        check(iso("2026-11-23 09:30:00.1234567"), Some(TIME + 123));
        check(iso("2026-11-23T11:30:00,5+02:00"), Some(TIME + 500));
        check(iso("2026/11/23 09:30:00"), Some(TIME));
        check(iso("2026-11-23 09:30:00.123 UTC"), Some(TIME + 123));
        check(date_and_clock("2026-11-23", "09:30:00"), Some(TIME));
        check(access("23/Nov/2026:10:30:00 +0100"), Some(TIME));
        check(epoch_secs("1795426200.123"), Some(TIME + 123));
        for number in ["1795426200", "1795426200000", "1795426200000000", "1795426200000000000"] {
            check(epoch(number), Some(TIME));
        }
        for bad in
            ["", "x", "2026-02-30T00:00:00Z", "2026-11-23T25:00:00Z", "2026-11-23", "2026-11-23T09:30:00+é1"]
        {
            check(iso(bad), None);
        }
    }

    #[test]
    fn a_missing_year_is_the_last_that_fits() {
        let check = |text: &str, expected: i64| {
            assert_eq!(without_year(text, EventMillis(TIME)).map(|time| time.0), Some(expected), "{text}");
        };
        check("Nov 23 09:30:00", TIME);
        check("Nov  1 09:30:00", TIME - 22 * DAY_MILLIS);
        check("Nov 24 00:30:00", TIME + 15 * 3_600_000);
        check("Dec 23 09:30:00", TIME - 335 * DAY_MILLIS);
        assert_eq!(without_year("Foo 23 09:30:00", EventMillis(TIME)), None);
    }
}
