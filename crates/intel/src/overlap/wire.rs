//! The messages as files: lines of text, so that whoever carries one sees what it is. Reading is strict: one text, one message.

use super::{Answer, Commitment, Offer, Release, Sent};
use model::limit::{OVERLAP_ENTRIES_MAX, OVERLAP_FILE_BYTES_MAX};
use std::fmt::Write;
use std::str::Lines;

const OFFER: &str = "portcullis overlap offer v1";
const ANSWER: &str = "portcullis overlap answer v1";
const RELEASE: &str = "portcullis overlap release v1";

/// Why a text is no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// It is too large.
    #[error("it is larger than {OVERLAP_FILE_BYTES_MAX} bytes")]
    Large,
    /// A line is missing or not what stands there in such a file.
    #[error("line {line}: {expected} is expected")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is to be there.
        expected: &'static str,
    },
}

impl Offer {
    /// The file.
    pub fn to_text(&self) -> String {
        let mut text = format!("{OFFER}\ncommitment {}\n", hex(&self.commitment.0));
        push_points(&mut text, "offered", &self.points);
        text
    }

    /// The message of a file.
    ///
    /// # Errors
    /// [`WireError`] with the line.
    pub fn from_text(text: &str) -> Result<Self, WireError> {
        let mut reader = Reader::new(text, OFFER)?;
        let commitment = Commitment(reader.named("commitment ", "a commitment")?);
        let points = reader.points("offered ")?;
        reader.end(Self { commitment, points })
    }
}

impl Answer {
    /// The file.
    pub fn to_text(&self) -> String {
        let mut text =
            format!("{ANSWER}\noffer {}\ncommitment {}\n", hex(&self.offer), hex(&self.commitment.0));
        push_points(&mut text, "returned", &self.returned);
        push_points(&mut text, "own", &self.points);
        text
    }

    /// The message of a file.
    ///
    /// # Errors
    /// [`WireError`] with the line.
    pub fn from_text(text: &str) -> Result<Self, WireError> {
        let mut reader = Reader::new(text, ANSWER)?;
        let offer = reader.named("offer ", "the hash of an offer")?;
        let commitment = Commitment(reader.named("commitment ", "a commitment")?);
        let returned = reader.points("returned ")?;
        let points = reader.points("own ")?;
        reader.end(Self { offer, commitment, returned, points })
    }
}

impl Release {
    /// The file.
    pub fn to_text(&self) -> String {
        let mut text = format!("{RELEASE}\nanswer {}\nplaces {}\n", hex(&self.answer), self.places.len());
        for place in &self.places {
            let _ = writeln!(text, "{place}");
        }
        text
    }

    /// The message of a file.
    ///
    /// # Errors
    /// [`WireError`] with the line.
    pub fn from_text(text: &str) -> Result<Self, WireError> {
        let mut reader = Reader::new(text, RELEASE)?;
        let answer = reader.named("answer ", "the hash of an answer")?;
        let count = reader.count("places ")?;
        let mut places: Vec<usize> = Vec::new();
        for _ in 0..count {
            let place = reader.next(number, "a place")?;
            if places.last().is_some_and(|last| *last >= place) {
                return Err(reader.fault("a place beyond the one before it"));
            }
            places.push(place);
        }
        reader.end(Self { answer, places })
    }
}

fn push_points(text: &mut String, name: &str, points: &[Sent]) {
    let _ = writeln!(text, "{name} {}", points.len());
    for point in points {
        text.push_str(&hex(point));
        text.push('\n');
    }
}

/// Reads a message line by line.
struct Reader<'a> {
    lines: Lines<'a>,
    line: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, title: &'static str) -> Result<Self, WireError> {
        if text.len() > OVERLAP_FILE_BYTES_MAX {
            return Err(WireError::Large);
        }
        let mut reader = Self { lines: text.lines(), line: 0 };
        reader.next(|line| (line == title).then_some(()), title)?;
        Ok(reader)
    }

    fn next<T>(
        &mut self,
        read: impl FnOnce(&str) -> Option<T>,
        expected: &'static str,
    ) -> Result<T, WireError> {
        self.line += 1;
        self.lines.next().and_then(read).ok_or_else(|| self.fault(expected))
    }

    fn named(&mut self, name: &str, expected: &'static str) -> Result<[u8; 32], WireError> {
        self.next(|line| unhex(line.strip_prefix(name)?), expected)
    }

    fn count(&mut self, name: &'static str) -> Result<usize, WireError> {
        self.next(
            |line| line.strip_prefix(name).and_then(number).filter(|count| *count <= OVERLAP_ENTRIES_MAX),
            "a number of entries within the limit",
        )
    }

    /// Points in ascending order where they are a side's own, so each at most once; the order of returned ones is the offer's.
    fn points(&mut self, name: &'static str) -> Result<Vec<Sent>, WireError> {
        let count = self.count(name)?;
        let mut points: Vec<Sent> = Vec::new();
        for _ in 0..count {
            let point = self.next(unhex, "a point of 64 hexadecimal digits")?;
            if name != "returned " && points.last().is_some_and(|last| *last >= point) {
                return Err(self.fault("a point beyond the one before it"));
            }
            points.push(point);
        }
        Ok(points)
    }

    fn end<T>(mut self, message: T) -> Result<T, WireError> {
        self.line += 1;
        match self.lines.next() {
            None => Ok(message),
            Some(_) => Err(self.fault("the end")),
        }
    }

    fn fault(&self, expected: &'static str) -> WireError {
        WireError::Line { line: self.line, expected }
    }
}

/// A number as we write it.
fn number(text: &str) -> Option<usize> {
    text.parse().ok().filter(|number: &usize| number.to_string() == text)
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let digits: Option<Vec<u8>> =
        pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect();
    digits.filter(|_| rest.is_empty())?.try_into().ok()
}

fn digit(letter: u8) -> Option<u8> {
    match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    }
}
