//! How a log is written, told by its first bytes, and by its name where these leave it open.

use super::{Event, FieldNames, Format, LineReader, Read};
use model::EventMillis;

/// 1 January 2100: a line without a year is recognised by its form, whatever year it is of.
const ANY_YEAR: EventMillis = EventMillis(4_102_444_800_000);

/// How many of the first lines may be something else, such as a line that was cut off.
const LINES_TRIED: usize = 20;

/// The format of a log called `name` that begins with `head`; none if it is none that is known.
pub fn recognise(name: &str, head: &[u8]) -> Option<Format> {
    if head.starts_with(b"ElfFile\0") {
        return Some(Format::Evtx);
    }
    let text = match head {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => String::from_utf8_lossy(head).into_owned(),
    };
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with(['{', '[']) && looks_like_json(text) {
        return Some(Format::Json);
    }
    if text.starts_with("__CURSOR=") {
        return Some(Format::Journal);
    }
    if let Some(fields) = text.lines().take(LINES_TRIED).find_map(|line| line.strip_prefix("#Fields:")) {
        return Some(if fields.contains(',') { Format::Exchange } else { Format::W3c });
    }
    let is_httpproxy = text.starts_with("DateTime,RequestId,");
    if is_httpproxy {
        return Some(Format::Exchange);
    }
    if text
        .lines()
        .next()
        .is_some_and(|line| line.split(',').any(|name| name.trim_matches('"') == "AuditData"))
    {
        return Some(Format::Csv);
    }
    let by_lines = [Format::Auditd, Format::Access, Format::Postgresql, Format::Syslog];
    let found = by_lines.into_iter().find(|format| is_read(*format, text));
    found.or_else(|| name.to_ascii_lowercase().ends_with(".csv").then_some(Format::Csv))
}

/// `[Sun Dec 04 ...]` is a line of an error log.
fn looks_like_json(text: &str) -> bool {
    let mut signs = text.chars().filter(|sign| !sign.is_whitespace());
    match signs.next() {
        Some('{') => matches!(signs.next(), Some('"' | '}') | None),
        _ => matches!(signs.next(), Some('{' | ']') | None),
    }
}

fn is_read(format: Format, text: &str) -> bool {
    let mut names = FieldNames::default();
    let mut reader = LineReader::new(format, "", &mut names, ANY_YEAR);
    let lines = text.lines().filter(|line| !line.trim().is_empty()).take(LINES_TRIED);
    let mut event = Event::default();
    let mut is_found = false;
    for line in lines {
        is_found |= matches!(reader.read(line, &names, &mut event), Ok(Read::Event) if event.time.is_some());
        event.clear();
    }
    is_found
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let pairs = bytes
        .chunks_exact(2)
        .map(|pair| unit([pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0)]));
    char::decode_utf16(pairs).map(|found| found.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
