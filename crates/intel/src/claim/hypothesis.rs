//! What may be behind a thing: the claim, a false flag, somebody unknown, or another one.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A hypothesis about one claim.
///
/// ```
/// use intel::claim::Hypothesis;
/// assert_eq!(Hypothesis::from("false-flag".to_owned()), Hypothesis::FalseFlag);
/// assert_eq!(Hypothesis::Other("a tenant of the same service".into()).to_string(), "a tenant of the same service");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Hypothesis {
    /// It is as claimed.
    Claim,
    /// Somebody made it look as claimed.
    FalseFlag,
    /// Somebody of whom nobody knows. All others are measured by it.
    Unknown,
    /// Something else, in words.
    Other(String),
}

impl From<String> for Hypothesis {
    fn from(text: String) -> Self {
        match text.as_str() {
            "claim" => Self::Claim,
            "false-flag" => Self::FalseFlag,
            "unknown" => Self::Unknown,
            _ => Self::Other(text),
        }
    }
}

impl From<Hypothesis> for String {
    fn from(hypothesis: Hypothesis) -> Self {
        hypothesis.to_string()
    }
}

impl fmt::Display for Hypothesis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Claim => "claim",
            Self::FalseFlag => "false-flag",
            Self::Unknown => "unknown",
            Self::Other(text) => text,
        })
    }
}
