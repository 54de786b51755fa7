//! What a step of a pipeline does to a rule.

use super::condition::{ItemConditions, Told};
use crate::sigma::condition::{Case, Condition, Predicate, Test};
use crate::sigma::correlation::{Correlation, CorrelationKind};
use crate::sigma::expression::one_or;
use crate::sigma::pattern::{Pattern, Piece};
use crate::sigma::rule::{Logsource, Rule};
use crate::sigma::value::{pieces, written};

/// What a step does. Names are pySigma's.
#[derive(Debug, Clone)]
pub(crate) enum Transformation {
    /// `field_name_mapping`: a name becomes one or several.
    MapField(Vec<(String, Vec<String>)>),
    /// `field_name_prefix_mapping`: the beginning of a name becomes another.
    MapPrefix(Vec<(String, String)>),
    /// `field_name_prefix` and `field_name_suffix`.
    Surround(String, String),
    /// `drop_detection_item`
    Drop,
    /// `add_condition`
    AddCondition(Condition),
    /// `change_logsource`
    ChangeLogsource(Logsource),
    /// `replace_string`: in patterns, wildcards included.
    Replace(regex::Regex, String),
    /// `map_string`: a whole value becomes one or several.
    MapValue(Vec<(String, Vec<String>)>),
    /// `set_state`
    SetState(String, String),
    /// `rule_failure`
    RefuseRule(String),
    /// `detection_item_failure`
    RefuseItem(String),
    /// `value_placeholders`; done while rules are read.
    ValuePlaceholders(Names),
    /// `wildcard_placeholders`; done while rules are read.
    WildcardPlaceholders(Names),
}

/// Names of placeholders (`include`, `exclude`).
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    pub(crate) include: Option<Vec<String>>,
    pub(crate) exclude: Vec<String>,
}

impl Names {
    pub(crate) fn is_for(&self, name: &str) -> bool {
        let is_named = |names: &[String]| names.iter().any(|found| found == name);
        self.include.as_deref().is_none_or(is_named) && !is_named(&self.exclude)
    }

    pub(crate) fn named(&self) -> impl Iterator<Item = &str> {
        self.include.iter().flatten().map(String::as_str).filter(|name| self.is_for(name))
    }
}

/// What became of a rule.
pub(crate) enum Transformed {
    Unchanged,
    Changed,
    /// The rule must not be used.
    Refused(String),
}

impl Transformation {
    pub(crate) fn apply(&self, rule: &mut Rule, conditions: &ItemConditions, told: &mut Told) -> Transformed {
        match self {
            Self::ValuePlaceholders(_) | Self::WildcardPlaceholders(_) => Transformed::Unchanged,
            Self::RefuseRule(message) => Transformed::Refused(message.clone()),
            Self::SetState(key, value) => {
                told.state.insert(key.clone(), value.clone());
                Transformed::Changed
            }
            Self::ChangeLogsource(logsource) => {
                rule.logsource = logsource.clone();
                Transformed::Changed
            }
            Self::AddCondition(added) => {
                for condition in &mut rule.conditions {
                    let own = std::mem::replace(condition, Condition::All(Vec::new()));
                    *condition = Condition::All(vec![added.clone(), own]);
                }
                Transformed::Changed
            }
            _ => self.apply_to_items(rule, conditions),
        }
    }

    /// Names within a correlation are names of fields too.
    pub(crate) fn apply_to_correlation(&self, correlation: &mut Correlation) {
        let aliases: Vec<String> = correlation.aliases.keys().cloned().collect();
        let rename = |field: &mut String| {
            if let Some(first) = self.renamed(field).and_then(|names| names.into_iter().next()) {
                *field = first;
            }
        };
        correlation.group_by.iter_mut().filter(|field| !aliases.contains(field)).for_each(rename);
        correlation.aliases.values_mut().flat_map(|rules| rules.values_mut()).for_each(rename);
        match &mut correlation.kind {
            CorrelationKind::ValueCount(fields, _) | CorrelationKind::FirstSeen { fields, .. } => {
                fields.iter_mut().for_each(rename);
            }
            CorrelationKind::ValueSum(field, _)
            | CorrelationKind::ValueAvg(field, _)
            | CorrelationKind::ValuePercentile(field, _, _) => rename(field),
            _ => {}
        }
    }

