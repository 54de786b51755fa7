//! The bytes of a server cut into responses (RFC 3501 section 2.2.2): lines, with the literals that stand in them.
//!
//! No sockets here. Whatever comes in, the decoder reads each byte once, keeps no more than its limits, and never
//! recurses: a mail server that was broken into can end its own connection and nothing else.

use model::limit::{IMAP_LINE_BYTES_MAX, IMAP_LITERALS_MAX, MESSAGE_BYTES_MAX};

/// A part of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text up to a literal or to the end of the line, without either.
    Text(Vec<u8>),
    /// The bytes of a literal.
    Literal(Vec<u8>),
}

/// One response: texts with literals between them.
pub(super) type Frame = Vec<Piece>;

/// Why what a server sends is not read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// A line beyond [`IMAP_LINE_BYTES_MAX`].
    #[error("the server sent a line of more than {IMAP_LINE_BYTES_MAX} bytes")]
    Line,
    /// A response with literals of more than [`MESSAGE_BYTES_MAX`] bytes in all.
    #[error("the server sent more than {MESSAGE_BYTES_MAX} bytes in one response")]
    Literal,
    /// A response with more than [`IMAP_LITERALS_MAX`] literals.
    #[error("the server sent more than {IMAP_LITERALS_MAX} literals in one response")]
    Literals,
    /// Something that is no response of RFC 3501.
    #[error("the server sent something that is no IMAP response")]
    Grammar,
}

/// Cuts a stream of bytes into responses.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    buffer: Vec<u8>,
    /// Bytes of `buffer` that were handed on already.
    taken: usize,
    /// Bytes of `buffer` that hold no line end.
    searched: usize,
    frame: Frame,
    /// A literal that is being read, and how many bytes it still lacks.
    literal: Option<(Vec<u8>, usize)>,
    literal_bytes: usize,
}

impl Decoder {
    /// Takes what was read from the connection.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        // What was handed on goes at each read: a server whose lines never end where a read does would else fill the memory.
        self.buffer.drain(..self.taken);
        self.searched = self.searched.saturating_sub(self.taken);
        self.taken = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether everything that was taken was handed on.
    pub(super) fn is_empty(&self) -> bool {
        self.taken == self.buffer.len() && self.frame.is_empty() && self.literal.is_none()
    }

    /// The next response that is complete.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, WireError> {
        loop {
            if self.literal.is_some() && !self.fill_literal() {
                return Ok(None);
            }
            let Some(line) = self.take_line()? else { return Ok(None) };
            match announced_literal(&line) {
                Some((text_bytes, size)) => self.begin_literal(&line, text_bytes, size)?,
                None => {
                    self.frame.push(Piece::Text(line));
                    self.literal_bytes = 0;
                    return Ok(Some(std::mem::take(&mut self.frame)));
                }
            }
        }
    }

    fn begin_literal(&mut self, line: &[u8], text_bytes: usize, size: usize) -> Result<(), WireError> {
        self.literal_bytes = self.literal_bytes.saturating_add(size);
        if self.literal_bytes > MESSAGE_BYTES_MAX {
            return Err(WireError::Literal);
        }
        if self.frame.len() >= 2 * IMAP_LITERALS_MAX {
            return Err(WireError::Literals);
        }
        self.frame.push(Piece::Text(line.get(..text_bytes).unwrap_or_default().to_vec()));
        // Memory follows what arrives, not what was announced.
        self.literal = Some((Vec::new(), size));
        Ok(())
    }

    /// Moves bytes to the open literal; whether it is complete.
    fn fill_literal(&mut self) -> bool {
        let Some((bytes, lacking)) = &mut self.literal else { return true };
        let rest = self.buffer.get(self.taken..).unwrap_or_default();
        let count = rest.len().min(*lacking);
        bytes.extend_from_slice(rest.get(..count).unwrap_or_default());
        *lacking -= count;
        self.taken += count;
        self.searched = self.taken;
        let is_complete = *lacking == 0;
        if is_complete {
            let bytes = self.literal.take().map(|(bytes, _)| bytes).unwrap_or_default();
            self.frame.push(Piece::Literal(bytes));
        }
        is_complete
    }

    /// A line without its end.
    fn take_line(&mut self) -> Result<Option<Vec<u8>>, WireError> {
        let from = self.searched.max(self.taken);
        let rest = self.buffer.get(from..).unwrap_or_default();
        let Some(length) = memchr::memchr(b'\n', rest) else {
            self.searched = self.buffer.len();
            let is_long = self.searched - self.taken > IMAP_LINE_BYTES_MAX;
            return if is_long { Err(WireError::Line) } else { Ok(None) };
        };
        let end = from + length;
        let line = self.buffer.get(self.taken..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line).to_vec();
        (self.taken, self.searched) = (end + 1, end + 1);
        if line.len() > IMAP_LINE_BYTES_MAX { Err(WireError::Line) } else { Ok(Some(line)) }
    }
}

