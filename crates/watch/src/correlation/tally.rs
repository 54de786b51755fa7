//! What was measured of many events, without the events.

use super::distinct::Distinct;
use super::plan::Measure;
use super::quantiles::{Quantiles, percentile};
use crate::memory::codec::{Reader, Writer};

/// A measure of any number of events.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tally {
    Count(u64),
    Sum(f64),
    Mean { sum: f64, count: u64 },
    Distinct(Distinct),
    Quantiles(Quantiles),
}

impl Tally {
    /// That of no event. What is in an order is no number: [`Chain`](super::older::Chain) is for that.
    pub(crate) fn new(measure: Measure) -> Self {
        match measure {
            Measure::Count | Measure::Ordered(_) => Self::Count(0),
            Measure::Sum => Self::Sum(0.0),
            Measure::Mean => Self::Mean { sum: 0.0, count: 0 },
            Measure::Values | Measure::Rules => Self::Distinct(Distinct::default()),
            Measure::Percentile(_) => Self::Quantiles(Quantiles::default()),
        }
    }

    /// Takes an event in: the item of its [`Entry`](super::window::Entry).
    pub(crate) fn add(&mut self, item: u64) {
        match self {
            Self::Count(count) => *count += 1,
            Self::Sum(sum) => *sum += f64::from_bits(item),
            Self::Mean { sum, count } => (*sum, *count) = (*sum + f64::from_bits(item), *count + 1),
            Self::Distinct(distinct) => distinct.add(item),
            Self::Quantiles(quantiles) => quantiles.add(f64::from_bits(item)),
        }
    }

    /// Takes all events of another tally of the same measure in.
    pub(crate) fn join(&mut self, other: &Self) {
        match (self, other) {
            (Self::Count(one), Self::Count(other)) => *one += other,
            (Self::Sum(one), Self::Sum(other)) => *one += other,
            (Self::Mean { sum, count }, Self::Mean { sum: other_sum, count: other_count }) => {
                (*sum, *count) = (*sum + other_sum, *count + other_count);
            }
            (Self::Distinct(one), Self::Distinct(other)) => one.join(other),
            (Self::Quantiles(one), Self::Quantiles(other)) => one.join(other),
            // A rule that was changed into another kind has another tag, so that its state is never read as this one's.
            _ => {}
        }
    }

    /// The number that a threshold is held against.
    #[expect(clippy::cast_precision_loss, reason = "counts are far from 2^53")]
    pub(crate) fn value(&self, measure: Measure) -> f64 {
        match self {
            Self::Count(count) => *count as f64,
            Self::Sum(sum) => *sum,
            Self::Mean { count: 0, .. } => 0.0,
            Self::Mean { sum, count } => sum / *count as f64,
            Self::Distinct(distinct) => distinct.count(),
            Self::Quantiles(quantiles) => match measure {
                Measure::Percentile(percent) => quantiles.percentile(percent),
                _ => 0.0,
            },
        }
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        match self {
            Self::Count(count) => {
                writer.byte(0);
                writer.unsigned(*count);
            }
            Self::Sum(sum) => {
                writer.byte(1);
                writer.wide(sum.to_bits());
            }
            Self::Mean { sum, count } => {
                writer.byte(2);
                writer.wide(sum.to_bits());
                writer.unsigned(*count);
            }
            Self::Distinct(distinct) => {
                writer.byte(3);
                distinct.write(writer);
            }
            Self::Quantiles(quantiles) => {
                writer.byte(4);
                quantiles.write(writer);
            }
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        match reader.byte()? {
            0 => Some(Self::Count(reader.unsigned()?)),
            1 => Some(Self::Sum(f64::from_bits(reader.wide()?))),
            2 => Some(Self::Mean { sum: f64::from_bits(reader.wide()?), count: reader.unsigned()? }),
            3 => Distinct::read(reader).map(Self::Distinct),
            4 => Quantiles::read(reader).map(Self::Quantiles),
            _ => None,
        }
    }
}

/// The number that a threshold is held against, of events that are all at hand.
#[expect(clippy::cast_precision_loss, reason = "events that are kept one by one are few")]
pub(crate) fn value_of(items: &[u64], measure: Measure) -> f64 {
    let numbers = || items.iter().copied().map(f64::from_bits);
    match measure {
        Measure::Count | Measure::Ordered(_) => items.len() as f64,
        Measure::Sum => numbers().sum(),
        Measure::Mean if items.is_empty() => 0.0,
        Measure::Mean => numbers().sum::<f64>() / items.len() as f64,
        Measure::Percentile(percent) => percentile(&mut numbers().collect::<Vec<_>>(), percent),
        Measure::Values | Measure::Rules => {
            let mut items = items.to_vec();
            items.sort_unstable();
            items.dedup();
            items.len() as f64
        }
    }
}
