//! CSS without its loads: a flat scan over tokens that never builds a tree.
//!
//! Escapes (`\75rl(`), comments and case are read as CSS Syntax Level 3 reads them. What a rule *means* is not asked:
//! each address goes wherever it stands, since a variable can carry it to any property.

use std::borrow::Cow;

use memchr::{memchr3, memmem};

use super::target::{looks_remote, stays_inside};

/// The addresses that a style sheet or a style attribute loads, in order, with escapes undone.
///
/// Linear, and cheap where there is nothing to find: most style attributes hold no parenthesis at all.
pub(crate) fn css_urls(css: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let scanned = if memchr3(b'(', b'@', b'\\', css.as_bytes()).is_some() { css } else { "" };
    Tokens::new(scanned).filter_map(|token| match token {
        Token::Url { address, .. } | Token::Import { address, .. } => Some(address),
        Token::Quoted { value, .. } if looks_remote(&value) => Some(value),
        _ => None,
    })
}

/// The same CSS without its loads, or `None` where there was nothing to remove; what went is appended to `removed`.
pub(crate) fn disarm_css(css: &str, removed: &mut Vec<String>) -> Option<String> {
    if memchr3(b'(', b'@', b'\\', css.as_bytes()).is_none() && memmem::find(css.as_bytes(), b"//").is_none() {
        return None;
    }
    let before = removed.len();
    let mut output = String::with_capacity(css.len());
    for token in Tokens::new(css) {
        push_disarmed(token, &mut output, removed);
    }
    (removed.len() > before).then_some(output)
}

fn push_disarmed(token: Token<'_>, output: &mut String, removed: &mut Vec<String>) {
    match token {
        Token::Url { address, raw } if stays_inside(&address) => output.push_str(raw),
        // `none` is valid wherever an image is, so that the rest of a shorthand (its colour) stays in force.
        Token::Url { address, .. } => {
            removed.push(address.into_owned());
            output.push_str("none");
        }
        Token::Import { address, .. } => removed.push(address.into_owned()),
        Token::Quoted { value, .. } if looks_remote(&value) => {
            removed.push(value.into_owned());
            output.push_str("\"\"");
        }
        // A reader that mistakes where a comment ends would find these.
        Token::Comment(comment) if hides_load(comment) => removed.push("comment".to_owned()),
        Token::Script => removed.push("expression".to_owned()),
        // An unquoted address in one of Internet Explorer's filters, and what could be taken for a tag.
        Token::Plain(text) if text.contains("://") || text.contains("=//") || text.ends_with('<') => {
            removed.push(text.to_owned());
            output.extend(text.chars().filter(|c| !matches!(c, '/' | '<')));
        }
        Token::Quoted { raw, .. } | Token::Comment(raw) | Token::Plain(raw) => output.push_str(raw),
    }
}

fn hides_load(comment: &str) -> bool {
    let lower = comment.to_ascii_lowercase();
    !comment.ends_with("*/")
        || ["url(", "@import", "src(", "image", "expression", "\\"].iter().any(|word| lower.contains(word))
}

#[derive(Debug)]
enum Token<'a> {
    /// `url(…)` or `src(…)`.
    Url {
        address: Cow<'a, str>,
        raw: &'a str,
    },
    /// A whole `@import` rule.
    Import {
        address: Cow<'a, str>,
    },
    /// A quoted string.
    Quoted {
        value: Cow<'a, str>,
        raw: &'a str,
    },
    Comment(&'a str),
    /// The name of Internet Explorer's `expression(…)`.
    Script,
    Plain(&'a str),
}

struct Tokens<'a> {
    css: &'a str,
    position: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let start = self.position;
        Some(match self.byte(0)? {
            b'/' if self.byte(1) == Some(b'*') => self.comment(),
            b'"' | b'\'' => {
                let value = self.quoted();
                Token::Quoted { value, raw: self.since(start) }
            }
            b'@' => self.at_rule(),
            byte if is_name(byte) => self.name_or_function(),
            _ => self.plain(),
        })
    }
}

