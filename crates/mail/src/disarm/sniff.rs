//! What a part is opened as, whatever its type says: by the name of its file, or by how it begins.
//!
//! A page that is attached as `application/octet-stream` is saved under its name and shown by a browser.

use super::content_type::ContentType;
use super::leaf::LeafKind;
use super::transfer::{Charset, TransferEncoding};

/// Bytes of an encoded body that are looked at: more white space than that before the first tag is skipped by nobody.
const START_BYTES: usize = 2_048;
/// What a file with this ending is opened as.
const ENDINGS: &[(&str, LeafKind)] = &[
    (".html", LeafKind::Html),
    (".htm", LeafKind::Html),
    (".shtml", LeafKind::Html),
    (".hta", LeafKind::Html),
    (".xhtml", LeafKind::Xml),
    (".xht", LeafKind::Xml),
    (".svg", LeafKind::Xml),
];
/// Elements by which readers recognise a page that nothing else tells of (WHATWG MIME Sniffing, section 7.1), and a few
/// more that such pages begin with.
const PAGE_ELEMENTS: &[&str] = &[
    "html", "head", "script", "iframe", "h1", "div", "font", "table", "a", "style", "title", "b", "body",
    "br", "p", "img", "meta", "link", "base", "center", "span", "form",
];

/// What the name of the part's file says, as `Content-Disposition` or `Content-Type` give it.
pub(super) fn kind_by_name(content_type: &ContentType, disposition: Option<&str>) -> Option<LeafKind> {
    let disposition = disposition.map(|value| ContentType::parse(Some(value)));
    let names = [disposition.as_ref().and_then(|field| field.get("filename")), content_type.get("name")];
    names.into_iter().flatten().find_map(|name| {
        let name = decoded_words(name).to_lowercase();
        // Windows drops dots and blanks at the end of a name.
        let name = name.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
        ENDINGS.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, kind)| *kind)
    })
}

/// What the first bytes of a part look like. Text that calls itself plain is shown as it is written and not asked.
pub(super) fn kind_by_content(
    content_type: &ContentType,
    encoding: TransferEncoding,
    body: &[u8],
) -> Option<LeafKind> {
    if content_type.media_type == "text/plain" {
        return None;
    }
    let (start, _) = encoding.decode(body.get(..START_BYTES).unwrap_or(body));
    let text = Charset::of(content_type.get("charset"), &start).decode(&start).to_ascii_lowercase();
    let markup = text.trim_start_matches(['\u{feff}', '\0']).trim_start().strip_prefix('<')?;
    let name = markup.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    if markup.starts_with("?xml") || name == "svg" {
        return Some(LeafKind::Xml);
    }
    let is_page =
        markup.starts_with("!doctype html") || markup.starts_with("!--") || PAGE_ELEMENTS.contains(&name);
    is_page.then_some(LeafKind::Html)
}

/// A name with its encoded words (RFC 2047) resolved. They are not allowed in a parameter, and every reader knows them.
fn decoded_words(name: &str) -> String {
    if !name.contains("=?") {
        return name.to_owned();
    }
    let field = format!("Subject: {name}\r\n\r\n");
    let parsed = mail_parser::MessageParser::new().header_text("Subject").parse_headers(field.as_bytes());
    parsed.as_ref().and_then(|message| message.subject()).unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn by_name(disposition: &str, expected: Option<LeafKind>) {
        let content_type = ContentType::parse(Some("application/octet-stream"));
        assert_eq!(kind_by_name(&content_type, Some(disposition)), expected, "{disposition}");
    }

    #[test]
    fn a_file_is_what_its_name_ends_with() {
        by_name("attachment; filename=\"Invoice.HTM\"", Some(LeafKind::Html));
        by_name("attachment; filename=\"invoice.html. \"", Some(LeafKind::Html));
        by_name("attachment; filename*=utf-8''plan%2Esvg", Some(LeafKind::Xml));
        by_name("attachment; filename=\"=?utf-8?B?YS5zaHRtbA==?=\"", Some(LeafKind::Html));
        by_name("attachment; filename=\"html.pdf\"", None);
        by_name("attachment", None);
    }

    #[track_caller]
    fn by_content(media_type: &str, body: &[u8], expected: Option<LeafKind>) {
        let content_type = ContentType::parse(Some(media_type));
        assert_eq!(kind_by_content(&content_type, TransferEncoding::Identity, body), expected);
    }

    #[test]
    fn a_page_is_recognised_by_how_it_begins() {
        by_content("application/octet-stream", b"\r\n <!DOCTYPE html><p>", Some(LeafKind::Html));
        by_content("application/x-unknown", b"\xef\xbb\xbf<IMG src=x>", Some(LeafKind::Html));
        by_content("application/octet-stream", b"\xff\xfe<\0h\0t\0m\0l\0>\0", Some(LeafKind::Html));
        by_content(
            "application/octet-stream",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\">",
            Some(LeafKind::Xml),
        );
        by_content("application/octet-stream", b"<abbreviations>", None);
        by_content("application/octet-stream", b"%PDF-1.7 <html>", None);
        by_content("text/plain", b"<html>", None);
    }
}
