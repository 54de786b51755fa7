//! A second opinion: what could still load, found without a line of the code that removes it.
//!
//! The rewriter streams through `lol_html` and walks MIME by itself; this reads MIME with `mail_parser` and takes every
//! `<` that a letter follows for a tag, in comments, raw text and CDATA alike. It would rather object to harmless text
//! than miss a load. Only what a character reference stands for is shared.

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};
use memchr::{memchr_iter, memmem};

use super::entity::decode_entities;

/// One thing in a message that could still reach out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemainingLoad {
    /// The part it stands in, counted from 0 in the order of the message; nested messages add a dotted number.
    pub part: String,
    /// The tag, attribute, property or header field that would load, with its value.
    pub found: String,
}

/// Attached messages that are looked into; a message that names more of them is itself reported.
const ATTACHED_MESSAGES_MAX: usize = 200;

/// Bytes of a declaration that are read.
const DECLARATION_BYTES_MAX: usize = 2_048;

/// Header fields that no disarmed message carries.
const FORBIDDEN_HEADERS: &[&str] = &[
    "disposition-notification-to",
    "return-receipt-to",
    "x-confirm-reading-to",
    "list-unsubscribe-post",
    "bimi-location",
];
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
const CALENDAR_LOADS: &[&str] = &[
    "attach", "image", "photo", "logo", "sound", "key", "source", "url", "fburl", "caluri", "capuri", "tzurl",
];

/// Everything in a message that a reader's program could still fetch, send or run without being asked.
///
/// Meant for the output of [`super::disarm`], for which it is empty.
pub fn remaining_loads(message: &[u8]) -> Vec<RemainingLoad> {
    if attached_messages(message) > ATTACHED_MESSAGES_MAX {
        return vec![RemainingLoad { part: String::new(), found: "too many attached messages".to_owned() }];
    }
    let mut found = Vec::new();
    if let Some(parsed) = MessageParser::default().parse(message) {
        check_message(&parsed, "", &mut found);
    }
    found
}

/// How often a message says that another one follows, whatever the structure. The parser holds each within the one
/// before, and letting go of a long chain of them takes as much stack as the chain is long.
fn attached_messages(message: &[u8]) -> usize {
    let lower = message.to_ascii_lowercase();
    let count = |kind: &str| memmem::find_iter(&lower, kind).take(ATTACHED_MESSAGES_MAX + 1).count();
    count("message/rfc822") + count("message/global")
}

fn check_message(message: &Message<'_>, prefix: &str, found: &mut Vec<RemainingLoad>) {
    for (index, part) in message.parts.iter().enumerate() {
        let place = format!("{prefix}{index}");
        let mut report = |text: String| found.push(RemainingLoad { part: place.clone(), found: text });
        check_headers(part).into_iter().for_each(&mut report);
        check_body(part).into_iter().for_each(&mut report);
        if let PartType::Message(nested) = &part.body {
            check_message(nested, &format!("{place}."), found);
        }
    }
}

fn check_headers(part: &MessagePart<'_>) -> Vec<String> {
    let name_of = |header: &mail_parser::Header<'_>| header.name.as_str().to_ascii_lowercase();
    let forbidden =
        part.headers.iter().map(name_of).filter(|name| FORBIDDEN_HEADERS.contains(&name.as_str()));
    let location = part.content_location().filter(|location| leads_out(location)).map(str::to_owned);
    forbidden.chain(location).collect()
}

