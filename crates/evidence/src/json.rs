//! A strict and bounded JSON reader: what two readers could understand differently is refused.

use self::ParseErrorKind as Kind;
use crate::{
    canonical::{Integer, Value},
    limit::{ENTRY_BYTES_MAX, JSON_DEPTH_MAX},
};
use std::collections::BTreeMap;

/// Why a text was not accepted as JSON, and at which byte.
///
/// ```
/// use evidence::{Value, json::{ParseError, ParseErrorKind}};
/// let error = Value::parse(b"[1.5]").expect_err("no fractions");
/// assert_eq!(error, ParseError { at: 2, kind: ParseErrorKind::Number });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {at}")]
pub struct ParseError {
    /// Offset of the first byte that does not fit, from zero.
    pub at: usize,
    /// What does not fit.
    pub kind: ParseErrorKind,
}

/// What is wrong with a text that should be JSON.
///
/// ```
/// use evidence::{Value, json::ParseErrorKind};
/// let twice = Value::parse(br#"{"a":1,"a":2}"#).expect_err("no name twice");
/// assert_eq!(twice.kind, ParseErrorKind::Name);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseErrorKind {
    /// Not JSON.
    #[error("unexpected byte or end")]
    Syntax,
    /// A fraction, an exponent, a leading zero, a negative zero, or a number out of range.
    #[error("not a whole number within 2^53")]
    Number,
    /// An unknown escape, half a surrogate pair, a control character or broken UTF-8.
    #[error("not a valid string")]
    String,
    /// A name that stands twice in one object: readers differ in which of the two they take.
    #[error("name used twice")]
    Name,
    /// Nested deeper than [`crate::limit::JSON_DEPTH_MAX`].
    #[error("nested too deeply")]
    Depth,
    /// Longer than an entry may be.
    #[error("too long")]
    Length,
    /// JSON, but not in its canonical form.
    #[error("not in canonical form")]
    Canonical,
}

pub(crate) fn parse(text: &[u8]) -> Result<Value, ParseError> {
    if text.len() > ENTRY_BYTES_MAX {
        return Err(ParseError { at: ENTRY_BYTES_MAX, kind: Kind::Length });
    }
    let mut parser = Parser { text, at: 0, depth: 0 };
    let value = parser.value()?;
    parser.skip_spaces();
    if parser.at == text.len() { Ok(value) } else { Err(parser.error(Kind::Syntax)) }
}

struct Parser<'a> {
    text: &'a [u8],
    /// Offset of the next byte.
    at: usize,
    /// Arrays and objects that are open here.
    depth: usize,
}

