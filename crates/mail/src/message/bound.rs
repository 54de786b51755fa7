//! How much of a message the parser is given: it keeps nested messages as nested values, so that depth has to be
//! bounded before it starts.

use memchr::memmem;
use model::limit;

/// Delimiter lines and other lines that begin like one, such as signatures, that are handed to the parser.
const DELIMITERS_MAX: usize = 10 * limit::PARTS_MAX;
/// Media types of attached messages, and as many of multiparts, that are handed to the parser. Each can nest once.
const CONTAINERS_MAX: usize = 2 * limit::NESTING_MAX;

/// The beginning of the message that can be parsed within the limits, and in `truncations` why it ends there. Linear.
pub(super) fn bound<'a>(raw: &'a [u8], truncations: &mut Vec<&'static str>) -> &'a [u8] {
    let ends = [
        (nth_container(raw, b"message"), "attached messages beyond the limit left out"),
        (nth_container(raw, b"multipart"), "multiparts beyond the limit left out"),
        (memmem::find_iter(raw, b"\n--").nth(DELIMITERS_MAX), "parts beyond the limit left out"),
        (header_end(raw), "header beyond the limit left out"),
    ];
    let first = ends.iter().filter_map(|&(end, why)| Some((end?, why))).min_by_key(|&(end, _)| end);
    let Some((end, why)) = first else { return raw };
    truncations.push(why);
    raw.get(..end).unwrap_or(raw)
}

/// Where the first container of this type beyond the limit stands; types are written in any case (RFC 2045 section 5.1).
/// Slashes are rarer than letters, and so the cheaper thing to look for.
fn nth_container(raw: &[u8], media_type: &[u8]) -> Option<usize> {
    let starts = memchr::memchr_iter(b'/', raw).filter_map(|slash| slash.checked_sub(media_type.len()));
    let is_container = |&start: &usize| {
        raw.get(start..start + media_type.len()).is_some_and(|found| found.eq_ignore_ascii_case(media_type))
    };
    starts.filter(is_container).nth(CONTAINERS_MAX)
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