impl<'a> Tokens<'a> {
    fn new(css: &'a str) -> Self {
        Self { css, position: 0 }
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.css.as_bytes().get(self.position + ahead).copied()
    }

    fn since(&self, start: usize) -> &'a str {
        self.css.get(start..self.position).unwrap_or_default()
    }

    fn skip_while(&mut self, keep: impl Fn(u8) -> bool) {
        while self.byte(0).is_some_and(&keep) {
            self.position += 1;
        }
    }

    fn comment(&mut self) -> Token<'a> {
        let start = self.position;
        let body = self.css.as_bytes().get(start + 2..).unwrap_or_default();
        self.position = memmem::find(body, b"*/").map_or(self.css.len(), |at| start + 2 + at + 2);
        Token::Comment(self.since(start))
    }

    fn plain(&mut self) -> Token<'a> {
        let start = self.position;
        self.position += 1;
        while let Some(byte) = self.byte(0) {
            let starts_comment = byte == b'/' && self.byte(1) == Some(b'*');
            if starts_comment || matches!(byte, b'"' | b'\'' | b'@') || is_name(byte) {
                break;
            }
            self.position += 1;
        }
        Token::Plain(self.since(start))
    }

    fn at_rule(&mut self) -> Token<'a> {
        let start = self.position;
        self.position += 1;
        if self.name().eq_ignore_ascii_case("import") {
            return Token::Import { address: self.import_address() };
        }
        Token::Plain(self.since(start))
    }

    /// The first address up to the end of the rule, which is consumed whole.
    fn import_address(&mut self) -> Cow<'a, str> {
        let mut address = None;
        while let Some(byte) = self.byte(0) {
            match byte {
                b';' => {
                    self.position += 1;
                    break;
                }
                // A rule within the rule is none; it is read as what follows.
                b'{' | b'}' | b'@' => break,
                _ => {}
            }
            match self.next() {
                Some(Token::Url { address: found, .. } | Token::Quoted { value: found, .. }) => {
                    address.get_or_insert(found);
                }
                // A run of plain characters may reach over the end of the rule; go back to it.
                Some(Token::Plain(run)) => {
                    if let Some(at) = run.find([';', '{', '}']) {
                        self.position -= run.len() - at;
                    }
                }
                Some(_) => {}
                None => break,
            }
        }
        address.unwrap_or_default()
    }

    fn name_or_function(&mut self) -> Token<'a> {
        let start = self.position;
        let name = self.name().to_ascii_lowercase();
        if self.byte(0) != Some(b'(') {
            return Token::Plain(self.since(start));
        }
        match name.as_str() {
            "url" | "src" | "url-prefix" | "domain" | "image" => self.function_address(start),
            "expression" => Token::Script,
            _ => Token::Plain(self.since(start)),
        }
    }

    fn function_address(&mut self, start: usize) -> Token<'a> {
        self.position += 1;
        self.skip_while(|byte| byte.is_ascii_whitespace());
        let address = match self.byte(0) {
            Some(b'"' | b'\'') => self.quoted(),
            _ => self.unquoted_address(),
        };
        self.skip_while(|byte| byte != b')');
        self.position = (self.position + 1).min(self.css.len());
        Token::Url { address, raw: self.since(start) }
    }

    fn unquoted_address(&mut self) -> Cow<'a, str> {
        let start = self.position;
        while let Some(byte) = self.byte(0) {
            match byte {
                b')' => break,
                b'\\' => self.position = (self.position + 2).min(self.css.len()),
                _ => self.position += 1,
            }
        }
        self.skip_to_boundary();
        unescape(self.since(start))
    }

    fn quoted(&mut self) -> Cow<'a, str> {
        let quote = self.byte(0);
        self.position += 1;
        let start = self.position;
        while let Some(byte) = self.byte(0) {
            match byte {
                _ if Some(byte) == quote => break,
                b'\n' | b'\r' | b'\x0c' => break,
                b'\\' => self.position = (self.position + 2).min(self.css.len()),
                _ => self.position += 1,
            }
        }
        self.skip_to_boundary();
        let value = unescape(self.since(start));
        self.position = (self.position + 1).min(self.css.len());
        value
    }

    fn name(&mut self) -> Cow<'a, str> {
        let start = self.position;
        while let Some(byte) = self.byte(0) {
            match byte {
                b'\\' => self.skip_escape(),
                _ if is_name(byte) => self.position += 1,
                _ => break,
            }
        }
        unescape(self.since(start))
    }

    fn skip_escape(&mut self) {
        self.position = (self.position + 1).min(self.css.len());
        let digits =
            (0..6).take_while(|&at| self.byte(at).is_some_and(|byte| byte.is_ascii_hexdigit())).count();
        self.position = (self.position + digits.max(1)).min(self.css.len());
        if digits > 0 && self.byte(0).is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.position += 1;
        }
        self.skip_to_boundary();
    }

    fn skip_to_boundary(&mut self) {
        while !self.css.is_char_boundary(self.position) {
            self.position += 1;
        }
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'\\' | 0x80..)
}

