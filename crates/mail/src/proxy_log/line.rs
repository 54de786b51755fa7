//! Lines of a stream, each within a limit and none of them allocated anew.

use model::limit::LOG_LINE_BYTES_MAX;
use std::io::{BufRead, ErrorKind};

/// What [`Lines::advance`] came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A line, to be had from [`Lines::line`].
    Held,
    /// A line beyond the limit; it was skipped.
    TooLong,
    /// The end of the stream.
    End,
}

/// The lines of a stream, one at a time.
pub(super) struct Lines<R> {
    input: R,
    line: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, line: Vec::new(), number: 0 }
    }

    /// The line that was read last, without its `\n`.
    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    /// The number of the line that was read last, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Reads the next line.
    pub(super) fn advance(&mut self) -> std::io::Result<Line> {
        self.line.clear();
        self.number += 1;
        let mut byte_count = 0;
        loop {
            let available = match self.input.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                result => result?,
            };
            if available.is_empty() {
                return Ok(if byte_count == 0 { Line::End } else { held(byte_count) });
            }
            let line_end = memchr::memchr(b'\n', available);
            let part = available.get(..line_end.unwrap_or(available.len())).unwrap_or_default();
            byte_count += part.len();
            if byte_count <= LOG_LINE_BYTES_MAX {
                self.line.extend_from_slice(part);
            }
            let consumed = part.len() + usize::from(line_end.is_some());
            self.input.consume(consumed);
            if line_end.is_some() {
                return Ok(held(byte_count));
            }
        }
    }
}

fn held(byte_count: usize) -> Line {
    if byte_count <= LOG_LINE_BYTES_MAX { Line::Held } else { Line::TooLong }
}
