//! Values separated by commas: a line feed within quotes does not end a record (RFC 4180 section 2.6).

use super::cut::{Cut, line};

#[derive(Debug, Default)]
pub(super) struct Cutter {
    /// So many bytes are looked at.
    seen: usize,
    is_quoted: bool,
}

impl Cutter {
    pub(super) fn next(&mut self, rest: &[u8], is_end: bool) -> Cut {
        // A heading of Exchange is a line, whatever stands in it.
        if self.seen == 0 && rest.first() == Some(&b'#') {
            return line(rest, is_end);
        }
        loop {
            let unseen = rest.get(self.seen..).unwrap_or_default();
            let found = if self.is_quoted {
                memchr::memchr(b'"', unseen)
            } else {
                memchr::memchr2(b'"', b'\n', unseen)
            };
            let Some(found) = found else {
                self.seen = rest.len();
                return if is_end && !self.is_quoted { self.record(rest, rest.len()) } else { Cut::More };
            };
            self.seen = self.seen.saturating_add(found).saturating_add(1);
            if unseen.get(found) == Some(&b'\n') {
                return self.record(rest, self.seen);
            }
            self.is_quoted = !self.is_quoted;
        }
    }

    fn record(&mut self, rest: &[u8], length: usize) -> Cut {
        *self = Self::default();
        let text = rest.get(..length).unwrap_or_default();
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if text.is_empty() { Cut::Skip(length) } else { Cut::Record { from: 0, to: text.len(), length } }
    }
}
