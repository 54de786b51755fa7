//! Dates of birth as lists write them: whole, in part, as a range, or about.

use super::entry::{Birth, PartialDate};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The birth that `text` tells of: `22/08/1990`, `dd/mm/1968`, `10 Dec 1948`, `circa 1951`, `1957 to 1961`, `1971-02-15`.
pub(super) fn birth(text: &str) -> Option<Birth> {
    let text = text.to_lowercase();
    let is_circa = ["circa", "approx", "about", "c."].iter().any(|word| text.contains(word));
    // A time of the day, as some tables of XML have it behind the date, tells nothing about a birth.
    let is_apart = |c: char| !c.is_alphanumeric();
    let words: Vec<&str> = text.split(is_apart).map(before_time).filter(|word| !word.is_empty()).collect();
    let years: Vec<usize> =
        words.iter().enumerate().filter(|(_, word)| year(word).is_some()).map(|(at, _)| at).collect();
    match years.as_slice() {
        [] => None,
        [_] => Some(Birth { date: date(&words)?, until: None, is_circa }),
        [first, ..] => range(&words, *first, is_circa),
    }
}

/// Two dates; the first one ends at a word between them, or right after its year.
fn range(words: &[&str], first_year: usize, is_circa: bool) -> Option<Birth> {
    let parting = words.iter().position(|word| matches!(*word, "to" | "and" | "or"));
    let (before, after) = words.split_at_checked(parting.unwrap_or(first_year + 1))?;
    let (date, until) = (date(before)?, date(after)?);
    let (date, until) = if date <= until { (date, until) } else { (until, date) };
    Some(Birth { date, until: Some(until).filter(|until| *until != date), is_circa })
}

/// A date in the order of the day, the month and the year, or the other way round where the year comes first.
pub(super) fn date(words: &[&str]) -> Option<PartialDate> {
    let at = words.iter().position(|word| year(word).is_some())?;
    let year = words.get(at).and_then(|word| year(word))?;
    let before: Vec<&str> = words.get(..at)?.iter().rev().take(2).copied().collect();
    let after: Vec<&str> = words.get(at + 1..)?.iter().take(2).copied().collect();
    let is_year_first = before.iter().all(|word| month(word).is_none()) && !after.is_empty();
    let parts = if is_year_first { after } else { before };
    let month = parts.first().and_then(|word| month(word));
    let day = month.and(parts.get(1)).and_then(|word| word.parse::<u8>().ok());
    Some(PartialDate { year, month, day: day.filter(|day| (1..=31).contains(day)) })
}

/// `20` of `20t00`.
fn before_time(word: &str) -> &str {
    match word.split_once('t') {
        Some((day, hour)) if is_number(day) && is_number(hour) => day,
        _ => word,
    }
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn year(word: &str) -> Option<u16> {
    if word.len() != 4 {
        return None;
    }
    word.parse().ok().filter(|year| (1000..3000).contains(year))
}

fn month(word: &str) -> Option<u8> {
    let number = match word.parse::<u8>() {
        Ok(number) => number,
        Err(_) => {
            let begin = word.get(..3)?;
            let at = MONTHS.iter().position(|name| *name == begin)?;
            u8::try_from(at + 1).ok()?
        }
    };
    (1..=12).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::birth;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = birth(text).map(|birth| birth.to_string());
        assert_eq!(found.as_deref().unwrap_or("nothing"), expected, "{text}");
    }

    #[test]
    fn days_as_the_lists_write_them() {
        check("22/08/1990", "1990-08-22");
        check("10 Dec 1948", "1948-12-10");
        check("1971-02-15", "1971-02-15");
        check("1957-07-20T00:00:00", "1957-07-20");
    }

    #[test]
    fn what_is_open_stays_open() {
        check("dd/mm/1968", "1968");
        check("00/00/1975", "1975");
        check("00/07/1975", "1975-07");
        check("Jul 1961", "1961-07");
        check("1962", "1962");
    }

    #[test]
    fn ranges_and_guesses() {
        check("circa 1951", "circa 1951");
        check("1957 to 1961", "1957 to 1961");
        check("1973-1974", "1973 to 1974");
        check("between 1963 and 1968", "1963 to 1968");
        check("01 Jan 1980 to 31 Dec 1981", "1980-01-01 to 1981-12-31");
    }

    #[test]
    fn what_is_no_date_is_none() {
        check("", "nothing");
        check("unknown", "nothing");
        check("99999", "nothing");
    }
}
