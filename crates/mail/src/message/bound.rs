//! How much of a message the parser is given: it keeps nested messages as nested values, so that depth has to be
//! bounded before it starts.

use memchr::memmem;
use model::limit;
use std::borrow::Cow;

/// Delimiter lines and other lines that begin like one, such as signatures, that are handed to the parser.
const DELIMITERS_MAX: usize = 10 * limit::PARTS_MAX;
/// Media types of attached messages, and as many of multiparts, that are handed to the parser. Each can nest once.
const CONTAINERS_MAX: usize = 2 * limit::NESTING_MAX;

/// Bytes that the parser may read in search of delimiters. Each multipart whose delimiter is missing costs it one reading
/// of the rest of the message, so that of these a large message may have fewer.
const SEARCHED_BYTES_MAX: usize = 256 << 20;
/// Multiparts that are handed to the parser however large the message is: usual mail nests three.
const MULTIPARTS_MIN: usize = 4;
/// Pairs of dashes that are handed to the parser: at each it compares a whole boundary.
const DASHES_MAX: usize = 2 << 20;
/// Longest rest of a field behind a multipart's type, its boundary within it (RFC 2046 section 5.1.1 allows 70 bytes).
const TYPE_FIELD_BYTES_MAX: usize = 1 << 10;

/// What of the message can be parsed within the limits, and in `truncations` what is missing and why. Linear.
pub(crate) fn bound<'a>(raw: &'a [u8], truncations: &mut Vec<&'static str>) -> Cow<'a, [u8]> {
    let containers = Containers::of(raw);
    let ends = [
        (containers.messages.get(CONTAINERS_MAX).copied(), "attached messages beyond the limit left out"),
        (
            containers.multiparts.get(multiparts_max(raw.len())).copied(),
            "multiparts beyond the limit left out",
        ),
        (nth(raw, b"\n--", DELIMITERS_MAX), "parts beyond the limit left out"),
        (nth(raw, b"--", DASHES_MAX), "dashes beyond the limit left out"),
        (header_end(raw), "header beyond the limit left out"),
    ];
    let first = ends.iter().filter_map(|&(end, why)| Some((end?, why))).min_by_key(|&(end, _)| end);
    truncations.extend(first.map(|(_, why)| why));
    let kept = first.and_then(|(end, _)| raw.get(..end)).unwrap_or(raw);
    let containers = containers.within(kept.len());
    let (mut hidden, overlong) = (containers.encoded_messages(kept), containers.overlong_multiparts(kept));
    if !hidden.is_empty() {
        truncations.push("attached messages in an encoding or a digest are not looked into");
    }
    if !overlong.is_empty() {
        truncations.push("multiparts with a boundary beyond the limit are not looked into");
    }
    hidden.extend(overlong);
    if hidden.is_empty() {
        return Cow::Borrowed(kept);
    }
    let mut masked = kept.to_vec();
    hidden.into_iter().filter_map(|at| masked.get_mut(at).map(|byte| *byte = b'x')).for_each(drop);
    Cow::Owned(masked)
}

/// Where the occurrence of `needle` after `count` others begins. A message too short for so many is not searched.
fn nth(raw: &[u8], needle: &[u8], count: usize) -> Option<usize> {
    (raw.len() / needle.len() > count).then(|| memmem::find_iter(raw, needle).nth(count)).flatten()
}

fn multiparts_max(bytes: usize) -> usize {
    (SEARCHED_BYTES_MAX / bytes.max(1)).clamp(MULTIPARTS_MIN, CONTAINERS_MAX)
}

/// Whether what stands at `at` begins the value of a header field, perhaps behind a comment, and not prose.
fn is_field(raw: &[u8], at: usize) -> bool {
    let before = raw.get(..at).unwrap_or_default().trim_ascii_end();
    matches!(before.last(), Some(b':' | b')'))
}

/// Whether the field that holds `at` ends within the limit; folded lines belong to it (RFC 5322 section 2.2.3).
fn ends_in_time(raw: &[u8], at: usize) -> bool {
    let rest = raw.get(at..).unwrap_or_default();
    let is_end = |newline: usize| !matches!(rest.get(newline + 1), Some(b' ' | b'\t'));
    rest.len() <= TYPE_FIELD_BYTES_MAX
        || memchr::memchr_iter(b'\n', rest.get(..TYPE_FIELD_BYTES_MAX).unwrap_or(rest)).any(is_end)
}

/// Bytes of a part's header that are searched on either side of its media type.
const PART_HEADER_BYTES: usize = 16 << 10;

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

