//! Transfer encodings and character sets, both ways: what a changed part is read from and written back to.

use std::borrow::Cow;

use super::content_type::strip_comments;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{Encoding, REPLACEMENT, UTF_8, WINDOWS_1252};
use memchr::memmem;

/// Longest line of encoded text, without its end (RFC 2045, section 6.7).
const LINE_BYTES_MAX: usize = 76;

/// How a body is encoded for transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TransferEncoding {
    /// `7bit`, `8bit`, `binary`, or nothing said.
    Identity,
    QuotedPrintable,
    Base64,
    /// A name that not every reader knows; read as identity.
    Unknown,
}

impl TransferEncoding {
    pub(super) fn parse(value: Option<&str>) -> Self {
        let value = strip_comments(value.unwrap_or_default());
        match value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "" | "7bit" | "8bit" | "binary" => Self::Identity,
            "quoted-printable" => Self::QuotedPrintable,
            "base64" => Self::Base64,
            _ => Self::Unknown,
        }
    }

    /// The bytes, and whether every reader would decode them to the same.
    pub(super) fn decode(self, body: &[u8]) -> (Cow<'_, [u8]>, bool) {
        match self {
            Self::Identity => (Cow::Borrowed(body), true),
            Self::Unknown => (Cow::Borrowed(body), false),
            Self::QuotedPrintable => decode_quoted_printable(body),
            Self::Base64 => decode_base64(body),
        }
    }
}

/// Encodes as Base64 in lines.
pub(super) fn encode_base64(bytes: &[u8], eol: &str) -> Vec<u8> {
    let encoded = STANDARD.encode(bytes);
    let mut output = Vec::with_capacity(encoded.len() + encoded.len() / 32);
    for line in encoded.as_bytes().chunks(LINE_BYTES_MAX) {
        output.extend_from_slice(line);
        output.extend_from_slice(eol.as_bytes());
    }
    output
}

/// Encodes as quoted-printable. No line that comes out can be taken for a boundary or for an mbox separator.
pub(super) fn encode_quoted_printable(bytes: &[u8], eol: &str) -> Vec<u8> {
    let mut output = Vec::with_capacity(bytes.len() + bytes.len() / 8);
    let mut column = 0;
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        let line_break = if rest.starts_with(b"\r\n") { 2 } else { usize::from(byte == b'\n') };
        if line_break > 0 {
            output.extend_from_slice(eol.as_bytes());
            column = 0;
            rest = rest.get(line_break..).unwrap_or_default();
            continue;
        }
        if column + 3 >= LINE_BYTES_MAX {
            output.push(b'=');
            output.extend_from_slice(eol.as_bytes());
            column = 0;
        }
        column += push_quoted(&mut output, byte, must_quote(rest, column == 0));
        rest = after;
    }
    output
}

fn must_quote(rest: &[u8], is_line_start: bool) -> bool {
    let ends_line = |after: &[u8]| after.is_empty() || after.starts_with(b"\n") || after.starts_with(b"\r\n");
    match rest {
        [b' ' | b'\t', after @ ..] => ends_line(after),
        [b'-' | b'.' | b'F', ..] if is_line_start => true,
        [b'=' | 0..=0x1f | 0x7f.., ..] => true,
        _ => false,
    }
}

fn push_quoted(output: &mut Vec<u8>, byte: u8, is_quoted: bool) -> usize {
    if is_quoted {
        output.extend_from_slice(format!("={byte:02X}").as_bytes());
        3
    } else {
        output.push(byte);
        1
    }
}

fn decode_quoted_printable(body: &[u8]) -> (Cow<'_, [u8]>, bool) {
    let mut output = Vec::with_capacity(body.len());
    let mut is_regular = true;
    let mut rest = body;
    while let Some(at) = memchr::memchr(b'=', rest) {
        let (before, escape) = rest.split_at(at);
        output.extend_from_slice(before);
        rest = match quoted_escape(escape.get(1..).unwrap_or_default()) {
            Some((byte, after)) => {
                output.extend(byte);
                after
            }
            None => {
                is_regular = false;
                output.push(b'=');
                escape.get(1..).unwrap_or_default()
            }
        };
    }
    output.extend_from_slice(rest);
    (Cow::Owned(output), is_regular)
}

