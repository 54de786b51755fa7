//! The bytes of a log, as they arrive, cut into records. Each record is given out once, as soon as its end is known.

mod audit;
mod csv;
mod cut;
mod encoding;
mod journal;
mod json;

use super::Format;
use cut::{Cut, Cutter};
use encoding::Encoding;
use model::limit::LOG_RECORD_BYTES_MAX;
use std::borrow::Cow;

const TOO_LONG: &str = "a record of more than 10 MiB";

/// A record of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// Line of the log on which it begins, from 1.
    pub line: u64,
    /// Byte of the log at which it begins, from 0.
    pub offset: u64,
    /// Byte of the log behind it. Whoever goes on reading there gets the next record.
    pub end: u64,
    /// What it says, without the end of its line.
    pub text: Cow<'a, str>,
    /// Bytes of it were no text, and are U+FFFD now.
    pub is_mended: bool,
}

/// What comes out of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Framed<'a> {
    /// A record.
    Record(Record<'a>),
    /// Something that is no record, or a record that is not as it was written. The rest goes on.
    Defect {
        /// Line of the log, from 1.
        line: u64,
        /// Byte of the log, from 0.
        offset: u64,
        /// What is wrong, in words.
        reason: &'static str,
    },
}

/// Cuts a log into records.
#[derive(Debug)]
pub struct Framing {
    cutter: Cutter,
    encoding: Encoding,
    /// What is not given out yet, in UTF-8 unless the log has broken bytes.
    waiting: Vec<u8>,
    /// How much of `waiting` is given out already.
    done: usize,
    /// Byte and line of the log at which what is not given out begins.
    offset: u64,
    line: u64,
    /// A record was too long: everything up to the end of its line is dropped.
    is_dropping: bool,
}

impl Framing {
    /// For a log that is read from byte `offset` on, which is the beginning of it or the [`Record::end`] of a record, and on its line
    /// `line`, from 1.
    pub fn new(format: Format, offset: u64, line: u64) -> Self {
        Self {
            cutter: Cutter::new(format),
            encoding: if offset == 0 { Encoding::Unknown } else { Encoding::of(&[]) },
            waiting: Vec::new(),
            done: 0,
            offset,
            line,
            is_dropping: false,
        }
    }

    /// The same for a log that begins with `head`, two bytes or more, which tell how it is encoded. Whoever begins in the middle of a
    /// log needs it.
    #[must_use]
    pub fn encoded_as(mut self, head: &[u8]) -> Self {
        if self.offset > 0 {
            self.encoding = Encoding::of(head);
        }
        self
    }

    /// Takes the next bytes, and gives out each record that ends in them.
    pub fn push(&mut self, bytes: &[u8], sink: &mut impl FnMut(Framed<'_>)) {
        let before = self.waiting.len();
        self.offset = self.offset.saturating_add(self.encoding.decode(bytes, &mut self.waiting));
        if self.waiting.len() > before {
            self.cut(false, sink);
        }
    }

    /// Nothing has come for a while: gives out what is whole, though more might have belonged to it (auditd writes one event in several lines).
    pub fn idle(&mut self, sink: &mut impl FnMut(Framed<'_>)) {
        let ends_a_line = self.waiting.ends_with(b"\n");
        if ends_a_line && self.cutter.is_whole_at_line_end() {
            self.cut(true, sink);
        }
    }

    /// The log is over: gives out what is left.
    pub fn finish(&mut self, sink: &mut impl FnMut(Framed<'_>)) {
        self.encoding.finish(&mut self.waiting);
        self.cut(true, sink);
    }

    fn cut(&mut self, is_end: bool, sink: &mut impl FnMut(Framed<'_>)) {
        while self.done < self.waiting.len() {
            let rest = self.waiting.get(self.done..).unwrap_or_default();
            let cut = if self.is_dropping { cut::rest_of_line(rest) } else { self.cutter.next(rest, is_end) };
            match cut {
                Cut::More if rest.len() > LOG_RECORD_BYTES_MAX || (is_end && !self.is_dropping) => {
                    let reason = if rest.len() > LOG_RECORD_BYTES_MAX {
                        TOO_LONG
                    } else {
                        "the log ends within a record"
                    };
                    sink(Framed::Defect { line: self.line, offset: self.offset, reason });
                    self.drop_record(is_end);
                }
                Cut::More => {
                    if self.is_dropping {
                        self.advance(rest.len());
                    }
                    break;
                }
                Cut::Skip(length) => {
                    self.is_dropping = false;
                    self.advance(length);
                }
                Cut::Broken(length, reason) => {
                    sink(Framed::Defect { line: self.line, offset: self.offset, reason });
                    self.advance(length);
                }
                Cut::Record { from, to, length } => {
                    self.give(from, to, length, sink);
                    self.advance(length);
                }
            }
        }
        self.make_room();
    }

    /// The record that begins here will not be read; its further lines may be records.
    fn drop_record(&mut self, is_end: bool) {
        self.cutter.begin_again();
        let rest = self.waiting.get(self.done..).unwrap_or_default();
        match cut::rest_of_line(rest) {
            Cut::Skip(length) => self.advance(length),
            _ => {
                self.is_dropping = !is_end;
                self.advance(rest.len());
            }
        }
    }

    fn give(&self, from: usize, to: usize, length: usize, sink: &mut impl FnMut(Framed<'_>)) {
        let rest = self.waiting.get(self.done..).unwrap_or_default();
        let bytes = |from, to| rest.get(from..to).unwrap_or_default();
        let offset = self.offset.saturating_add(self.encoding.length(bytes(0, from)));
        if to.saturating_sub(from) > LOG_RECORD_BYTES_MAX {
            return sink(Framed::Defect { line: self.line, offset, reason: TOO_LONG });
        }
        let end = self.offset.saturating_add(self.encoding.length(bytes(0, length)));
        let record = bytes(from, to);
        let is_mended = std::str::from_utf8(record).is_err();
        let text = self.cutter.told(record);
        sink(Framed::Record(Record { line: self.line, offset, end, text, is_mended }));
    }

    fn advance(&mut self, length: usize) {
        let end = self.done.saturating_add(length).min(self.waiting.len());
        let passed = self.waiting.get(self.done..end).unwrap_or_default();
        self.offset = self.offset.saturating_add(self.encoding.length(passed));
        let lines = memchr::memchr_iter(b'\n', passed).count();
        self.line = self.line.saturating_add(u64::try_from(lines).unwrap_or_default());
        self.done = end;
    }

    /// What is given out makes room once it is more than half, so that each byte is moved at most twice.
    fn make_room(&mut self) {
        if self.done == self.waiting.len() {
            self.waiting.clear();
            self.done = 0;
        } else if self.done > self.waiting.len() / 2 {
            self.waiting.drain(..self.done);
            self.done = 0;
        }
    }
}

#[cfg(test)]
mod tests;
