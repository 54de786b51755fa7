//! The messages of a scan that a person should look at first: those with the highest scores that are not passed.

use crate::output::{self, plain};
use model::Verdict;
use runtime::row::MessageRow;
use std::cmp::Reverse;
use std::io::{self, Write};

/// Messages that are listed; the others are counted.
const LISTED_MAX: usize = 20;

/// Where sender and place of a message begin, behind score and verdict.
const FROM_COLUMN: usize = 18;

/// Takes the rows of a scan and keeps the first ones by score; of equals, those that came first.
#[derive(Default)]
pub(super) struct Listing {
    line: Vec<u8>,
    worst: Vec<MessageRow>,
    /// Messages that are not passed.
    count: u64,
}

impl Listing {
    fn take(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let row: MessageRow = serde_json::from_slice(&line)?;
        if row.verdict == Verdict::Pass.word() {
            return Ok(());
        }
        self.count += 1;
        if self.worst.len() == LISTED_MAX && self.worst.last().is_some_and(|least| least.score >= row.score) {
            return Ok(());
        }
        let at = self.worst.partition_point(|other| Reverse(other.score) <= Reverse(row.score));
        self.worst.insert(at, row);
        self.worst.truncate(LISTED_MAX);
        Ok(())
    }

    /// The list as text; nothing where all messages are passed.
    pub(super) fn to_text(&self) -> String {
        if self.worst.is_empty() {
            return String::new();
        }
        let mut text = "\nnot passed, the highest scores first\n".to_owned();
        for row in &self.worst {
            let judged = format!("{:>4}  {}", row.score, row.verdict);
            text.push_str(&output::paragraph(&judged, FROM_COLUMN, &plain(&row.from)));
            text.push_str(&output::paragraph("", FROM_COLUMN, &plain(&row.source)));
        }
        let unlisted = self.count.saturating_sub(self.worst.len() as u64);
        let more = match unlisted {
            0 => String::new(),
            _ => format!("and {unlisted} more that are not passed: --format jsonl\n"),
        };
        text + &more + "\n"
    }
}

impl Write for Listing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.take()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(score: u8, verdict: Verdict, from: &str) -> MessageRow {
        MessageRow {
            source: "inbox.mbox#1".to_owned(),
            message_id: String::new(),
            date: None,
            from: from.to_owned(),
            to: Vec::new(),
            verdict: verdict.word().to_owned(),
            score,
            reasons: Vec::new(),
            beacons: Vec::new(),
            campaign: None,
        }
    }

    fn listing(rows: &[MessageRow]) -> Listing {
        let mut listing = Listing::default();
        for row in rows {
            let line = serde_json::to_string(row).expect("it is JSON") + "\n";
            // Rows come in pieces.
            let (head, tail) = line.split_at(line.len() / 2);
            listing
                .write_all(head.as_bytes())
                .and_then(|()| listing.write_all(tail.as_bytes()))
                .expect("a row");
        }
        listing
    }

    #[test]
    fn what_is_passed_is_not_listed() {
        let text = listing(&[row(4, Verdict::Pass, "a@b.example")]).to_text();
        assert_eq!(text, "");
    }

    #[test]
    fn the_highest_scores_are_listed_and_the_rest_is_counted() {
        let mut rows: Vec<MessageRow> =
            (10..40).map(|score| row(score, Verdict::Disarm, &format!("n{score}@b.example"))).collect();
        rows.push(row(99, Verdict::Quarantine, "worst@b.example"));
        let text = listing(&rows).to_text();
        let worst = text.find("worst@b.example").expect("it is listed");
        assert!(worst < text.find("n39@b.example").expect("it is listed"), "{text}");
        assert!(!text.contains("n20@b.example") && text.contains("and 11 more"), "{text}");
    }
}