fn check_body(part: &MessagePart<'_>) -> Vec<String> {
    let content_type = part.content_type();
    let main = content_type.map(|t| t.c_type.to_ascii_lowercase()).unwrap_or_default();
    let sub = content_type.and_then(|t| t.c_subtype.as_deref()).unwrap_or_default().to_ascii_lowercase();
    let text = match &part.body {
        PartType::Html(html) => return html_loads(html),
        PartType::Text(text) => text.clone(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => String::from_utf8_lossy(bytes),
        PartType::Message(_) | PartType::Multipart(_) => return Vec::new(),
    };
    match sub.as_str() {
        "external-body" | "partial" => vec![format!("{main}/{sub}")],
        "calendar" | "vcard" | "x-vcard" | "directory" | "x-vcalendar" | "ics" => calendar_loads(&text),
        "css" => css_loads(&text),
        _ if sub.contains("html") || sub == "xml" || sub.ends_with("+xml") => html_loads(&text),
        _ => Vec::new(),
    }
}

/// What calendar or contact text would load.
fn calendar_loads(text: &str) -> Vec<String> {
    let unfolded = text.replace("\r\n ", "").replace("\r\n\t", "").replace("\n ", "").replace("\n\t", "");
    let mut found = Vec::new();
    for line in unfolded.lines() {
        let lower = line.to_ascii_lowercase();
        let name = lower.split([';', ':']).next().unwrap_or_default().rsplit('.').next().unwrap_or_default();
        let is_load =
            CALENDAR_LOADS.contains(&name) && leads_out(lower.split_once(':').map_or("", |(_, value)| value));
        if is_load || lower.contains(";altrep=") || lower.contains(";dir=") {
            found.push(line.to_owned());
        }
        if line.contains('<') {
            found.extend(html_loads(&line.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")));
        }
    }
    found
}

/// What HTML, XHTML or SVG text would load.
pub(super) fn html_loads(html: &str) -> Vec<String> {
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
pub(super) fn unfinished_tag(html: &str) -> Option<usize> {
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
    name: String,
    attributes: Vec<(String, &'a str)>,
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
                ["javascript:", "vbscript:", "data:"].iter().any(|scheme| squeeze(value).starts_with(scheme))
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

    fn attribute(&mut self) -> (String, &'a str) {
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

/// What a style sheet or style attribute would load, read once as it stands and once without comments.
fn css_loads(css: &str) -> Vec<String> {
    let stripped = without_comments(css);
    let mut found: Vec<_> =
        [css, stripped.as_str()].into_iter().flat_map(|text| css_functions(&resolve(text))).collect();
    let resolved = resolve(&stripped);
    if resolved.contains("://") || resolved.contains("\"//") || resolved.contains("'//") {
        found.push("address in a style sheet".to_owned());
    }
    found
}

fn css_functions(css: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in ["url(", "src(", "@import", "expression("] {
        for at in memmem::find_iter(css.as_bytes(), word) {
            let argument = css.get(at + word.len()..).unwrap_or_default();
            let argument: String =
                argument.trim_start_matches([' ', '\t', '\n', '\r', '"', '\'']).chars().take(40).collect();
            let end = argument.find([')', '"', '\'']).unwrap_or(argument.len());
            let is_fine = matches!(word, "url(" | "src(") && argument.get(..end).is_some_and(is_local);
            if !is_fine {
                found.push(format!("{word}{argument}"));
            }
        }
    }
    found
}

fn without_comments(css: &str) -> String {
    let mut output = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        output.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    output.push_str(rest);
    output
}

/// Lower case, with backslash escapes resolved wherever they stand.
fn resolve(css: &str) -> String {
    let mut output = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, escape)) = rest.split_once('\\') {
        output.push_str(before);
        let digits = escape.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
        let code =
            escape.get(..digits).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        rest = escape.get(digits..).unwrap_or_default();
        if let Some(character) = code {
            output.push(character);
            rest = rest.strip_prefix([' ', '\t', '\n']).unwrap_or(rest);
        }
    }
    output.push_str(rest);
    output.to_ascii_lowercase()
}

/// Whether a load of this address can only be answered from within the message.
fn is_local(value: &str) -> bool {
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
fn leads_out(value: &str) -> bool {
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

fn squeeze(value: &str) -> String {
    value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).flat_map(char::to_lowercase).collect()
}

fn clean(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).flat_map(char::to_lowercase).collect()
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
        check("<style>a{b:u\\72l(x.png)}</style>", &["url(x.png)}", "url(x.png)}"]);
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
