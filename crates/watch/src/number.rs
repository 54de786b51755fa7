//! Numbers of events, however they are spelled, against numbers of rules.

use crate::sigma::condition::{Comparison, Number};
use std::cmp::Ordering;

/// The number that a text is: in decimal or, behind `0x`, in hexadecimal as Windows writes masks and process numbers.
pub fn read(text: &str) -> Option<Number> {
    let first = text.bytes().next()?;
    if !first.is_ascii_digit() && !matches!(first, b'-' | b'+' | b'.') {
        return None;
    }
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        let is_digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        return i64::from_str_radix(digits, 16).ok().filter(|_| is_digits).map(Number::Integer);
    }
    if let Ok(integer) = text.parse() {
        return Some(Number::Integer(integer));
    }
    text.parse().ok().filter(|float: &f64| float.is_finite()).map(Number::Float)
}

/// How two numbers stand to each other; a fraction on one side makes both floats.
#[expect(
    clippy::cast_precision_loss,
    reason = "where one of both has a fraction, the precision of floats is all there is"
)]
pub fn order(one: Number, other: Number) -> Option<Ordering> {
    match (one, other) {
        (Number::Integer(one), Number::Integer(other)) => Some(one.cmp(&other)),
        (Number::Integer(one), Number::Float(other)) => (one as f64).partial_cmp(&other),
        (Number::Float(one), Number::Integer(other)) => one.partial_cmp(&(other as f64)),
        (Number::Float(one), Number::Float(other)) => one.partial_cmp(&other),
    }
}

/// Is `one` in this relation to `other`?
pub fn compares(comparison: Comparison, one: Number, other: Number) -> bool {
    order(one, other).is_some_and(|order| match comparison {
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_each_spelling_of_logs() {
        let check = |text: &str, expected| assert_eq!(read(text), expected, "{text}");
        check("4688", Some(Number::Integer(4_688)));
        check("0x40", Some(Number::Integer(64)));
        check("-1", Some(Number::Integer(-1)));
        check("1.5", Some(Number::Float(1.5)));
        for text in ["", "0x", "0x-1", "-", "12a", "nan", "inf", "1e999", " 1"] {
            check(text, None);
        }
    }

    #[test]
    fn fractions_and_whole_numbers_compare() {
        assert!(compares(Comparison::Greater, Number::Float(1.5), Number::Integer(1)));
        assert!(compares(Comparison::LessOrEqual, Number::Integer(2), Number::Integer(2)));
        assert!(!compares(Comparison::Less, Number::Integer(2), Number::Float(2.0)));
    }
}
