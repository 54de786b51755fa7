//! `journalctl -o export`: fields a line, an empty line behind each entry, and a binary form for values with line breaks (systemd,
//! "Journal Export Format").

use super::syslog::journal_entry;
use super::{LineReader, Read, clock};
use crate::event::{Event, FieldNames, Value};
use std::borrow::Cow;

/// Stands between the fields of an entry once it is text.
const BETWEEN: char = '\u{1e}';

/// How many bytes the binary value takes that begins here: its length in eight bytes, itself, and a line break.
fn binary_len(bytes: &[u8]) -> Option<usize> {
    let (length, _) = bytes.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    length.checked_add(9).filter(|length| *length <= bytes.len())
}

/// An entry as text: `NAME=value` with a sign between them that no field has.
pub(super) fn text(entry: &[u8]) -> String {
    let mut out = String::new();
    let mut rest = entry;
    while let Some(end) = memchr::memchr(b'\n', rest).or_else(|| (!rest.is_empty()).then_some(rest.len())) {
        let (line, after) = rest.split_at_checked(end).unwrap_or((rest, &[]));
        let after = after.strip_prefix(b"\n").unwrap_or(after);
        let binary = if line.contains(&b'=') { None } else { binary_len(after) };
        out.push_str(&String::from_utf8_lossy(line));
        rest = match binary {
            Some(length) => {
                let value = after.get(8..length.saturating_sub(1)).unwrap_or_default();
                out.push('=');
                out.push_str(&String::from_utf8_lossy(value));
                after.get(length..).unwrap_or_default()
            }
            None => after,
        };
        out.push(BETWEEN);
    }
    out
}

/// Reads one entry.
pub(super) fn read<'a>(
    reader: &LineReader,
    record: &'a str,
    names: &FieldNames,
    event: &mut Event<'a>,
) -> Result<Read, String> {
    let known = &reader.known;
    for field in record.split(BETWEEN).filter(|field| !field.trim().is_empty()) {
        let Some((name, value)) = field.split_once('=') else {
            return Err("a field without `=`".to_owned());
        };
        let text = Value::Text(Cow::Borrowed(value));
        match name {
            "__REALTIME_TIMESTAMP" => event.time = clock::epoch(value),
            "MESSAGE" => event.push(known.message, text.clone()),
            "SYSLOG_IDENTIFIER" => event.push(known.syslog_program, text.clone()),
            "_HOSTNAME" => event.push(known.syslog_host, text.clone()),
            _ => {}
        }
        event.push(names.id(name), text);
    }
    if event.fields.is_empty() {
        return Ok(Read::Nothing);
    }
    journal_entry(known, event);
    Ok(Read::Event)
}
