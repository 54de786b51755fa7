//! Dirty input is normal: what could not be read, where, and why.

use crate::limit::DEFECTS_KEPT_MAX;
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

/// What was set aside of one input: the first [`DEFECTS_KEPT_MAX`] in full, all of them counted.
///
/// ```
/// use model::{Defect, Defects};
/// let mut defects = Defects::default();
/// defects.push(Defect { source: "inbox.mbox".into(), position: "byte 120".into(), reason: "no header".into() });
/// assert_eq!((defects.kept.len(), defects.count), (1, 1));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Defects {
    /// The first ones.
    pub kept: Vec<Defect>,
    /// How many there were in all.
    pub count: u64,
}

impl Defects {
    /// Counts `defect`, and keeps it if there is room.
    pub fn push(&mut self, defect: Defect) {
        self.count += 1;
        if self.kept.len() < DEFECTS_KEPT_MAX {
            self.kept.push(defect);
        }
    }

    /// Adds those of another input.
    pub fn append(&mut self, other: Self) {
        let room = DEFECTS_KEPT_MAX.saturating_sub(self.kept.len());
        self.count += other.count;
        self.kept.extend(other.kept.into_iter().take(room));
    }
}
