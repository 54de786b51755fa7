//! The `Content-Type` field: media type and parameters, read as leniently as the most lenient mail program.

use std::fmt;

/// A parsed `Content-Type` (RFC 2045, section 5.1, with the parameters of RFC 2231).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ContentType {
    /// `type/subtype` in lower case.
    pub(super) media_type: String,
    /// Names in lower case, values with quotes, escapes and percent signs resolved; of a repeated name the first.
    parameters: Vec<(String, String)>,
    /// Whether every reader takes the field for the same thing: no comments, no split or repeated parameters.
    pub(super) is_plain: bool,
    /// Whether the type is two tokens with a slash between them (RFC 2045, section 5.1).
    pub(super) is_well_formed: bool,
}

/// Parameters of one field that are kept; a field with more cannot be read in one way only.
const PARAMETERS_MAX: usize = 64;

impl ContentType {
    /// Parses a field's value; without one, or without a type, it is `text/plain` (RFC 2045, section 5.2).
    pub(super) fn parse(value: Option<&str>) -> Self {
        let value = value.unwrap_or("text/plain");
        let without_comments = strip_comments(value);
        let mut pieces = split_outside_quotes(&without_comments).into_iter();
        let (media_type, stray, is_well_formed) = media_type(&pieces.next().unwrap_or_default());
        let is_plain = without_comments == value && is_well_formed;
        let mut parsed = Self { media_type, parameters: Vec::new(), is_plain, is_well_formed };
        let pieces = std::iter::once(stray).chain(pieces);
        let mut sections = Vec::new();
        for (name, value) in pieces.filter_map(|piece| parameter(&piece)).take(16 * PARAMETERS_MAX) {
            match name.split_once('*') {
                None => parsed.add(name, value),
                Some((base, rest)) => sections.push((base.to_owned(), rest.to_owned(), value)),
            }
        }
        parsed.is_plain &= sections.is_empty();
        parsed.add_sections(sections);
        parsed
    }

    /// The value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The same type with another character set.
    pub(super) fn with_charset(&self, charset: &str) -> Self {
        let mut changed = self.clone();
        changed.parameters.retain(|(name, _)| name != "charset");
        changed.parameters.insert(0, ("charset".to_owned(), charset.to_owned()));
        changed
    }

    fn add(&mut self, name: String, value: String) {
        if self.parameters.len() < PARAMETERS_MAX && self.get(&name).is_none() {
            self.parameters.push((name, value));
        } else {
            self.is_plain = false;
        }
    }

    /// Joins `name*0`, `name*1*` … in the order of their numbers (RFC 2231, section 3).
    fn add_sections(&mut self, mut sections: Vec<(String, String, String)>) {
        let number = |rest: &str| rest.trim_end_matches('*').parse::<u32>().unwrap_or(0);
        sections.sort_by_key(|(base, rest, _)| (base.clone(), number(rest)));
        let mut joined: Vec<(String, String)> = Vec::new();
        for (base, rest, value) in sections {
            let is_encoded = rest.is_empty() || rest.ends_with('*');
            let value = if is_encoded { percent_decode(&value) } else { value };
            match joined.last_mut() {
                Some((last, text)) if *last == base => text.push_str(&value),
                _ => joined.push((base, value)),
            }
        }
        joined.into_iter().for_each(|(name, value)| self.add(name, value));
    }
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.media_type)?;
        for (name, value) in &self.parameters {
            let quoted: String = value.chars().filter(|c| !c.is_control()).flat_map(quoted_char).collect();
            write!(f, "; {name}=\"{quoted}\"")?;
        }
        Ok(())
    }
}

fn quoted_char(c: char) -> impl Iterator<Item = char> {
    matches!(c, '"' | '\\').then_some('\\').into_iter().chain([c])
}

