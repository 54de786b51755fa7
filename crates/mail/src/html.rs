//! One streaming pass over the HTML of a message: what it would load, where it links, what it shows, how it is built.

use crate::disarm::{LoadKind, css_urls, load_kind};
use crate::sketch::{Sketch, Sketcher};
use lol_html::html_content::{Attribute, Comment, Element, TextChunk, TextType};
use lol_html::{HtmlRewriter, MemorySettings, Settings, doc_comments, doc_text, element, text};
use model::limit;
use std::cell::RefCell;

/// A remote resource that rendering the message fetches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// How it is embedded.
    pub kind: LoadKind,
    /// The URL as written, entities decoded.
    pub url: String,
    /// Whether the reader is not meant to see it: one pixel, `display:none` and the like.
    pub is_hidden: bool,
}

/// A link that the reader may follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The target as written, entities decoded.
    pub url: String,
    /// The beginning of the text that the reader sees for it.
    pub text: String,
}

/// What one or several HTML parts hold.
#[derive(Debug, Default)]
pub struct HtmlScan {
    /// Remote loads in order of appearance, without repeats.
    pub loads: Vec<Load>,
    /// Links in order of appearance.
    pub links: Vec<Link>,
    /// Text that the reader sees, without markup; entities stay as written.
    pub text: String,
    /// Sketch of the sequence of tags.
    pub shape: Sketch,
    /// Elements seen.
    pub elements: u32,
    /// Images seen, remote or not.
    pub images: u32,
    /// Forms and inputs of type `password` seen.
    pub forms: u32,
    /// Scripts and event handlers seen.
    pub scripts: u32,
    /// Elements with text size zero or `display:none`.
    pub hidden_elements: u32,
    /// Whether a limit cut the scan short.
    pub is_truncated: bool,
}

/// Bytes of a link's text that are kept.
const LINK_TEXT_MAX: usize = 80;
/// Memory that the HTML stream may take for one message, in bytes.
pub(crate) const HTML_MEMORY_MAX: usize = 8 << 20;

#[derive(Default)]
struct Scanner {
    scan: HtmlScan,
    shape: Sketcher,
    is_in_link: bool,
    style: String,
    seen: std::collections::HashSet<u64>,
}

/// Scans the HTML parts of one message as one document. Linear in their size; past [`limit::HTML_BYTES_MAX`] the rest is
/// left out and marked.
pub fn scan<'a>(parts: impl Iterator<Item = &'a str>) -> HtmlScan {
    let scanner = RefCell::new(Scanner::default());
    let mut budget = limit::HTML_BYTES_MAX;
    for part in parts {
        let taken = part.len().min(budget);
        budget -= taken;
        let bytes = part.as_bytes().get(..taken).unwrap_or_default();
        if taken < part.len() || stream(bytes, &scanner).is_err() {
            scanner.borrow_mut().scan.is_truncated = true;
        }
    }
    let Scanner { mut scan, shape, .. } = scanner.into_inner();
    scan.shape = shape.finish();
    scan
}

fn stream(html: &[u8], scanner: &RefCell<Scanner>) -> Result<(), lol_html::errors::RewritingError> {
    let settings = Settings::new()
        .append_element_content_handler(element!("*", |element| {
            scanner.borrow_mut().element(element);
            Ok(())
        }))
        .append_element_content_handler(text!("style", |chunk| {
            scanner.borrow_mut().style(chunk);
            Ok(())
        }))
        .append_document_content_handler(doc_comments!(|comment| {
            scanner.borrow_mut().comment(comment);
            Ok(())
        }))
        .append_document_content_handler(doc_text!(|chunk| {
            scanner.borrow_mut().text(chunk);
            Ok(())
        }))
        .with_memory_settings(MemorySettings::new().with_max_allowed_memory_usage(HTML_MEMORY_MAX))
        .with_strict(false);
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    rewriter.write(html)?;
    rewriter.end()
}

impl Scanner {
    fn element(&mut self, element: &mut Element<'_, '_>) {
        let name = element.tag_name();
        self.shape.add(name.as_bytes());
        self.scan.elements += 1;
        // Formatting inside a link goes on with it; what comes after some of its text may be outside.
        self.is_in_link &= self.scan.links.last().is_some_and(|link| link.text.is_empty());
        match name.as_str() {
            "img" => self.scan.images += 1,
            "form" => self.scan.forms += 1,
            "script" => self.scan.scripts += 1,
            _ => {}
        }
        let attributes = element.attributes();
        if !attributes.is_empty() {
            self.attributes(&name, attributes);
        }
    }

