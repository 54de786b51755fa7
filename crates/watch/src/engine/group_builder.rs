//! Compiling the rules of a group: predicates that are the same become one, and each rule gets what wakes it.

use super::check::{Check, Checked};
use super::commonness::Commonness;
use super::expression::{Expressions, Node};
use super::field_index::{FieldIndex, FieldIndexBuilder};
use super::gram_index::Anchor;
use super::group::Group;
use super::literal_table::{narrow, wide};
use super::placement::{Placed, Placement, place};
use super::witness::{Witnesses, order, witnesses};
use crate::event::{FieldId, FieldNames};
use crate::sigma::condition::{Condition, Predicate};
use crate::sigma::rule::{Logsource, Rule};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Rules of a group that are being compiled.
#[derive(Debug, Default)]
pub(super) struct GroupBuilder {
    predicates: Vec<Checked>,
    known: HashMap<Predicate, u32>,
    /// By predicate, how many rules use it.
    uses: Vec<u32>,
    rules: Vec<(u32, Node)>,
    fields: BTreeSet<FieldId>,
}

/// Predicates that more events than these in a thousand lead to are not indexed unless they wake a rule: most events that lead to
/// them have no rule that asks.
const INDEXED_PER_MILLE_MAX: f32 = 60.0;

impl GroupBuilder {
    /// Adds a rule with its index among all.
    pub(super) fn add(&mut self, index: u32, rule: &Rule, names: &mut FieldNames) {
        let mut parts: Vec<Node> =
            rule.conditions.iter().map(|condition| self.node(condition, false, names)).collect();
        let node = if parts.len() == 1 { parts.remove(0) } else { Node::Any(parts) };
        self.rules.push((index, node));
    }

    fn node(&mut self, condition: &Condition, is_negated: bool, names: &mut FieldNames) -> Node {
        match condition {
            Condition::Not(inner) => self.node(inner, !is_negated, names),
            Condition::Is(predicate) => {
                let predicate = self.predicate(predicate, names);
                if is_negated { Node::Not(predicate) } else { Node::Is(predicate) }
            }
            Condition::All(parts) => self.parts(parts, is_negated, !is_negated, names),
            Condition::Any(parts) => self.parts(parts, is_negated, is_negated, names),
        }
    }

    fn parts(&mut self, parts: &[Condition], is_negated: bool, is_all: bool, names: &mut FieldNames) -> Node {
        let mut nodes: Vec<Node> = Vec::with_capacity(parts.len());
        for part in parts {
            match self.node(part, is_negated, names) {
                Node::All(inner) if is_all => nodes.extend(inner),
                Node::Any(inner) if !is_all => nodes.extend(inner),
                node => nodes.push(node),
            }
        }
        match (nodes.len(), is_all) {
            (1, _) => nodes.remove(0),
            (_, true) => Node::All(nodes),
            (_, false) => Node::Any(nodes),
        }
    }

    fn predicate(&mut self, predicate: &Predicate, names: &mut FieldNames) -> u32 {
        let id = match self.known.get(predicate) {
            Some(id) => *id,
            None => {
                let id = narrow(self.predicates.len());
                self.known.insert(predicate.clone(), id);
                self.predicates.push(Checked::new(predicate, names));
                self.uses.push(0);
                id
            }
        };
        if let Some(uses) = self.uses.get_mut(wide(id)) {
            *uses = uses.saturating_add(1);
        }
        id
    }

    /// The group of what was added.
    pub(super) fn build(mut self, logsource: Logsource, commonness: &Commonness) -> Group {
        let commonness = self.with_literals(commonness);
        let placed: Vec<Placed> = self
            .predicates
            .iter()
            .zip(&self.uses)
            .map(|(checked, uses)| place(checked, *uses, &commonness))
            .collect();
        let waking: Vec<Option<Witnesses>> =
            self.rules.iter().map(|(_, node)| witnesses(node, &placed)).collect();
        let is_indexed = is_indexed(&placed, &waking);
        for (_, node) in &mut self.rules {
            order(node, &|predicate| cost(predicate, &placed, &is_indexed));
        }
        let (woken_from, woken) = woken(placed.len(), &waking);
        let (index_of, indexes, keywords) = self.indexes(&placed, &is_indexed, &commonness);
        let mut expressions = Expressions::default();
        let rules = self.rules.iter().map(|(index, node)| (expressions.add(node), *index)).collect();
        for checked in &self.predicates {
            self.fields.extend(checked.field);
            if let Check::Relation(_, other, _) = &checked.check {
                self.fields.insert(*other);
            }
        }
        Group {
            logsource,
            is_indexed: is_indexed.into(),
            index_of,
            indexes,
            keywords,
            woken_from,
            woken,
            always: (0..).zip(&waking).filter(|(_, waking)| waking.is_none()).map(|(rule, _)| rule).collect(),
            rules,
            expressions,
            fields: self.fields.into_iter().collect(),
            predicates: self.predicates.into(),
            first_predicate: 0,
            first_rule: 0,
        }
    }

