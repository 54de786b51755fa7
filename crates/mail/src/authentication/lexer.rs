//! The lexical level of RFC 8601 values: comments, quoted strings and tokens, each byte looked at a fixed number of times.

use memchr::memchr2;
use std::borrow::Cow;

/// A cursor over one unfolded field value. Nothing that it does goes back, so a value costs time linear in its bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lexer<'a> {
    rest: &'a str,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn is_at(&self, byte: u8) -> bool {
        self.rest.as_bytes().first() == Some(&byte)
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.is_at(byte);
        if found {
            self.advance(1);
        }
        found
    }

    /// Passes white space and comments (CFWS, RFC 5322 section 3.2.2) and returns the inside of the first comment.
    pub(super) fn skip_cfws(&mut self) -> Option<&'a str> {
        let mut first = None;
        loop {
            self.rest = self.rest.trim_ascii_start();
            if !self.is_at(b'(') {
                return first;
            }
            let comment = self.comment();
            first = first.or(Some(comment));
        }
    }

    /// A keyword, a property name or a result: it ends where any other part of the grammar begins. May be empty.
    pub(super) fn name(&mut self) -> &'a str {
        let is_end =
            |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b';' | b'=' | b'(' | b'"' | b'.' | b'/');
        let length = self.rest.bytes().position(is_end).unwrap_or(self.rest.len());
        self.advance(length)
    }

    /// A `pvalue`: a token, a quoted string or an address with either. Ends at white space, a comment or `;`.
    ///
    /// Wider than the grammar, because receivers write signatures, URLs and addresses here without quoting them. Not
    /// empty, unless it stands at its end already.
    pub(super) fn value(&mut self) -> Cow<'a, str> {
        let mut is_quoted = false;
        let mut is_escaped = false;
        let is_end = |byte: u8| {
            if is_escaped {
                is_escaped = false;
                return false;
            }
            match byte {
                b'"' => is_quoted = !is_quoted,
                b'\\' => is_escaped = is_quoted,
                b';' | b'(' => return !is_quoted,
                byte if byte.is_ascii_whitespace() => return !is_quoted,
                _ => {}
            }
            false
        };
        let length = self.rest.bytes().position(is_end).unwrap_or(self.rest.len());
        unquoted(self.advance(length))
    }

    /// Goes behind the next `;` that is neither quoted nor in a comment, or to the end.
    pub(super) fn skip_statement(&mut self) {
        loop {
            self.skip_cfws();
            if self.is_at_end() || self.eat(b';') {
                return;
            }
            self.value();
        }
    }

    /// Passes a comment with those nested in it; one that is never closed reaches to the end. A counter and not
    /// recursion follows the nesting, so that its depth costs nothing.
    fn comment(&mut self) -> &'a str {
        let mut depth = 0_usize;
        let mut is_escaped = false;
        let is_end = |byte: u8| {
            let was_escaped = std::mem::take(&mut is_escaped);
            match byte {
                _ if was_escaped => {}
                b'\\' => is_escaped = true,
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            depth == 0
        };
        let length = self.rest.bytes().position(is_end).map_or(self.rest.len(), |last| last + 1);
        let comment = self.advance(length);
        comment.strip_prefix('(').map_or(comment, |inside| inside.strip_suffix(')').unwrap_or(inside))
    }

    /// All lengths come from positions of ASCII bytes, so none lies within a character.
    fn advance(&mut self, length: usize) -> &'a str {
        let (passed, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        passed
    }
}

/// Removes the quotes of quoted strings and resolves their quoted pairs.
fn unquoted(raw: &str) -> Cow<'_, str> {
    if memchr2(b'"', b'\\', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut is_quoted = false;
    let mut characters = raw.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => is_quoted = !is_quoted,
            '\\' if is_quoted => text.extend(characters.next()),
            _ => text.push(character),
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_value(text: &str, expected: (&str, &str)) {
        let mut lexer = Lexer::new(text);
        let value = lexer.value();
        assert_eq!((value.as_ref(), lexer.rest), expected);
    }

    #[test]
    fn a_value_ends_where_the_grammar_goes_on() {
        check_value("a@b.example; x", ("a@b.example", "; x"));
        check_value("AbC+/=(six of the signature)", ("AbC+/=", "(six of the signature)"));
        check_value(r#""a; \"b\" c"@d.example e"#, (r#"a; "b" c@d.example"#, " e"));
        check_value(r#""never closed; x"#, ("never closed; x", ""));
        check_value(r"back\slash x", (r"back\slash", " x"));
        check_value("", ("", ""));
    }

    #[track_caller]
    fn check_cfws(text: &str, expected: (Option<&str>, &str)) {
        let mut lexer = Lexer::new(text);
        assert_eq!((lexer.skip_cfws(), lexer.rest), expected);
    }

    #[test]
    fn comments_nest_and_escape() {
        check_cfws("  x", (None, "x"));
        check_cfws(" (a (b) c)\t(second) x", (Some("a (b) c"), "x"));
        check_cfws(r"(a \) b) x", (Some(r"a \) b"), "x"));
        check_cfws("((never closed) x", (Some("(never closed) x"), ""));
    }

    #[test]
    fn a_statement_ends_at_a_semicolon_outside_quotes_and_comments() {
        let mut lexer = Lexer::new(r#"a (;) ";" = . b; next"#);
        lexer.skip_statement();
        assert_eq!(lexer.rest, " next");
    }
}
