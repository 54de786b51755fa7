//! The words for likelihood: the probability yardstick of the UK's Professional Head of Intelligence Assessment.

use std::fmt;

/// A band of the PHIA probability yardstick.
///
/// ```
/// use model::Likelihood;
/// assert_eq!(Likelihood::of(0.97).to_string(), "almost certain");
/// assert_eq!(Likelihood::of(0.60).to_string(), "likely");
/// assert_eq!(Likelihood::of(0.02).to_string(), "a remote chance");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likelihood {
    /// Up to about 5 %.
    RemoteChance,
    /// About 10 to 20 %.
    HighlyUnlikely,
    /// About 25 to 35 %.
    Unlikely,
    /// About 40 to 50 %.
    RealisticPossibility,
    /// About 55 to 75 %.
    Likely,
    /// About 80 to 90 %.
    HighlyLikely,
    /// About 95 % and more.
    AlmostCertain,
}

impl Likelihood {
    /// The band nearest to `probability` (0 to 1); a value in a gap between bands belongs to the nearer one.
    pub fn of(probability: f64) -> Self {
        match probability {
            p if p < 0.075 => Self::RemoteChance,
            p if p < 0.225 => Self::HighlyUnlikely,
            p if p < 0.375 => Self::Unlikely,
            p if p < 0.525 => Self::RealisticPossibility,
            p if p < 0.775 => Self::Likely,
            p if p < 0.925 => Self::HighlyLikely,
            _ => Self::AlmostCertain,
        }
    }
}

impl fmt::Display for Likelihood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RemoteChance => "a remote chance",
            Self::HighlyUnlikely => "highly unlikely",
            Self::Unlikely => "unlikely",
            Self::RealisticPossibility => "a realistic possibility",
            Self::Likely => "likely",
            Self::HighlyLikely => "highly likely",
            Self::AlmostCertain => "almost certain",
        })
    }
}
