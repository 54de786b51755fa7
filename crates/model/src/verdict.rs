//! What is proposed for one message, and why.

use std::fmt;

/// What to do with a message. A machine may take these by itself: each can be undone.
///
/// ```
/// use model::Verdict;
/// assert_eq!(Verdict::Disarm.to_string(), "disarm");
/// assert!(Verdict::Quarantine > Verdict::Disarm);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Leave it as it is.
    Pass,
    /// Deliver it without anything that reports an opening.
    Disarm,
    /// Keep it from the reader until a person has looked.
    Quarantine,
}

impl Verdict {
    /// The word for it, as printed and exported.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Disarm => "disarm",
            Self::Quarantine => "quarantine",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One thing that speaks for (positive weight) or against (negative weight) a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Stable name, `UPPER_SNAKE_CASE`; its meaning is in the table of weights.
    pub code: &'static str,
    /// Natural logarithm of the likelihood ratio that this adds.
    pub weight: f32,
    /// What was seen, in words for a person.
    pub detail: String,
}