/// Where containers stand: the first ones of each type, one more than the limit lets pass.
#[derive(Default)]
struct Containers {
    messages: Vec<usize>,
    multiparts: Vec<usize>,
}

const MESSAGE: &[u8] = b"message";
const MULTIPART: &[u8] = b"multipart";

impl Containers {
    /// Types are written in any case (RFC 2045 section 5.1). Slashes are rarer than letters, and so the cheaper thing to
    /// look for.
    fn of(raw: &[u8]) -> Self {
        let mut found = Self::default();
        for slash in memchr::memchr_iter(b'/', raw) {
            let before = raw.get(..slash).unwrap_or_default();
            let (starts, media_type) = match before.last() {
                Some(b'e' | b'E') => (&mut found.messages, MESSAGE),
                Some(b't' | b'T') => (&mut found.multiparts, MULTIPART),
                _ => continue,
            };
            let start = slash.saturating_sub(media_type.len());
            let is_found = before.get(start..).is_some_and(|name| name.eq_ignore_ascii_case(media_type));
            if is_found && starts.len() <= CONTAINERS_MAX {
                starts.push(start);
            }
        }
        found
    }

    /// Those that stand whole in the first `length` bytes.
    fn within(mut self, length: usize) -> Self {
        self.messages.retain(|start| start + MESSAGE.len() < length);
        self.multiparts.retain(|start| start + MULTIPART.len() < length);
        self
    }

    /// Where media types stand whose content the parser would decode and then parse: how deep that nests cannot be seen
    /// from here, and RFC 2046 section 5.2.1 allows no such encoding. What a digest holds is a message without saying so.
    fn encoded_messages(&self, raw: &[u8]) -> Vec<usize> {
        let messages = self.messages.iter().copied().filter(|&at| is_encoded(raw, at));
        let is_digest =
            |at: &usize| raw.get(at + 10..at + 16).is_some_and(|kind| kind.eq_ignore_ascii_case(b"digest"));
        let digests = self.multiparts.iter().copied().filter(is_digest).map(|at| at + 10);
        messages.chain(digests).collect()
    }

    /// Where multiparts stand whose field goes on beyond the limit: compared at every pair of dashes, a boundary of a
    /// megabyte took minutes.
    fn overlong_multiparts(&self, raw: &[u8]) -> Vec<usize> {
        self.multiparts.iter().copied().filter(|&at| is_field(raw, at) && !ends_in_time(raw, at)).collect()
    }
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

    const OVERLONG: &[&str] = &["multiparts with a boundary beyond the limit are not looked into"];

    #[track_caller]
    fn check_hidden(raw: &str, expected: &[&str]) {
        let mut truncations = Vec::new();
        let kept = bound(raw.as_bytes(), &mut truncations);
        assert_eq!((truncations.as_slice(), kept.len()), (expected, raw.len()));
        assert_eq!(kept == raw.as_bytes(), expected.is_empty());
    }

    #[test]
    fn a_boundary_without_end_is_no_boundary() {
        let body = "\n\nhello".repeat(300);
        let long = "-".repeat(TYPE_FIELD_BYTES_MAX);
        check_hidden(&format!("Content-Type: multipart/mixed; boundary={long}{body}"), OVERLONG);
        let folded = "; boundary*0=-\r\n ".repeat(TYPE_FIELD_BYTES_MAX / 10);
        check_hidden(&format!("Content-Type: (c) Multipart/Mixed{folded}{body}"), OVERLONG);
        let short = "-".repeat(70);
        check_hidden(&format!("Content-Type:\r\n multipart/mixed;\r\n boundary={short}{body}"), &[]);
    }

    #[test]
    fn prose_about_multiparts_is_no_multipart() {
        check_hidden(&format!("A: b\n\nA multipart/mixed is {}", "a long line ".repeat(200)), &[]);
    }

    #[test]
    fn the_larger_the_message_the_fewer_multiparts() {
        assert_eq!(multiparts_max(0), CONTAINERS_MAX);
        assert_eq!(multiparts_max(1 << 20), CONTAINERS_MAX);
        assert_eq!(multiparts_max(16 << 20), 16);
        assert_eq!(multiparts_max(limit::MESSAGE_BYTES_MAX), MULTIPARTS_MIN);
    }

    #[test]
    fn a_header_without_end_is_ended() {
        check(&"X: y\r\n".repeat(limit::HEADER_BYTES_MAX / 6 + 1), &["header beyond the limit left out"]);
    }
}
