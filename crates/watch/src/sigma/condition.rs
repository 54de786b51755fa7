//! When a rule matches: predicates on fields, joined by and, or and not.

use super::pattern::Pattern;
use std::hash::{Hash, Hasher};

/// A condition with its searches resolved.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All of them; true if there is none.
    All(Vec<Condition>),
    /// At least one of them; false if there is none.
    Any(Vec<Condition>),
    /// Not this one.
    Not(Box<Condition>),
    /// A predicate holds.
    Is(Predicate),
}

/// A test of the values of a field. It holds if one of the values passes; a field that the event does not have passes only
/// [`Test::Null`] and [`Test::Exists`] with `false`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Predicate {
    /// The name as the event has it (after pipelines); none for a keyword, which any value of the event may contain.
    pub field: Option<String>,
    /// What a value must pass.
    pub test: Test,
}

/// What a value must pass.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Test {
    /// It is absent or null.
    Null,
    /// The event has such a field, or has none.
    Exists(bool),
    /// Its text is of a pattern. A keyword's pattern may stand anywhere in the value.
    Matches(Pattern),
    /// It is this number, however it is spelled.
    Number(Number),
    /// A regular expression finds something in its text.
    Regex(Regex),
    /// It is an address in this network.
    Cidr(Network),
    /// It is a number in this relation to another.
    Compare(Comparison, Number),
    /// It is in a relation to the value of another field of the same event.
    Field(FieldRelation, String, Case),
    /// A part of the time that it tells is this number.
    TimePart(TimePart, u32),
}

/// A number of a rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// Without a fraction.
    Integer(i64),
    /// With one; finite.
    Float(f64),
}

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Integer(number) => number.hash(state),
            // Both zeros are equal, and adding one makes them the same.
            Self::Float(number) => (number + 0.0).to_bits().hash(state),
        }
    }
}

/// A regular expression of a rule: the text of PCRE that the `regex` crate can also read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Regex {
    /// The expression, without flags.
    pub text: String,
    /// `i`: letters of both cases are alike.
    pub is_case_insensitive: bool,
    /// `m`: `^` and `$` are the limits of lines.
    pub is_multi_line: bool,
    /// `s`: a dot is a line break too.
    pub is_dot_all: bool,
}

/// A network of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    /// Any address in it.
    pub address: std::net::IpAddr,
    /// How many leading bits must be alike.
    pub prefix: u8,
}

/// How two numbers stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `lt`
    Less,
    /// `lte`
    LessOrEqual,
    /// `gt`
    Greater,
    /// `gte`
    GreaterOrEqual,
}

/// How a value stands to the value of another field (`fieldref`, alone or with `startswith`, `endswith`, `contains`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldRelation {
    /// They are the same.
    Equals,
    /// It begins with the other.
    StartsWith,
    /// It ends with the other.
    EndsWith,
    /// It contains the other.
    Contains,
}

/// Do letters of both cases count as alike?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Case {
    /// They do: Sigma's default.
    Insensitive,
    /// They do not: `cased`.
    Sensitive,
}

/// A part of a time as it is written, its zone not converted (specification 2.1: `minute`, `hour`, `day`, `week`, `month`, `year`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimePart {
    /// 0 to 59.
    Minute,
    /// 0 to 23.
    Hour,
    /// Of the month, 1 to 31.
    Day,
    /// By ISO 8601, 1 to 53.
    Week,
    /// 1 to 12.
    Month,
    /// The year.
    Year,
}
