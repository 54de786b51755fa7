//! Rules over many events: Sigma's correlations, and three kinds of ours for what takes months.

mod read;

pub(crate) use read::{duration, read};

use super::rule::{Level, Place};
use std::collections::BTreeMap;

/// A rule that looks at what other rules matched, over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlation {
    /// Its UUID, or the title where it has none.
    pub id: String,
    /// Its `name`, by which other correlations refer to it.
    pub name: Option<String>,
    /// What it finds, in a line.
    pub title: String,
    /// What it finds, at length.
    pub description: String,
    /// How grave an alert is; `medium` where the rule does not say.
    pub level: Level,
    /// `attack.t1190`, ...
    pub tags: Vec<String>,
    /// Lawful things that match too.
    pub falsepositives: Vec<String>,
    /// What is looked for.
    pub kind: CorrelationKind,
    /// The rules and correlations that it looks at, by id or name, in their order.
    pub rules: Vec<String>,
    /// Fields, or aliases, whose values make a group.
    pub group_by: Vec<String>,
    /// How long what belongs together may take, in seconds.
    pub timespan_secs: u64,
    /// For each alias, the field that stands for it in each rule.
    pub aliases: BTreeMap<String, BTreeMap<String, String>>,
    /// Do the rules that it looks at give alerts of their own too (`generate`)?
    pub is_generating: bool,
    /// Where it stands.
    pub place: Place,
}

/// What is looked for within the time.
#[derive(Debug, Clone, PartialEq)]
pub enum CorrelationKind {
    /// The number of matches.
    EventCount(Threshold),
    /// The number of distinct values of these fields together.
    ValueCount(Vec<String>, Threshold),
    /// Each of the rules matched, or as many as the threshold says.
    Temporal(Option<Threshold>),
    /// Each of the rules matched, in their order.
    TemporalOrdered,
    /// The sum of a field.
    ValueSum(String, Threshold),
    /// The mean of a field.
    ValueAvg(String, Threshold),
    /// A percentile (0 to 100) of a field.
    ValuePercentile(String, f64, Threshold),
    /// Ours, `first_seen`: a value of these fields that the group did not show within the time before. Nothing is told before the
    /// group is known for `learning_secs`.
    FirstSeen {
        /// The fields whose values together are new.
        fields: Vec<String>,
        /// How long a group, or all of the rule where it has no groups, is only learned.
        learning_secs: u64,
        /// Values that differ in numbers only are the same: `Browser/91.0` and `Browser/92.0`.
        are_versions_ignored: bool,
    },
    /// Ours, `recurrence`: the group matched before, then was silent for at least this long, and matches again within the time.
    Recurrence {
        /// The shortest silence, in seconds.
        gap_secs: u64,
    },
    /// Ours, `silence`: a group that used to match has not matched for the time.
    Silence,
}

/// When a number is alarming: all of the relations hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// Each with its bound.
    pub bounds: Vec<(Bound, f64)>,
}

/// How a number stands to a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bound {
    /// `lt`
    Less,
    /// `lte`
    LessOrEqual,
    /// `gt`
    Greater,
    /// `gte`
    GreaterOrEqual,
    /// `eq`
    Equal,
    /// `neq`
    NotEqual,
}
