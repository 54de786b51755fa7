//! Calendar and contact text without what it fetches: attachments, pictures, sounds, and HTML in properties.
//!
//! Both are lists of `name;parameter=value:value` lines (RFC 5545, RFC 6350). Lines that stay keep their folds.

use super::html::disarm_html;
use super::target::{looks_remote, stays_inside};
use super::vector::LoadKind;

/// Properties whose address a program fetches by itself, or shows as part of the entry.
const LOADING_PROPERTIES: &[&str] = &[
    "attach",
    "image",
    "photo",
    "logo",
    "sound",
    "key",
    "source",
    "url",
    "fburl",
    "caluri",
    "caladruri",
    "capuri",
    "tzurl",
    "structured-data",
    "icon",
];

/// Properties that hold text for a person, or an address that only a click follows.
const TEXT_PROPERTIES: &[&str] = &[
    "description",
    "summary",
    "location",
    "comment",
    "contact",
    "note",
    "conference",
    "organizer",
    "attendee",
    "uid",
    "prodid",
    "categories",
    "related-to",
    "fn",
    "n",
    "org",
    "title",
    "role",
    "adr",
    "email",
    "tel",
    "impp",
    "nickname",
    "x-alt-desc",
    "styled-description",
    "x-google-conference",
    "x-microsoft-skypeteamsmeetingurl",
    "x-microsoft-onlinemeetingconfjoin",
];

/// Properties with HTML in them that are read in one part; further ones go, since each costs a pass of its own.
const MARKUP_MAX: usize = 200;

/// Longest folded line, without its end (RFC 5545, section 3.1).
const LINE_BYTES_MAX: usize = 75;

/// Calendar or contact text without its loads, or `None` where there are none.
pub(super) fn disarm_properties(
    text: &str,
    kind: LoadKind,
    removed: &mut Vec<(LoadKind, String)>,
) -> Option<String> {
    let before = removed.len();
    let mut markup_count = 0;
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut output = String::with_capacity(text.len());
    for raw in logical_lines(text) {
        markup_count += usize::from(raw.contains('<'));
        if raw.contains('<') && markup_count > MARKUP_MAX {
            removed.push((LoadKind::Structure, "too many properties with markup".to_owned()));
            continue;
        }
        match judge(&unfold(raw), kind, removed) {
            Fate::Keep => output.push_str(raw),
            Fate::Replace(line) => push_folded(&line, eol, &mut output),
            Fate::Remove => {}
        }
    }
    (removed.len() > before).then_some(output)
}

enum Fate {
    Keep,
    Replace(String),
    Remove,
}

fn judge(line: &str, kind: LoadKind, removed: &mut Vec<(LoadKind, String)>) -> Fate {
    let (head, value) = split_value(line);
    let mut parameters = split_parameters(head);
    let name = parameters.first().copied().unwrap_or_default().to_ascii_lowercase();
    // A group name may stand before a contact's property: `item1.URL`.
    let property = name.rsplit('.').next().unwrap_or_default();
    if loads(property, &parameters, value) {
        removed.push((kind, value.to_owned()));
        return Fate::Remove;
    }
    let count = parameters.len();
    parameters.retain(|parameter| !parameter_loads(parameter, kind, removed));
    let html = disarm_markup(value, removed);
    if parameters.len() == count && html.is_none() {
        return Fate::Keep;
    }
    Fate::Replace(format!("{}:{}", parameters.join(";"), html.as_deref().unwrap_or(value)))
}

fn loads(property: &str, parameters: &[&str], value: &str) -> bool {
    let has = |wanted: &[&str]| parameters.iter().any(|p| wanted.contains(&p.to_ascii_lowercase().as_str()));
    let is_inline = has(&["encoding=b", "encoding=base64", "base64"]);
    if LOADING_PROPERTIES.contains(&property) {
        return !is_inline && !stays_inside(value);
    }
    !TEXT_PROPERTIES.contains(&property) && looks_remote(value)
}

fn parameter_loads(parameter: &str, kind: LoadKind, removed: &mut Vec<(LoadKind, String)>) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    let value = value.trim_matches('"');
    // ALTREP and DIR point to another rendering and to a directory entry; the rest may be anyone's extension.
    let is_loading = matches!(name.to_ascii_lowercase().as_str(), "altrep" | "dir") || looks_remote(value);
    if is_loading {
        removed.push((kind, value.to_owned()));
    }
    is_loading
}

