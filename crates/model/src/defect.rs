//! Dirty input is normal: what could not be read, where, and why.

use std::fmt;

/// One thing in an input that could not be used. It is counted and set aside; the rest of the input goes on.
///
/// ```
/// use model::Defect;
/// let defect = Defect { source: "inbox.mbox".into(), position: "byte 120".into(), reason: "no header".into() };
/// assert_eq!(defect.to_string(), "inbox.mbox: byte 120: no header");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// The file, or the name of the stream, as the user named it.
    pub source: String,
    /// `line N`, `byte N` or `message N`, from 1 for lines and messages and from 0 for bytes.
    pub position: String,
    /// Why, in lower case and without a full stop.
    pub reason: String,
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.source, self.position, self.reason)
    }
}
