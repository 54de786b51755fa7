//! The trained weights of names. `examples/train` made them; docs/matching.md says on what.

use super::align::{Alignment, Match};
use crate::index::link::Level;

/// What a left-over token weighs against a match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeftOver {
    /// For each token.
    pub each: f64,
    /// For each unit of the token's weight.
    pub by_weight: f64,
    /// For the token's share of its side's weight.
    pub by_share: f64,
}

impl LeftOver {
    pub(crate) fn of(&self, weight: f32, total: f32) -> f64 {
        let share = if total > 0.0 { f64::from(weight / total) } else { 0.0 };
        self.each + self.by_weight * f64::from(weight) + self.by_share * share
    }
}

/// Log-odds for one kind of bearer.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Before any evidence.
    pub prior: f64,
    /// For each level of agreement, in the order of [`Level::ALL`]: for each match, and for each unit of its weight.
    pub levels: [(f64, f64); Level::ALL.len()],
    /// Tokens of the query without counterpart.
    pub asked_only: LeftOver,
    /// Tokens of the listed name without counterpart.
    pub listed_only: LeftOver,
    /// Tokens in another order.
    pub reordered: f64,
    /// An alias that the list calls weak.
    pub weak_alias: f64,
}

/// The models of both kinds.
#[derive(Debug, Clone, PartialEq)]
pub struct Models {
    /// For entries that are persons.
    pub person: Model,
    /// For all others.
    pub organisation: Model,
}

impl Model {
    /// The log-odds of a comparison of names.
    pub fn log_odds(&self, alignment: &Alignment, is_weak: bool) -> f64 {
        let (asked, listed) = alignment.totals;
        let agreement: f64 = alignment.matches.iter().map(|pair| self.agreement(pair)).sum();
        let asked_only: f64 =
            alignment.asked_only.iter().map(|(_, weight)| self.asked_only.of(*weight, asked)).sum();
        let listed_only: f64 =
            alignment.listed_only.iter().map(|(_, weight)| self.listed_only.of(*weight, listed)).sum();
        let order = if alignment.is_reordered { self.reordered } else { 0.0 };
        let weak = if is_weak { self.weak_alias } else { 0.0 };
        self.prior + agreement + asked_only + listed_only + order + weak
    }

    /// What one match weighs.
    pub fn agreement(&self, pair: &Match) -> f64 {
        let (each, by_weight) = self.levels.get(pair.level as usize).copied().unwrap_or_default();
        each + by_weight * f64::from(pair.weight)
    }
}

/// The weights that are in force.
pub const MODELS: Models = Models {
    person: Model {
        prior: -7.0,
        levels: [
            (0.0, 1.0),
            (-0.3, 1.0),
            (0.0, 1.0),
            (-0.5, 0.9),
            (0.0, 0.9),
            (-1.0, 0.8),
            (-0.5, 0.9),
            (-1.5, 0.9),
            (-2.0, 0.8),
            (-0.5, 0.9),
            (-3.5, 0.8),
            (-3.5, 0.8),
            (-0.5, 0.1),
        ],
        asked_only: LeftOver { each: -0.5, by_weight: -0.4, by_share: -4.0 },
        listed_only: LeftOver { each: -0.3, by_weight: -0.2, by_share: -2.0 },
        reordered: -1.0,
        weak_alias: -0.5,
    },
    organisation: Model {
        prior: -7.0,
        levels: [
            (0.0, 1.0),
            (-0.3, 1.0),
            (0.0, 1.0),
            (-0.5, 0.9),
            (0.0, 0.9),
            (-1.0, 0.8),
            (-1.5, 0.9),
            (-1.5, 0.9),
            (-2.0, 0.8),
            (-0.5, 0.9),
            (-3.5, 0.8),
            (-3.5, 0.8),
            (-0.5, 0.1),
        ],
        asked_only: LeftOver { each: -0.5, by_weight: -0.4, by_share: -4.0 },
        listed_only: LeftOver { each: -0.3, by_weight: -0.2, by_share: -2.0 },
        reordered: -1.0,
        weak_alias: -0.5,
    },
};
