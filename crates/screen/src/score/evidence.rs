//! What is known besides the name: dates of birth, nationalities, numbers of documents.
//!
//! The weights are logarithms of how much oftener a comparison comes out so for one person than for two. A day of birth is
//! shared by one of some 25,000 adults, a year by one of 60; lists are wrong or vague about a birth in about one of ten entries.

use super::{Piece, Query, Why};
use crate::index::Index;
use crate::list::{Birth, PartialDate};

const SAME_DAY: f64 = 9.0;
const SAME_DAY_SWAPPED: f64 = 6.0;
const SAME_MONTH: f64 = 6.0;
const SAME_YEAR: f64 = 3.0;
const NEXT_YEAR: f64 = 0.5;
const OTHER_DAY_OF_YEAR: f64 = 0.0;
const OTHER_YEAR: f64 = -4.0;
const SAME_NATIONALITY: f64 = 1.2;
const OTHER_NATIONALITY: f64 = -1.2;
const SAME_IDENTIFIER: f64 = 14.0;
/// Shortest number that is compared: shorter ones are shared by chance.
const IDENTIFIER_LETTERS: usize = 5;

/// Years of a range that are compared; a longer range tells nothing.
const RANGE_YEARS: u16 = 30;

/// Values in one text, each folded to capital letters and digits and ended by a line feed.
pub(crate) fn joined<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let mut found: Vec<String> = values.map(folded).filter(|value| !value.is_empty()).collect();
    found.sort();
    found.dedup();
    found.iter().map(|value| format!("{value}\n")).collect()
}

/// Dates as `year * 10000 + month * 100 + day`, with zeros for what is not known: a range as its years, a vague date as its
/// year and the two beside it.
pub(crate) fn births_of(births: &[Birth]) -> Vec<u32> {
    let mut found = Vec::new();
    for birth in births {
        let first = birth.date.year;
        match birth.until {
            Some(until) => found.extend(
                (first..=until.year.min(first.saturating_add(RANGE_YEARS)))
                    .map(|year| u32::from(year) * 10_000),
            ),
            None if birth.is_circa => found.extend(
                (first.saturating_sub(1)..=first.saturating_add(1)).map(|year| u32::from(year) * 10_000),
            ),
            None => found.push(packed(birth.date)),
        }
    }
    found
}

fn packed(date: PartialDate) -> u32 {
    let month = date.month.map_or(0, u32::from);
    let day = date.day.filter(|_| month > 0).map_or(0, u32::from);
    u32::from(date.year) * 10_000 + month * 100 + day
}

fn folded(value: &str) -> String {
    value.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// The evidence besides the names, for and against.
pub(super) fn compare(index: &Index, query: &Query, entry: u32) -> Vec<Piece> {
    let mut found = Vec::new();
    let births: Vec<u32> = query.births.iter().copied().map(packed).collect();
    let listed = index.births(entry);
    found.extend(birth(&births, listed, Why::Birth));
    let identifiers: Vec<String> = query
        .identifiers
        .iter()
        .map(|value| folded(value))
        .filter(|value| value.len() >= IDENTIFIER_LETTERS)
        .collect();
    found.extend(identifier(&identifiers, index.identifiers(entry)));
    if births.is_empty() {
        let encoded: Vec<u32> = identifiers.iter().filter_map(|value| birth_in_identifier(value)).collect();
        found.extend(birth(&encoded, listed, Why::BirthInIdentifier));
    } else if listed.is_empty() {
        let encoded: Vec<u32> = index.identifiers(entry).lines().filter_map(birth_in_identifier).collect();
        found.extend(birth(&births, &encoded, Why::BirthInIdentifier));
    }
    found.extend(nationality(query, index.nationalities(entry)));
    found
}

/// The best agreement of any two dates; nothing where a side has none.
fn birth(asked: &[u32], listed: &[u32], why: Why) -> Option<Piece> {
    let pairs = asked.iter().flat_map(|one| listed.iter().map(move |other| (*one, *other)));
    let (one, other) = pairs.max_by(|left, right| of_births(*left).total_cmp(&of_births(*right)))?;
    Some(Piece { token: written(one), matched: written(other), weight: of_births((one, other)), why })
}

fn of_births((one, other): (u32, u32)) -> f64 {
    let parts = |date: u32| (date / 10_000, date / 100 % 100, date % 100);
    let ((year, month, day), (other_year, other_month, other_day)) = (parts(one), parts(other));
    let is_vague = month == 0 || other_month == 0;
    match year.abs_diff(other_year) {
        0 if is_vague => SAME_YEAR,
        0 if month == other_month && (day == 0 || other_day == 0) => SAME_MONTH,
        0 if month == other_month && day == other_day => SAME_DAY,
        0 if month == other_day && day == other_month => SAME_DAY_SWAPPED,
        // Many lists write the first of January where only the year is known.
        0 if (month, day) == (1, 1) || (other_month, other_day) == (1, 1) => SAME_YEAR,
        0 => OTHER_DAY_OF_YEAR,
        1 => NEXT_YEAR + if is_vague { 0.0 } else { OTHER_YEAR / 2.0 },
        _ => OTHER_YEAR,
    }
}

fn written(date: u32) -> String {
    let (year, month, day) = (date / 10_000, date / 100 % 100, date % 100);
    match (month, day) {
        (0, _) => format!("{year:04}"),
        (_, 0) => format!("{year:04}-{month:02}"),
        _ => format!("{year:04}-{month:02}-{day:02}"),
    }
}

fn identifier(asked: &[String], listed: &str) -> Option<Piece> {
    let same = asked.iter().find(|value| listed.lines().any(|known| known == value.as_str()))?;
    Some(Piece { token: same.clone(), matched: same.clone(), weight: SAME_IDENTIFIER, why: Why::Identifier })
}

fn nationality(query: &Query, listed: &str) -> Option<Piece> {
    let asked: Vec<String> =
        query.nationalities.iter().map(|value| folded(value)).filter(|value| !value.is_empty()).collect();
    let first = asked.first()?;
    let known = listed.lines().next()?;
    let same = asked.iter().find(|value| listed.lines().any(|known| known == value.as_str()));
    Some(match same {
        Some(same) => Piece {
            token: same.clone(),
            matched: same.clone(),
            weight: SAME_NATIONALITY,
            why: Why::Nationality,
        },
        None => Piece {
            token: first.clone(),
            matched: known.to_owned(),
            weight: OTHER_NATIONALITY,
            why: Why::Nationality,
        },
    })
}

/// The date of birth in a Chinese citizen's number (GB 11643): digits 7 to 14, believed only where the check digit agrees.
pub fn birth_in_identifier(number: &str) -> Option<u32> {
    const FACTORS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    let bytes = number.as_bytes();
    if bytes.len() != 18 {
        return None;
    }
    let digits: Option<Vec<u32>> = bytes.iter().take(17).map(|byte| (*byte as char).to_digit(10)).collect();
    let sum: u32 = digits?.iter().zip(FACTORS).map(|(digit, factor)| digit * factor).sum();
    let is_valid = CHECKS.get(sum as usize % 11) == bytes.last();
    let date: u32 = number.get(6..14)?.parse().ok()?;
    let (month, day) = (date / 100 % 100, date % 100);
    (is_valid && (1..=12).contains(&month) && (1..=31).contains(&day)).then_some(date)
}
