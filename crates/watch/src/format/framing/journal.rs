//! The export format of the journal: fields a line, entries a blank line apart, and values with line feeds behind their length in
//! eight bytes (systemd, "Journal Export Formats").

use super::cut::Cut;

#[derive(Debug, Default)]
pub(super) struct Cutter {
    /// The fields up to here are whole.
    seen: usize,
}

impl Cutter {
    pub(super) fn next(&mut self, rest: &[u8], is_end: bool) -> Cut {
        if self.seen == 0 && rest.first() == Some(&b'\n') {
            return Cut::Skip(1);
        }
        loop {
            let unseen = rest.get(self.seen..).unwrap_or_default();
            match field(unseen) {
                Some(Field::Blank) => return self.record(self.seen.saturating_add(1)),
                Some(Field::Length(length)) if length <= unseen.len() => {
                    self.seen = self.seen.saturating_add(length);
                }
                Some(Field::Broken(length)) if self.seen == 0 => {
                    return Cut::Broken(length, "a field without a value");
                }
                Some(Field::Broken(_)) => return self.record(self.seen),
                _ if is_end && self.seen > 0 => return self.record(self.seen),
                _ => return Cut::More,
            }
        }
    }

    fn record(&mut self, length: usize) -> Cut {
        let to = std::mem::take(&mut self.seen);
        Cut::Record { from: 0, to: to.saturating_sub(1), length }
    }
}

enum Field {
    Blank,
    /// So many bytes, of which not all may have come.
    Length(usize),
    Broken(usize),
}

fn field(rest: &[u8]) -> Option<Field> {
    let end = memchr::memchr(b'\n', rest)?;
    let line = rest.get(..end)?;
    let after_line = end.saturating_add(1);
    if line.is_empty() {
        return Some(Field::Blank);
    }
    if line.contains(&b'=') {
        return Some(Field::Length(after_line));
    }
    if !line.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_') {
        return Some(Field::Broken(after_line));
    }
    let length: [u8; 8] = rest.get(after_line..after_line.checked_add(8)?)?.try_into().ok()?;
    let length = usize::try_from(u64::from_le_bytes(length)).ok()?;
    Some(match after_line.checked_add(9).and_then(|before| before.checked_add(length)) {
        Some(length) if length <= model::limit::LOG_RECORD_BYTES_MAX => Field::Length(length),
        _ => Field::Broken(after_line),
    })
}
