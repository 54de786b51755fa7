//! Which forms may match a query: all those, and only those, for which the predicate holds.
//!
//! **The predicate.** Tokens are linked as [`super::link`] says; an initial is linked to every token that begins with it. An
//! initial weighs nothing. A form is a candidate when the linked tokens of the query weigh at least [`ASKED_SHARE`] of all its
//! tokens, and the linked tokens of the form at least [`LISTED_SHARE`] of all of its.
//!
//! **Why nothing is missed.** The prefix of a row of tokens is the fewest of its heaviest tokens without which the rest weighs
//! less than the share. Where the predicate holds, at least one token of each prefix is linked. So it is enough to walk either
//! all forms behind the query's prefix, or the forms behind all its tokens that have these in their own prefix; the shorter walk is taken.
//! Links by an initial cannot be walked: a query with initials walks its prefix, and forms with initials are walked by their own.

use super::keys::Facts;
use super::link::{self, Level};
use super::{Index, NO_PAIR, builder::pair_of, weight};
use crate::name::{Token, TokenKind};

/// The share of a query's weight that must be linked.
pub const ASKED_SHARE: f32 = 0.5;
/// The share of a form's weight that must be linked.
pub const LISTED_SHARE: f32 = 0.5;

/// A token of a query, or two neighbours of it joined, and all that it is linked to.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) facts: Facts,
    /// Its place in the reading; a joining stands at that of its first token.
    pub(crate) place: usize,
    /// Tokens of the index.
    links: Vec<u32>,
}

/// A reading of a query with its links into one index.
#[derive(Debug)]
pub(crate) struct Probe {
    pub(crate) units: Vec<Unit>,
    /// The weight of each token of the reading.
    pub(crate) weights: Vec<f32>,
    /// Tokens of the index with the unit that each is linked to, ascending by token.
    links: Vec<(u32, u16, Level)>,
    initials: Vec<(u8, usize)>,
    total: f32,
}

/// Which tokens of a row are its prefix.
pub(crate) fn prefix(weights: &[f32], share: f32) -> Vec<bool> {
    let total: f32 = weights.iter().sum();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|left, right| {
        weights.get(*right).unwrap_or(&0.0).total_cmp(weights.get(*left).unwrap_or(&0.0))
    });
    let mut rest = total;
    let mut found = vec![false; weights.len()];
    for place in order {
        // A hair more than the share, so that rounding never cuts a prefix too short.
        if rest < share * total * 0.999 {
            break;
        }
        rest -= weights.get(place).copied().unwrap_or(0.0);
        if let Some(is_in) = found.get_mut(place) {
            *is_in = true;
        }
    }
    found
}

impl Probe {
    /// Looks up everything that the tokens of a reading are linked to.
    pub(crate) fn new(index: &Index, reading: &[Token]) -> Self {
        let mut units = Vec::with_capacity(reading.len() * 2);
        let mut links = Vec::new();
        let mut weights = Vec::with_capacity(reading.len());
        for (place, token) in reading.iter().enumerate() {
            let mut own = None;
            let unit = Unit::look_up(
                index,
                Facts::new(token.clone(), false),
                place,
                units.len() as u16,
                &mut links,
                &mut own,
            );
            weights.push(own.map_or_else(|| weight::of_unknown(token), |known| index.weight(known)));
            units.push(unit);
        }
        for place in 0..reading.len() {
            if let Some(pair) = pair_of(reading.get(place), reading.get(place + 1)) {
                let unit = Unit::look_up(
                    index,
                    Facts::new(pair, true),
                    place,
                    units.len() as u16,
                    &mut links,
                    &mut None,
                );
                units.push(unit);
            }
        }
        links.sort_unstable();
        let initials = reading.iter().enumerate().filter(|(_, token)| token.is_initial());
        let initials =
            initials.filter_map(|(place, token)| Some((*token.text.as_bytes().first()?, place))).collect();
        Self { units, total: weights.iter().sum(), weights, links, initials }
    }

    /// The forms for which the predicate holds, ascending.
    pub(crate) fn candidates(&self, index: &Index) -> Vec<u32> {
        let mut found = self.walk(index);
        found.retain(|form| self.holds(index, *form));
        found
    }

