//! Parts of a time that a value tells. Zones are not converted: the numbers are those that are written (specification, "Time Modifiers").

use crate::sigma::condition::TimePart;

/// A part of the time that `text` tells: as ISO 8601 writes it (`2026-11-23T09:30:00Z`, with a space for `T` too), or in seconds or
/// milliseconds since 1970. None if it is not of either form, or has no such part.
pub fn part(text: &str, part: TimePart) -> Option<u32> {
    let written = Written::read(text).or_else(|| Written::since_1970(text.parse().ok()?))?;
    match part {
        TimePart::Minute => written.clock.map(|(_, minute)| minute),
        TimePart::Hour => written.clock.map(|(hour, _)| hour),
        TimePart::Day => Some(written.day),
        TimePart::Week => written.week(),
        TimePart::Month => Some(written.month),
        TimePart::Year => u32::try_from(written.year).ok(),
    }
}

struct Written {
    year: i64,
    month: u32,
    day: u32,
    clock: Option<(u32, u32)>,
}

impl Written {
    fn read(text: &str) -> Option<Self> {
        let (date, time) = text.split_at_checked(10)?;
        let mut numbers = date.split('-');
        let year = numbers.next().filter(|year| year.len() == 4)?.parse().ok()?;
        let month = numbers.next()?.parse().ok().filter(|month| (1..=12).contains(month))?;
        let day = numbers.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
        if numbers.next().is_some() {
            return None;
        }
        Some(Self { year, month, day, clock: time.strip_prefix(['T', 't', ' ']).and_then(clock) })
    }

    /// Numbers beyond the year 5000 in seconds are milliseconds.
    fn since_1970(number: i64) -> Option<Self> {
        const SECONDS_MAX: i64 = 100_000_000_000;
        let secs = if number.abs() < SECONDS_MAX { number } else { number.div_euclid(1_000) };
        let of_day = u32::try_from(secs.rem_euclid(86_400)).ok()?;
        let (year, month, day) = date_of(secs.div_euclid(86_400))?;
        Some(Self { year, month, day, clock: Some((of_day / 3_600, of_day / 60 % 60)) })
    }

    /// By ISO 8601: the week of the year that has this week's Thursday.
    fn week(&self) -> Option<u32> {
        let day = days_of(self.year, self.month, self.day);
        // 1 January 1970 was a Thursday.
        let thursday = day.checked_sub((day.checked_add(3)?).rem_euclid(7))?.checked_add(3)?;
        let (year, _, _) = date_of(thursday)?;
        u32::try_from(thursday.checked_sub(days_of(year, 1, 1))? / 7).ok()?.checked_add(1)
    }
}

fn clock(text: &str) -> Option<(u32, u32)> {
    let (hour, rest) = text.split_once(':')?;
    let hour = hour.parse().ok().filter(|hour| *hour < 24)?;
    let minute = rest.get(..2)?.parse().ok().filter(|minute| *minute < 60)?;
    Some((hour, minute))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counted from March so that the leap day is a year's last.
pub fn days_of(year: i64, month: u32, day: u32) -> i64 {
    let years = year.saturating_sub(i64::from(month <= 2));
    let month_from_march = i64::from(month).saturating_add(9).rem_euclid(12);
    let leap_days =
        years.div_euclid(4).saturating_sub(years.div_euclid(100)).saturating_add(years.div_euclid(400));
    let of_year = month_from_march.saturating_mul(153).saturating_add(2) / 5;
    years
        .saturating_mul(365)
        .saturating_add(leap_days)
        .saturating_add(of_year)
        .saturating_add(i64::from(day))
        .saturating_sub(719_469)
}

/// The date that is so many days after 1970-01-01; none beyond the years 0 to 9999.
pub fn date_of(days: i64) -> Option<(i64, u32, u32)> {
    // The year is at most one off in this, and the months of it are few.
    let guess = 1970_i64.checked_add(days.checked_mul(400)?.div_euclid(146_097))?;
    let year = (guess.saturating_sub(1)..=guess.saturating_add(1))
        .rev()
        .find(|year| days_of(*year, 1, 1) <= days)?;
    let month = (1..=12).rev().find(|month| days_of(year, *month, 1) <= days)?;
    let day = days.checked_sub(days_of(year, month, 1))?.checked_add(1)?;
    (0..=9_999).contains(&year).then_some((year, month, u32::try_from(day).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, wanted: TimePart, expected: Option<u32>) {
        assert_eq!(part(text, wanted), expected, "{text} {wanted:?}");
    }

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for (date, days) in
            [((1970, 1, 1), 0), ((2000, 2, 29), 11_016), ((2026, 11, 23), 20_780), ((1969, 12, 31), -1)]
        {
            assert_eq!(days_of(date.0, date.1, date.2), days);
        }
        for days in (-700_000..2_900_000).step_by(13) {
            let (year, month, day) = date_of(days).expect("within the years");
            assert_eq!(days_of(year, month, day), days);
        }
        assert_eq!(date_of(i64::MAX), None);
    }

    #[test]
    fn parts_are_those_that_are_written() {
        let time = "2026-11-23T09:30:00+02:00";
        let parts = [
            (TimePart::Minute, 30),
            (TimePart::Hour, 9),
            (TimePart::Day, 23),
            (TimePart::Week, 48),
            (TimePart::Month, 11),
            (TimePart::Year, 2026),
        ];
        for (wanted, expected) in parts {
            check(time, wanted, Some(expected));
            check("2026-11-23 09:30:59.123", wanted, Some(expected));
        }
        check("1795426200", TimePart::Hour, Some(9));
        check("1795426200000", TimePart::Minute, Some(30));
        check("2027-01-01", TimePart::Week, Some(53));
        check("2027-01-01", TimePart::Hour, None);
    }

    #[test]
    fn what_is_no_time_has_no_parts() {
        for text in ["", "x", "2026-13-01", "2026-1-1", "23/11/2026 10:00", "2026-11-2é3T"] {
            check(text, TimePart::Hour, None);
        }
        check("2026-11-23T99:00", TimePart::Hour, None);
    }
}