/// The value with its HTML disarmed, or `None` where it holds no HTML that loads.
fn disarm_markup(value: &str, removed: &mut Vec<(LoadKind, String)>) -> Option<String> {
    if !value.contains('<') {
        return None;
    }
    let disarmed = disarm_html(&unescape(value))?;
    removed.extend(disarmed.removed);
    Some(escape(&disarmed.html))
}

/// A property with its continuation lines: those that start with a blank, and those that a soft line break of
/// quoted-printable (vCard 2.1) announces.
fn logical_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = 0;
        let mut is_quoted_printable = false;
        for line in rest.split_inclusive('\n') {
            let continues = line.starts_with([' ', '\t']) || is_quoted_printable;
            if end > 0 && !continues {
                break;
            }
            if end == 0 || is_quoted_printable {
                let head_is_quoted = end > 0 || line.to_ascii_uppercase().contains("QUOTED-PRINTABLE");
                is_quoted_printable = head_is_quoted && line.trim_end().ends_with('=');
            }
            end += line.len();
        }
        let (line, after) = rest.split_at(end);
        rest = after;
        Some(line)
    })
}

fn unfold(raw: &str) -> String {
    let mut output = String::with_capacity(raw.len());
    for (number, line) in raw.lines().enumerate() {
        output.push_str(if number == 0 { line } else { line.strip_prefix([' ', '\t']).unwrap_or(line) });
    }
    output
}

/// Cuts a line at the first colon outside quotes.
fn split_value(line: &str) -> (&str, &str) {
    let mut is_quoted = false;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b':' if !is_quoted => {
                return (line.get(..at).unwrap_or_default(), line.get(at + 1..).unwrap_or_default());
            }
            _ => {}
        }
    }
    (line, "")
}

fn split_parameters(head: &str) -> Vec<&str> {
    let mut is_quoted = false;
    head.split(move |c| {
        is_quoted ^= c == '"';
        c == ';' && !is_quoted
    })
    .collect()
}

fn push_folded(line: &str, eol: &str, output: &mut String) {
    let mut column = 0;
    for c in line.chars() {
        if column + c.len_utf8() > LINE_BYTES_MAX {
            output.push_str(eol);
            output.push(' ');
            column = 1;
        }
        output.push(c);
        column += c.len_utf8();
    }
    output.push_str(eol);
}

/// Resolves the escapes of a text value (RFC 5545, section 3.3.11).
fn unescape(value: &str) -> String {
    let mut output = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => output.extend(chars.next().map(|c| if matches!(c, 'n' | 'N') { '\n' } else { c })),
            _ => output.push(c),
        }
    }
    output
}

fn escape(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => output.push_str("\\n"),
            '\r' => {}
            '\\' | ',' | ';' => output.extend(['\\', c]),
            _ => output.push(c),
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let output = disarm_properties(text, LoadKind::Calendar, &mut Vec::new());
        assert_eq!(output.as_deref().unwrap_or(text), expected);
        assert_eq!(disarm_properties(expected, LoadKind::Calendar, &mut Vec::new()), None);
    }

    #[test]
    fn what_a_calendar_fetches_goes() {
        check("SUMMARY:a\r\nATTACH:http://t.exa\r\n mple/p\r\nUID:1\r\n", "SUMMARY:a\r\nUID:1\r\n");
        check("DESCRIPTION;ALTREP=\"http://t.example/a;b:c\":x\n", "DESCRIPTION:x\n");
        check("X-WR-ICON:https://t.example/i\nX-A:1\n", "X-A:1\n");
    }

    #[test]
    fn html_in_a_property_is_disarmed() {
        check(
            "X-ALT-DESC;FMTTYPE=text/html:<p>a\\, b<img src=\"http://t.example/p\"></p>\n",
            "X-ALT-DESC;FMTTYPE=text/html:<p>a\\, b<img></p>\n",
        );
    }

    #[test]
    fn pictures_within_a_contact_stay() {
        let text = "PHOTO;ENCODING=b;TYPE=PNG:AAAA\nNOTE:see http://news.example/\nTEL:1\n";
        check(text, text);
        check("PHOTO;VALUE=URL;ENCODING=QUOTED-PRINTABLE:http=3A=\n//t.example\nTEL:1\n", "TEL:1\n");
        check("item1.PHOTO;VALUE=URI:http://t.example/p\nTEL:1\n", "TEL:1\n");
    }
}
