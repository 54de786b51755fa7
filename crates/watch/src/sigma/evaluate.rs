//! A rule against an event, one predicate after the other: slow, and plainly what the specification says. The engine must agree with
//! it, and people are shown with it why a rule matched or did not.

use super::condition::{
    Case, Comparison, Condition, FieldRelation, Network, Number, Predicate, Regex, Test, TimePart,
};
use super::field_item::compile;
use super::pattern::{Pattern, Piece};
use super::rule::Rule;
use super::value::written;
use crate::event::{Event, FieldNames, Value};
use crate::fold::fold;
use crate::{moment, number};
use std::net::IpAddr;

/// Does `rule` match `event`? Its logsource is not looked at.
pub fn matches(rule: &Rule, event: &Event<'_>, names: &FieldNames) -> bool {
    rule.conditions.iter().any(|condition| holds(condition, event, names))
}

/// What held and what did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// `all of`, `any of`, `not`, or the predicate.
    pub text: String,
    /// It held.
    pub is_held: bool,
    /// The values that a predicate looked at.
    pub values: Vec<String>,
    /// What it is made of.
    pub parts: Vec<Explanation>,
}

/// Why `rule` matches `event` or does not.
pub fn explain(rule: &Rule, event: &Event<'_>, names: &FieldNames) -> Explanation {
    explain_condition(&Condition::Any(rule.conditions.clone()), event, names)
}

fn holds(condition: &Condition, event: &Event<'_>, names: &FieldNames) -> bool {
    match condition {
        Condition::All(parts) => parts.iter().all(|part| holds(part, event, names)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, event, names)),
        Condition::Not(part) => !holds(part, event, names),
        Condition::Is(predicate) => predicate_holds(predicate, event, names),
    }
}

fn explain_condition(condition: &Condition, event: &Event<'_>, names: &FieldNames) -> Explanation {
    let (text, parts): (&str, &[Condition]) = match condition {
        Condition::Any(parts) | Condition::All(parts) if let [only] = parts.as_slice() => {
            return explain_condition(only, event, names);
        }
        Condition::All(parts) => ("all of", parts),
        Condition::Any(parts) => ("any of", parts),
        Condition::Not(part) => ("not", std::slice::from_ref(part)),
        Condition::Is(predicate) => return explain_predicate(predicate, event, names),
    };
    let parts = parts.iter().map(|part| explain_condition(part, event, names)).collect();
    Explanation { text: text.to_owned(), is_held: holds(condition, event, names), values: Vec::new(), parts }
}

fn explain_predicate(predicate: &Predicate, event: &Event<'_>, names: &FieldNames) -> Explanation {
    let values = match &predicate.field {
        None => Vec::new(),
        Some(field) => {
            values(field, event, names).map(|value| value.text().unwrap_or("null").to_owned()).collect()
        }
    };
    Explanation {
        text: told(predicate),
        is_held: predicate_holds(predicate, event, names),
        values,
        parts: Vec::new(),
    }
}

/// Values of a field by its name; none if no such name was interned, since no event can then have it.
fn values<'e>(field: &str, event: &'e Event<'e>, names: &FieldNames) -> impl Iterator<Item = &'e Value<'e>> {
    let id = names.id(field);
    event
        .fields
        .iter()
        .filter(move |found| found.id == id && id != crate::event::FieldId::OTHER)
        .map(|found| &found.value)
}

fn predicate_holds(predicate: &Predicate, event: &Event<'_>, names: &FieldNames) -> bool {
    let Some(field) = &predicate.field else {
        return event.fields.iter().any(|field| keyword_passes(&predicate.test, &field.value));
    };
    let mut values = values(field, event, names).peekable();
    match &predicate.test {
        Test::Null => values.peek().is_none() || values.any(|value| *value == Value::Null),
        Test::Exists(is_wanted) => values.peek().is_some() == *is_wanted,
        Test::Field(relation, other, case) => values.any(|value| {
            self::values(other, event, names).any(|other| relates(value, *relation, other, *case))
        }),
        test => values.any(|value| value_passes(test, value)),
    }
}

/// A keyword is anywhere in a value.
fn keyword_passes(test: &Test, value: &Value<'_>) -> bool {
    match test {
        Test::Matches(pattern) => {
            let pieces = super::value::open(pattern.pieces.clone(), true, true);
            value.text().is_some_and(|text| text_matches(&Pattern { pieces, case: pattern.case }, text))
        }
        test => value_passes(test, value),
    }
}

/// Does a single value pass? Tests that look at more than one value ([`Test::Null`], [`Test::Exists`], [`Test::Field`]) do not.
pub fn value_passes(test: &Test, value: &Value<'_>) -> bool {
    let Some(text) = value.text() else { return false };
    match test {
        Test::Null | Test::Exists(_) | Test::Field(..) => false,
        Test::Matches(pattern) => text_matches(pattern, text),
        Test::Number(wanted) => number::read(text).is_some_and(|found| is_same(found, *wanted)),
        Test::Regex(regex) => compile(regex).is_ok_and(|regex| regex.is_match(text)),
        Test::Cidr(network) => text.trim().parse().is_ok_and(|address| is_within(address, *network)),
        Test::Compare(comparison, wanted) => {
            number::read(text).is_some_and(|found| number::compares(*comparison, found, *wanted))
        }
        Test::TimePart(part, wanted) => moment::part(text, *part) == Some(*wanted),
    }
}

