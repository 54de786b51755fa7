//! Where an address leads, in the checker's own judgement.

use std::borrow::Cow;

/// Whether a load of this address can only be answered from within the message.
pub(super) fn is_local(value: &str) -> bool {
    let value = squeeze(value);
    let is_pixels = ["png", "gif", "jpeg", "jpg", "webp", "bmp", "avif"]
        .iter()
        .any(|kind| value.strip_prefix("data:image/").is_some_and(|rest| rest.starts_with(kind)));
    value.is_empty()
        || value == "none"
        || value == "about:blank"
        || is_pixels
        || ["#", "cid:", "mid:"].iter().any(|start| value.starts_with(start)) && !value.contains("//")
}

/// Whether a value holds the address of another machine, or of a document of the sender's making.
pub(super) fn leads_out(value: &str) -> bool {
    let squeezed = squeeze(value);
    let starts = [
        "//",
        r"\\",
        "javascript:",
        "vbscript:",
        "data:text",
        "data:image/svg",
        "http:",
        "https:",
        "ftp:",
        "file:",
    ];
    squeezed.contains("://")
        || squeezed.contains(r":\\")
        || starts.iter().any(|start| squeezed.starts_with(start))
}

/// An address in lower case, without blanks and control characters.
pub(super) fn squeeze(value: &str) -> Cow<'_, str> {
    lowered_without(value, |c| c.is_whitespace() || c.is_control())
}

/// Text in lower case, without some characters that are no visible ones of ASCII. Nearly always it is so already.
pub(super) fn lowered_without(text: &str, is_dropped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic() && !byte.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|&c| !is_dropped(c)).flat_map(char::to_lowercase).collect())
}
