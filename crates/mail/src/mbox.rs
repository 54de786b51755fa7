//! Splits an mbox into its messages, as a stream: one message is in memory at a time.
//!
//! RFC 4155 leaves the format to custom. This reader follows *mboxrd*, of which *mboxo* is the simple case: a message
//! begins with a line `From sender date` that stands first or after a blank line, and a line of the message that began with
//! `From ` carries one `>` more than it was sent with. The line must carry a date, because prose also begins with `From `.

pub mod from_line;

pub use from_line::FromLine;
use memchr::memmem;
use model::limit::{FROM_LINE_BYTES_MAX, MESSAGE_BYTES_MAX};
use model::{Defect, EventTime};
use std::io::{ErrorKind, Read};

/// Bytes that are asked of the input at once.
const CHUNK_BYTES: usize = 256 << 10;
/// A window that grew beyond this for one large message is given back after it.
const WINDOW_BYTES_KEPT: usize = 8 * CHUNK_BYTES;
/// The window never needs to be larger: the longest message, its separator line, and room to read on.
const WINDOW_BYTES_MAX: usize = MESSAGE_BYTES_MAX + FROM_LINE_BYTES_MAX + 2 * CHUNK_BYTES;
/// Bytes before a separator that decide whether a blank line stands there: `\n\r\n`, and one more.
const BLANK_LINE_BYTES: usize = 4;

/// One message of an mbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MboxMessage {
    /// Position in the mailbox, from 1; what was set aside is counted too.
    pub number: u64,
    /// Where its separator line begins, in bytes from the start of the stream.
    pub offset: u64,
    /// The separator line, without its line end.
    pub from_line: Vec<u8>,
    /// The delivery time that the separator line tells; for messages whose own `Date` cannot be used.
    pub time: Option<EventTime>,
    /// The message as it was sent: unquoted, without the blank line before the next separator.
    pub bytes: Vec<u8>,
}

/// The messages of an mbox, in order. What cannot be read is a [`Defect`] with its byte position, and the rest goes on.
///
/// ```
/// let mbox = b"From a@b.example Mon May  1 14:46:33 2023\nSubject: one\n\n>From here\n\n";
/// let messages: Vec<_> = mail::mbox::MboxReader::new(&mbox[..], "inbox.mbox").collect();
/// assert_eq!(messages[0].as_ref().unwrap().bytes, b"Subject: one\n\nFrom here\n");
/// ```
pub struct MboxReader<R> {
    input: R,
    source: String,
    separator: memmem::Finder<'static>,
    /// Bytes of the stream; only `start..end` are meaningful.
    window: Vec<u8>,
    /// Where the message that is being read begins in the window, or what is left of it if it is too long.
    start: usize,
    /// Up to here there is no separator.
    scanned: usize,
    end: usize,
    /// Where the message begins in the stream.
    offset: u64,
    /// Bytes of the message that were let go because it is too long.
    dropped_bytes: u64,
    number: u64,
    /// Was the first message a patch? Only in a series of patches do their marks separate messages.
    is_patch_series: bool,
    is_at_end: bool,
    is_done: bool,
}

impl<R: Read> MboxReader<R> {
    /// A reader of `input`, which is called `source` in defects. The reader keeps its own window, so `input` needs no buffer.
    pub fn new(input: R, source: impl Into<String>) -> Self {
        Self {
            input,
            source: source.into(),
            separator: memmem::Finder::new(b"\nFrom "),
            window: vec![0; 2 * CHUNK_BYTES],
            start: 0,
            scanned: 0,
            end: 0,
            offset: 0,
            dropped_bytes: 0,
            number: 0,
            is_patch_series: false,
            is_at_end: false,
            is_done: false,
        }
    }

    /// Positions count from `offset`: for an input of which that many bytes have been read by others.
    #[must_use]
    pub fn at_offset(self, offset: u64) -> Self {
        Self { offset, ..self }
    }

