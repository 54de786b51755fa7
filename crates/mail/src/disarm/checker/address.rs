//! Where an address leads, in the checker's own judgement.

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

pub(super) fn squeeze(value: &str) -> String {
    value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).flat_map(char::to_lowercase).collect()
}
