//! Text with wildcards, as rules compare it.

use super::condition::Case;

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Piece {
    /// This text. Never empty, and never next to another.
    Text(String),
    /// `*`: any number of characters. Never next to another.
    Any,
    /// `?`: one character.
    One,
}

/// Text with wildcards that a whole value must be like.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// Its pieces, in order; none matches the empty text.
    pub pieces: Vec<Piece>,
    /// Do letters of both cases count as alike?
    pub case: Case,
}