impl<'a> Parser<'a> {
    fn value(&mut self) -> Result<Value, ParseError> {
        self.skip_spaces();
        match self.peek() {
            Some(b'n') => self.word(b"null", Value::Null),
            Some(b't') => self.word(b"true", Value::Bool(true)),
            Some(b'f') => self.word(b"false", Value::Bool(false)),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'[') => self.array(),
            Some(b'{') => self.object(),
            _ => Err(self.error(Kind::Syntax)),
        }
    }

    fn word(&mut self, word: &[u8], value: Value) -> Result<Value, ParseError> {
        if !self.rest().starts_with(word) {
            return Err(self.error(Kind::Syntax));
        }
        self.at += word.len();
        Ok(value)
    }

    fn array(&mut self) -> Result<Value, ParseError> {
        let mut values = Vec::new();
        self.list(b']', |parser| {
            values.push(parser.value()?);
            Ok(())
        })?;
        Ok(Value::Array(values))
    }

    fn object(&mut self) -> Result<Value, ParseError> {
        let mut members = BTreeMap::new();
        self.list(b'}', |parser| {
            parser.skip_spaces();
            let at = parser.at;
            if parser.peek() != Some(b'"') {
                return Err(parser.error(Kind::Syntax));
            }
            let name = parser.string()?;
            parser.skip_spaces();
            parser.expect(b':')?;
            let value = parser.value()?;
            match members.insert(name, value) {
                None => Ok(()),
                Some(_) => Err(ParseError { at, kind: Kind::Name }),
            }
        })?;
        Ok(Value::Object(members))
    }

    /// Reads the items of an array or object, from its opening bracket to its closing one.
    fn list(
        &mut self,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), ParseError>,
    ) -> Result<(), ParseError> {
        if self.depth == JSON_DEPTH_MAX {
            return Err(self.error(Kind::Depth));
        }
        self.depth += 1;
        self.at += 1;
        self.skip_spaces();
        if self.peek() != Some(close) {
            item(self)?;
            self.skip_spaces();
            while self.peek() == Some(b',') {
                self.at += 1;
                item(self)?;
                self.skip_spaces();
            }
        }
        self.depth -= 1;
        self.expect(close)
    }

    fn number(&mut self) -> Result<Value, ParseError> {
        let start = self.at;
        let is_part = |byte: &&u8| matches!(byte, b'-' | b'0'..=b'9');
        let digits: String = self.rest().iter().take_while(is_part).map(|byte| char::from(*byte)).collect();
        let number = digits.parse().ok().and_then(Integer::new);
        // Writing it again refuses leading zeros and the negative zero, which would not come back the same.
        let number = number.filter(|number| number.get().to_string() == digits);
        let number = number.ok_or(ParseError { at: start, kind: Kind::Number })?;
        self.at += digits.len();
        match self.peek() {
            Some(b'.' | b'e' | b'E') => Err(self.error(Kind::Number)),
            _ => Ok(Value::Int(number)),
        }
    }

    fn string(&mut self) -> Result<String, ParseError> {
        self.expect(b'"')?;
        let mut string = String::new();
        loop {
            self.plain(&mut string)?;
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => string.push(self.escape()?),
                Some(_) => return Err(self.error(Kind::String)),
                None => return Err(self.error(Kind::Syntax)),
            }
        }
        self.at += 1;
        Ok(string)
    }

    /// Takes characters up to the next quote, backslash or control character.
    fn plain(&mut self, string: &mut String) -> Result<(), ParseError> {
        let is_plain = |byte: &&u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
        let length = self.rest().iter().take_while(is_plain).count();
        let run = self.rest().get(..length).unwrap_or_default();
        let text = std::str::from_utf8(run)
            .map_err(|error| ParseError { at: self.at + error.valid_up_to(), kind: Kind::String })?;
        string.push_str(text);
        self.at += length;
        Ok(())
    }

    fn escape(&mut self) -> Result<char, ParseError> {
        let error = self.error(Kind::String);
        let (character, length) = match self.rest().get(1) {
            Some(b'b') => ('\u{8}', 2),
            Some(b't') => ('\t', 2),
            Some(b'n') => ('\n', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'r') => ('\r', 2),
            Some(plain @ (b'"' | b'\\' | b'/')) => (char::from(*plain), 2),
            Some(b'u') => self.unicode_escape().ok_or(error)?,
            _ => return Err(error),
        };
        self.at += length;
        Ok(character)
    }

    /// The character of `\uXXXX`, or of two of them that form a surrogate pair, and the bytes that it takes.
    fn unicode_escape(&self) -> Option<(char, usize)> {
        let first = self.code_unit(0)?;
        if let Some(character) = char::from_u32(u32::from(first)) {
            return Some((character, 6));
        }
        let pair = [first, self.code_unit(6)?];
        let character = char::decode_utf16(pair).next()?.ok()?;
        Some((character, 12))
    }

    /// The code unit of the `\uXXXX` that stands `offset` bytes after the next byte.
    fn code_unit(&self, offset: usize) -> Option<u16> {
        let digits = self.rest().get(offset..offset + 6)?.strip_prefix(b"\\u")?;
        let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
        u16::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| is_hex)?, 16).ok()
    }

    fn expect(&mut self, byte: u8) -> Result<(), ParseError> {
        if self.peek() != Some(byte) {
            return Err(self.error(Kind::Syntax));
        }
        self.at += 1;
        Ok(())
    }

    fn skip_spaces(&mut self) {
        let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.rest().iter().take_while(is_space).count();
    }

    fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    const fn error(&self, kind: Kind) -> ParseError {
        ParseError { at: self.at, kind }
    }
}
