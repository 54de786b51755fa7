//! A correlation made ready: its rules found, its fields interned, its times in milliseconds.

use super::key::{Tag, tag};
use super::subject::FieldRef;
use crate::event::FieldNames;
use crate::sigma::correlation::{Bound, Correlation, CorrelationKind, Threshold};
use crate::sigma::rule::{Level, Rule};
use model::limit::{CORRELATION_DEPTH_MAX, CORRELATION_ENTRIES_MAX};
use std::collections::HashMap;

/// Entries that a window keeps however low its threshold is.
const ENTRIES_MIN: usize = 64;
/// Entries that a window keeps of rules in an order.
const ENTRIES_ORDERED: usize = 256;

/// A correlation as it is run.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Its id in rules.
    pub(crate) id: String,
    pub(crate) tag: Tag,
    /// `timespan` in milliseconds.
    pub(crate) span: i64,
    pub(crate) kind: Kind,
    /// Names of the group, as in `group-by`.
    pub(crate) group_names: Vec<String>,
    /// Names of the fields of the condition.
    pub(crate) field_names: Vec<String>,
    /// For each of its rules, where the values stand.
    pub(crate) sources: Vec<Fields>,
    /// Are its alerts told, or only seen by other correlations?
    pub(crate) is_told: bool,
    /// Correlations that look at this one.
    pub(crate) outer: Vec<Route>,
}

/// Where a rule's events have what a correlation asks for.
#[derive(Debug)]
pub(crate) struct Fields {
    pub(crate) group: Vec<FieldRef>,
    pub(crate) values: Vec<FieldRef>,
}

/// A match of something goes to a correlation, as the one of its rules with this position.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route {
    pub(crate) plan: usize,
    pub(crate) position: usize,
}

/// What is done with matches.
#[derive(Debug)]
pub(crate) enum Kind {
    /// Told as soon as a window is complete, whichever event it ends with.
    Sliding(Condition),
    /// Told when a window is over, because until then it may cease to hold.
    Binned(Condition),
    FirstSeen {
        learning: i64,
    },
    Recurrence {
        gap: i64,
    },
    Silence,
}

/// What must hold of the events in a window.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) measure: Measure,
    pub(crate) threshold: Threshold,
    /// Entries that are kept one by one; of what is more, only measures are.
    pub(crate) entries_max: usize,
}

/// What is measured of the events in a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Measure {
    /// How many there are.
    Count,
    /// How many distinct values they have.
    Values,
    /// How many of the rules matched.
    Rules,
    /// Whether so many rules matched in their order.
    Ordered(usize),
    /// The sum of their values.
    Sum,
    /// The mean of their values.
    Mean,
    /// This percentile of their values, from 0 to 100.
    Percentile(f64),
}

/// All correlations, and which matches they want.
#[derive(Debug)]
pub(crate) struct Plans {
    pub(crate) plans: Vec<Plan>,
    /// For each rule.
    pub(crate) of_rule: Vec<Vec<Route>>,
    pub(crate) by_tag: HashMap<Tag, usize>,
    /// For each rule: does a match make a sighting of its own?
    pub(crate) is_rule_told: Vec<bool>,
}

/// What a name in `rules` means.
#[derive(Debug, Clone, Copy)]
enum Source {
    Rule(usize),
    Correlation(usize),
}

