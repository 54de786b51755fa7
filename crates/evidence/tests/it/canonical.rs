//! Canonical JSON: the rules of RFC 8785, the strictness of our reader, and agreement with another reader.

use evidence::{
    Value,
    canonical::Integer,
    json::{ParseError, ParseErrorKind},
};
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
    // Beside each other, any number of them is.
    let text = format!("[{}[]]", "[],".repeat(100));
    check(&text, Ok(&text));
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-Integer::MAX.get()..=Integer::MAX.get()).prop_map(|n| Integer::new(n).unwrap().into()),
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