    /// Forms that may be candidates, ascending.
    fn walk(&self, index: &Index) -> Vec<u32> {
        let in_prefix = prefix(&self.weights, ASKED_SHARE);
        let is_walked = |unit: &Unit| {
            let at = |place: usize| in_prefix.get(place).copied().unwrap_or(false);
            at(unit.place) || (unit.facts.is_pair && at(unit.place + 1))
        };
        let count = |postings: &super::table::Postings, unit: &Unit| {
            unit.links.iter().map(|link| postings.range(*link).len()).sum::<usize>()
        };
        let by_asked: usize =
            self.units.iter().filter(|unit| is_walked(unit)).map(|unit| count(&index.all, unit)).sum();
        let by_listed: usize = self.units.iter().map(|unit| count(&index.prefix, unit)).sum();
        let mut found = Vec::new();
        if !self.initials.is_empty() || by_asked <= by_listed {
            for unit in self.units.iter().filter(|unit| is_walked(unit)) {
                unit.links.iter().for_each(|link| found.extend_from_slice(index.all.get(*link)));
            }
        } else {
            for unit in &self.units {
                unit.links.iter().for_each(|link| found.extend_from_slice(index.prefix.get(*link)));
            }
        }
        for unit in &self.units {
            unit.links.iter().for_each(|link| found.extend_from_slice(index.abbreviated.get(*link)));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether the predicate holds for a form.
    pub(crate) fn holds(&self, index: &Index, form: u32) -> bool {
        let (tokens, pairs) = index.form(form);
        let mut asked_linked: u64 = 0;
        let mut listed = 0.0;
        let mut total = 0.0;
        let mut is_before_joined = false;
        for (token, pair) in tokens.iter().zip(pairs) {
            let own = index.weight(*token);
            let mut is_linked = std::mem::take(&mut is_before_joined);
            for (unit, _) in self.links_of(*token) {
                is_linked = true;
                asked_linked |= self.span(unit);
            }
            if *pair != NO_PAIR {
                for (unit, _) in self.links_of(*pair) {
                    is_linked = true;
                    is_before_joined = true;
                    asked_linked |= self.span(unit);
                }
            }
            is_linked |= self.abbreviations(index, *token, |at| asked_linked |= 1 << at.min(63));
            total += own;
            if is_linked {
                listed += own;
            }
        }
        let asked: f32 = self
            .weights
            .iter()
            .enumerate()
            .filter(|(place, _)| asked_linked >> (*place).min(63) & 1 == 1)
            .map(|(_, weight)| weight)
            .sum();
        asked > 0.0 && asked >= ASKED_SHARE * self.total && listed >= LISTED_SHARE * total
    }

    /// The units that a token of the index is linked to.
    pub(crate) fn links_of(&self, token: u32) -> impl Iterator<Item = (u16, Level)> {
        let first = self.links.partition_point(|(known, ..)| *known < token);
        let rest = self.links.get(first..).unwrap_or_default();
        rest.iter().take_while(move |(known, ..)| *known == token).map(|(_, unit, level)| (*unit, *level))
    }

    /// The places of a unit, as bits.
    fn span(&self, unit: u16) -> u64 {
        self.units
            .get(usize::from(unit))
            .map_or(0, |unit| (if unit.facts.is_pair { 3 } else { 1 }) << unit.place.min(62))
    }

    /// Calls back for each place of the query that abbreviates a token or that the token abbreviates, and says whether there is one.
    pub(crate) fn abbreviations(&self, index: &Index, token: u32, mut found: impl FnMut(usize)) -> bool {
        let mut is_linked = false;
        let Some(&first) = index.text(token).as_bytes().first() else { return false };
        if index.is_initial(token) {
            let singles = self.units.iter().filter(|unit| !unit.facts.is_pair);
            for unit in singles.filter(|unit| is_abbreviated_by(&unit.facts.token, first)) {
                is_linked = true;
                found(unit.place);
            }
        } else {
            for (_, place) in self.initials.iter().filter(|(initial, _)| *initial == first) {
                is_linked = true;
                found(*place);
            }
        }
        is_linked
    }
}

fn is_abbreviated_by(token: &Token, initial: u8) -> bool {
    token.kind != TokenKind::Consonants
        && token.text.len() > 1
        && token.text.as_bytes().first() == Some(&initial)
}

impl Unit {
    /// Finds all links of a token; `own` becomes the token of the index that is the same one.
    fn look_up(
        index: &Index,
        facts: Facts,
        place: usize,
        number: u16,
        links: &mut Vec<(u32, u16, Level)>,
        own: &mut Option<u32>,
    ) -> Self {
        let mut found: Vec<u32> = facts.keys().into_iter().flat_map(|key| index.keyed(key)).collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|token| {
            let Some((listed, is_pair)) = index.indexed(*token) else { return false };
            if !is_pair && listed.kind == facts.token.kind && listed.text == facts.token.text {
                *own = Some(*token);
            }
            let Some(level) = link::link(&facts, listed, is_pair) else { return false };
            links.push((*token, number, level));
            true
        });
        Self { facts, place, links: found }
    }
}