    /// The start of the next message in the window; `None` if it is not in the window yet, or the stream has ended.
    fn next_separator(&mut self) -> Option<usize> {
        loop {
            let window = self.window.get(..self.end)?;
            let Some(found) = self.separator.find(window.get(self.scanned..)?) else {
                self.scanned = self.scanned.max(self.end.saturating_sub(self.separator.needle().len() - 1));
                return None;
            };
            let line_start = self.scanned + found + 1;
            let rest = window.get(line_start..)?;
            let rest = rest.get(..FROM_LINE_BYTES_MAX).unwrap_or(rest);
            let line = match memchr::memchr(b'\n', rest) {
                Some(line_end) => rest.get(..line_end)?,
                None if self.is_at_end || rest.len() == FROM_LINE_BYTES_MAX => rest,
                None => {
                    self.scanned = line_start - 1;
                    return None;
                }
            };
            self.scanned = line_start;
            if ends_with_blank_line(window.get(self.start..line_start)?) && self.separates(line) {
                return Some(line_start);
            }
        }
    }

    fn separates(&self, line: &[u8]) -> bool {
        FromLine::parse(line)
            .is_some_and(|line| !line.is_patch_mark || self.is_patch_series || self.begins_with_patch())
    }

    /// Is the first message, which is being read, a patch?
    fn begins_with_patch(&self) -> bool {
        let beginning = self.start..self.end.min(self.start + FROM_LINE_BYTES_MAX);
        let line = self.window.get(beginning).map_or(&[][..], |beginning| split_line(beginning).0);
        self.number == 0 && FromLine::parse(line).is_some_and(|line| line.is_patch_mark)
    }

