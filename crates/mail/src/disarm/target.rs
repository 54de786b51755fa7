//! Where an address leads, judged as the most lenient reader of mail would judge it.

use std::borrow::Cow;

/// Schemes that fetch, run or hand over credentials when they stand where an address may stand.
const ACTIVE_SCHEMES: &[&str] = &[
    "http:",
    "https:",
    "ftp:",
    "ftps:",
    "sftp:",
    "file:",
    "smb:",
    "dav:",
    "webdav:",
    "ws:",
    "wss:",
    "gopher:",
    "jar:",
    "blob:",
    "data:",
    "view-source:",
    "mhtml:",
    "ms-its:",
    "mk:",
    "res:",
    "ldap:",
    "news:",
    "nntp:",
    "feed:",
    "filesystem:",
    "javascript:",
    "vbscript:",
    "livescript:",
    "mocha:",
];

/// Schemes that run code or show a page of the sender's making when a link is clicked, and those that sign in to a
/// file server on the way (a path of the form `\\host\share` does so too).
const UNSAFE_LINK_SCHEMES: &[&str] = &[
    "javascript:",
    "vbscript:",
    "livescript:",
    "mocha:",
    "data:",
    "blob:",
    "filesystem:",
    "file:",
    "smb:",
    "view-source:",
];

/// Pictures that a `data:` address may carry: pixels only, so that nothing in them can fetch.
const PIXEL_TYPES: &[&str] = &["png", "gif", "jpeg", "jpg", "webp", "bmp", "avif"];

/// Whether a load of this address is answered from within the message, or needs no answer.
///
/// This is the list of what is allowed. A relative address is not on it: what it is relative to is the sender's to choose.
pub(crate) fn stays_inside(address: &str) -> bool {
    let start = squeezed_start(address);
    start.is_empty()
        || start.starts_with('#')
        || start.starts_with("cid:")
        || start.starts_with("mid:")
        || start == "about:blank"
        || start == "none"
        || is_pixel_data(&start)
}

/// Whether a value that nobody is known to follow could be an address of something outside the message.
pub(crate) fn looks_remote(value: &str) -> bool {
    let start = squeezed_start(value);
    let slashes = |text: &str| matches!(text.as_bytes(), [b'/' | b'\\', b'/' | b'\\', ..]);
    let is_active = ACTIVE_SCHEMES.iter().any(|scheme| start.starts_with(scheme)) && !is_pixel_data(&start);
    slashes(&start) || is_active || has_authority(value)
}

/// Whether clicking this link would run code, open a page from inside the message, or sign in to a file server.
pub(crate) fn is_unsafe_link(address: &str) -> bool {
    let start = squeezed_start(address);
    start.starts_with(r"\\") || UNSAFE_LINK_SCHEMES.iter().any(|scheme| start.starts_with(scheme))
}

/// Whether every candidate of a `srcset` stays inside the message.
///
/// A `data:` address is cut at its commas here and so counts as outside: a rare loss that keeps the rule simple.
pub(crate) fn set_stays_inside(candidates: &str) -> bool {
    candidates
        .split(|c: char| c == ',' || c.is_ascii_whitespace())
        .filter(|word| !word.is_empty() && !is_descriptor(word))
        .all(|word| stays_inside(word) && !squeezed_start(word).starts_with("data:"))
}

fn is_descriptor(word: &str) -> bool {
    word.strip_suffix(['w', 'x', 'h']).is_some_and(|number| number.parse::<f32>().is_ok())
}

fn is_pixel_data(start: &str) -> bool {
    let Some(subtype) = start.strip_prefix("data:image/") else { return false };
    PIXEL_TYPES
        .iter()
        .any(|pixels| subtype.strip_prefix(pixels).is_some_and(|rest| rest.starts_with([';', ','])))
}

/// The first characters of an address in lower case, without what browsers skip: blanks, control and invisible characters.
fn squeezed_start(address: &str) -> Cow<'_, str> {
    /// Enough to tell every scheme and every pixel type apart.
    const START_CHARS: usize = 40;
    let is_squeezed = |byte: u8| byte.is_ascii_graphic() && !byte.is_ascii_uppercase();
    let start = address.get(..START_CHARS).unwrap_or(address);
    if start.bytes().all(is_squeezed) {
        return Cow::Borrowed(start);
    }
    address.chars().filter(|&c| !is_skipped(c)).take(START_CHARS).flat_map(char::to_lowercase).collect()
}

/// Whether `//` or `\\` follows a colon anywhere, whatever invisible characters stand between them.
fn has_authority(value: &str) -> bool {
    if !value.contains(':') {
        return false;
    }
    let mut last_two = ['\0'; 2];
    value.chars().filter(|&c| !is_skipped(c)).any(|c| {
        let is_slash = |c| c == '/' || c == '\\';
        let found = last_two[0] == ':' && is_slash(last_two[1]) && is_slash(c);
        last_two = [last_two[1], c];
        found
    })
}

fn is_skipped(c: char) -> bool {
    c <= ' '
        || matches!(c, '\u{7f}'..='\u{a0}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, inside: bool, remote: bool) {
        assert_eq!((stays_inside(address), looks_remote(address)), (inside, remote), "{address:?}");
    }

    #[test]
    fn addresses_within_the_message_stay() {
        check("cid:logo@mail.example", true, false);
        check(" #top", true, false);
        check("data:image/png;base64,AAAA", true, false);
        check("", true, false);
    }

    #[test]
    fn everything_else_leaves() {
        check("http://t.example/p.gif", false, true);
        check("ht\ntp://t.example/p.gif", false, true);
        check("\0 //t.example/p.gif", false, true);
        check(r"http:\\t.example\p.gif", false, true);
        check(r"\\t.example\share", false, true);
        check("data:image/svg+xml,<svg/>", false, true);
        check("data:text/html,x", false, true);
        check("pixel.gif", false, false);
        check("cid:a;http://t.example/b", true, true);
        check("0; url=http://t.example/", false, true);
    }

    #[test]
    fn a_set_is_inside_when_each_candidate_is() {
        assert!(set_stays_inside("cid:a 1x, cid:b 2x"));
        assert!(!set_stays_inside("cid:a 1x, http://t.example/b 2x"));
        assert!(!set_stays_inside("b.png 2x"));
    }

    #[test]
    fn a_link_to_a_page_is_safe_and_one_to_code_is_not() {
        assert!(!is_unsafe_link("https://news.example/a?b=c"));
        assert!(is_unsafe_link("java\tscript:alert(1)"));
        assert!(is_unsafe_link(r"\\host\share"));
    }
}
