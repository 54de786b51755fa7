//! A predicate prepared for being asked often.

use super::glob::Glob;
use super::tape::{Seen, View};
use crate::event::{FieldId, FieldNames};
use crate::fold::fold;
use crate::sigma::compile;
use crate::sigma::condition::{
    Case, Comparison, FieldRelation, Network, Number, Predicate, Regex, Test, TimePart,
};
use crate::sigma::evaluate::is_within;
use crate::{moment, number};
use std::net::IpAddr;
use std::sync::OnceLock;

/// A predicate on the values of a field.
#[derive(Debug)]
pub(super) struct Checked {
    /// None for a keyword.
    pub(super) field: Option<FieldId>,
    pub(super) check: Check,
}

/// What a value must pass.
#[derive(Debug)]
pub(super) enum Check {
    Null,
    Exists(bool),
    /// On folded text.
    Text(Glob),
    /// On the text as it is.
    Cased(Glob),
    Number(Number),
    Regex(LazyRegex),
    Cidr(Network),
    Compare(Comparison, Number),
    Relation(FieldRelation, FieldId, Case),
    TimePart(TimePart, u32),
}

/// An expression that is compiled when it is first asked, because most of them never are.
#[derive(Debug)]
pub(super) struct LazyRegex {
    pub(super) regex: Regex,
    /// None if it does not compile, which the reader of rules has told; it finds nothing then.
    compiled: OnceLock<Option<regex::Regex>>,
}

impl Checked {
    /// Prepares `predicate`, whose names become ids.
    pub(super) fn new(predicate: &Predicate, names: &mut FieldNames) -> Self {
        let field = predicate.field.as_deref().map(|name| names.intern(name));
        let check = match &predicate.test {
            Test::Null => Check::Null,
            Test::Exists(exists) => Check::Exists(*exists),
            Test::Matches(pattern) => {
                let glob = Glob::new(pattern, field.is_none());
                match pattern.case {
                    Case::Insensitive => Check::Text(glob),
                    Case::Sensitive => Check::Cased(glob),
                }
            }
            Test::Number(number) => Check::Number(*number),
            Test::Regex(regex) => Check::Regex(LazyRegex { regex: regex.clone(), compiled: OnceLock::new() }),
            Test::Cidr(network) => Check::Cidr(*network),
            Test::Compare(comparison, number) => Check::Compare(*comparison, *number),
            Test::Field(relation, other, case) => Check::Relation(*relation, names.intern(other), *case),
            Test::TimePart(part, number) => Check::TimePart(*part, *number),
        };
        Self { field, check }
    }

    /// Does it hold for the event?
    pub(super) fn holds(&self, view: View<'_>) -> bool {
        let mut values = view.values(self.field);
        match &self.check {
            Check::Null => {
                let first = values.next();
                first.is_none_or(|value| value.text.is_none()) || values.any(|value| value.text.is_none())
            }
            Check::Exists(exists) => values.next().is_some() == *exists,
            _ => values.any(|value| self.check.passes(value, view)),
        }
    }
}

impl Check {
    /// Does one value pass? Not asked of [`Check::Null`] and [`Check::Exists`] of false, which hold without any.
    pub(super) fn passes(&self, seen: Seen<'_>, view: View<'_>) -> bool {
        let Some(text) = seen.text else { return matches!(self, Self::Null | Self::Exists(true)) };
        match self {
            Self::Null => false,
            Self::Exists(exists) => *exists,
            Self::Text(glob) => glob.is_match(seen.folded),
            Self::Cased(glob) => glob.is_match(text),
            Self::Number(number) => number::read(text)
                .is_some_and(|read| number::order(read, *number).is_some_and(|order| order.is_eq())),
            Self::Regex(regex) => regex.is_match(text),
            Self::Cidr(network) => address(text).is_some_and(|address| is_within(address, *network)),
            Self::Compare(comparison, number) => {
                number::read(text).is_some_and(|read| number::compares(*comparison, read, *number))
            }
            Self::Relation(relation, other, case) => {
                view.values(Some(*other)).any(|other| is_related(*relation, *case, seen, other))
            }
            Self::TimePart(part, number) => moment::part(text, *part) == Some(*number),
        }
    }
}

/// The address that a text is.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    text.trim().parse().ok()
}

fn is_related(relation: FieldRelation, case: Case, one: Seen<'_>, other: Seen<'_>) -> bool {
    let texts = match case {
        Case::Insensitive => {
            Some((one.folded, other.folded)).filter(|_| one.text.is_some() && other.text.is_some())
        }
        Case::Sensitive => one.text.zip(other.text),
    };
    let Some((one, other)) = texts else { return false };
    match relation {
        FieldRelation::Equals => one == other,
        FieldRelation::StartsWith => one.starts_with(other),
        FieldRelation::EndsWith => one.ends_with(other),
        FieldRelation::Contains => one.contains(other),
    }
}

impl LazyRegex {
    fn is_match(&self, text: &str) -> bool {
        self.compiled
            .get_or_init(|| compile(&self.regex).ok())
            .as_ref()
            .is_some_and(|compiled| compiled.is_match(text))
    }
}

/// The text of a literal as an index looks for it.
pub(super) fn sought_text(check: &Check, text: &str) -> Box<str> {
    match check {
        Check::Cased(_) => fold(text).into(),
        _ => text.into(),
    }
}