    fn attributes(&mut self, element: &str, attributes: &[Attribute<'_>]) {
        let mut is_hidden = false;
        let first_load = self.scan.loads.len();
        let mut sides_tiny = 0;
        for attribute in attributes.iter().take(64) {
            let name = attribute.name();
            match name.as_str() {
                "class" | "id" | "align" | "valign" | "bgcolor" | "border" | "cellpadding"
                | "cellspacing" | "alt" | "title" | "target" | "color" | "face" | "size" | "dir" | "lang" => {
                }
                "style" => {
                    let style = attribute.value();
                    is_hidden |= hides(&style);
                    self.css(&style);
                }
                "width" | "height" => sides_tiny += u32::from(is_tiny(&attribute.value())),
                "hidden" => is_hidden = true,
                "href" if matches!(element, "a" | "area") => self.link(attribute.value()),
                "type" if element == "input" && attribute.value().eq_ignore_ascii_case("password") => {
                    self.scan.forms += 1
                }
                _ if name.starts_with("on") => self.scan.scripts += 1,
                _ => {
                    if let Some(kind) = load_kind(element, &name) {
                        self.load(kind, attribute.value(), name.ends_with("srcset"));
                    }
                }
            }
        }
        is_hidden |= sides_tiny >= 2;
        self.scan.hidden_elements += u32::from(is_hidden);
        if is_hidden {
            self.scan.loads.iter_mut().skip(first_load).for_each(|load| load.is_hidden = true);
        }
    }

    fn link(&mut self, url: String) {
        if self.scan.links.len() >= limit::URLS_MAX {
            self.scan.is_truncated = true;
            return;
        }
        self.is_in_link = true;
        self.scan.links.push(Link { url: decode_entities(url), text: String::new() });
    }

    fn load(&mut self, kind: LoadKind, value: String, is_list: bool) {
        let value = decode_entities(value);
        // `content="0; url=https://…"` of a meta refresh names its target behind the delay.
        let target = if kind == LoadKind::Navigation {
            value.rsplit_once("=").filter(|(before, _)| before.contains(';'))
        } else {
            None
        };
        let value = target.map_or(value.as_str(), |(_, target)| target.trim_matches(['\'', '"', ' ']));
        let urls = value.split(|c: char| is_list && (c == ',' || c.is_whitespace()));
        for url in urls.filter(|url| is_remote(url)) {
            self.keep_load(kind, url);
        }
    }

    fn keep_load(&mut self, kind: LoadKind, url: &str) {
        if !self.seen.insert(xxhash_rust::xxh3::xxh3_64(url.as_bytes())) {
            return;
        }
        if self.scan.loads.len() >= limit::URLS_MAX || url.len() > limit::URL_BYTES_MAX {
            self.scan.is_truncated = true;
            return;
        }
        self.scan.loads.push(Load { kind, url: url.to_owned(), is_hidden: false });
    }

    fn css(&mut self, css: &str) {
        for url in css_urls(css) {
            if is_remote(&url) {
                self.keep_load(LoadKind::Stylesheet, &url);
            }
        }
    }

    fn style(&mut self, chunk: &mut TextChunk<'_>) {
        if self.style.len() + chunk.as_str().len() <= limit::TEXT_BYTES_MAX {
            self.style.push_str(chunk.as_str());
        }
        if chunk.last_in_text_node() {
            let style = std::mem::take(&mut self.style);
            self.css(&style);
        }
    }

    /// Outlook renders what conditional comments hold, so their loads count; a cheap look for URLs after `=` or `url(`.
    fn comment(&mut self, comment: &mut Comment<'_>) {
        let text = comment.text();
        if !text.contains("[if") || text.len() > limit::TEXT_BYTES_MAX {
            return;
        }
        for (name, kind) in [("src=", LoadKind::Image), ("background=", LoadKind::Background)] {
            for found in text.split(name).skip(1).take(limit::URLS_MAX) {
                let value = found.trim_start_matches(['"', '\'', ' ']);
                let end = value.find(['"', '\'', ' ', '>']).unwrap_or(value.len());
                self.load(kind, value.get(..end).unwrap_or_default().to_owned(), false);
            }
        }
    }

    fn text(&mut self, chunk: &mut TextChunk<'_>) {
        if chunk.text_type() != TextType::Data {
            return;
        }
        let text = chunk.as_str();
        if self.is_in_link {
            self.link_text(text);
        }
        let room = limit::TEXT_BYTES_MAX - self.scan.text.len().min(limit::TEXT_BYTES_MAX);
        if let Some(text) = text.get(..text.len().min(room)) {
            self.scan.text.push_str(text);
            if chunk.last_in_text_node() {
                self.scan.text.push(' ');
            }
        }
    }

    fn link_text(&mut self, text: &str) {
        if let Some(link) = self.scan.links.last_mut() {
            let room = LINK_TEXT_MAX.saturating_sub(link.text.len());
            link.text.extend(text.trim_start().chars().take(room));
        }
    }
}

/// lol_html gives attribute values as written; a URL is compared as browsers read it.
fn decode_entities(value: String) -> String {
    if !value.contains('&') {
        return value;
    }
    let mut decoded = value;
    for (reference, character) in [("&amp;", "&"), ("&quot;", "\""), ("&colon;", ":"), ("&sol;", "/")] {
        if decoded.contains(reference) {
            decoded = decoded.replace(reference, character);
        }
    }
    if decoded.contains("&#") { decode_numeric(&decoded) } else { decoded }
}

/// Numeric character references (HTML standard, section 13.2.5.80), decimal and hexadecimal.
fn decode_numeric(text: &str) -> String {
    let mut pieces = text.split("&#");
    let mut decoded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let is_hexadecimal = piece.starts_with(['x', 'X']);
        let digits = piece.trim_start_matches(['x', 'X']);
        let end = digits.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(digits.len());
        let (number, rest) = digits.split_at(end);
        match u32::from_str_radix(number, if is_hexadecimal { 16 } else { 10 }).ok().and_then(char::from_u32)
        {
            Some(character) => {
                decoded.push(character);
                decoded.push_str(rest.strip_prefix(';').unwrap_or(rest));
            }
            None => {
                decoded.push_str("&#");
                decoded.push_str(piece);
            }
        }
    }
    decoded
}