/// Is the whole text of the pattern?
pub fn text_matches(pattern: &Pattern, text: &str) -> bool {
    let fold = |text: &str| match pattern.case {
        Case::Insensitive => fold(text).into_owned(),
        Case::Sensitive => text.to_owned(),
    };
    let signs: Vec<Sign> = pattern
        .pieces
        .iter()
        .flat_map(|piece| match piece {
            Piece::Text(text) => fold(text).chars().map(Sign::Letter).collect(),
            Piece::Any => vec![Sign::Any],
            Piece::One => vec![Sign::One],
        })
        .collect();
    glob(&signs, &fold(text).chars().collect::<Vec<_>>())
}

#[derive(Clone, Copy, PartialEq)]
enum Sign {
    Letter(char),
    One,
    Any,
}

/// Wildcards by going back to the last `*` only, which is enough.
fn glob(signs: &[Sign], text: &[char]) -> bool {
    let (mut sign, mut at) = (0_usize, 0_usize);
    let mut last: Option<(usize, usize)> = None;
    while let Some(letter) = text.get(at) {
        match signs.get(sign) {
            Some(Sign::Any) => {
                last = Some((sign, at));
                sign = sign.saturating_add(1);
            }
            Some(Sign::One) => (sign, at) = (sign.saturating_add(1), at.saturating_add(1)),
            Some(Sign::Letter(wanted)) if wanted == letter => {
                (sign, at) = (sign.saturating_add(1), at.saturating_add(1))
            }
            _ => match &mut last {
                Some((star, from)) => {
                    *from = from.saturating_add(1);
                    (sign, at) = (star.saturating_add(1), *from);
                }
                None => return false,
            },
        }
    }
    signs.iter().skip(sign).all(|sign| *sign == Sign::Any)
}

fn relates(value: &Value<'_>, relation: FieldRelation, other: &Value<'_>, case: Case) -> bool {
    let (Some(value), Some(other)) = (value.text(), other.text()) else { return false };
    let (value, other) = match case {
        Case::Insensitive => (fold(value), fold(other)),
        Case::Sensitive => (value.into(), other.into()),
    };
    match relation {
        FieldRelation::Equals => value == other,
        FieldRelation::StartsWith => value.starts_with(other.as_ref()),
        FieldRelation::EndsWith => value.ends_with(other.as_ref()),
        FieldRelation::Contains => value.contains(other.as_ref()),
    }
}

fn is_same(one: Number, other: Number) -> bool {
    number::order(one, other).is_some_and(std::cmp::Ordering::is_eq)
}

/// Is the address in the network? An IPv4 address written in IPv6 is the IPv4 address.
pub fn is_within(address: IpAddr, network: Network) -> bool {
    let bits = |address: IpAddr| match address.to_canonical() {
        IpAddr::V4(address) => (u128::from(address.to_bits()) << 96, 32_u32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let ((left, size), (right, other_size)) = (bits(address), bits(network.address));
    let shift = 128_u32.saturating_sub(u32::from(network.prefix));
    size == other_size && (left ^ right).checked_shr(shift).unwrap_or_default() == 0
}

fn told(predicate: &Predicate) -> String {
    let field = predicate.field.as_deref().unwrap_or("any field");
    match &predicate.test {
        Test::Null => format!("{field} is empty"),
        Test::Exists(true) => format!("{field} exists"),
        Test::Exists(false) => format!("{field} does not exist"),
        Test::Matches(pattern) if predicate.field.is_none() => {
            format!("{field} contains '{}'", written(&pattern.pieces))
        }
        Test::Matches(pattern) => format!("{field} is like '{}'", written(&pattern.pieces)),
        Test::Number(number) => format!("{field} is {}", told_number(*number)),
        Test::Regex(Regex { text, .. }) => format!("{field} matches /{text}/"),
        Test::Cidr(network) => format!("{field} is in {}/{}", network.address, network.prefix),
        Test::Compare(comparison, number) => {
            format!("{field} {} {}", sign(*comparison), told_number(*number))
        }
        Test::Field(relation, other, _) => format!("{field} {} {other}", relation_word(*relation)),
        Test::TimePart(part, number) => format!("the {} of {field} is {number}", part_word(*part)),
    }
}

fn told_number(number: Number) -> String {
    match number {
        Number::Integer(number) => number.to_string(),
        Number::Float(number) => number.to_string(),
    }
}

fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}

fn relation_word(relation: FieldRelation) -> &'static str {
    match relation {
        FieldRelation::Equals => "is the same as",
        FieldRelation::StartsWith => "begins with",
        FieldRelation::EndsWith => "ends with",
        FieldRelation::Contains => "contains",
    }
}

fn part_word(part: TimePart) -> &'static str {
    match part {
        TimePart::Minute => "minute",
        TimePart::Hour => "hour",
        TimePart::Day => "day",
        TimePart::Week => "week",
        TimePart::Month => "month",
        TimePart::Year => "year",
    }
}

#[cfg(test)]
mod tests;
