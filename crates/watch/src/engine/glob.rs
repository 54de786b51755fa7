//! Patterns with wildcards, prepared for being compared with many values.

use crate::fold::fold;
use crate::sigma::condition::Case;
use crate::sigma::pattern::{Pattern, Piece};
use memchr::memmem::Finder;
use std::sync::OnceLock;

/// A prepared pattern. Texts of an insensitive one are folded already, and are compared with folded values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Glob {
    /// The whole value.
    Equals(Box<str>),
    /// Its beginning.
    Starts(Box<str>),
    /// Its end.
    Ends(Box<str>),
    /// Any part of it.
    Contains(Needle),
    /// Everything else.
    Mixed(Mixed),
}

/// A text that is looked for within others. What finds it fast is made when it is first needed, because an index finds most of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Needle {
    pub(super) text: Box<str>,
    finder: OnceLock<Box<Finder<'static>>>,
}

/// A pattern of several parts between `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mixed {
    /// What stands between the `*`, in order. The first begins the value and the last ends it; either may be empty.
    segments: Box<[Segment]>,
}

/// Texts and `?` in their order, without a `*`.
type Segment = Box<[Unit]>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Unit {
    Text(Needle),
    One,
}

impl Needle {
    fn new(text: &str) -> Self {
        Self { text: text.into(), finder: OnceLock::new() }
    }

    /// Where it stands first.
    fn find(&self, value: &[u8]) -> Option<usize> {
        let finder = self.finder.get_or_init(|| Box::new(Finder::new(self.text.as_bytes()).into_owned()));
        finder.find(value)
    }
}

impl PartialEq for Needle {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Needle {}

impl Glob {
    /// Prepares `pattern`; that of a keyword may stand anywhere in a value.
    pub(super) fn new(pattern: &Pattern, is_keyword: bool) -> Self {
        let mut pieces: Vec<Piece> = Vec::with_capacity(pattern.pieces.len().saturating_add(2));
        if is_keyword {
            pieces.push(Piece::Any);
        }
        pieces.extend(pattern.pieces.iter().map(|piece| prepared(piece, pattern.case)));
        if is_keyword {
            pieces.push(Piece::Any);
        }
        pieces.dedup_by(|one, other| *one == Piece::Any && *other == Piece::Any);
        match pieces.as_slice() {
            [] => Self::Equals("".into()),
            [Piece::Text(text)] => Self::Equals(text.as_str().into()),
            [Piece::Text(text), Piece::Any] => Self::Starts(text.as_str().into()),
            [Piece::Any, Piece::Text(text)] => Self::Ends(text.as_str().into()),
            [Piece::Any, Piece::Text(text), Piece::Any] => Self::Contains(Needle::new(text)),
            [Piece::Any] => Self::Contains(Needle::default()),
            pieces => Self::Mixed(Mixed::new(pieces)),
        }
    }

    /// Is `value` (folded, if the pattern is insensitive) like this?
    pub(super) fn is_match(&self, value: &str) -> bool {
        match self {
            Self::Equals(text) => value == &**text,
            Self::Starts(text) => value.starts_with(&**text),
            Self::Ends(text) => value.ends_with(&**text),
            Self::Contains(needle) => needle.find(value.as_bytes()).is_some(),
            Self::Mixed(mixed) => mixed.is_match(value),
        }
    }

    /// The texts that a value must contain.
    pub(super) fn texts(&self) -> Vec<&str> {
        match self {
            Self::Equals(text) | Self::Starts(text) | Self::Ends(text) => vec![text],
            Self::Contains(needle) => vec![&needle.text],
            Self::Mixed(mixed) => {
                mixed.segments.iter().flat_map(|segment| segment.iter()).filter_map(Unit::text).collect()
            }
        }
    }
}

fn prepared(piece: &Piece, case: Case) -> Piece {
    match (piece, case) {
        (Piece::Text(text), Case::Insensitive) => Piece::Text(fold(text).into_owned()),
        (piece, _) => piece.clone(),
    }
}

impl Unit {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(needle) => Some(&needle.text),
            Self::One => None,
        }
    }
}

impl Mixed {
    fn new(pieces: &[Piece]) -> Self {
        let segments = pieces
            .split(|piece| *piece == Piece::Any)
            .map(|segment| segment.iter().filter_map(unit).collect());
        Self { segments: segments.collect() }
    }

    /// Takes the first and the last segment off the value's ends; those between are found from left to right, each as early as it
    /// can be, which leaves the most room for the next.
    fn is_match(&self, value: &str) -> bool {
        let Some((first, others)) = self.segments.split_first() else { return false };
        let Some(rest) = strip_start(first, value) else { return false };
        let Some((last, middle)) = others.split_last() else { return rest.is_empty() };
        let Some(mut rest) = strip_end(last, rest) else { return false };
        for segment in middle {
            match after_leftmost(segment, rest) {
                Some(found) => rest = found,
                None => return false,
            }
        }
        true
    }
}

