//! What the values of one field say about all predicates of a group, without looking at rules.

use super::check::{self, Checked};
use super::commonness::Commonness;
use super::gram_index::{Anchor, GramIndex, Sought};
use super::letters::letters;
use super::literal_table::{Literal, LiteralTable, last_component};
use super::network_table::NetworkTable;
use super::placement::{Placed, Placement};
use super::tape::Seen;
use crate::number;
use crate::sigma::condition::{Network, Number};

/// The predicates on one field, by what leads to them.
#[derive(Debug, Default)]
pub(super) struct FieldIndex {
    whole: LiteralTable,
    components: LiteralTable,
    /// In order.
    numbers: Box<[(i64, u32)]>,
    networks: NetworkTable,
    grams: GramIndex,
    /// Checked on each value that has the letters which it needs.
    each: Box<[(u64, u32)]>,
    /// Checked on each value that is not all ASCII: what asks for other letters, and expressions whose gates are good for ASCII only.
    foreign: Box<[u32]>,
}

/// What an index found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// It holds.
    Holds(u32),
    /// It is worth being checked on this value.
    Maybe(u32),
}

/// Predicates of a field that wait for being indexed.
#[derive(Debug, Default)]
pub(super) struct FieldIndexBuilder {
    whole: Vec<Literal>,
    components: Vec<Literal>,
    numbers: Vec<(i64, u32)>,
    networks: Vec<(Network, u32)>,
    sought: Vec<Sought>,
    each: Vec<(u64, u32)>,
    foreign: Vec<u32>,
}

impl FieldIndexBuilder {
    /// Adds a predicate.
    pub(super) fn add(&mut self, predicate: u32, placed: &Placed, checked: &Checked) {
        match &placed.placement {
            Placement::Whole(text) => self.whole.push(Literal { text: text.clone(), predicate }),
            Placement::Component(text) => self.components.push(Literal { text: text.clone(), predicate }),
            Placement::Number(number) => self.numbers.push((*number, predicate)),
            Placement::Network(network) => self.networks.push((*network, predicate)),
            Placement::Grams(texts, anchor) => {
                self.sought.extend(texts.iter().map(|text| Sought {
                    text: text.clone(),
                    anchor: *anchor,
                    predicate,
                }));
                if matches!(checked.check, check::Check::Regex(_)) {
                    self.foreign.push(predicate);
                }
            }
            Placement::Foreign => self.foreign.push(predicate),
            Placement::Each => self.each.push((placed.needed, predicate)),
            Placement::Absence => {}
        }
    }

    /// The index of what was added.
    pub(super) fn build(mut self, commonness: &Commonness) -> FieldIndex {
        self.numbers.sort_unstable();
        FieldIndex {
            whole: LiteralTable::new(self.whole, |text| text),
            components: LiteralTable::new(self.components, |text| last_component(text).unwrap_or(text)),
            numbers: self.numbers.into(),
            networks: NetworkTable::new(&self.networks),
            grams: GramIndex::new(self.sought, commonness),
            each: self.each.into(),
            foreign: self.foreign.into(),
        }
    }
}

impl FieldIndex {
    /// Calls `found` with what the value leads to; with a predicate more than once if several things lead to it.
    #[inline]
    pub(super) fn find(&self, seen: Seen<'_>, mut found: impl FnMut(Found)) {
        self.find_each(seen, &mut found);
        let Some(text) = seen.text else { return };
        let folded = seen.folded;
        let equal = self.whole.find(folded).iter().filter(|literal| *literal.text == *folded);
        equal.for_each(|literal| found(Found::Holds(literal.predicate)));
        self.find_components(folded, &mut found);
        self.find_numbers(text, &mut found);
        self.grams.scan(folded, |sought| {
            found(match sought.anchor {
                Anchor::Gate => Found::Maybe(sought.predicate),
                _ => Found::Holds(sought.predicate),
            });
        });
        if !seen.is_ascii {
            self.foreign.iter().for_each(|predicate| found(Found::Maybe(*predicate)));
        }
    }

    fn find_each(&self, seen: Seen<'_>, found: &mut impl FnMut(Found)) {
        if self.each.is_empty() {
            return;
        }
        let had = if seen.is_ascii { letters(seen.folded) } else { u64::MAX };
        let possible = self.each.iter().filter(|(needed, _)| needed & !had == 0);
        possible.for_each(|(_, predicate)| found(Found::Maybe(*predicate)));
    }

    fn find_components(&self, folded: &str, found: &mut impl FnMut(Found)) {
        if self.components.is_empty() {
            return;
        }
        let Some(component) = last_component(folded) else { return };
        let ending =
            self.components.find(component).iter().filter(|literal| folded.ends_with(&*literal.text));
        ending.for_each(|literal| found(Found::Holds(literal.predicate)));
    }

    fn find_numbers(&self, text: &str, found: &mut impl FnMut(Found)) {
        if !self.numbers.is_empty()
            && let Some(integer) = number::read(text).and_then(whole_number)
        {
            let start = self.numbers.partition_point(|(number, _)| *number < integer);
            let from_start = self.numbers.get(start..).unwrap_or_default();
            let same = from_start.iter().take_while(|(number, _)| *number == integer);
            same.for_each(|(_, predicate)| found(Found::Holds(*predicate)));
        }
        if !self.networks.is_empty()
            && let Some(address) = check::address(text)
        {
            self.networks.find(address, |predicate| found(Found::Holds(predicate)));
        }
    }
}

/// The integer that a number is, as [`number::order`] would say.
fn whole_number(number: Number) -> Option<i64> {
    match number {
        Number::Integer(integer) => Some(integer),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "only floats that are integers pass, and beyond 2^53 none is asked for"
        )]
        Number::Float(float) => {
            (float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0).then_some(float as i64)
        }
    }
}
