//! How many entries a copy needs, and which of the shared ones it gets.

use super::chance::Chance;
use std::f64::consts::{FRAC_PI_2, PI};

/// Chance that an innocent copy is accused, over all copies together.
pub(super) const FALSE_ACCUSATION: f64 = 1e-6;
/// Of the entries of its own that a copy gets, these more are for those that a careless leak makes unrecognizable.
const RESERVE: f64 = 1.15;
/// The bias of a shared entry stays this far from 0 and 1 (Tardos' cutoff for a few colluders): an entry that all copies have, or
/// none, says nothing.
const CUTOFF: f64 = 0.06;

/// How the copies of one register are told apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Share of a copy's rows that a leak has at least, more than 0 and at most 1.
    pub leak_rate: f64,
    /// Chance that such a leak is traced, more than 0 and less than 1.
    pub confidence: f64,
    /// Copies that may be compared with each other by those who leak, at least 1.
    pub colluders: u32,
}

impl Plan {
    /// Whether its numbers are within their ranges.
    pub fn is_possible(&self) -> bool {
        self.leak_rate > 0.0
            && self.leak_rate <= 1.0
            && self.confidence > 0.0
            && self.confidence < 1.0
            && (1..=8).contains(&self.colluders)
    }
}

/// Entries of its own for each copy: so many that a leak of `leak_rate` of its rows holds at least one with `confidence`, with a
/// reserve. Without the reserve it is `ln(1 - confidence) / ln(1 - leak_rate)`, 459 for 1 % and 99 %.
pub fn own_entries(plan: &Plan) -> usize {
    let bare = (1.0 - plan.confidence).ln() / (1.0 - plan.leak_rate).ln();
    whole(if plan.leak_rate >= 1.0 { 1.0 } else { bare * RESERVE })
}

/// Entries that copies share: the length of a symmetric Tardos code for so many colluders, π²/2 · c² · ln(1/ε), and half of it more.
/// The formula is for codes without end; with 614 entries for three colluders, 1 leak in 20 named nobody.
pub fn shared_entries(plan: &Plan) -> usize {
    let colluders = f64::from(plan.colluders);
    whole(if plan.colluders < 2 {
        0.0
    } else {
        1.5 * PI * FRAC_PI_2 * colluders * colluders * (1.0 / FALSE_ACCUSATION).ln()
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of some thousands, never negative"
)]
fn whole(number: f64) -> usize {
    number.ceil().clamp(0.0, 1e7) as usize
}

/// The share of copies that get an entry, from 0 to 1, by the arcsine law between the cutoffs.
pub fn bias(chance: &mut Chance) -> f64 {
    let angle = CUTOFF + chance.unit() * (FRAC_PI_2 - 2.0 * CUTOFF);
    angle.sin().powi(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_from_the_plan() {
        let plan = Plan { leak_rate: 0.01, confidence: 0.99, colluders: 3 };
        assert_eq!(own_entries(&plan), 527, "459 and a reserve of 15 %");
        assert_eq!(shared_entries(&plan), 921);
        assert_eq!(shared_entries(&Plan { colluders: 1, ..plan }), 0);
        assert_eq!(own_entries(&Plan { leak_rate: 1.0, ..plan }), 1);
    }

    #[test]
    fn biases_stay_between_the_cutoffs_and_favour_the_ends() {
        let mut chance = Chance::new([7; 32]);
        let biases: Vec<f64> = (0..10_000).map(|_| bias(&mut chance)).collect();
        assert!(biases.iter().all(|bias| (0.003..0.997).contains(bias)));
        let at_ends = biases.iter().filter(|bias| !(0.1..0.9).contains(*bias)).count();
        assert!((3_000..4_500).contains(&at_ends), "{at_ends} of the arcsine law's 4,100 or less");
    }
}
