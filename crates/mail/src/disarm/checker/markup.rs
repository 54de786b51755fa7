//! Loads in HTML, XHTML and SVG text, by a scan that takes every `<` before a letter for a tag.

use std::borrow::Cow;

use memchr::{memchr_iter, memmem};

use super::address::{is_local, leads_out, lowered_without, squeeze};
use super::style::css_loads;
use crate::disarm::entity::decode_entities;

/// Bytes of a declaration that are read.
const DECLARATION_BYTES_MAX: usize = 2_048;
const FORBIDDEN_TAGS: &[&str] =
    &["script", "iframe", "frame", "embed", "bgsound", "param", "portal", "fencedframe"];
const FETCHING_ATTRIBUTES: &[&str] = &[
    "src",
    "srcset",
    "imagesrcset",
    "lowsrc",
    "dynsrc",
    "background",
    "poster",
    "data",
    "classid",
    "codebase",
    "archive",
    "code",
    "usemap",
    "action",
    "formaction",
    "ping",
    "longdesc",
    "cite",
    "profile",
    "manifest",
    "icon",
    "srcdoc",
    "href",
];
const DESCRIBING_ATTRIBUTES: &[&str] = &[
    "alt",
    "title",
    "class",
    "id",
    "name",
    "value",
    "label",
    "summary",
    "abbr",
    "placeholder",
    "lang",
    "width",
    "height",
    "xmlns",
    "itemtype",
    "itemid",
    "itemprop",
    "typeof",
    "vocab",
    "property",
    "prefix",
    "resource",
    "about",
    "version",
];

/// What HTML, XHTML or SVG text would load.
pub(in crate::disarm) fn html_loads(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = 0;
    let mut style_end = 0;
    for start in memchr_iter(b'<', html.as_bytes()) {
        if start < next {
            continue;
        }
        let after = html.get(start + 1..).unwrap_or_default();
        match after.as_bytes().first() {
            Some(byte) if byte.is_ascii_alphabetic() => {
                let tag = Tag::parse(after);
                next = start + 1 + tag.bytes;
                tag.loads(&mut found);
                // A style sheet that starts inside another was read with it.
                if tag.name.ends_with("style") && next > style_end {
                    let css = style_content(html.get(next..).unwrap_or_default());
                    style_end = next + css.len();
                    found.extend(css_loads(css));
                }
            }
            Some(b'!' | b'?') => found.extend(declaration_load(after)),
            _ => {}
        }
    }
    found
}

/// Where a tag starts that the end of the document cuts off.
pub(in crate::disarm) fn unfinished_tag(html: &str) -> Option<usize> {
    let mut next = 0;
    for start in memchr_iter(b'<', html.as_bytes()) {
        let after = html.get(start + 1..).unwrap_or_default();
        if start < next || !after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let tag = Tag::parse(after);
        if !tag.is_finished {
            return Some(start);
        }
        next = start + 1 + tag.bytes;
    }
    None
}

/// The text up to the end tag.
fn style_content(after: &str) -> &str {
    let end = memmem::find_iter(after.as_bytes(), b"</")
        .find(|&at| after.get(at + 2..at + 7).is_some_and(|name| name.eq_ignore_ascii_case("style")));
    after.get(..end.unwrap_or(after.len())).unwrap_or_default()
}

fn declaration_load(after: &str) -> Option<String> {
    let start = after.get(..after.floor_char_boundary(DECLARATION_BYTES_MAX)).unwrap_or_default();
    let declaration = start.split('>').next().unwrap_or_default().to_ascii_lowercase();
    let is_loading = match declaration.get(..8) {
        Some("!doctype") => declaration.replace("http://www.w3.org/", "").contains("://"),
        Some("!entity ") => true,
        _ => declaration.starts_with("?xml-stylesheet") || declaration.starts_with("?import"),
    };
    is_loading.then_some(declaration)
}

/// A start tag as written.
struct Tag<'a> {
    name: Cow<'a, str>,
    attributes: Vec<(Cow<'a, str>, &'a str)>,
    bytes: usize,
    is_finished: bool,
}

