//! Percentiles of numbers of which there are too many to keep: counts of numbers that are nearly the same (DDSketch: Masson, Rim and
//! Lee 2019).

use crate::memory::codec::{Reader, Writer};
use std::collections::BTreeMap;

/// Neighbouring classes differ by this factor, so that a number is told within 1 %.
const GROWTH: f64 = 1.02;
/// Numbers nearer to zero than this are zero.
const SMALLEST: f64 = 1e-9;
/// Numbers farther from zero than this count as this.
const LARGEST: f64 = 1e15;
/// Classes that there can be: those between the bounds, of both signs, and zero.
const CLASSES_MAX: usize = 5_600;

/// How many numbers there were in each class. The class of a negative number is the negative one of its opposite.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Quantiles(BTreeMap<i64, u64>);

impl Quantiles {
    pub(crate) fn add(&mut self, number: f64) {
        *self.0.entry(class(number)).or_default() += 1;
    }

    pub(crate) fn join(&mut self, other: &Self) {
        other.0.iter().for_each(|(class, count)| *self.0.entry(*class).or_default() += count);
    }

    /// The number below which `percent` of all are, within 1 % of it; 0 where there are none.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts are far from 2^53, and a rank is no less than 0"
    )]
    pub(crate) fn percentile(&self, percent: f64) -> f64 {
        let total: u64 = self.0.values().sum();
        let rank = (percent / 100.0 * total.saturating_sub(1) as f64).round() as u64;
        let mut below = 0;
        let found = self.0.iter().find(|(_, count)| {
            below += **count;
            below > rank
        });
        found.map_or(0.0, |(class, _)| middle(*class))
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.length(self.0.len());
        for (class, count) in &self.0 {
            writer.signed(*class);
            writer.unsigned(*count);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let length = reader.length(CLASSES_MAX)?;
        (0..length).map(|_| Some((reader.signed()?, reader.unsigned()?))).collect::<Option<_>>().map(Self)
    }
}

/// Zero is in class 0, and the smallest other number in class 1.
#[expect(clippy::cast_possible_truncation, reason = "the bounds leave some thousand classes")]
fn class(number: f64) -> i64 {
    if number.abs() < SMALLEST {
        return 0;
    }
    let class = (number.abs().min(LARGEST) / SMALLEST).log(GROWTH).ceil().max(0.0) as i64 + 1;
    if number < 0.0 { -class } else { class }
}

/// The number that differs from both bounds of a class by the same part.
fn middle(class: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "there are some thousand classes")]
    let upper = SMALLEST * GROWTH.powf((class.unsigned_abs() as f64) - 1.0);
    match class {
        0 => 0.0,
        1.. => upper * 2.0 / (1.0 + GROWTH),
        _ => -upper * 2.0 / (1.0 + GROWTH),
    }
}

/// A percentile of numbers that are all at hand, between two of them where it falls between them; 0 where there are none.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank is from 0 to the number of numbers"
)]
pub(crate) fn percentile(numbers: &mut [f64], percent: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let rank = percent.clamp(0.0, 100.0) / 100.0 * numbers.len().saturating_sub(1) as f64;
    let at = |rank: f64| numbers.get(rank as usize).copied().unwrap_or_default();
    let (lower, upper) = (at(rank.floor()), at(rank.ceil()));
    lower + (upper - lower) * rank.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_of_few_are_exact() {
        let check = |numbers: &[f64], percent, expected: f64| {
            assert_eq!(percentile(&mut numbers.to_vec(), percent), expected, "{percent} of {numbers:?}");
        };
        check(&[], 50.0, 0.0);
        check(&[7.0], 99.0, 7.0);
        check(&[3.0, 1.0, 2.0], 50.0, 2.0);
        check(&[4.0, 1.0, 2.0, 3.0], 50.0, 2.5);
        check(&[4.0, 1.0, 2.0, 3.0], 100.0, 4.0);
        check(&[4.0, 1.0, 2.0, 3.0], 0.0, 1.0);
    }

    #[test]
    fn percentiles_of_many_are_within_one_percent() {
        let mut sketch = Quantiles::default();
        let mut numbers: Vec<f64> =
            (0..20_000_i32).map(|step| f64::from((step * 7_919) % 20_000 - 5_000) * 1.5).collect();
        numbers.iter().for_each(|number| sketch.add(*number));
        for percent in [0.0, 1.0, 10.0, 50.0, 95.0, 99.9, 100.0] {
            let (found, exact) = (sketch.percentile(percent), percentile(&mut numbers, percent));
            assert!((found - exact).abs() <= exact.abs() * 0.0101 + 2.0, "{percent}: {found}, not {exact}");
        }
    }

    #[test]
    fn no_number_makes_it_larger_than_it_may_be() {
        let mut sketch = Quantiles::default();
        let mut number = 1e-12;
        while number < 1e300 {
            sketch.add(number);
            sketch.add(-number);
            number *= 1.005;
        }
        assert!(sketch.0.len() <= CLASSES_MAX, "{}", sketch.0.len());
        let mut writer = Writer::new();
        sketch.write(&mut writer);
        let bytes = writer.into_bytes();
        assert_eq!(Quantiles::read(&mut Reader::new(&bytes).expect("a version")), Some(sketch));
    }
}