/// Undoes CSS escapes (CSS Syntax Level 3, section 4.3.7).
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut output = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => push_escaped(&mut chars, &mut output),
            _ => output.push(c),
        }
    }
    Cow::Owned(output)
}

fn push_escaped(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, output: &mut String) {
    let mut code = 0;
    let mut digits = 0;
    while let Some(digit) = chars.peek().and_then(|c| c.to_digit(16)).filter(|_| digits < 6) {
        code = code * 16 + digit;
        digits += 1;
        chars.next();
    }
    match digits {
        0 => output.extend(chars.next().filter(|c| !matches!(c, '\n' | '\r' | '\x0c'))),
        _ => {
            output.push(char::from_u32(code).unwrap_or('\u{fffd}'));
            chars.next_if(char::is_ascii_whitespace);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(css: &str, expected: &str, urls: &[&str]) {
        let output = disarm_css(css, &mut Vec::new());
        assert_eq!(output.as_deref().unwrap_or(css), expected);
        assert_eq!(css_urls(css).collect::<Vec<_>>(), urls);
        assert_eq!(disarm_css(expected, &mut Vec::new()), None, "a second pass finds nothing");
    }

    #[test]
    fn addresses_go_and_the_rest_of_the_rule_stays() {
        check(
            "a{background:red url(http://t.example/p.gif) no-repeat}",
            "a{background:red none no-repeat}",
            &["http://t.example/p.gif"],
        );
        check("a{background:url( 'http://t.example/a)b' )}", "a{background:none}", &["http://t.example/a)b"]);
        check("a{background:URL(//t.example/p", "a{background:none", &["//t.example/p"]);
    }

    #[test]
    fn escapes_hide_nothing() {
        check(r"a{background:\75rl(http://t.example)}", "a{background:none}", &["http://t.example"]);
        check(r"a{background:\000055 r\6c (http://t.example)}", "a{background:none}", &["http://t.example"]);
        check(r"a{background:url(ht\74p\3a//t.example)}", "a{background:none}", &["http://t.example"]);
    }

    #[test]
    fn imports_go_whole() {
        check("@import 'http://t.example/a.css' screen;b{}", "b{}", &["http://t.example/a.css"]);
        check("@\\69mport url(http://t.example/a.css) print; b{}", " b{}", &["http://t.example/a.css"]);
        check("@import 'a.css'", "", &["a.css"]);
    }

    #[test]
    fn strings_and_variables_carry_nothing_out() {
        check(
            "a{background:image-set('http://t.example/p' 1x)}",
            "a{background:image-set(\"\" 1x)}",
            &["http://t.example/p"],
        );
    }

    #[test]
    fn what_stays_inside_is_untouched() {
        let css =
            "/* note */a{color:red;background:url(cid:a@b.example)}b{fill:url(#g)}@media print{a{b:'c'}}";
        check(css, css, &["cid:a@b.example", "#g"]);
    }
}
