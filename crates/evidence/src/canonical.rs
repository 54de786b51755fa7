//! Canonical JSON (RFC 8785): one value has one text, so that everyone computes the same hash of an entry.
//!
//! Numbers are whole only. RFC 8785 writes fractions as ECMAScript does, which few languages outside browsers do alike, and a
//! log whose verifiers disagree over a last digit proves nothing. Counts and times are whole in a small enough unit.

use crate::json;
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

/// Why a text was not accepted as JSON, and at which byte.
///
/// ```
/// use evidence::{Value, canonical::{ParseError, ParseErrorKind}};
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
/// use evidence::{Value, canonical::ParseErrorKind};
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
    /// # Ok::<(), evidence::canonical::ParseError>(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(text: &str, expected: Result<&str, (usize, ParseErrorKind)>) {
        let found = Value::parse(text.as_bytes());
        let expected = expected.map(str::to_owned).map_err(|(at, kind)| ParseError { at, kind });
        assert_eq!(found.map(|value| value.to_canonical()), expected, "{text}");
    }

    #[test]
    fn members_are_sorted_by_utf16_code_units() {
        // The names of RFC 8785 section 3.2.3. By code points, U+1F600 would come after U+FB33.
        check(
            r#"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#,
            Ok("{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}"),
        );
    }

    #[test]
    fn strings_have_one_spelling() {
        check(
            r#""\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/""#,
            Ok("\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\""),
        );
        check("\"\u{7f}\u{2028}\"", Ok("\"\u{7f}\u{2028}\""));
    }

    #[test]
    fn broken_strings_are_refused() {
        use ParseErrorKind::{String, Syntax};
        check("\"a\nb\"", Err((2, String)));
        check(r#""\x""#, Err((1, String)));
        check(r#""\ud800""#, Err((1, String)));
        check(r#""\ude00\ud83d""#, Err((1, String)));
        check(r#""\ud83d\u0041""#, Err((1, String)));
        check(r#""\u12g4""#, Err((1, String)));
        check(r#""\u+123""#, Err((1, String)));
        check("\"open", Err((5, Syntax)));
        assert_eq!(Value::parse(b"\"\xff\"").unwrap_err(), ParseError { at: 1, kind: String });
    }

    #[test]
    fn numbers_are_whole_and_safe() {
        use ParseErrorKind::{Number, Syntax};
        check("-9007199254740991", Ok("-9007199254740991"));
        check("9007199254740992", Err((0, Number)));
        check("99999999999999999999", Err((0, Number)));
        check("1.0", Err((1, Number)));
        check("1e3", Err((1, Number)));
        check("01", Err((0, Number)));
        check("-0", Err((0, Number)));
        check("-", Err((0, Number)));
        check("+1", Err((0, Syntax)));
    }

    #[test]
    fn structure_is_strict() {
        use ParseErrorKind::{Depth, Length, Name, Syntax};
        check("[[],{}]", Ok("[[],{}]"));
        check("", Err((0, Syntax)));
        check("[1,]", Err((3, Syntax)));
        check("[1 2]", Err((3, Syntax)));
        check("{\"a\":1,}", Err((7, Syntax)));
        check("{a:1}", Err((1, Syntax)));
        check("{\"a\" 1}", Err((5, Syntax)));
        check("nul", Err((0, Syntax)));
        check("null null", Err((5, Syntax)));
        check(r#"{"a":1,"\u0061":2}"#, Err((7, Name)));
        check(&"[".repeat(10_000), Err((32, Depth)));
        check(&" ".repeat(70_000), Err((65_535, Length)));
    }

    #[test]
    fn deepest_nesting_is_read() {
        let text = format!("{}{}", "[".repeat(32), "]".repeat(32));
        check(&text, Ok(&text));
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (-Integer::MAX.0..=Integer::MAX.0).prop_map(|n| Value::Int(Integer(n))),
            any::<String>().prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
                prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(Value::Object),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in any_value()) {
            let text = value.to_canonical();
            prop_assert_eq!(Value::parse_canonical(text.as_bytes()), Ok(value));
        }

        #[test]
        fn other_readers_agree(value in any_value()) {
            let theirs: serde_json::Value = serde_json::from_str(&value.to_canonical()).unwrap();
            prop_assert_eq!(Value::parse(theirs.to_string().as_bytes()), Ok(value));
        }

        #[test]
        fn arbitrary_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Value::parse(&bytes);
        }
    }
}
