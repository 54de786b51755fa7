//! Modifiers that change what a value is made of: `wide` and its kin, `base64`, `base64offset` and `windash`.

use super::pattern::Piece;
use super::value::plain_text;
use model::limit::RULE_VALUE_VARIANTS_MAX;

/// Characters that Windows programs take for the beginning of an option (specification, `windash`).
const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];

/// How text becomes UTF-16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Utf16 {
    /// `wide`, `utf16le`
    Little,
    /// `utf16be`
    Big,
    /// `utf16`: little, after a byte order mark.
    Marked,
}

/// The bytes of `text` in UTF-16.
pub(crate) fn utf16(text: &str, form: Utf16) -> Vec<u8> {
    let mut out = if form == Utf16::Marked { vec![0xff, 0xfe] } else { Vec::new() };
    for unit in text.encode_utf16() {
        out.extend(if form == Utf16::Big { unit.to_be_bytes() } else { unit.to_le_bytes() });
    }
    out
}

/// Base64 of RFC 4648 section 4, with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sign = |bits: u32| {
        ALPHABET.get(usize::try_from(bits & 63).unwrap_or_default()).copied().map_or('=', char::from)
    };
    let mut out = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for group in bytes.chunks(3) {
        let bits = (0..3)
            .fold(0, |bits, place| (bits << 8) | u32::from(group.get(place).copied().unwrap_or_default()));
        out.extend([sign(bits >> 18), sign(bits >> 12)]);
        out.push(if group.len() > 1 { sign(bits >> 6) } else { '=' });
        out.push(if group.len() > 2 { sign(bits) } else { '=' });
    }
    out
}

/// What all Base64 texts have in common that contain `bytes`, for each of the three ways in which they can lie in it.
pub(crate) fn base64_offsets(bytes: &[u8]) -> Vec<String> {
    (0..3_usize)
        .map(|offset| {
            let mut shifted = vec![0_u8; offset];
            shifted.extend_from_slice(bytes);
            let whole = base64(&shifted);
            // A sign that also holds bits of a neighbour's byte is not always the same.
            let start = [0, 2, 3].get(offset).copied().unwrap_or_default();
            let end = match shifted.len() % 3 {
                0 => whole.len(),
                1 => whole.len().saturating_sub(3),
                _ => whole.len().saturating_sub(2),
            };
            whole.get(start..end).unwrap_or_default().to_owned()
        })
        .filter(|part| !part.is_empty())
        .collect()
}

/// The bytes that pieces without wildcards stand for.
pub(crate) fn bytes_of(pieces: &[Piece]) -> Option<&[u8]> {
    plain_text(pieces).map(str::as_bytes)
}

/// All ways to write a value whose options may begin with any dash; none if there are more than
/// [`RULE_VALUE_VARIANTS_MAX`].
pub(crate) fn windash(pieces: &[Piece]) -> Option<Vec<Vec<Piece>>> {
    let mut variants = vec![Vec::with_capacity(pieces.len())];
    for piece in pieces {
        let choices = match piece {
            Piece::Text(text) => dashed(text)?.into_iter().map(Piece::Text).collect(),
            other => vec![other.clone()],
        };
        if variants.len().saturating_mul(choices.len()) > RULE_VALUE_VARIANTS_MAX {
            return None;
        }
        variants = variants
            .iter()
            .flat_map(|before| {
                choices.iter().map(move |choice| [before.as_slice(), std::slice::from_ref(choice)].concat())
            })
            .collect();
    }
    Some(variants)
}

/// `text` with each dash before a word, and after none, as each of the dashes.
fn dashed(text: &str) -> Option<Vec<String>> {
    let mut variants = vec![String::new()];
    let mut before: Option<char> = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let begins_option = DASHES.contains(&letter)
            && !before.is_some_and(is_word)
            && letters.peek().copied().is_some_and(is_word);
        if begins_option {
            if variants.len().saturating_mul(DASHES.len()) > RULE_VALUE_VARIANTS_MAX {
                return None;
            }
            variants = variants.iter().flat_map(|text| DASHES.map(|dash| format!("{text}{dash}"))).collect();
        } else {
            variants.iter_mut().for_each(|text| text.push(letter));
        }
        before = Some(letter);
    }
    Some(variants)
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigma::value::{pieces, written};

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (text, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }

    #[test]
    fn each_offset_is_found_in_whatever_surrounds_it() {
        let secret = b"http://";
        let parts = base64_offsets(secret);
        for (offset, part) in parts.iter().enumerate() {
            for after in ["", "x", "yz", "abc"] {
                let whole = [&b"abc"[..offset], secret, after.as_bytes()].concat();
                assert!(base64(&whole).contains(part.as_str()), "{part} at {offset} before {after:?}");
            }
        }
        assert_eq!(parts.len(), 3);
    }

    #[test]
    fn utf16_has_the_bytes_of_the_specification() {
        assert_eq!(utf16("cmd", Utf16::Little), [0x63, 0, 0x6d, 0, 0x64, 0]);
        assert_eq!(utf16("cmd", Utf16::Big), [0, 0x63, 0, 0x6d, 0, 0x64]);
        assert_eq!(utf16("cmd", Utf16::Marked), [0xff, 0xfe, 0x63, 0, 0x6d, 0, 0x64, 0]);
    }

    #[track_caller]
    fn check(value: &str, expected: &[&str]) {
        let found = windash(&pieces(value)).expect("few");
        assert_eq!(found.iter().map(|pieces| written(pieces)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn every_dash_and_slash_stands_for_all_of_them() {
        check(" -enc", &[" -enc", " /enc", " \u{2013}enc", " \u{2014}enc", " \u{2015}enc"]);
        check("/x", &["-x", "/x", "\u{2013}x", "\u{2014}x", "\u{2015}x"]);
        check("\u{2014}x", &["-x", "/x", "\u{2013}x", "\u{2014}x", "\u{2015}x"]);
        check("a-b", &["a-b"]);
        check("- b", &["- b"]);
        assert_eq!(windash(&pieces("-a -b")).expect("few").len(), 25);
        assert_eq!(windash(&pieces("-a -b -c -d -e -f")), None);
    }
}