/// `… {123}` at the end of a line: where the text before it ends, and the size.
fn announced_literal(line: &[u8]) -> Option<(usize, usize)> {
    let inner = line.strip_suffix(b"}")?;
    let open = memchr::memrchr(b'{', inner)?;
    let digits = inner.get(open + 1..).filter(|digits| !digits.is_empty() && digits.len() <= 10)?;
    let size = std::str::from_utf8(digits).ok()?;
    let size = size.parse().ok().filter(|_| digits.iter().all(u8::is_ascii_digit))?;
    Some((open, size))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.as_bytes().to_vec())
    }

    /// The frames are the same however the bytes are cut.
    #[track_caller]
    fn check(bytes: &str, expected: Result<Vec<Frame>, WireError>) {
        for step in [1, 2, 3, 7, bytes.len().max(1)] {
            assert_eq!(decode(bytes.as_bytes(), step), expected, "in steps of {step}");
        }
    }

    fn decode(bytes: &[u8], step: usize) -> Result<Vec<Frame>, WireError> {
        let mut decoder = Decoder::default();
        let mut frames = Vec::new();
        for chunk in bytes.chunks(step) {
            decoder.feed(chunk);
            while let Some(frame) = decoder.next()? {
                frames.push(frame);
            }
        }
        Ok(frames)
    }

    #[test]
    fn lines_and_literals_are_cut() {
        check("* OK hello\r\na1 OK\n", Ok(vec![vec![text("* OK hello")], vec![text("a1 OK")]]));
        check(
            "* 1 FETCH (BODY[] {6}\r\na\r\n{3} UID 7)\r\n",
            Ok(vec![vec![text("* 1 FETCH (BODY[] "), Piece::Literal(b"a\r\n{3}".to_vec()), text(" UID 7)")]]),
        );
        check(
            "* 1 FETCH (X {0}\r\n)\r\n",
            Ok(vec![vec![text("* 1 FETCH (X "), Piece::Literal(vec![]), text(")")]]),
        );
    }

    #[test]
    fn braces_that_announce_nothing_are_text() {
        check(
            "* OK {x}\r\n* OK {}\r\n* OK {-1}\r\n",
            Ok(vec![vec![text("* OK {x}")], vec![text("* OK {}")], vec![text("* OK {-1}")]]),
        );
    }

    #[test]
    fn an_incomplete_response_waits() {
        let mut decoder = Decoder::default();
        decoder.feed(b"* 1 FETCH (BODY[] {5}\r\nab");
        assert_eq!(decoder.next(), Ok(None));
        decoder.feed(b"cde)\r\n");
        let frame = vec![text("* 1 FETCH (BODY[] "), Piece::Literal(b"abcde".to_vec()), text(")")];
        assert_eq!(decoder.next(), Ok(Some(frame)));
    }

    #[test]
    fn lines_that_end_amid_reads_do_not_pile_up() {
        let mut decoder = Decoder::default();
        decoder.feed(b"* OK o");
        for _ in 0..10_000 {
            decoder.feed(b"ne\r\n* OK o");
            assert_eq!(decoder.next(), Ok(Some(vec![text("* OK one")])));
            assert_eq!(decoder.next(), Ok(None));
        }
        assert!(decoder.buffer.len() < 64 && !decoder.is_empty());
    }

    #[test]
    fn limits_are_reached_before_memory_is_taken() {
        let mut long = Decoder::default();
        long.feed(&vec![b'x'; IMAP_LINE_BYTES_MAX + 2]);
        assert_eq!(long.next(), Err(WireError::Line));
        check(&format!("* 1 FETCH (BODY[] {{{}}}\r\n", MESSAGE_BYTES_MAX + 1), Err(WireError::Literal));
        check(
            "* 1 FETCH (BODY[] {99999999999999999999}\r\n",
            Ok(vec![vec![text("* 1 FETCH (BODY[] {99999999999999999999}")]]),
        );
        let many = "x {1}\r\ny".repeat(IMAP_LITERALS_MAX + 1);
        assert_eq!(decode(many.as_bytes(), 64), Err(WireError::Literals));
    }
}
