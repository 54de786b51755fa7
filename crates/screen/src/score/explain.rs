//! A score taken apart for the person who has to decide.

use super::align::Alignment;
use super::weights::Model;
use crate::index::Index;
use crate::index::candidates::Probe;
use crate::index::link::Level;

/// Why a piece of evidence weighs what it weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Where every comparison starts before any evidence.
    Prior,
    /// Tokens of the names stand for each other.
    Agrees(Level),
    /// A token of the query has no counterpart.
    OnlyAsked,
    /// A token of the listed name has no counterpart.
    OnlyListed,
    /// The tokens stand in another order.
    Order,
    /// The list calls this alias weak.
    WeakAlias,
    /// Dates of birth: the same, near, or another.
    Birth,
    /// Nationalities.
    Nationality,
    /// Numbers of documents.
    Identifier,
    /// The number of an identity card encodes a date of birth.
    BirthInIdentifier,
}

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// What the query has; empty where it has nothing.
    pub token: String,
    /// What the list has; empty where it has nothing.
    pub matched: String,
    /// Log-odds (natural logarithm): above zero for, below zero against.
    pub weight: f64,
    /// Why.
    pub why: Why,
}

/// The pieces of the names' comparison.
pub(super) fn names(
    index: &Index,
    probe: &Probe,
    form: u32,
    alignment: &Alignment,
    model: &Model,
    is_weak: bool,
) -> Vec<Piece> {
    let piece = |token: String, matched: String, weight: f64, why: Why| Piece { token, matched, weight, why };
    let (tokens, _) = index.form(form);
    let asked = |(place, count): (usize, usize)| {
        let texts = probe
            .units
            .iter()
            .filter(|unit| !unit.facts.is_pair && (place..place + count).contains(&unit.place));
        texts.map(|unit| unit.facts.token.text.as_str()).collect::<Vec<_>>().join(" ")
    };
    let listed = |(place, count): (usize, usize)| {
        tokens.iter().skip(place).take(count).map(|token| index.text(*token)).collect::<Vec<_>>().join(" ")
    };
    let mut found: Vec<Piece> = alignment
        .matches
        .iter()
        .map(|pair| {
            piece(asked(pair.asked), listed(pair.listed), model.agreement(pair), Why::Agrees(pair.level))
        })
        .collect();
    let (asked_total, listed_total) = alignment.totals;
    found.extend(alignment.asked_only.iter().map(|(place, weight)| {
        piece(asked((*place, 1)), String::new(), model.asked_only.of(*weight, asked_total), Why::OnlyAsked)
    }));
    found.extend(alignment.listed_only.iter().map(|(place, weight)| {
        piece(
            String::new(),
            listed((*place, 1)),
            model.listed_only.of(*weight, listed_total),
            Why::OnlyListed,
        )
    }));
    if alignment.is_reordered {
        found.push(piece(String::new(), String::new(), model.reordered, Why::Order));
    }
    if is_weak {
        found.push(piece(String::new(), String::new(), model.weak_alias, Why::WeakAlias));
    }
    found.push(piece(String::new(), String::new(), model.prior, Why::Prior));
    found
}
