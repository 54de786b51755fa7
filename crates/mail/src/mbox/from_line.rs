//! The separator line of an mbox: `From sender date`.

use crate::civil;
use model::EventTime;

/// The time that `git format-patch` writes into each of its separator lines, whatever the patch.
const PATCH_DATE: &str = "Mon Sep 17 00:00:00 2001";

/// What a separator line tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FromLine {
    /// When the message was delivered; without an offset the line is read as UTC. `None` where the calendar has no such time.
    pub time: Option<EventTime>,
    /// Is it the mark at the top of a patch? Patches travel inside messages, where that mark separates nothing.
    pub is_patch_mark: bool,
}

impl FromLine {
    /// Reads `line` (without its line end) if it looks like a separator: `From `, any sender, then a date as of
    /// `asctime` or RFC 5322. Mailing-list archives write spaces into the sender, so the date is looked for from the right.
    pub fn parse(line: &[u8]) -> Option<Self> {
        let line = line.strip_prefix(b"From ")?;
        let text = String::from_utf8_lossy(line);
        let words: Vec<&str> = text.split_ascii_whitespace().collect();
        let time = (0..words.len()).rev().find_map(|start| delivery_time(words.get(start..)?))?;
        Some(Self { time, is_patch_mark: is_patch_mark(&words, text.trim_end()) })
    }
}

/// `Some` if the words begin with a date; within it, the time if the calendar has it.
fn delivery_time(words: &[&str]) -> Option<Option<EventTime>> {
    let (weekday, words) = words.split_first()?;
    if !civil::is_weekday(weekday.trim_end_matches(',')) {
        return None;
    }
    asctime(words).or_else(|| rfc5322(words))
}

/// `May  1 14:46:33 2023`, the offset before or after the year where there is one.
fn asctime(words: &[&str]) -> Option<Option<EventTime>> {
    let [month, day, clock, rest @ ..] = words else {
        return None;
    };
    let month = civil::month_number(month)?;
    let clock = civil::clock(clock)?;
    let rest = rest.get(..2).unwrap_or(rest);
    let year = rest.iter().find_map(|word| year(word))?;
    let offset = rest.iter().find_map(|word| civil::offset_secs(word)).unwrap_or(0);
    Some(civil::event_time((year, month, day.parse().ok()?), clock, offset))
}

/// `1 May 2023 14:46:33 +0000`.
fn rfc5322(words: &[&str]) -> Option<Option<EventTime>> {
    let [day, month, year_word, clock, rest @ ..] = words else {
        return None;
    };
    let date = (year(year_word)?, civil::month_number(month)?, day.parse().ok()?);
    let offset = rest.first().and_then(|word| civil::offset_secs(word)).unwrap_or(0);
    Some(civil::event_time(date, civil::clock(clock)?, offset))
}

fn year(word: &str) -> Option<i16> {
    word.parse().ok().filter(|year| word.len() == 4 && (1970..=9999).contains(year))
}

fn is_patch_mark(words: &[&str], text: &str) -> bool {
    let is_commit = |word: &&str| word.len() >= 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    words.first().is_some_and(is_commit) && text.ends_with(PATCH_DATE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<i64>) {
        let time = FromLine::parse(line.as_bytes()).map(|from_line| from_line.time.map(|time| time.0));
        assert_eq!(time, expected.map(Some), "{line}");
    }

    #[test]
    fn separators_of_many_writers_are_read() {
        check("From a@b.example Mon May  1 14:46:33 2023", Some(1_682_952_393));
        check("From d@v|@ @end|ng |rom po@|t@co  Mon May  1 14:46:33 2023", Some(1_682_952_393));
        check("From - Mon May 01 14:46:33 2023", Some(1_682_952_393));
        check("From 1764@xxx Mon May 01 14:46:33 +0000 2023", Some(1_682_952_393));
        check("From a@b.example Mon May  1 16:46:33 2023 +0200", Some(1_682_952_393));
        check("From a@b.example Mon May  1 14:46:33 UTC 2023", Some(1_682_952_393));
        check("From a@b.example Mon May  1 14:46 2023", Some(1_682_952_360));
        check("From a@b.example Mon, 1 May 2023 14:46:33 +0000", Some(1_682_952_393));
        check("From a@b.example Mon May  1 14:46:33 2023 remote from relay", Some(1_682_952_393));
    }

    #[test]
    fn prose_is_no_separator() {
        check("From the desk of the Speaker", None);
        check("From Mon to Fri, May 1", None);
        check("From now on it is 2023", None);
        check(">From a@b.example Mon May  1 14:46:33 2023", None);
        check("From: a@b.example", None);
    }

    #[test]
    fn an_impossible_date_still_separates() {
        let from_line = FromLine::parse(b"From a@b.example Thu Feb 30 14:46:33 2023");
        assert_eq!(from_line, Some(FromLine { time: None, is_patch_mark: false }));
    }

    #[test]
    fn the_mark_of_a_patch_is_known() {
        let line = format!("From {} Mon Sep 17 00:00:00 2001", "0123456789".repeat(4));
        assert!(FromLine::parse(line.as_bytes()).unwrap().is_patch_mark);
        assert!(!FromLine::parse(b"From a@b.example Mon Sep 17 00:00:00 2001").unwrap().is_patch_mark);
    }
}