impl<'a> Tag<'a> {
    /// Reads a tag from its name on (WHATWG HTML, sections 13.2.5.8 and 13.2.5.32 ff.).
    fn parse(text: &'a str) -> Self {
        let mut reader = Reader { text, position: 0 };
        let name = clean(reader.until(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')));
        let mut attributes = Vec::new();
        let is_finished = loop {
            reader.until(|byte| !byte.is_ascii_whitespace() && byte != b'/');
            match reader.peek() {
                None => break false,
                Some(b'>') => {
                    reader.position += 1;
                    break true;
                }
                Some(_) => attributes.push(reader.attribute()),
            }
        };
        Self { name, attributes, bytes: reader.position, is_finished }
    }

    fn loads(&self, found: &mut Vec<String>) {
        let local = self.name.rsplit(':').next().unwrap_or_default();
        if FORBIDDEN_TAGS.contains(&local) {
            found.push(format!("<{}>", self.name));
        }
        for (name, raw) in &self.attributes {
            let value = decode_entities(raw);
            if self.attribute_loads(local, name, &value) {
                found.push(format!("<{} {name}={value}>", self.name));
            }
        }
    }

    fn attribute_loads(&self, local: &str, name: &str, value: &str) -> bool {
        let name_local = name.rsplit(':').next().unwrap_or_default();
        let is_picture = matches!(local, "imagedata" | "fill" | "image");
        match name_local {
            _ if name.starts_with("on") => true,
            "style" => !css_loads(value).is_empty(),
            "href"
                if matches!(local, "a" | "area")
                    || (self.name.starts_with("v:") && name == "href" && !is_picture) =>
            {
                let address = squeeze(value);
                ["javascript:", "vbscript:", "data:"].iter().any(|scheme| address.starts_with(scheme))
            }
            "http-equiv" => squeeze(value) == "refresh" || squeeze(value) == "link",
            _ if name == "xmlns" || name.starts_with("xmlns:") || name.starts_with("aria-") => false,
            _ if DESCRIBING_ATTRIBUTES.contains(&name) => false,
            "src" | "data" | "background" | "poster" | "srcset" => !is_local(value),
            _ if FETCHING_ATTRIBUTES.contains(&name_local) => leads_out(value) || !is_local(value),
            _ => {
                leads_out(value)
                    || value.to_ascii_lowercase().contains("url(") && !css_loads(value).is_empty()
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn until(&mut self, stop: impl Fn(u8) -> bool) -> &'a str {
        let start = self.position;
        while self.peek().is_some_and(|byte| !stop(byte)) {
            self.position += 1;
        }
        self.text.get(start..self.position).unwrap_or_default()
    }

    fn attribute(&mut self) -> (Cow<'a, str>, &'a str) {
        let start = self.position;
        // An equals sign in the first place belongs to the name.
        self.position += 1;
        self.until(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>' | b'='));
        let name = clean(self.text.get(start..self.position).unwrap_or_default());
        self.until(|byte| !byte.is_ascii_whitespace());
        if self.peek() != Some(b'=') {
            return (name, "");
        }
        self.position += 1;
        self.until(|byte| !byte.is_ascii_whitespace());
        let value = match self.peek() {
            Some(quote @ (b'"' | b'\'')) => {
                self.position += 1;
                let value = self.until(|byte| byte == quote);
                self.position = (self.position + 1).min(self.text.len());
                value
            }
            _ => self.until(|byte| byte.is_ascii_whitespace() || byte == b'>'),
        };
        (name, value)
    }
}

fn clean(name: &str) -> Cow<'_, str> {
    lowered_without(name, char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &[&str]) {
        assert_eq!(html_loads(html), expected);
    }

    #[test]
    fn loads_are_seen() {
        check("<img/src=http://t.example/p>", &["<img src=http://t.example/p>"]);
        check("<!-- <td BACKGROUND = '//t.example'> -->", &["<td background=//t.example>"]);
        check("<x-y data-foo=&#104;ttp://t.example>", &["<x-y data-foo=http://t.example>"]);
        check("<style>a{b:u\\72l(x.png)}</style>", &["url(x.png)}"]);
        check("<!DOCTYPE a SYSTEM 'http://t.example/'>", &["!doctype a system 'http://t.example/'"]);
    }

    #[test]
    fn links_and_embedded_pictures_are_not() {
        check("<a href='http://news.example/' title='see http://news.example/'>x</a>", &[]);
        check("<img src=cid:a alt=x><p style='background:url(cid:b)'>", &[]);
        check("a < b and 2<3", &[]);
    }

    #[test]
    fn a_cut_off_tag_is_found() {
        assert_eq!(unfinished_tag("<p>a<img src='x>"), Some(4));
        assert_eq!(unfinished_tag("<p>a</p"), None);
    }
}