    fn apply_to_items(&self, rule: &mut Rule, conditions: &ItemConditions) -> Transformed {
        let mut items = Items { transformation: self, conditions, is_changed: false, refusal: None };
        let before = std::mem::take(&mut rule.conditions);
        rule.conditions = before.into_iter().filter_map(|condition| items.condition(condition)).collect();
        for field in rule.fields.iter_mut().filter(|field| conditions.hold_for_field(field)) {
            if let Some(first) = self.renamed(field).and_then(|names| names.into_iter().next()) {
                *field = first;
            }
        }
        match items {
            Items { refusal: Some(message), .. } => Transformed::Refused(message),
            _ if rule.conditions.is_empty() => Transformed::Refused("nothing is left of the rule".to_owned()),
            Items { is_changed: true, .. } => Transformed::Changed,
            Items { .. } => Transformed::Unchanged,
        }
    }

    /// The new names of a field, if this renames it.
    fn renamed(&self, field: &str) -> Option<Vec<String>> {
        match self {
            Self::MapField(mapping) => {
                mapping.iter().find(|(from, _)| from == field).map(|(_, to)| to.clone())
            }
            Self::MapPrefix(mapping) => mapping.iter().find_map(|(from, to)| {
                field.strip_prefix(from.as_str()).map(|rest| vec![format!("{to}{rest}")])
            }),
            Self::Surround(before, after) => Some(vec![format!("{before}{field}{after}")]),
            _ => None,
        }
    }

    /// The new values of a pattern, if this changes it.
    fn revalued(&self, pattern: &Pattern) -> Option<Vec<Pattern>> {
        let text = written(&pattern.pieces);
        let of = |text: &str| Pattern { pieces: pieces(text), case: pattern.case };
        match self {
            Self::Replace(regex, replacement) => {
                let pieces = pattern.pieces.iter().map(|piece| match piece {
                    Piece::Text(text) => {
                        Piece::Text(regex.replace_all(text, replacement.as_str()).into_owned())
                    }
                    other => other.clone(),
                });
                let changed: Vec<Piece> =
                    pieces.filter(|piece| !matches!(piece, Piece::Text(text) if text.is_empty())).collect();
                (changed != pattern.pieces).then(|| vec![Pattern { pieces: changed, case: pattern.case }])
            }
            Self::MapValue(mapping) => mapping
                .iter()
                .find(|(from, _)| {
                    *from == text || (pattern.case == Case::Insensitive && from.eq_ignore_ascii_case(&text))
                })
                .map(|(_, to)| to.iter().map(|text| of(text)).collect()),
            _ => None,
        }
    }
}

/// A walk through the conditions of a rule.
struct Items<'a> {
    transformation: &'a Transformation,
    conditions: &'a ItemConditions,
    is_changed: bool,
    refusal: Option<String>,
}

impl Items<'_> {
    /// What becomes of a condition; none if it is dropped.
    fn condition(&mut self, condition: Condition) -> Option<Condition> {
        match condition {
            Condition::All(parts) => self.parts(parts, Condition::All),
            Condition::Any(parts) => self.parts(parts, Condition::Any),
            Condition::Not(part) => self.condition(*part).map(|part| Condition::Not(Box::new(part))),
            Condition::Is(predicate) if self.conditions.hold(&predicate) => self.predicate(predicate),
            Condition::Is(_) => Some(condition),
        }
    }

    fn parts(&mut self, parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Option<Condition> {
        let kept: Vec<_> = parts.into_iter().filter_map(|part| self.condition(part)).collect();
        (!kept.is_empty()).then(|| one_or(kept, join))
    }

    fn predicate(&mut self, predicate: Predicate) -> Option<Condition> {
        match self.transformation {
            Transformation::Drop => {
                self.is_changed = true;
                return None;
            }
            Transformation::RefuseItem(message) => {
                self.refusal = Some(message.clone());
                return Some(Condition::Is(predicate));
            }
            _ => {}
        }
        let names = predicate.field.as_deref().and_then(|field| self.transformation.renamed(field));
        let tests = match &predicate.test {
            Test::Matches(pattern) => self.transformation.revalued(pattern),
            _ => None,
        };
        self.is_changed |= names.is_some() || tests.is_some();
        let names = names
            .map_or_else(|| vec![predicate.field.clone()], |names| names.into_iter().map(Some).collect());
        let tests = tests.map_or_else(
            || vec![self.test(&predicate.test)],
            |patterns| patterns.into_iter().map(Test::Matches).collect(),
        );
        let all = names.iter().flat_map(|field| {
            tests.iter().map(|test| Condition::Is(Predicate { field: field.clone(), test: test.clone() }))
        });
        Some(one_or(all.collect(), Condition::Any))
    }

    /// The other field of a `fieldref` is renamed too.
    fn test(&self, test: &Test) -> Test {
        if let Test::Field(relation, other, case) = test
            && let Some(first) = self.transformation.renamed(other).and_then(|names| names.into_iter().next())
        {
            return Test::Field(*relation, first, *case);
        }
        test.clone()
    }
}
