//! Transfer encodings of the mails: quoted-printable and base64 (RFC 2045), encoded words (RFC 2047).

const HEX: &[u8; 16] = b"0123456789ABCDEF";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Longest encoded line without its line break, RFC 2045 section 6.7 (5).
const LINE_MAX: usize = 76;

/// Appends `text` in quoted-printable.
pub(crate) fn quoted_printable(text: &str, out: &mut Vec<u8>) {
    for line in text.lines() {
        let mut column = 0;
        let last = line.len().saturating_sub(1);
        for (position, &byte) in line.as_bytes().iter().enumerate() {
            let blank_at_end = position == last && byte == b' ';
            let literal = (byte == b' ' || byte.is_ascii_graphic()) && byte != b'=' && !blank_at_end;
            let width = if literal { 1 } else { 3 };
            if column + width >= LINE_MAX {
                out.extend_from_slice(b"=\n");
                column = 0;
            }
            if literal {
                out.push(byte)
            } else {
                out.extend_from_slice(&[b'=', high(byte), low(byte)])
            }
            column += width;
        }
        out.extend_from_slice(b"\n");
    }
}

fn high(byte: u8) -> u8 {
    digit(HEX, usize::from(byte >> 4))
}

fn low(byte: u8) -> u8 {
    digit(HEX, usize::from(byte & 15))
}

fn digit(alphabet: &[u8], value: usize) -> u8 {
    alphabet.get(value).copied().unwrap_or(b'=')
}

/// Appends `bytes` in base64, broken into lines.
pub(crate) fn base64_lines(bytes: &[u8], out: &mut Vec<u8>) {
    // 57 bytes become the 76 characters of a full line.
    for line in bytes.chunks(57) {
        base64(line, out);
        out.extend_from_slice(b"\n");
    }
}

/// Appends `bytes` in base64 on one line.
pub(crate) fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    for group in bytes.chunks(3) {
        let byte = |at: usize| usize::from(group.get(at).copied().unwrap_or(0));
        let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for (position, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let padding = position > group.len();
            out.push(if padding { b'=' } else { digit(BASE64, (bits >> shift) & 63) });
        }
    }
}

/// The text as it stands in a header: itself when it is ASCII, else encoded words of at most 75 characters.
pub(crate) fn header_text(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut words = Vec::new();
    let mut piece = String::new();
    for letter in text.chars() {
        // 45 bytes are 60 characters of base64, and `=?utf-8?B??=` needs 12 more.
        if piece.len() + letter.len_utf8() > 45 {
            words.push(encoded_word(&piece));
            piece.clear();
        }
        piece.push(letter);
    }
    words.push(encoded_word(&piece));
    words.join("\n ")
}

fn encoded_word(text: &str) -> String {
    let mut encoded = b"=?utf-8?B?".to_vec();
    base64(text.as_bytes(), &mut encoded);
    encoded.extend_from_slice(b"?=");
    String::from_utf8_lossy(&encoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(encode: fn(&str, &mut Vec<u8>), text: &str, expected: &str) {
        let mut out = Vec::new();
        encode(text, &mut out);
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }

    #[test]
    fn quoted_printable_escapes_and_folds() {
        check(quoted_printable, "a=b caf\u{e9} \nx", "a=3Db caf=C3=A9=20\nx\n");
        let long = "y".repeat(80);
        check(quoted_printable, &long, &format!("{}=\n{}\n", "y".repeat(75), "y".repeat(5)));
    }

    #[test]
    fn base64_pads() {
        let lines = |text: &str, out: &mut Vec<u8>| base64_lines(text.as_bytes(), out);
        check(lines, "Man", "TWFu\n");
        check(lines, "Ma", "TWE=\n");
        check(lines, "M", "TQ==\n");
    }

    #[test]
    fn headers_stay_ascii() {
        assert_eq!(header_text("plain"), "plain");
        assert_eq!(header_text("caf\u{e9}"), "=?utf-8?B?Y2Fmw6k=?=");
        assert!(header_text(&"\u{e9}".repeat(60)).lines().all(|line| line.trim().len() <= 75));
    }
}
