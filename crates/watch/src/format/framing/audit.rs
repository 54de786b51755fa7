//! auditd writes one event in several lines: they follow each other and have one serial number, `msg=audit(1795426200.123:42):`.

use super::cut::{Cut, line};

#[derive(Debug, Default)]
pub(super) struct Cutter {
    /// The lines up to here belong together.
    seen: usize,
}

/// The lines that may belong to one event, so that a forged log of one serial number is still cut.
const LINES_BYTES_MAX: usize = 256 << 10;

impl Cutter {
    pub(super) fn next(&mut self, rest: &[u8], is_end: bool) -> Cut {
        let first = rest.get(..memchr::memchr(b'\n', rest).unwrap_or(rest.len())).unwrap_or_default();
        let Some(serial) = serial(first) else { return line(rest, is_end) };
        loop {
            let unseen = rest.get(self.seen..).unwrap_or_default();
            let Some(end) = memchr::memchr(b'\n', unseen) else {
                return self.unfinished(rest, unseen, serial, is_end);
            };
            let line = unseen.get(..end).unwrap_or_default();
            if self.seen > 0 && (self::serial(line) != Some(serial) || self.seen > LINES_BYTES_MAX) {
                return self.record(rest);
            }
            self.seen = self.seen.saturating_add(end).saturating_add(1);
            if line.starts_with(b"type=EOE ") {
                return self.record(rest);
            }
        }
    }

    /// The last line has no end yet. If it tells another number already, what stands before it is whole.
    fn unfinished(&mut self, rest: &[u8], line: &[u8], serial: &[u8], is_end: bool) -> Cut {
        let is_another = self::serial(line).is_some_and(|other| other != serial);
        if self.seen > 0 && (is_another || (is_end && line.is_empty())) {
            return self.record(rest);
        }
        if !is_end {
            return Cut::More;
        }
        self.seen = rest.len();
        self.record(rest)
    }

    fn record(&mut self, rest: &[u8]) -> Cut {
        let length = std::mem::take(&mut self.seen);
        let text = rest.get(..length).unwrap_or_default().trim_ascii_end();
        Cut::Record { from: 0, to: text.len(), length }
    }
}

/// `1795426200.123:42`
fn serial(line: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::find(line, b"audit(")?.saturating_add(6);
    let rest = line.get(at..)?;
    rest.get(..memchr::memchr(b')', rest)?)
}