impl Plans {
    pub(crate) fn new(rules: &[Rule], correlations: &[Correlation], names: &mut FieldNames) -> Self {
        let mut plans: Vec<Plan> =
            correlations.iter().map(|correlation| Plan::new(correlation, names)).collect();
        let mut of_rule = vec![Vec::new(); rules.len()];
        let sources = sources(rules, correlations);
        let mut rules_referred = Referred::new(rules.len());
        let mut correlations_referred = Referred::new(correlations.len());
        for (index, correlation) in correlations.iter().enumerate() {
            for (position, name) in correlation.rules.iter().enumerate() {
                let route = Route { plan: index, position };
                match sources.get(name.as_str()) {
                    Some(Source::Rule(rule)) => {
                        of_rule.get_mut(*rule).into_iter().for_each(|routes| routes.push(route));
                        rules_referred.by(
                            *rule,
                            correlation.is_generating && alerts(rules.get(*rule).map(|rule| rule.level)),
                        );
                    }
                    Some(Source::Correlation(inner)) => {
                        plans.get_mut(*inner).into_iter().for_each(|plan| plan.outer.push(route));
                        let inner_level = correlations.get(*inner).map(|inner| inner.level);
                        correlations_referred.by(*inner, correlation.is_generating && alerts(inner_level));
                    }
                    None => {}
                }
            }
        }
        for (plan, is_told) in plans.iter_mut().zip(correlations_referred.told()) {
            plan.is_told = is_told;
        }
        let by_tag = plans.iter().enumerate().map(|(index, plan)| (plan.tag, index)).collect();
        Self { plans, of_rule, by_tag, is_rule_told: rules_referred.told().collect() }
    }
}

impl Plans {
    /// Correlations whose windows are judged when they are over, those before which others look at.
    pub(crate) fn binned_inner_first(&self) -> Vec<(usize, Tag)> {
        let mut ranks = vec![0_usize; self.plans.len()];
        for _ in 0..CORRELATION_DEPTH_MAX {
            for (index, plan) in self.plans.iter().enumerate() {
                let above = ranks.get(index).map_or(0, |rank| rank + 1);
                for route in &plan.outer {
                    ranks.get_mut(route.plan).into_iter().for_each(|rank| *rank = above.max(*rank));
                }
            }
        }
        let binned = self.plans.iter().zip(ranks).enumerate();
        let binned = binned.filter(|(_, (plan, _))| matches!(plan.kind, Kind::Binned(_)));
        let mut binned: Vec<_> = binned.map(|(index, (plan, rank))| (rank, index, plan.tag)).collect();
        binned.sort_unstable();
        binned.into_iter().map(|(_, index, tag)| (index, tag)).collect()
    }
}

/// Which rules others refer to, and whether one of these wants them told nevertheless.
struct Referred(Vec<(bool, bool)>);

impl Referred {
    fn new(length: usize) -> Self {
        Self(vec![(false, false); length])
    }

    fn by(&mut self, index: usize, is_generating: bool) {
        if let Some((is_referred, is_generated)) = self.0.get_mut(index) {
            *is_referred = true;
            *is_generated |= is_generating;
        }
    }

    fn told(self) -> impl Iterator<Item = bool> {
        self.0.into_iter().map(|(is_referred, is_generated)| !is_referred || is_generated)
    }
}

/// Rules of level `informational` enrich events and are no reason for an alert (Sigma specification, `level`): `generate` does
/// not make them one.
fn alerts(level: Option<Level>) -> bool {
    level.is_some_and(|level| level > Level::Informational)
}

fn sources<'a>(rules: &'a [Rule], correlations: &'a [Correlation]) -> HashMap<&'a str, Source> {
    let of_rules = rules.iter().enumerate().flat_map(|(index, rule)| {
        [Some(&rule.id), rule.name.as_ref()].map(|name| (name, Source::Rule(index)))
    });
    let of_correlations = correlations.iter().enumerate().flat_map(|(index, correlation)| {
        [Some(&correlation.id), correlation.name.as_ref()].map(|name| (name, Source::Correlation(index)))
    });
    of_rules.chain(of_correlations).filter_map(|(name, source)| Some((name?.as_str(), source))).collect()
}