/// The byte that an escape stands for (none for a soft line break), and what follows it.
fn quoted_escape(after: &[u8]) -> Option<(Option<u8>, &[u8])> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    if let [high, low, rest @ ..] = after
        && let (Some(high), Some(low)) = (digit(high), digit(low))
    {
        return Some((Some(high << 4 | low), rest));
    }
    // Blanks may have been added behind a soft line break on the way (RFC 2045, section 6.7, rule 3).
    let blanks = after.iter().take(LINE_BYTES_MAX).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match after.get(blanks..)? {
        [b'\r', b'\n', rest @ ..] | [b'\n', rest @ ..] => Some((None, rest)),
        [] => Some((None, &[])),
        _ => None,
    }
}

/// Skips what is not of the alphabet, as most readers do, and goes on behind padding, as some do.
fn decode_base64(body: &[u8]) -> (Cow<'_, [u8]>, bool) {
    let mut output = Vec::with_capacity(body.len() / 4 * 3);
    let (mut group, mut digits, mut is_padded, mut is_regular) = (0_u32, 0_u32, false, true);
    for &byte in body {
        let Some(value) = base64_value(byte) else {
            if byte == b'=' {
                is_padded = true;
                push_base64(&mut output, group, std::mem::take(&mut digits));
                group = 0;
            }
            is_regular &= byte == b'=' || byte.is_ascii_whitespace();
            continue;
        };
        is_regular &= !is_padded;
        group = group << 6 | value;
        digits += 1;
        if digits == 4 {
            push_base64(&mut output, group, digits);
            (group, digits) = (0, 0);
        }
    }
    push_base64(&mut output, group, digits);
    (Cow::Owned(output), is_regular)
}