    /// Reads more of the stream into the window; the bytes read, 0 at its end.
    fn fill(&mut self) -> std::io::Result<usize> {
        self.drop_overlong();
        self.make_room();
        let room = self.window.get_mut(self.end..).unwrap_or_default();
        let read = loop {
            match self.input.read(room) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.end += read;
        Ok(read)
    }

    /// A message beyond the limit is let go while it is read, but for the bytes that the next separator needs before it.
    fn drop_overlong(&mut self) {
        if self.dropped_bytes > 0 || self.end - self.start > MESSAGE_BYTES_MAX + FROM_LINE_BYTES_MAX {
            let kept = self.scanned.saturating_sub(BLANK_LINE_BYTES).max(self.start);
            self.dropped_bytes += (kept - self.start) as u64;
            self.start = kept;
        }
    }

    /// Moves the message to the front of the window if the room behind it is short, then doubles the window if it still is.
    /// Each message moves at most once, so the cost stays linear.
    fn make_room(&mut self) {
        if self.window.len() - self.end < CHUNK_BYTES && self.start > 0 {
            self.window.copy_within(self.start..self.end, 0);
            self.scanned -= self.start;
            self.end -= self.start;
            self.start = 0;
            if self.window.len() > WINDOW_BYTES_KEPT && self.end < CHUNK_BYTES {
                self.window.truncate(2 * CHUNK_BYTES);
                self.window.shrink_to_fit();
            }
        }
        if self.window.len() - self.end < CHUNK_BYTES {
            self.window.resize((self.window.len() * 2).min(WINDOW_BYTES_MAX), 0);
        }
    }

    /// Takes the message that ends at `boundary` out of the window; `None` if only blank space stood there.
    fn take(&mut self, boundary: usize) -> Option<Result<MboxMessage, Defect>> {
        let (offset, dropped_bytes) = (self.offset, std::mem::take(&mut self.dropped_bytes));
        let whole = self.window.get(self.start..boundary).unwrap_or_default();
        let byte_count = whole.len() as u64 + dropped_bytes;
        self.offset += byte_count;
        self.start = boundary;
        if dropped_bytes == 0 && whole.trim_ascii().is_empty() {
            return None;
        }
        if dropped_bytes == 0 && !whole.starts_with(b"From ") {
            let reason = format!("{byte_count} bytes stand before the first separator line");
            return Some(Err(self.defect(offset, reason)));
        }
        self.number += 1;
        let (from_line, body) = split_line(whole);
        let body = without_blank_line(body);
        if dropped_bytes > 0 || body.len() > MESSAGE_BYTES_MAX {
            let reason = format!("a message of {byte_count} bytes is over the limit of {MESSAGE_BYTES_MAX}");
            return Some(Err(self.defect(offset, reason)));
        }
        if body.is_empty() {
            return Some(Err(self.defect(offset, "a separator line without a message".to_owned())));
        }
        let parsed = FromLine::parse(from_line);
        let message = MboxMessage {
            number: self.number,
            offset,
            from_line: from_line.to_vec(),
            time: parsed.and_then(|line| line.time),
            bytes: unquoted(body),
        };
        self.is_patch_series |= self.number == 1 && parsed.is_some_and(|line| line.is_patch_mark);
        Some(Ok(message))
    }

    /// The stream broke: what was complete has been handed out, and the message that it broke in is set aside.
    fn break_off(&mut self, error: &std::io::Error) -> Defect {
        let read_to = self.offset + self.dropped_bytes + (self.end - self.start) as u64;
        let offset = self.offset;
        self.defect(
            read_to,
            format!("cannot read on, and the message that begins at byte {offset} is cut off: {error}"),
        )
    }

    fn defect(&self, offset: u64, reason: String) -> Defect {
        Defect { source: self.source.clone(), position: format!("byte {offset}"), reason }
    }
}

impl<R: Read> Iterator for MboxReader<R> {
    type Item = Result<MboxMessage, Defect>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_done {
            if let Some(boundary) = self.next_separator() {
                let Some(item) = self.take(boundary) else {
                    continue;
                };
                return Some(item);
            }
            match self.fill() {
                Ok(0) if self.is_at_end => {
                    self.is_done = true;
                    return self.take(self.end);
                }
                Ok(read) => self.is_at_end = read == 0,
                Err(error) => {
                    self.is_done = true;
                    return Some(Err(self.break_off(&error)));
                }
            }
        }
        None
    }
}

/// Is the last line of `text`, which ends with a line end, blank?
fn ends_with_blank_line(text: &[u8]) -> bool {
    let Some(text) = text.strip_suffix(b"\n") else {
        return false;
    };
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    text.is_empty() || text.ends_with(b"\n")
}

/// The body without the blank line that a mailbox writer puts after it.
fn without_blank_line(body: &[u8]) -> &[u8] {
    if !ends_with_blank_line(body) {
        return body;
    }
    body.strip_suffix(b"\r\n").or_else(|| body.strip_suffix(b"\n")).unwrap_or(body)
}

/// The first line without its line end, and what follows it.
fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    let (line, rest) = match memchr::memchr(b'\n', text).and_then(|line_end| text.split_at_checked(line_end))
    {
        Some((line, rest)) => (line, rest.strip_prefix(b"\n").unwrap_or(rest)),
        None => (text, Default::default()),
    };
    (line.strip_suffix(b"\r").unwrap_or(line), rest)
}

/// The body with one `>` less on each line that begins with any number of `>` and `From `.
fn unquoted(body: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(body.len());
    let mut copied = 0;
    for found in memmem::find_iter(body, b">From ") {
        let before = body.get(..found).unwrap_or_default();
        let mark = before.iter().rposition(|&byte| byte != b'>').map_or(0, |last| last + 1);
        if mark == 0 || before.get(mark - 1) == Some(&b'\n') {
            plain.extend_from_slice(body.get(copied..mark).unwrap_or_default());
            copied = mark + 1;
        }
    }
    plain.extend_from_slice(body.get(copied..).unwrap_or_default());
    plain
}

#[cfg(test)]
mod tests;
