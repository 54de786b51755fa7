//! How a message is read before it is signed: the "relaxed" canonicalisations of RFC 6376, sections 3.4.2 and 3.4.4, which
//! survive what mail servers do to blanks and folds.

use milter::Field;
use ring::digest::{Context, Digest, SHA256};

/// Appends a field: its name in lower case, its value unfolded, with single blanks.
pub(super) fn field(field: &Field, text: &mut Vec<u8>) {
    text.extend(field.plain_name().iter().map(u8::to_ascii_lowercase));
    text.push(b':');
    let unfolded: Vec<u8> =
        field.value.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    single_blanks(unfolded.trim_ascii(), text);
    text.extend_from_slice(b"\r\n");
}

/// SHA-256 of the body: its lines with single blanks and none at their ends, without empty lines at the end of all.
pub(super) fn body_hash(body: &[u8]) -> Digest {
    let mut hash = Context::new(&SHA256);
    let mut line = Vec::new();
    let mut empty_lines = 0;
    for raw in body.split_inclusive(|&byte| byte == b'\n') {
        let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
        let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
        line.clear();
        single_blanks(trim_end(raw), &mut line);
        if line.is_empty() {
            empty_lines += 1;
            continue;
        }
        (0..std::mem::take(&mut empty_lines)).for_each(|_| hash.update(b"\r\n"));
        line.extend_from_slice(b"\r\n");
        hash.update(&line);
    }
    hash.finish()
}

/// Appends `from` with one space for each run of blanks.
fn single_blanks(from: &[u8], text: &mut Vec<u8>) {
    let mut was_blank = false;
    for &byte in from {
        let is_blank = is_blank(&byte);
        if !is_blank {
            text.push(byte);
        } else if !was_blank {
            text.push(b' ');
        }
        was_blank = is_blank;
    }
}

fn trim_end(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| !is_blank(byte)).map_or(0, |last| last + 1);
    line.get(..end).unwrap_or_default()
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_field(name: &str, value: &str, expected: &str) {
        let mut text = Vec::new();
        field(&Field { name: name.into(), value: value.into() }, &mut text);
        assert_eq!(String::from_utf8_lossy(&text), format!("{expected}\r\n"));
    }

    #[test]
    fn folds_and_blanks_of_a_field_do_not_count() {
        // The examples of RFC 6376, section 3.4.5.
        check_field("A", " X", "a:X");
        check_field("B ", " Y\t\n\tZ  ", "b:Y Z");
        check_field("Subject", "", "subject:");
        check_field("Subject", "\n \n ", "subject:");
    }

    #[track_caller]
    fn check_body(body: &str, canonical: &str) {
        assert_eq!(
            body_hash(body.as_bytes()).as_ref(),
            ring::digest::digest(&SHA256, canonical.as_bytes()).as_ref()
        );
    }

    #[test]
    fn blanks_at_ends_and_empty_lines_at_the_end_do_not_count() {
        check_body(" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n");
        check_body("", "");
        check_body("\r\n\r\n", "");
        check_body("a\r\n \r\n\r\nb", "a\r\n\r\n\r\nb\r\n");
    }
}