fn base64_value(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// Writes the whole bytes that 0 to 4 digits of six bits hold.
fn push_base64(output: &mut Vec<u8>, group: u32, digits: u32) {
    let whole_bytes = digits as usize * 6 / 8;
    let aligned = group << (24 - 6 * digits.min(4));
    output.extend(aligned.to_be_bytes().into_iter().skip(1).take(whole_bytes));
}

/// The character set of a text part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Charset {
    /// One that ASCII bytes mean ASCII in, whatever stands before them.
    Plain(&'static Encoding),
    /// UTF-7, UTF-16, ISO-2022-JP or one that nobody knows: readers may see different text, so it is written as UTF-8.
    Shifting(&'static Encoding),
    /// UTF-7, which browsers gave up and some mail programs still read (RFC 2152).
    Utf7,
}

impl Charset {
    pub(super) fn of(label: Option<&str>, bytes: &[u8]) -> Self {
        // Browsers believe a byte order mark more than any label.
        if let Some((marked, _)) = Encoding::for_bom(bytes).filter(|(marked, _)| *marked != UTF_8) {
            return Self::Shifting(marked);
        }
        let Some(label) = label.map(str::trim).filter(|label| !label.is_empty()) else {
            if let Some(shifting) = shifting_in_page(bytes) {
                return shifting;
            }
            // Both choices give back the bytes they were read from, so that what a `meta` element says stays true.
            return Self::Plain(if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 });
        };
        if matches!(
            label.to_ascii_lowercase().as_str(),
            "utf-7" | "utf7" | "unicode-1-1-utf-7" | "x-unicode-2-0-utf-7"
        ) {
            return Self::Utf7;
        }
        match Encoding::for_label(label.as_bytes()) {
            Some(known) if known.is_ascii_compatible() => Self::Plain(known),
            Some(known) if known != REPLACEMENT => Self::Shifting(known),
            _ => Self::Shifting(if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 }),
        }
    }

    pub(super) fn decode(self, bytes: &[u8]) -> String {
        match self {
            // A byte order mark is kept as a character here and written back as it was.
            Self::Plain(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
            Self::Shifting(encoding) => encoding.decode(bytes).0.into_owned(),
            Self::Utf7 => decode_utf7(bytes),
        }
    }

    /// The text in this character set, or `None` where it has to be written as UTF-8.
    pub(super) fn encode(self, text: &str) -> Option<Vec<u8>> {
        let Self::Plain(encoding) = self else { return None };
        let (bytes, _, has_unmappable) = encoding.encode(text);
        (!has_unmappable).then(|| bytes.into_owned())
    }
}

/// Decodes UTF-7 (RFC 2152): `+` starts Base64 of UTF-16, anything outside its alphabet ends it.
fn decode_utf7(bytes: &[u8]) -> String {
    let mut output = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memchr(b'+', rest) {
        let (before, shifted) = rest.split_at(at);
        output.push_str(&String::from_utf8_lossy(before));
        let shifted = shifted.get(1..).unwrap_or_default();
        let length = shifted.iter().take_while(|&&byte| base64_value(byte).is_some()).count();
        let (encoded, after) = shifted.split_at(length);
        let ends_with_minus = after.first() == Some(&b'-');
        if encoded.is_empty() {
            output.push('+');
        } else {
            let (utf16, _) = decode_base64(encoded);
            output.push_str(&encoding_rs::UTF_16BE.decode_without_bom_handling(utf16_units(&utf16)).0);
        }
        rest = after.get(usize::from(ends_with_minus)..).unwrap_or_default();
    }
    output.push_str(&String::from_utf8_lossy(rest));
    output
}

/// The whole code units: the bits that fill up the last digit are no character.
fn utf16_units(bytes: &[u8]) -> &[u8] {
    bytes.get(..bytes.len() / 2 * 2).unwrap_or_default()
}

/// A character set that the page itself names, where the header names none, and in which ASCII bytes need not mean ASCII:
/// what looks like a quoted attribute may be a letter there, and what follows it an element.
fn shifting_in_page(bytes: &[u8]) -> Option<Charset> {
    let shifts = |byte| memchr::memchr(byte, bytes).is_some();
    let names = |names: [&str; 2]| {
        let page = bytes.to_ascii_lowercase();
        names.iter().any(|name| memmem::find(&page, name.as_bytes()).is_some())
    };
    if shifts(ESCAPE) && names(["iso-2022-jp", "csiso2022jp"]) {
        return Some(Charset::Shifting(encoding_rs::ISO_2022_JP));
    }
    (shifts(b'+') && names(["charset=utf-7", "charset=\"utf-7"])).then_some(Charset::Utf7)
}

/// The byte that switches character sets (ISO 2022).
const ESCAPE: u8 = 0x1b;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(encoding: &str, body: &str, expected: &str, is_regular: bool) {
        let (decoded, regular) = TransferEncoding::parse(Some(encoding)).decode(body.as_bytes());
        assert_eq!((String::from_utf8_lossy(&decoded).as_ref(), regular), (expected, is_regular));
    }

    #[test]
    fn bodies_are_decoded() {
        check("Quoted-Printable", "a=3Db=\r\nc= \n=e9=", "a=bc\u{fffd}", true);
        check("quoted-printable", "a=zz", "a=zz", false);
        check("BASE64", "aGVs\r\nbG8=", "hello", true);
        check("base64", "aGU=bGxv!", "hello", false);
        check("x-rot13", "a", "a", false);
    }

    #[test]
    fn what_is_encoded_is_read_back() {
        let text = "--boundary\r\nFrom here = there \r\n.\r\n".repeat(5) + &"\u{e9}".repeat(90);
        let quoted = encode_quoted_printable(text.as_bytes(), "\r\n");
        assert_eq!(decode_quoted_printable(&quoted).0.as_ref(), text.as_bytes());
        assert!(quoted.split(|&byte| byte == b'\n').all(|line| line.len() <= 77 && !line.starts_with(b"--")));
        assert_eq!(decode_base64(&encode_base64(text.as_bytes(), "\r\n")).0.as_ref(), text.as_bytes());
    }

    #[test]
    fn character_sets_are_decoded() {
        assert_eq!(Charset::of(Some("utf-7"), b"").decode(b"a+ADw-img+AD4-+-"), "a<img>+");
        assert_eq!(Charset::of(None, b"\xff\xfe").decode(b"\xff\xfe<\0"), "<");
        assert_eq!(Charset::of(Some("iso-8859-1"), b"").decode(b"\xe9"), "\u{e9}");
    }
}