fn is_remote(url: &str) -> bool {
    let start = url.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
    let is = |scheme: &str| start.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    start.starts_with("//") || start.starts_with("\\\\") || is("http") || is("ftp:")
}

fn is_tiny(value: &str) -> bool {
    matches!(value.trim().trim_end_matches("px"), "0" | "1" | "2")
}

/// Whether an inline style keeps an element from being seen. Blank space does not count, wherever it stands.
pub(crate) fn hides(style: &str) -> bool {
    if memchr::memchr(b':', style.as_bytes()).is_none() {
        return false;
    }
    let mut compact: Vec<u8> = style.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    compact.make_ascii_lowercase();
    let (mut is_narrow, mut is_low) = (false, false);
    for colon in memchr::memchr_iter(b':', &compact) {
        let (name, value) = compact.split_at(colon);
        let value = value.get(1..).unwrap_or_default();
        if name.ends_with(b"width") {
            is_narrow |= is_tiny(own_value(value, b"width:"));
        } else if name.ends_with(b"height") {
            is_low |= is_tiny(own_value(value, b"height:"));
        } else if name.ends_with(b"display") && value.starts_with(b"none")
            || name.ends_with(b"visibility") && value.starts_with(b"hidden")
            || name.ends_with(b"mso-hide") && value.starts_with(b"all")
            || name.ends_with(b"opacity") && is_transparent(own_value(value, b"opacity:"))
        {
            return true;
        }
    }
    is_narrow && is_low
}

/// The beginning of `rest` up to the end of the declaration, or to where its property is named again.
fn own_value<'a>(rest: &'a [u8], property: &[u8]) -> &'a str {
    let end = memchr::memchr(b';', rest).unwrap_or(rest.len());
    let value = rest.get(..end).unwrap_or_default();
    let again = memchr::memmem::find(value, property).unwrap_or(value.len());
    let text = std::str::from_utf8(value.get(..again).unwrap_or_default());
    // What is not ASCII can be none of the values that are asked for, whatever blank space it is.
    text.ok().filter(|text| text.is_ascii()).unwrap_or_default()
}

fn is_transparent(opacity: &str) -> bool {
    matches!(opacity, "0" | "0.0" | ".01" | "0.01")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(style: &str, expected: bool) {
        assert_eq!(hides(style), expected, "{style}");
    }

    #[test]
    fn styles_hide_in_any_case_and_spacing() {
        check("color:red; DISPLAY : no ne", true);
        check("visibility:hidden!important", true);
        check("mso-hide:all", true);
        check("opacity: 0.01;", true);
        check("max-width:0;max-height:1px", true);
        check("width:300px;width:0;height:2", true);
    }

    #[test]
    fn what_is_small_on_one_side_or_only_looks_hidden_is_seen() {
        check("width:0", false);
        check("width:1px;height:20px", false);
        check("width:1\u{3000};height:1", false);
        check("opacity:0.5", false);
        check("display", false);
        check("display:block;content:none", false);
    }
}
