//! A second opinion: what could still load, found without a line of the code that removes it.
//!
//! The rewriter streams through `lol_html` and walks MIME by itself; this reads MIME with `mail_parser` and takes every
//! `<` that a letter follows for a tag, in comments, raw text and CDATA alike. It would rather object to harmless text
//! than miss a load. Only what a character reference stands for is shared.

mod address;
mod markup;
mod style;

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};
use memchr::memmem;

use address::leads_out;
pub(super) use markup::{html_loads, unfinished_tag};
use style::css_loads;

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

/// Header fields that no disarmed message carries.
const FORBIDDEN_HEADERS: &[&str] = &[
    "disposition-notification-to",
    "return-receipt-to",
    "x-confirm-reading-to",
    "list-unsubscribe-post",
    "bimi-location",
];
const CALENDAR_LOADS: &[&str] = &[
    "attach", "image", "photo", "logo", "sound", "key", "source", "url", "fburl", "caluri", "capuri", "tzurl",
];

/// How a page begins.
const PAGE_STARTS: &[&str] = &[
    "<!doctype html",
    "<?xml",
    "<html",
    "<head",
    "<body",
    "<title",
    "<meta",
    "<link",
    "<base",
    "<style",
    "<script",
    "<svg",
    "<iframe",
    "<form",
    "<table",
    "<div",
    "<span",
    "<center",
    "<font",
    "<img",
    "<h1",
    "<a",
    "<b",
    "<p",
    "<br",
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
        _ if sub.contains("html") || sub == "xml" || sub == "svg" || sub.ends_with("+xml") => {
            html_loads(&text)
        }
        _ if is_page_by_name(part) => html_loads(&text),
        _ if main != "text" && content_type.is_some() && begins_as_page(&text) => html_loads(&text),
        _ => Vec::new(),
    }
}

/// Whether a browser opens the file of this part, whatever its type.
fn is_page_by_name(part: &MessagePart<'_>) -> bool {
    let name = part.attachment_name().unwrap_or_default().to_lowercase();
    let name = name.trim_end_matches(|c: char| !c.is_alphanumeric());
    let ending = name.rsplit('.').next().filter(|ending| ending.len() < name.len());
    matches!(ending, Some("html" | "htm" | "shtml" | "xhtml" | "xht" | "svg" | "hta"))
}

/// Whether text begins with markup that readers recognise as a page without being told.
fn begins_as_page(text: &str) -> bool {
    let start: String = text
        .chars()
        .filter(|&c| c != '\0' && c != '\u{feff}')
        .skip_while(|c| c.is_whitespace())
        .take(15)
        .collect();
    let start = start.to_ascii_lowercase();
    let begins = |tag: &str| {
        let after = start.strip_prefix(tag);
        after.is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    PAGE_STARTS.iter().any(|tag| begins(tag)) || start.starts_with("<!--")
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
