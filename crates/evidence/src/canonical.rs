//! Canonical JSON (RFC 8785): one value has one text, so that everyone computes the same hash of an entry.
//!
//! Numbers are whole only. RFC 8785 writes fractions as ECMAScript does, which few languages outside browsers do alike, and a
//! log whose verifiers disagree over a last digit proves nothing. Counts and times are whole in a small enough unit.

use crate::json::{self, ParseError, ParseErrorKind};
use std::{cmp::Ordering, collections::BTreeMap, fmt::Write};

/// A whole number that every JSON reader takes exactly: from -(2^53 - 1) to 2^53 - 1 (RFC 7493 section 2.2).
///
/// ```
/// use evidence::canonical::Integer;
/// assert_eq!(Integer::new(5).map(Integer::get), Some(5));
/// assert_eq!(Integer::new(1 << 53), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Integer(i64);

impl Integer {
    /// The largest number, 2^53 - 1.
    ///
    /// ```
    /// assert_eq!(evidence::canonical::Integer::MAX.get(), 9_007_199_254_740_991);
    /// ```
    pub const MAX: Self = Self((1 << 53) - 1);

    /// The number, or `None` when it is out of range.
    ///
    /// ```
    /// assert!(evidence::canonical::Integer::new(i64::MIN).is_none());
    /// ```
    pub const fn new(number: i64) -> Option<Self> {
        if number.unsigned_abs() <= Self::MAX.0.unsigned_abs() { Some(Self(number)) } else { None }
    }

    /// The number.
    ///
    /// ```
    /// assert_eq!(evidence::canonical::Integer::from(7_u32).get(), 7);
    /// ```
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl From<u32> for Integer {
    fn from(number: u32) -> Self {
        Self(i64::from(number))
    }
}

/// A JSON value without fractions.
///
/// ```
/// use evidence::Value;
/// let entry = Value::object([("v", 1_u32.into()), ("kind", "example".into())]);
/// assert_eq!(entry.to_canonical(), r#"{"kind":"example","v":1}"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Int(Integer),
    /// A text.
    String(String),
    /// Values in order.
    Array(Vec<Value>),
    /// Values by name. The order here is that of code points; the canonical one is made on writing.
    Object(BTreeMap<String, Value>),
}

impl Value {
    /// An object from names and values. The last of two equal names counts.
    ///
    /// ```
    /// use evidence::Value;
    /// assert_eq!(Value::object([]).to_canonical(), "{}");
    /// ```
    pub fn object<const N: usize>(members: [(&str, Value); N]) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The member `name` of an object, or `None`.
    ///
    /// ```
    /// use evidence::Value;
    /// let entry = Value::object([("kind", "example".into())]);
    /// assert_eq!(entry.get("kind"), Some(&Value::from("example")));
    /// ```
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Object(members) => members.get(name),
            _ => None,
        }
    }

    /// The text of a string, or `None`.
    ///
    /// ```
    /// assert_eq!(evidence::Value::from("text").as_str(), Some("text"));
    /// ```
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number, or `None`.
    ///
    /// ```
    /// assert_eq!(evidence::Value::from(4_u32).as_int(), Some(4));
    /// ```
    pub const fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(number.get()),
            _ => None,
        }
    }

    /// The one canonical text: no spaces, members sorted by the UTF-16 code units of their names, the shortest escapes.
    ///
    /// ```
    /// use evidence::Value;
    /// let value = Value::Array(vec![Value::Null, true.into(), "\u{8}\u{1f}\"\u{e9}".into()]);
    /// assert_eq!(value.to_canonical(), "[null,true,\"\\b\\u001f\\\"\u{e9}\"]");
    /// ```
    pub fn to_canonical(&self) -> String {
        let mut text = String::new();
        write_value(&mut text, self);
        text
    }

    /// Reads JSON text of at most [`crate::limit::ENTRY_BYTES_MAX`] bytes, canonical or not.
    ///
    /// ```
    /// use evidence::Value;
    /// assert_eq!(Value::parse(br#" { "b" : 2 , "a" : "\u0041" } "#)?.to_canonical(), r#"{"a":"A","b":2}"#);
    /// # Ok::<(), evidence::json::ParseError>(())
    /// ```
    ///
    /// # Errors
    /// Says what does not fit, and where.
    pub fn parse(text: &[u8]) -> Result<Self, ParseError> {
        json::parse(text)
    }

    /// Reads JSON text that must be in canonical form already, as every entry of our log is.
    ///
    /// ```
    /// use evidence::Value;
    /// assert!(Value::parse_canonical(br#"{"a":1,"b":2}"#).is_ok());
    /// assert!(Value::parse_canonical(br#"{"b":2,"a":1}"#).is_err());
    /// ```
    ///
    /// # Errors
    /// Says what does not fit, and where: for [`ParseErrorKind::Canonical`] the first byte that differs from the canonical
    /// text.
    pub fn parse_canonical(text: &[u8]) -> Result<Self, ParseError> {
        let value = json::parse(text)?;
        let canonical = value.to_canonical();
        if canonical.as_bytes() == text {
            return Ok(value);
        }
        let at = canonical.bytes().zip(text).take_while(|(ours, theirs)| ours == *theirs).count();
        Err(ParseError { at, kind: ParseErrorKind::Canonical })
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<Integer> for Value {
    fn from(number: Integer) -> Self {
        Self::Int(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(values: Vec<Value>) -> Self {
        Self::Array(values)
    }
}

fn write_value(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Int(number) => text.push_str(&number.0.to_string()),
        Value::String(string) => write_string(text, string),
        Value::Array(values) => write_list(text, ['[', ']'], values, write_value),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| utf16_order(a, b));
            write_list(text, ['{', '}'], members, |text, (name, value)| {
                write_string(text, name);
                text.push(':');
                write_value(text, value);
            });
        }
    }
}

fn write_list<T>(
    text: &mut String,
    [open, close]: [char; 2],
    items: impl IntoIterator<Item = T>,
    write: impl Fn(&mut String, T),
) {
    text.push(open);
    for (position, item) in items.into_iter().enumerate() {
        if position > 0 {
            text.push(',');
        }
        write(text, item);
    }
    text.push(close);
}

/// RFC 8785 section 3.2.3. It differs from the order of code points where a name has characters beyond U+FFFF.
fn utf16_order(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

/// RFC 8785 section 3.2.2.2: only what must be escaped is, by the short form where there is one.
fn write_string(text: &mut String, string: &str) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            control if control < ' ' => {
                // Writing to a string does not fail.
                let _ = write!(text, "\\u{:04x}", u32::from(control));
            }
            other => text.push(other),
        }
    }
    text.push('"');
}
