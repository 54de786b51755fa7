//! JSON as it comes: the leaves of a document with the names that lead to them, without a tree and mostly without copies.

use super::meaning::Meaning;
use super::paths::{PathId, Paths};
use crate::event::{FieldNames, Value};
use model::limit::{LOG_EVENT_FIELDS_MAX, LOG_NESTING_MAX};
use std::borrow::Cow;

/// What is wrong with a text that is not JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    /// Byte, from 0.
    pub(super) at: usize,
    pub(super) reason: &'static str,
}

impl From<Broken> for String {
    fn from(broken: Broken) -> Self {
        format!("byte {}: {}", broken.at, broken.reason)
    }
}

/// Calls `leaf` with each value that is no object and no list, in the order of the text, with what the names that lead to it mean.
pub(super) fn leaves<'a>(
    text: &'a str,
    paths: &mut Paths,
    names: &FieldNames,
    leaf: &mut impl FnMut(&Meaning, Value<'a>),
) -> Result<(), Broken> {
    paths.begin(names);
    let mut reader = Reader { text, at: 0, fields_left: LOG_EVENT_FIELDS_MAX, paths, names };
    reader.skip_blanks();
    reader.value(Paths::ROOT, 0, leaf)?;
    reader.skip_blanks();
    if reader.at < text.len() { reader.broken("more than one value") } else { Ok(()) }
}

struct Reader<'a, 'p> {
    text: &'a str,
    at: usize,
    fields_left: usize,
    paths: &'p mut Paths,
    names: &'p FieldNames,
}

