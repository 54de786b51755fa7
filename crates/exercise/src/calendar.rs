//! The exercise's calendar: from which second to which it runs, when people and machines write, and how dates look in
//! the headers and logs.

use jiff::{Timestamp, tz};

use crate::random::Random;

/// Monday, 4 January 2021, 00:00 UTC: T0, in seconds since 1970.
pub(crate) const T0: i64 = 1_609_718_400;
/// Days of lawful life before the first inject.
pub(crate) const BASELINE_DAYS: i64 = 14;
/// Days from T0 to T5, Monday, 5 July 2021.
pub(crate) const T5_DAYS: i64 = 182;
/// Seconds in a day.
pub(crate) const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;

/// The days the exercise covers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Calendar {
    pub(crate) days: i64,
}

impl Calendar {
    /// The first second after the exercise.
    pub(crate) fn end(self) -> i64 {
        T0 + self.days * DAY
    }

    /// A moment at which somebody in an office would write, on the given day or on the next working day.
    pub(crate) fn office_moment(self, random: &mut Random, day: i64) -> i64 {
        let day = next_working_day(day);
        // Two humps, late morning and mid afternoon: the mean of two draws is more likely in its middle.
        let (from, to) = if random.chance(58) { (8 * HOUR, 13 * HOUR) } else { (13 * HOUR, 19 * HOUR) };
        T0 + day * DAY + i64::midpoint(random.between(from, to), random.between(from, to))
    }

    /// A moment at which a private person would write: evenings and weekends too.
    pub(crate) fn private_moment(self, random: &mut Random, day: i64) -> i64 {
        T0 + day * DAY
            + i64::midpoint(random.between(6 * HOUR, 24 * HOUR), random.between(7 * HOUR, 24 * HOUR))
    }

    /// Any second of the given day, as machines and spammers write.
    pub(crate) fn any_moment(self, random: &mut Random, day: i64) -> i64 {
        T0 + day * DAY + random.between(0, DAY - 1)
    }

    /// A day of the exercise, as days after T0.
    pub(crate) fn any_day(self, random: &mut Random) -> i64 {
        random.between(0, (self.days - 1).max(0))
    }
}

/// `day` itself, or the Monday after it when it falls on a weekend; T0 is a Monday.
pub(crate) fn next_working_day(day: i64) -> i64 {
    match day.rem_euclid(7) {
        5 => day + 2,
        6 => day + 1,
        _ => day,
    }
}

/// `Mon, 04 Jan 2021 09:00:00 +0100`, RFC 5322 section 3.3.
pub(crate) fn header_date(second: i64, offset_hours: i8) -> String {
    shown(second, offset_hours, "%a, %d %b %Y %H:%M:%S %z")
}

/// A date of a UTC second in the given `strftime` form.
pub(crate) fn utc(second: i64, form: &str) -> String {
    shown(second, 0, form)
}

fn shown(second: i64, offset_hours: i8, form: &str) -> String {
    let zone = tz::Offset::from_hours(offset_hours).unwrap_or(tz::Offset::UTC).to_time_zone();
    Timestamp::from_second(second).unwrap_or_default().to_zoned(zone).strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(second: i64, offset_hours: i8, expected: &str) {
        assert_eq!(header_date(second, offset_hours), expected);
    }

    #[test]
    fn dates_in_headers() {
        check(T0, 0, "Mon, 04 Jan 2021 00:00:00 +0000");
        check(T0, -5, "Sun, 03 Jan 2021 19:00:00 -0500");
        check(T0 + T5_DAYS * DAY, 2, "Mon, 05 Jul 2021 02:00:00 +0200");
    }

    #[test]
    fn offices_rest_at_the_weekend() {
        let calendar = Calendar { days: 194 };
        let mut random = Random::new(5);
        for day in 0..50 {
            let weekday = (calendar.office_moment(&mut random, day) - T0).div_euclid(DAY).rem_euclid(7);
            assert!(weekday < 5, "day {day} became weekday {weekday}");
        }
    }
}