impl Plan {
    fn new(correlation: &Correlation, names: &mut FieldNames) -> Self {
        let field_names = field_names(&correlation.kind);
        let mut refer = |rule: &str, name: &str| {
            let alias = correlation.aliases.get(name).and_then(|rules| rules.get(rule));
            let name = alias.map_or(name, String::as_str);
            FieldRef { name: name.to_owned(), id: names.intern(name), is_without_versions: false }
        };
        let is_without_versions =
            matches!(correlation.kind, CorrelationKind::FirstSeen { are_versions_ignored: true, .. });
        let sources = correlation.rules.iter().map(|rule| Fields {
            group: correlation.group_by.iter().map(|name| refer(rule, name)).collect(),
            values: field_names
                .iter()
                .map(|name| FieldRef { is_without_versions, ..refer(rule, name) })
                .collect(),
        });
        Self {
            id: correlation.id.clone(),
            tag: tag(correlation),
            span: millis(correlation.timespan_secs),
            kind: kind(correlation),
            sources: sources.collect(),
            group_names: correlation.group_by.clone(),
            field_names,
            is_told: true,
            outer: Vec::new(),
        }
    }
}

fn field_names(kind: &CorrelationKind) -> Vec<String> {
    match kind {
        CorrelationKind::ValueCount(fields, _) | CorrelationKind::FirstSeen { fields, .. } => fields.clone(),
        CorrelationKind::ValueSum(field, _)
        | CorrelationKind::ValueAvg(field, _)
        | CorrelationKind::ValuePercentile(field, ..) => vec![field.clone()],
        _ => Vec::new(),
    }
}

fn kind(correlation: &Correlation) -> Kind {
    match &correlation.kind {
        CorrelationKind::EventCount(threshold) => window(Measure::Count, threshold.clone()),
        CorrelationKind::ValueCount(_, threshold) => window(Measure::Values, threshold.clone()),
        CorrelationKind::Temporal(Some(threshold)) => window(Measure::Rules, threshold.clone()),
        CorrelationKind::Temporal(None) => window(Measure::Rules, at_least(correlation.rules.len())),
        CorrelationKind::TemporalOrdered => {
            let rules = correlation.rules.len();
            let entries_max = ENTRIES_ORDERED.max(4 * rules).min(CORRELATION_ENTRIES_MAX);
            Kind::Sliding(Condition {
                measure: Measure::Ordered(rules),
                threshold: at_least(rules),
                entries_max,
            })
        }
        CorrelationKind::ValueSum(_, threshold) => window(Measure::Sum, threshold.clone()),
        CorrelationKind::ValueAvg(_, threshold) => window(Measure::Mean, threshold.clone()),
        CorrelationKind::ValuePercentile(_, percent, threshold) => {
            window(Measure::Percentile(*percent), threshold.clone())
        }
        CorrelationKind::FirstSeen { learning_secs, .. } => {
            Kind::FirstSeen { learning: millis(*learning_secs) }
        }
        CorrelationKind::Recurrence { gap_secs } => Kind::Recurrence { gap: millis(*gap_secs) },
        CorrelationKind::Silence => Kind::Silence,
    }
}

fn window(measure: Measure, threshold: Threshold) -> Kind {
    let is_of_numbers = matches!(measure, Measure::Sum | Measure::Mean | Measure::Percentile(_));
    let is_told_at_once = threshold.is_rising() && !matches!(measure, Measure::Mean | Measure::Percentile(_));
    let entries_max = match (is_of_numbers, is_told_at_once) {
        (false, true) => {
            threshold.least_count().saturating_mul(4).clamp(ENTRIES_MIN, CORRELATION_ENTRIES_MAX)
        }
        _ => CORRELATION_ENTRIES_MAX,
    };
    let condition = Condition { measure, threshold, entries_max };
    if is_told_at_once { Kind::Sliding(condition) } else { Kind::Binned(condition) }
}

#[expect(clippy::cast_precision_loss, reason = "no file of rules has 2^53 rules")]
fn at_least(count: usize) -> Threshold {
    Threshold { bounds: vec![(Bound::GreaterOrEqual, count as f64)] }
}

fn millis(secs: u64) -> i64 {
    i64::try_from(secs).unwrap_or(i64::MAX).saturating_mul(1_000)
}
