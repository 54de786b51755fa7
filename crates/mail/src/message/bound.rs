//! How much of a message the parser is given: it keeps nested messages as nested values, so that depth has to be
//! bounded before it starts.

use memchr::memmem;
use model::limit;
use std::borrow::Cow;

/// Delimiter lines and other lines that begin like one, such as signatures, that are handed to the parser.
const DELIMITERS_MAX: usize = 10 * limit::PARTS_MAX;
/// Media types of attached messages, and as many of multiparts, that are handed to the parser. Each can nest once.
const CONTAINERS_MAX: usize = 2 * limit::NESTING_MAX;

/// What of the message can be parsed within the limits, and in `truncations` what is missing and why. Linear.
pub(super) fn bound<'a>(raw: &'a [u8], truncations: &mut Vec<&'static str>) -> Cow<'a, [u8]> {
    let ends = [
        (containers(raw, b"message").nth(CONTAINERS_MAX), "attached messages beyond the limit left out"),
        (containers(raw, b"multipart").nth(CONTAINERS_MAX), "multiparts beyond the limit left out"),
        (memmem::find_iter(raw, b"\n--").nth(DELIMITERS_MAX), "parts beyond the limit left out"),
        (header_end(raw), "header beyond the limit left out"),
    ];
    let first = ends.iter().filter_map(|&(end, why)| Some((end?, why))).min_by_key(|&(end, _)| end);
    truncations.extend(first.map(|(_, why)| why));
    let kept = first.and_then(|(end, _)| raw.get(..end)).unwrap_or(raw);
    let hidden = encoded_messages(kept);
    if hidden.is_empty() {
        return Cow::Borrowed(kept);
    }
    truncations.push("attached messages in an encoding or a digest are not looked into");
    let mut masked = kept.to_vec();
    hidden.into_iter().filter_map(|at| masked.get_mut(at).map(|byte| *byte = b'x')).for_each(drop);
    Cow::Owned(masked)
}

/// Bytes of a part's header that are searched on either side of its media type.
const PART_HEADER_BYTES: usize = 16 << 10;

/// Where media types stand whose content the parser would decode and then parse: how deep that nests cannot be seen from
/// here, and RFC 2046 section 5.2.1 allows no such encoding. What a digest holds is a message without saying so.
fn encoded_messages(raw: &[u8]) -> Vec<usize> {
    let messages = containers(raw, b"message").filter(|&at| is_encoded(raw, at));
    let is_digest =
        |at: &usize| raw.get(at + 10..at + 16).is_some_and(|kind| kind.eq_ignore_ascii_case(b"digest"));
    let digests = containers(raw, b"multipart").filter(is_digest).map(|at| at + 10);
    messages.chain(digests).collect()
}

/// Whether the header around a media type names an encoding that the parser decodes.
fn is_encoded(raw: &[u8], at: usize) -> bool {
    let before = raw.get(at.saturating_sub(PART_HEADER_BYTES)..at).unwrap_or_default();
    let after = raw.get(at..raw.len().min(at + PART_HEADER_BYTES)).unwrap_or_default();
    let start = memmem::rfind(before, b"\n\n").max(memmem::rfind(before, b"\n\r\n")).unwrap_or_default();
    let ends = [memmem::find(after, b"\n\n"), memmem::find(after, b"\n\r\n")];
    let end = ends.into_iter().flatten().min().unwrap_or(after.len());
    let header = [before.get(start..).unwrap_or_default(), after.get(..end).unwrap_or_default()]
        .concat()
        .to_ascii_lowercase();
    [&b"base64"[..], b"quoted-printable"].iter().any(|encoding| memmem::find(&header, encoding).is_some())
}

/// Where containers of this type stand; types are written in any case (RFC 2045 section 5.1). Slashes are rarer than
/// letters, and so the cheaper thing to look for.
fn containers<'a>(raw: &'a [u8], media_type: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let starts = memchr::memchr_iter(b'/', raw).filter_map(|slash| slash.checked_sub(media_type.len()));
    starts.filter(|&start| {
        raw.get(start..start + media_type.len()).is_some_and(|found| found.eq_ignore_ascii_case(media_type))
    })
}

/// Where a header that does not end by itself is ended.
fn header_end(raw: &[u8]) -> Option<usize> {
    let header = raw.get(..limit::HEADER_BYTES_MAX)?;
    let is_ended = [&b"\n\n"[..], b"\n\r\n"].iter().any(|blank| memmem::find(header, blank).is_some());
    (!is_ended).then_some(limit::HEADER_BYTES_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(raw: &str, expected: &[&str]) {
        let mut truncations = Vec::new();
        let kept = bound(raw.as_bytes(), &mut truncations);
        assert_eq!(truncations, expected);
        assert_eq!(kept.len() < raw.len(), !expected.is_empty());
    }

    #[test]
    fn usual_mail_is_kept_whole() {
        check(
            "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nhello\r\n--x--\r\n",
            &[],
        );
        check("", &[]);
    }

    #[test]
    fn containers_are_counted_in_any_case() {
        for (name, why) in [
            ("MeSsAgE/RfC822", "attached messages beyond the limit left out"),
            ("MULTIPART/mixed", "multiparts beyond the limit left out"),
        ] {
            check(&format!("Content-Type: {name}\n\n").repeat(CONTAINERS_MAX), &[]);
            check(&format!("Content-Type: {name}\n\n").repeat(CONTAINERS_MAX + 1), &[why]);
        }
    }

    #[test]
    fn encoded_attached_messages_are_hidden_from_the_parser() {
        for encoding in ["base64", "Quoted-Printable"] {
            let raw = format!(
                "A: b\r\n\r\n--x\r\nContent-Transfer-Encoding: {encoding}\r\nContent-Type: Message/RFC822\r\n\r\nx"
            );
            let mut truncations = Vec::new();
            assert!(memmem::find(&bound(raw.as_bytes(), &mut truncations), b"xessage/RFC822").is_some());
            assert_eq!(truncations.len(), 1);
        }
        check("Content-Type: message/rfc822\r\n\r\nA: b\r\nContent-Transfer-Encoding: base64\r\n\r\nx", &[]);
    }

    #[test]
    fn what_comes_first_is_what_is_told() {
        let delimiters = format!("A: b\n\n{}", "\n--q\n".repeat(DELIMITERS_MAX + 1));
        check(&delimiters, &["parts beyond the limit left out"]);
        check(
            &format!("{delimiters}{}", "message/rfc822".repeat(CONTAINERS_MAX + 1)),
            &["parts beyond the limit left out"],
        );
    }

    #[test]
    fn a_header_without_end_is_ended() {
        check(&"X: y\r\n".repeat(limit::HEADER_BYTES_MAX / 6 + 1), &["header beyond the limit left out"]);
    }
}
