//! The rules of one logsource, compiled together: an event is looked at only for the groups that it belongs to.

use super::check::Checked;
use super::commonness::Commonness;
use super::expression::Expressions;
use super::field_index::{FieldIndex, Found};
use super::group_builder::GroupBuilder;
use super::literal_table::wide;
use super::scratch::Marks;
use super::tape::{Seen, View};
use crate::event::{FieldId, FieldNames};
use crate::sigma::rule::{Logsource, Rule};

/// The rules of one logsource.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) logsource: Logsource,
    pub(super) predicates: Box<[Checked]>,
    /// Is what a predicate says known after the indexes were asked? Others are asked when a rule needs them.
    pub(super) is_indexed: Box<[bool]>,
    /// By [`FieldId`], one more than the place of its index; nought: none.
    pub(super) index_of: Box<[u32]>,
    pub(super) indexes: Box<[FieldIndex]>,
    /// That of keywords, which looks at all values.
    pub(super) keywords: Option<FieldIndex>,
    /// For each predicate, where the rules that it wakes begin; one more at the end.
    pub(super) woken_from: Box<[u32]>,
    pub(super) woken: Box<[u32]>,
    /// Rules that nothing wakes, because they may match without any predicate holding.
    pub(super) always: Box<[u32]>,
    /// For each rule, where its expression begins, and its index among all rules.
    pub(super) rules: Box<[(u32, u32)]>,
    pub(super) expressions: Expressions,
    /// The fields that predicates look at.
    pub(super) fields: Box<[FieldId]>,
    /// Where the marks of its predicates and of its rules begin.
    pub(super) first_predicate: u32,
    pub(super) first_rule: u32,
}

impl Group {
    /// Compiles `rules`, each with its index among all.
    pub(super) fn new(
        logsource: Logsource,
        rules: &[(u32, &Rule)],
        names: &mut FieldNames,
        commonness: &Commonness,
    ) -> Self {
        let mut builder = GroupBuilder::default();
        for (index, rule) in rules {
            builder.add(*index, rule, names);
        }
        builder.build(logsource, commonness)
    }

    /// Do its rules look at all values of an event?
    pub(super) fn has_keywords(&self) -> bool {
        self.predicates.iter().any(|checked| checked.field.is_none())
    }

    /// Adds the indexes of the rules that match to `matched`.
    pub(super) fn run(
        &self,
        view: View<'_>,
        marks: &mut Marks,
        candidates: &mut Vec<u32>,
        matched: &mut Vec<u32>,
    ) {
        candidates.clear();
        for seen in view.all() {
            if let Some(index) = self.index(seen.field) {
                index.find(seen, |found| self.take(found, seen, view, marks, candidates));
            }
            if let Some(index) = &self.keywords {
                index.find(seen, |found| self.take(found, seen, view, marks, candidates));
            }
        }
        for rule in self.always.iter().chain(candidates.iter()) {
            let Some((start, index)) = self.rules.get(wide(*rule)) else { continue };
            if self.expressions.holds(*start, &mut |predicate| self.holds(predicate, view, marks)) {
                matched.push(*index);
            }
        }
    }

    #[inline]
    fn index(&self, field: FieldId) -> Option<&FieldIndex> {
        let at = self.index_of.get(wide(field.0))?;
        self.indexes.get(wide(*at).checked_sub(1)?)
    }

    /// Marks what was found and wakes the rules that it is a witness of.
    #[inline]
    fn take(
        &self,
        found: Found,
        seen: Seen<'_>,
        view: View<'_>,
        marks: &mut Marks,
        candidates: &mut Vec<u32>,
    ) {
        let (Found::Holds(predicate) | Found::Maybe(predicate)) = found;
        let mark = self.first_predicate.saturating_add(predicate);
        if marks.is_held(mark) {
            return;
        }
        if matches!(found, Found::Maybe(_)) && !self.passes(predicate, seen, view, marks) {
            return;
        }
        marks.hold(mark);
        let bounds =
            self.woken_from.get(wide(predicate)).zip(self.woken_from.get(wide(predicate).saturating_add(1)));
        let woken = bounds.and_then(|(from, to)| self.woken.get(wide(*from)..wide(*to))).unwrap_or_default();
        candidates.extend(woken.iter().filter(|rule| marks.wake(self.first_rule.saturating_add(**rule))));
    }

    /// Checks a predicate on a value, once for each value, however often something in it leads to the predicate.
    fn passes(&self, predicate: u32, seen: Seen<'_>, view: View<'_>, marks: &mut Marks) -> bool {
        marks.try_value(self.first_predicate.saturating_add(predicate), seen.place)
            && self.predicates.get(wide(predicate)).is_some_and(|checked| checked.check.passes(seen, view))
    }

    fn holds(&self, predicate: u32, view: View<'_>, marks: &mut Marks) -> bool {
        let mark = self.first_predicate.saturating_add(predicate);
        if self.is_indexed.get(wide(predicate)).copied().unwrap_or_default() {
            return marks.is_held(mark);
        }
        if let Some(known) = marks.known(mark) {
            return known;
        }
        let holds = self.predicates.get(wide(predicate)).is_some_and(|checked| checked.holds(view));
        marks.know(mark, holds);
        holds
    }
}