fn unit(piece: &Piece) -> Option<Unit> {
    match piece {
        Piece::Text(text) => Some(Unit::Text(Needle::new(text))),
        Piece::One => Some(Unit::One),
        Piece::Any => None,
    }
}

fn strip_start<'v>(segment: &[Unit], value: &'v str) -> Option<&'v str> {
    segment.iter().try_fold(value, |rest, unit| match unit {
        Unit::Text(needle) => rest.strip_prefix(&*needle.text),
        Unit::One => after_one(rest),
    })
}

fn strip_end<'v>(segment: &[Unit], value: &'v str) -> Option<&'v str> {
    segment.iter().rev().try_fold(value, |rest, unit| match unit {
        Unit::Text(needle) => rest.strip_suffix(&*needle.text),
        Unit::One => {
            let mut chars = rest.chars();
            chars.next_back().map(|_| chars.as_str())
        }
    })
}

fn after_one(value: &str) -> Option<&str> {
    let mut chars = value.chars();
    chars.next().map(|_| chars.as_str())
}

/// What follows the leftmost place of `value` that the segment is like.
fn after_leftmost<'v>(segment: &[Unit], value: &'v str) -> Option<&'v str> {
    let ones = segment.iter().take_while(|unit| **unit == Unit::One).count();
    let Some(Unit::Text(needle)) = segment.get(ones) else { return strip_start(segment, value) };
    // The text cannot stand before as many characters as there are `?` in front of it.
    let leading = segment.get(..ones).unwrap_or_default();
    let searched = strip_start(leading, value)?;
    let following = segment.get(ones.saturating_add(1)..).unwrap_or_default();
    places(searched, needle)
        .filter_map(|at| searched.get(at.saturating_add(needle.text.len())..))
        .find_map(|rest| strip_start(following, rest))
}

/// Where `needle` stands in `searched`, also where one place overlaps another.
fn places(searched: &str, needle: &Needle) -> impl Iterator<Item = usize> {
    let mut from = 0_usize;
    std::iter::from_fn(move || {
        let at = from.saturating_add(needle.find(searched.as_bytes().get(from..)?)?);
        from = at.saturating_add(1);
        Some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigma::pattern::Pattern;

    fn pattern(text: &str) -> Pattern {
        let mut pieces: Vec<Piece> = Vec::new();
        for letter in text.chars() {
            match (letter, pieces.last_mut()) {
                ('*', Some(Piece::Any)) => {}
                ('*', _) => pieces.push(Piece::Any),
                ('?', _) => pieces.push(Piece::One),
                (_, Some(Piece::Text(text))) => text.push(letter),
                _ => pieces.push(Piece::Text(letter.into())),
            }
        }
        Pattern { pieces, case: Case::Insensitive }
    }

    #[track_caller]
    fn check(written: &str, yes: &[&str], no: &[&str]) {
        let glob = Glob::new(&pattern(written), false);
        for value in yes {
            assert!(glob.is_match(value), "{written} is like {value}");
        }
        for value in no {
            assert!(!glob.is_match(value), "{written} is not like {value}");
        }
    }

    #[test]
    fn wildcards_stand_for_what_the_specification_says() {
        check("", &[""], &["a"]);
        check("*", &["", "a"], &[]);
        check("?", &["a", "ä"], &["", "ab"]);
        check("A*", &["a", "abc"], &["", "ba"]);
        check("*a", &["a", "ba"], &["ab"]);
        check("*a*", &["a", "bab"], &["b"]);
        check("a*a", &["aa", "aba"], &["a", "ab"]);
        check("*a?b*", &["axb", "aabaxb", "zaäbz", "aab1"], &["ab", "acdb"]);
        check("*aa?b*", &["aaaxb", "aaab"], &["aaxxb"]);
        check("*??a*b?c*", &["xxabxc", "aaabbc", "aaaaab1c"], &["xabxc", "xxacb"]);
        check("a*b*b", &["abb", "axbxb"], &["ab", "aab"]);
        check("*?*", &["a", "ab"], &[""]);
        check("?*?", &["ab", "abc"], &["a"]);
    }

    #[test]
    fn a_keyword_stands_anywhere() {
        assert_eq!(Glob::new(&pattern("Ab"), true), Glob::Contains(Needle::new("ab")));
        assert_eq!(Glob::new(&pattern("*ab*"), true), Glob::Contains(Needle::new("ab")));
        assert!(Glob::new(&pattern("a?c"), true).is_match("xxabcxx"));
    }
}
