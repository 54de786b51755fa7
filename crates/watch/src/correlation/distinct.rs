//! How many different items there were: one by one while they are few, then by HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007).

use crate::memory::codec::{Reader, Writer};
use model::limit::CORRELATION_DISTINCT_EXACT_MAX;

/// Bits of an item's hash that choose its register.
const PRECISION: u32 = 12;
/// Registers; the standard error of the estimate is 1.04 / sqrt(4096), which is 1.6 %.
const REGISTERS: usize = 1 << PRECISION;

/// A set that knows its size, exactly up to [`CORRELATION_DISTINCT_EXACT_MAX`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Distinct {
    /// In their order.
    Exact(Vec<u64>),
    /// For each register the longest row of zeros, and one, that a hash had.
    Sketch(Vec<u8>),
}

impl Default for Distinct {
    fn default() -> Self {
        Self::Exact(Vec::new())
    }
}

impl Distinct {
    pub(crate) fn add(&mut self, item: u64) {
        match self {
            Self::Sketch(registers) => note(registers, item),
            Self::Exact(items) => {
                let Err(place) = items.binary_search(&item) else { return };
                items.insert(place, item);
                if items.len() > CORRELATION_DISTINCT_EXACT_MAX {
                    *self = Self::Sketch(sketch_of(items));
                }
            }
        }
    }

    /// Takes all items of another set in.
    pub(crate) fn join(&mut self, other: &Self) {
        match (&mut *self, other) {
            (_, Self::Exact(items)) => items.iter().for_each(|item| self.add(*item)),
            (Self::Exact(items), Self::Sketch(registers)) => {
                let mut registers = registers.clone();
                items.iter().for_each(|item| note(&mut registers, *item));
                *self = Self::Sketch(registers);
            }
            (Self::Sketch(registers), Self::Sketch(others)) => {
                registers.iter_mut().zip(others).for_each(|(one, other)| *one = (*one).max(*other));
            }
        }
    }

    /// How many items there are, or about how many.
    #[expect(clippy::cast_precision_loss, reason = "sets are far from 2^53 items")]
    pub(crate) fn count(&self) -> f64 {
        match self {
            Self::Exact(items) => items.len() as f64,
            Self::Sketch(registers) => estimate(registers).round(),
        }
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        match self {
            Self::Exact(items) => {
                writer.byte(0);
                writer.length(items.len());
                items.iter().for_each(|item| writer.wide(*item));
            }
            Self::Sketch(registers) => {
                writer.byte(1);
                writer.bytes(registers);
            }
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        if reader.byte()? == 0 {
            let length = reader.length(CORRELATION_DISTINCT_EXACT_MAX)?;
            let items: Vec<u64> = (0..length).map(|_| reader.wide()).collect::<Option<_>>()?;
            return items.is_sorted().then_some(Self::Exact(items));
        }
        let registers = reader.bytes(REGISTERS)?.to_vec();
        (registers.len() == REGISTERS).then_some(Self::Sketch(registers))
    }
}

fn sketch_of(items: &[u64]) -> Vec<u8> {
    let mut registers = vec![0; REGISTERS];
    items.iter().for_each(|item| note(&mut registers, *item));
    registers
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "an index has 12 bits, and a row of zeros is shorter than 64"
)]
fn note(registers: &mut [u8], item: u64) {
    let hash = mixed(item);
    let rank = ((hash << PRECISION).leading_zeros().min(u64::BITS - PRECISION) + 1) as u8;
    let index = (hash >> (u64::BITS - PRECISION)) as usize;
    if let Some(register) = registers.get_mut(index) {
        *register = (*register).max(rank);
    }
}

/// Items may be small numbers; registers want all bits to be as likely as not (finaliser of SplitMix64, Steele and others 2014).
fn mixed(item: u64) -> u64 {
    let mut hash = item.wrapping_add(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

/// The estimate of the paper's figure 3. Hashes of 64 bits need no correction for large sets.
#[expect(clippy::cast_precision_loss, reason = "there are 4096 registers")]
fn estimate(registers: &[u8]) -> f64 {
    let count = registers.len() as f64;
    let alpha = 0.7213 / (1.0 + 1.079 / count);
    let sum: f64 = registers.iter().map(|rank| 2_f64.powi(-i32::from(*rank))).sum();
    let raw = alpha * count * count / sum;
    let empty = registers.iter().filter(|rank| **rank == 0).count();
    if raw <= 2.5 * count && empty > 0 { count * (count / empty as f64).ln() } else { raw }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(items: impl Iterator<Item = u64>) -> Distinct {
        let mut set = Distinct::default();
        items.for_each(|item| set.add(item));
        set
    }

    #[test]
    fn few_are_exact_and_many_are_nearly() {
        let exact = CORRELATION_DISTINCT_EXACT_MAX as u64;
        assert_eq!(of((0..exact).chain(0..exact)).count(), exact as f64);
        for size in [exact + 1, 1_000, 10_000, 30_000, 1_000_000] {
            let found = of(0..size).count();
            let error = (found / size as f64 - 1.0).abs();
            assert!(error < 0.05, "{size} are told as {found}");
        }
    }

    #[test]
    fn joining_is_as_adding_all() {
        for (one, other) in [(10, 20), (10, 500), (500, 10), (500, 900)] {
            let mut joined = of(0..one);
            joined.join(&of(5..other));
            assert_eq!(joined, of((0..one).chain(5..other)), "{one} and {other}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for size in [0, 3, 64, 65, 5_000] {
            let set = of(0..size);
            let mut writer = Writer::new();
            set.write(&mut writer);
            let bytes = writer.into_bytes();
            assert_eq!(Distinct::read(&mut Reader::new(&bytes).expect("a version")), Some(set));
        }
    }
}