/// The media type, what stands behind it without a semicolon, and whether it was well formed. What is not gets the
/// type that a lenient reader would guess, so that nothing is read more carelessly elsewhere than here.
fn media_type(text: &str) -> (String, String, bool) {
    let lower = text.to_ascii_lowercase();
    let (first, stray) = match lower.trim().split_once(char::is_whitespace) {
        Some((first, stray)) if !stray.trim_start().starts_with('/') && !first.ends_with('/') => {
            (first, stray)
        }
        _ => (lower.trim(), ""),
    };
    let media_type: String = first.chars().filter(|c| !c.is_whitespace()).collect();
    let is_token = |word: &str| !word.is_empty() && word.bytes().all(is_token_byte);
    if media_type.split_once('/').is_some_and(|(main, sub)| is_token(main) && is_token(sub)) {
        let is_well_formed = stray.trim().is_empty() && media_type == first;
        return (media_type, stray.to_owned(), is_well_formed);
    }
    let guess = match () {
        () if lower.contains("html") => "text/html",
        () if lower.contains('/') && !lower.contains("text") => "application/octet-stream",
        () => "text/plain",
    };
    (guess.to_owned(), stray.to_owned(), false)
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !br#"()<>@,;:\"/[]?="#.contains(&byte)
}

/// Text without its parenthesised comments (RFC 5322, section 3.2.2), which are not comments within quotes.
pub(super) fn strip_comments(value: &str) -> String {
    let mut output = String::with_capacity(value.len());
    let (mut depth, mut is_quoted, mut is_escaped) = (0_usize, false, false);
    for c in value.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' if depth == 0 => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if !is_quoted && depth > 0 => {
                depth -= 1;
                continue;
            }
            _ => {}
        }
        if depth == 0 {
            output.push(c);
        }
    }
    output
}

fn split_outside_quotes(value: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut is_quoted, mut is_escaped) = (false, false);
    for c in value.chars() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted => {
                pieces.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

fn parameter(piece: &str) -> Option<(String, String)> {
    let (name, value) = piece.split_once('=')?;
    let name = name.trim().to_ascii_lowercase();
    if name.is_empty() || !name.bytes().all(is_token_byte) {
        return None;
    }
    let value = value.trim();
    let value = match value.strip_prefix('"') {
        Some(quoted) => unquote(quoted),
        None => value.to_owned(),
    };
    Some((name, value))
}

fn unquote(quoted: &str) -> String {
    let mut output = String::new();
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => output.extend(chars.next()),
            _ => output.push(c),
        }
    }
    output
}

/// The value of an extended parameter without its `charset'language'` prefix, as bytes that are mostly ASCII.
fn percent_decode(value: &str) -> String {
    let value = value.rsplit('\'').next().unwrap_or(value);
    let mut output = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('%') {
        output.extend_from_slice(before.as_bytes());
        let byte = after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        output.push(byte.unwrap_or(b'%'));
        rest = byte.and_then(|_| after.get(2..)).unwrap_or(after);
    }
    output.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&output).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected: &str, is_plain: bool) {
        let parsed = ContentType::parse(Some(value));
        assert_eq!((parsed.to_string().as_str(), parsed.is_plain), (expected, is_plain));
    }

    #[test]
    fn common_and_odd_forms_are_read() {
        check("Text/HTML; charset=UTF-8", "text/html; charset=\"UTF-8\"", true);
        check("multipart/mixed; boundary=\"a;b\\\"c\"", "multipart/mixed; boundary=\"a;b\\\"c\"", true);
        check("multipart/mixed (x); boundary=a (y)", "multipart/mixed; boundary=\"a\"", false);
        check(
            "multipart/mixed; boundary*1=b; boundary*0*=us-ascii'en'%61",
            "multipart/mixed; boundary=\"ab\"",
            false,
        );
        check("text/html charset=utf-8", "text/html; charset=\"utf-8\"", false);
        check("text / html", "text/html", false);
        check("\" message/external-body; a=b", "application/octet-stream", false);
        check("html", "text/html", false);
        check("multipart/mixed; boundary=a; boundary=b", "multipart/mixed; boundary=\"a\"", false);
    }
}
