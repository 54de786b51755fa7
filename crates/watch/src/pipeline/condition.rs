//! When a step of a pipeline is taken: conditions on the rule, on a field, and on what the field is asked for.

use crate::sigma::condition::{Condition, Predicate, Test};
use crate::sigma::correlation::Correlation;
use crate::sigma::evaluate::text_matches;
use crate::sigma::expression::is_like;
use crate::sigma::rule::{Logsource, Rule};
use crate::sigma::value::written;
use std::collections::{BTreeMap, BTreeSet};

/// What steps before have done to a rule.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Ids of steps that changed it.
    pub(crate) applied: BTreeSet<String>,
    /// What `set_state` noted.
    pub(crate) state: BTreeMap<String, String>,
}

/// How conditions are joined (`rule_cond_op`, `rule_cond_not`).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Join {
    pub(crate) is_any: bool,
    pub(crate) is_negated: bool,
}

impl Join {
    fn of(self, mut results: impl Iterator<Item = bool>) -> bool {
        let holds = if self.is_any { results.any(|holds| holds) } else { results.all(|holds| holds) };
        holds != self.is_negated
    }
}

/// Conditions on a rule; without any, they hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct RuleConditions {
    pub(crate) list: Vec<RuleCondition>,
    pub(crate) join: Join,
}

#[derive(Debug, Clone)]
pub(crate) enum RuleCondition {
    Logsource(Logsource),
    ContainsField(String),
    ContainsItem(String, String),
    Applied(String),
    State(String, String),
    Tag(String),
    IsRule,
    IsCorrelation,
}

impl RuleConditions {
    pub(crate) fn hold_for_rule(&self, rule: &Rule, told: &Told) -> bool {
        self.list.is_empty() || self.join.of(self.list.iter().map(|condition| condition.holds(rule, told)))
    }

    /// Correlations have no logsource, so conditions on one cannot hold for them.
    pub(crate) fn hold_for_correlation(&self, correlation: &Correlation) -> bool {
        let holds = |condition: &RuleCondition| match condition {
            RuleCondition::IsCorrelation => true,
            RuleCondition::Tag(tag) => correlation.tags.contains(tag),
            _ => false,
        };
        self.list.is_empty() || self.join.of(self.list.iter().map(holds))
    }
}

impl RuleCondition {
    fn holds(&self, rule: &Rule, told: &Told) -> bool {
        match self {
            Self::Logsource(wanted) => is_of(&rule.logsource, wanted),
            Self::ContainsField(field) => {
                any_predicate(rule, &|predicate| predicate.field.as_ref() == Some(field))
            }
            Self::ContainsItem(field, value) => any_predicate(rule, &|predicate| {
                predicate.field.as_ref() == Some(field) && asks_for(&predicate.test, value)
            }),
            Self::Applied(id) => told.applied.contains(id),
            Self::State(key, value) => told.state.get(key) == Some(value),
            Self::Tag(tag) => rule.tags.contains(tag),
            Self::IsRule => true,
            Self::IsCorrelation => false,
        }
    }
}

fn is_of(found: &Logsource, wanted: &Logsource) -> bool {
    let is_same = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
    is_same(&wanted.category, &found.category)
        && is_same(&wanted.product, &found.product)
        && is_same(&wanted.service, &found.service)
}

fn any_predicate(rule: &Rule, holds: &dyn Fn(&Predicate) -> bool) -> bool {
    fn within(condition: &Condition, holds: &dyn Fn(&Predicate) -> bool) -> bool {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().any(|part| within(part, holds)),
            Condition::Not(part) => within(part, holds),
            Condition::Is(predicate) => holds(predicate),
        }
    }
    rule.conditions.iter().any(|condition| within(condition, holds))
}

fn asks_for(test: &Test, value: &str) -> bool {
    match test {
        Test::Matches(pattern) => text_matches(pattern, value) || written(&pattern.pieces) == value,
        Test::Number(number) => crate::number::read(value)
            .and_then(|value| crate::number::order(value, *number))
            .is_some_and(std::cmp::Ordering::is_eq),
        _ => false,
    }
}

/// Conditions on a field of a rule and on what it is asked for; without any, they hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct ItemConditions {
    pub(crate) fields: Vec<FieldCondition>,
    pub(crate) fields_join: Join,
    pub(crate) items: Vec<ItemCondition>,
    pub(crate) items_join: Join,
}

#[derive(Debug, Clone)]
pub(crate) enum FieldCondition {
    /// `*` is anything.
    Include(Vec<String>),
    Exclude(Vec<String>),
    IncludeRegex(Vec<regex::Regex>),
    ExcludeRegex(Vec<regex::Regex>),
}

#[derive(Debug, Clone)]
pub(crate) enum ItemCondition {
    Matches(regex::Regex),
    IsNull,
}

impl ItemConditions {
    pub(crate) fn hold(&self, predicate: &Predicate) -> bool {
        self.hold_for_field(predicate.field.as_deref().unwrap_or_default()) && self.hold_for_item(predicate)
    }

    pub(crate) fn hold_for_field(&self, field: &str) -> bool {
        self.fields.is_empty()
            || self.fields_join.of(self.fields.iter().map(|condition| condition.holds(field)))
    }

    fn hold_for_item(&self, predicate: &Predicate) -> bool {
        self.items.is_empty()
            || self.items_join.of(self.items.iter().map(|condition| condition.holds(&predicate.test)))
    }
}

impl FieldCondition {
    fn holds(&self, field: &str) -> bool {
        match self {
            Self::Include(names) => names.iter().any(|name| is_like(field, name)),
            Self::Exclude(names) => !names.iter().any(|name| is_like(field, name)),
            Self::IncludeRegex(list) => list.iter().any(|regex| regex.is_match(field)),
            Self::ExcludeRegex(list) => !list.iter().any(|regex| regex.is_match(field)),
        }
    }
}

impl ItemCondition {
    fn holds(&self, test: &Test) -> bool {
        match (self, test) {
            (Self::Matches(regex), Test::Matches(pattern)) => regex.is_match(&written(&pattern.pieces)),
            (Self::IsNull, test) => *test == Test::Null,
            _ => false,
        }
    }
}