impl<'a> Reader<'a, '_> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn advance(&mut self, count: usize) {
        self.at = self.at.saturating_add(count);
    }

    fn broken<T>(&self, reason: &'static str) -> Result<T, Broken> {
        Err(Broken { at: self.at, reason })
    }

    fn skip_blanks(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.advance(1);
        }
    }

    fn value(
        &mut self,
        path: PathId,
        depth: usize,
        leaf: &mut impl FnMut(&Meaning, Value<'a>),
    ) -> Result<(), Broken> {
        match self.byte() {
            Some(b'{') => self.object(path, depth, leaf),
            Some(b'[') => self.list(path, depth, leaf),
            _ => {
                let value = self.scalar()?;
                let Some(left) = self.fields_left.checked_sub(1) else {
                    return self.broken("too many fields");
                };
                self.fields_left = left;
                leaf(self.paths.meaning(path), value);
                Ok(())
            }
        }
    }

    fn scalar(&mut self) -> Result<Value<'a>, Broken> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        match self.byte() {
            Some(b'"') => self.string().map(Value::Text),
            Some(b'-' | b'0'..=b'9') => {
                let end = rest.bytes().position(|byte| !byte.is_ascii_digit() && !b"+-.eE".contains(&byte));
                let (number, _) = rest.split_at(end.unwrap_or(rest.len()));
                self.advance(number.len());
                Ok(Value::Number(Cow::Borrowed(number)))
            }
            _ => {
                let words =
                    [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))];
                let Some((word, value)) = words.into_iter().find(|(word, _)| rest.starts_with(word)) else {
                    return self.broken("a value is expected");
                };
                self.advance(word.len());
                Ok(value)
            }
        }
    }

    fn object(
        &mut self,
        path: PathId,
        depth: usize,
        leaf: &mut impl FnMut(&Meaning, Value<'a>),
    ) -> Result<(), Broken> {
        let depth = self.deeper(depth)?;
        self.advance(1);
        self.skip_blanks();
        if self.byte() == Some(b'}') {
            self.advance(1);
            return Ok(());
        }
        let mut before = None;
        loop {
            self.skip_blanks();
            let name = self.name(path, before)?;
            before = Some(name);
            self.skip_blanks();
            if self.byte() != Some(b':') {
                return self.broken("a colon is expected");
            }
            self.advance(1);
            self.skip_blanks();
            self.value(name, depth, leaf)?;
            if self.is_last(b'}')? {
                return Ok(());
            }
        }
    }

    /// A name that begins here below `path`, behind the name `before`: nearly always the one that stood there in the last document.
    fn name(&mut self, path: PathId, before: Option<PathId>) -> Result<PathId, Broken> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let Some(rest) = rest.strip_prefix(b"\"") else {
            return self.broken("a name in quotes is expected");
        };
        if let Some((id, name)) = self.paths.expected(path, before)
            && rest.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.first() == Some(&b'"'))
        {
            let length = name.len().saturating_add(2);
            self.advance(length);
            return Ok(id);
        }
        let name = self.string()?;
        match self.paths.child(path, before, &name, self.names) {
            Some(id) => Ok(id),
            None => self.broken("too many names"),
        }
    }

    fn list(
        &mut self,
        path: PathId,
        depth: usize,
        leaf: &mut impl FnMut(&Meaning, Value<'a>),
    ) -> Result<(), Broken> {
        let depth = self.deeper(depth)?;
        self.advance(1);
        self.skip_blanks();
        if self.byte() == Some(b']') {
            self.advance(1);
            return Ok(());
        }
        loop {
            self.skip_blanks();
            self.value(path, depth, leaf)?;
            if self.is_last(b']')? {
                return Ok(());
            }
        }
    }

    fn deeper(&self, depth: usize) -> Result<usize, Broken> {
        if depth >= LOG_NESTING_MAX { self.broken("too deep") } else { Ok(depth.saturating_add(1)) }
    }

    /// Behind a member: takes a comma, or the end.
    fn is_last(&mut self, end: u8) -> Result<bool, Broken> {
        self.skip_blanks();
        match self.byte() {
            Some(b',') => {
                self.advance(1);
                Ok(false)
            }
            Some(byte) if byte == end => {
                self.advance(1);
                Ok(true)
            }
            None => self.broken("it ends too early"),
            Some(_) => self.broken("a comma or the end is expected"),
        }
    }

    /// A string that begins here.
    fn string(&mut self) -> Result<Cow<'a, str>, Broken> {
        self.advance(1);
        let rest = self.text.get(self.at..).unwrap_or_default();
        let Some(end) = memchr::memchr2(b'"', b'\\', rest.as_bytes()) else {
            return self.broken("a string has no end");
        };
        let (plain, rest) = rest.split_at(end);
        if rest.starts_with('"') {
            self.advance(end.saturating_add(1));
            return Ok(Cow::Borrowed(plain));
        }
        self.advance(end);
        self.escaped(plain).map(Cow::Owned)
    }

    /// The rest of a string whose first backslash stands here.
    fn escaped(&mut self, before: &str) -> Result<String, Broken> {
        // Up to the next quote is room enough for nearly all: paths of Windows would make the text grow with each of their parts.
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let room = memchr::memchr(b'"', rest).unwrap_or_default();
        let mut out = String::with_capacity(before.len().saturating_add(room));
        out.push_str(before);
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let Some(end) = memchr::memchr2(b'"', b'\\', rest.as_bytes()) else {
                return self.broken("a string has no end");
            };
            let (plain, rest) = rest.split_at(end);
            out.push_str(plain);
            self.advance(end.saturating_add(1));
            if rest.starts_with('"') {
                return Ok(out);
            }
            let Some(mark) = self.byte() else { return self.broken("a string has no end") };
            self.advance(1);
            match mark {
                b'"' | b'\\' | b'/' => out.push(char::from(mark)),
                b'b' => out.push('\u{8}'),
                b'f' => out.push('\u{c}'),
                b'n' => out.push('\n'),
                b'r' => out.push('\r'),
                b't' => out.push('\t'),
                b'u' => out.push(self.unicode()?),
                _ => return self.broken("a backslash before something else than JSON has"),
            }
        }
    }

    /// Behind `\u`: one or two halves of a character. A half alone becomes U+FFFD.
    fn unicode(&mut self) -> Result<char, Broken> {
        let first = self.unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        if !self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u")) {
            return Ok(char::REPLACEMENT_CHARACTER);
        }
        let before = self.at;
        self.advance(2);
        let second = self.unit()?;
        if !(0xdc00..0xe000).contains(&second) {
            self.at = before;
            return Ok(char::REPLACEMENT_CHARACTER);
        }
        let scalar = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        Ok(char::from_u32(scalar).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn unit(&mut self) -> Result<u32, Broken> {
        let digits = self
            .text
            .get(self.at..self.at.saturating_add(4))
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let Some(unit) = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) else {
            return self.broken("four hexadecimal digits are expected");
        };
        self.advance(4);
        Ok(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(text: &str) -> Result<String, String> {
        let mut names = FieldNames::default();
        for name in ["a", "b.c", "b.d.e", "f", "f.g", "h"] {
            names.intern(name);
        }
        let mut out = Vec::new();
        // The second time every name is the one that is expected.
        let mut paths = Paths::new();
        for _ in 0..2 {
            out.clear();
            leaves(text, &mut paths, &names, &mut |meaning, value| {
                let path = meaning.ids().find_map(|id| names.name(id)).unwrap_or_default();
                out.push(format!("{path}={}", value.text().unwrap_or("null")));
            })?;
        }
        Ok(out.join(" "))
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(told(text).as_deref(), Ok(expected), "{text}");
    }

    #[track_caller]
    fn check_broken(text: &str, expected: &str) {
        let message = told(text).expect_err("it is broken");
        assert!(message.contains(expected), "{text}: {message}");
    }

    #[test]
    fn leaves_have_the_names_that_lead_to_them() {
        check(
            r#"{"a":1,"b":{"c":"x","d":{"e":true}},"f":[1,{"g":2}],"h":null,"i":{},"j":[]}"#,
            "a=1 b.c=x b.d.e=true f=1 f.g=2 h=null",
        );
        check(" { \"a\" : -1.5e3 } ", "a=-1.5e3");
    }

    #[test]
    fn escapes_are_undone() {
        check(r#"{"a":"C:\\x \"y\" \u00e9 \ud83d\ude00 \ud800 \n/"}"#, "a=C:\\x \"y\" é 😀 \u{fffd} \n/");
        check(r#"{"\u0061":1}"#, "a=1");
    }

    #[test]
    fn what_is_broken_is_told_with_its_place() {
        check_broken(r#"{"a":1"#, "byte 6: it ends too early");
        check_broken(r#"{"a" 1}"#, "byte 5: a colon");
        check_broken(r#"{"a":"x}"#, "no end");
        check_broken(r#"{"a":"\x"}"#, "byte 8: a backslash");
        check_broken(r#"{"a":"\u12"}"#, "four hexadecimal");
        check_broken(r#"{"a":x}"#, "byte 5: a value");
        check_broken("{} {}", "byte 3: more than one");
        check_broken("", "a value");
        check_broken(&"[".repeat(10_000), "too deep");
        check_broken(&format!("[{}1]", "1,".repeat(LOG_EVENT_FIELDS_MAX)), "too many fields");
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "[\\[\\]{}\",:\\\\ua0-9.eé ]{0,60}") {
            let _ = told(&text);
        }
    }
}