    fn with_literals(&self, commonness: &Commonness) -> Commonness {
        let mut commonness = commonness.clone();
        for checked in &self.predicates {
            if let Check::Text(glob) | Check::Cased(glob) = &checked.check {
                glob.texts().iter().for_each(|text| commonness.count_literal(text));
            }
        }
        commonness
    }

    fn indexes(
        &self,
        placed: &[Placed],
        is_indexed: &[bool],
        commonness: &Commonness,
    ) -> (Box<[u32]>, Box<[FieldIndex]>, Option<FieldIndex>) {
        let mut builders: BTreeMap<Option<FieldId>, FieldIndexBuilder> = BTreeMap::new();
        for (predicate, ((checked, placed), is_indexed)) in
            (0..).zip(self.predicates.iter().zip(placed).zip(is_indexed))
        {
            if *is_indexed {
                builders.entry(checked.field).or_default().add(predicate, placed, checked);
            }
        }
        let keywords = builders.remove(&None).map(|builder| builder.build(commonness));
        let last = builders.keys().flatten().next_back().map_or(0, |field| wide(field.0));
        let mut index_of = vec![0u32; last.saturating_add(1)];
        let mut indexes = Vec::with_capacity(builders.len());
        for (field, builder) in builders {
            indexes.push(builder.build(commonness));
            let place = field.and_then(|field| index_of.get_mut(wide(field.0)));
            if let Some(place) = place {
                *place = narrow(indexes.len());
            }
        }
        (index_of.into(), indexes.into(), keywords)
    }
}

/// Indexed are predicates that wake a rule, and those that an index finds for next to nothing.
fn is_indexed(placed: &[Placed], waking: &[Option<Witnesses>]) -> Vec<bool> {
    let mut is_indexed: Vec<bool> = placed
        .iter()
        .map(|placed| match &placed.placement {
            Placement::Whole(_) | Placement::Component(_) | Placement::Number(_) | Placement::Foreign => true,
            Placement::Grams(_, Anchor::Gate)
            | Placement::Network(_)
            | Placement::Each
            | Placement::Absence => false,
            Placement::Grams(..) => placed.per_mille < INDEXED_PER_MILLE_MAX,
        })
        .collect();
    for predicate in waking.iter().flatten().flat_map(|waking| &waking.predicates) {
        if let Some(is_indexed) = is_indexed.get_mut(wide(*predicate)) {
            *is_indexed = true;
        }
    }
    is_indexed
}

/// What it takes to ask for a predicate while a rule is looked at, in nanoseconds, by estimate.
fn cost(predicate: u32, placed: &[Placed], is_indexed: &[bool]) -> f32 {
    if is_indexed.get(wide(predicate)).copied().unwrap_or_default() {
        return 1.0;
    }
    placed.get(wide(predicate)).map_or(1.0, |placed| placed.check_nanos + 2.0)
}

/// For each predicate, where the rules that it wakes begin, and these rules.
fn woken(predicates: usize, waking: &[Option<Witnesses>]) -> (Box<[u32]>, Box<[u32]>) {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for (rule, waking) in (0..).zip(waking) {
        pairs.extend(waking.iter().flat_map(|waking| &waking.predicates).map(|predicate| (*predicate, rule)));
    }
    pairs.sort_unstable();
    let end = narrow(predicates);
    let from = (0..=end).map(|predicate| narrow(pairs.partition_point(|(other, _)| *other < predicate)));
    (from.collect(), pairs.iter().map(|(_, rule)| *rule).collect())
}
