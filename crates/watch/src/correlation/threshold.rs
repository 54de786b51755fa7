//! When a number is alarming.

use crate::sigma::correlation::{Bound, Threshold};

impl Threshold {
    /// Do all bounds hold for `value`?
    pub fn holds(&self, value: f64) -> bool {
        self.bounds.iter().all(|(bound, limit)| match bound {
            Bound::Less => value < *limit,
            Bound::LessOrEqual => value <= *limit,
            Bound::Greater => value > *limit,
            Bound::GreaterOrEqual => value >= *limit,
            Bound::Equal => value.total_cmp(limit).is_eq(),
            Bound::NotEqual => value.total_cmp(limit).is_ne(),
        })
    }

    /// Once it holds, does it hold for every greater number? Then it can be told at once; else a window must be over to be judged.
    pub fn is_rising(&self) -> bool {
        self.bounds.iter().all(|(bound, _)| matches!(bound, Bound::Greater | Bound::GreaterOrEqual))
    }

    /// The smallest whole number, from 1, that is not below any lower bound.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "casts of floats to integers saturate, and a count that large is never reached"
    )]
    pub(crate) fn least_count(&self) -> usize {
        let least = |(bound, limit): &(Bound, f64)| match bound {
            Bound::Greater => limit.floor() + 1.0,
            Bound::GreaterOrEqual | Bound::Equal => limit.ceil(),
            _ => 1.0,
        };
        self.bounds.iter().map(least).fold(1.0, f64::max) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_as_their_names_say() {
        let check = |bounds: &[(Bound, f64)], holding: &[f64], failing: &[f64], least| {
            let threshold = Threshold { bounds: bounds.to_vec() };
            holding.iter().for_each(|value| assert!(threshold.holds(*value), "{bounds:?} {value}"));
            failing.iter().for_each(|value| assert!(!threshold.holds(*value), "{bounds:?} {value}"));
            assert_eq!(threshold.least_count(), least, "{bounds:?}");
        };
        check(&[(Bound::Greater, 3.0)], &[3.5, 4.0], &[3.0], 4);
        check(&[(Bound::GreaterOrEqual, 3.0)], &[3.0, 4.0], &[2.0], 3);
        check(&[(Bound::Less, 3.0)], &[2.0], &[3.0], 1);
        check(&[(Bound::LessOrEqual, 3.0)], &[3.0], &[3.1], 1);
        check(&[(Bound::Equal, 3.0)], &[3.0], &[2.0, 4.0], 3);
        check(&[(Bound::NotEqual, 3.0)], &[2.0], &[3.0], 1);
        check(&[(Bound::GreaterOrEqual, 2.0), (Bound::Less, 5.0)], &[2.0, 4.0], &[1.0, 5.0], 2);
    }

    #[test]
    fn only_lower_bounds_are_rising() {
        let is_rising = |bounds: &[Bound]| {
            Threshold { bounds: bounds.iter().map(|bound| (*bound, 1.0)).collect() }.is_rising()
        };
        assert!(is_rising(&[Bound::Greater, Bound::GreaterOrEqual]));
        for bound in [Bound::Less, Bound::LessOrEqual, Bound::Equal, Bound::NotEqual] {
            assert!(!is_rising(&[Bound::Greater, bound]));
        }
    }
}
