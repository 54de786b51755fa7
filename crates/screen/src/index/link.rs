//! When two tokens are linked, and how closely.

use super::keys::{Facts, edits_of};
use crate::name::{TokenKind, nickname, sound::edits_within};

/// How two tokens agree, the closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// Spelled alike.
    Same,
    /// Two systems of transliteration write one sound.
    Sounds,
    /// The same syllable of pinyin.
    Syllable,
    /// Syllables that Wade-Giles writes alike.
    SyllableClass,
    /// Two neighbours on one side are one token on the other, and sound alike.
    Joined,
    /// Forms of one given name.
    Nickname,
    /// The same consonants, and nearly the same vowels.
    Vowels,
    /// One edit apart.
    OneEdit,
    /// Joined, and one edit apart.
    JoinedEdit,
    /// The same consonants in Arabic and another script, or both in Arabic.
    Script,
    /// Two edits apart.
    TwoEdits,
    /// The same consonants, but other vowels.
    Consonants,
    /// A letter that the other begins with.
    Initial,
}

impl Level {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 13] = [
        Self::Same,
        Self::Sounds,
        Self::Syllable,
        Self::SyllableClass,
        Self::Joined,
        Self::Nickname,
        Self::Vowels,
        Self::OneEdit,
        Self::JoinedEdit,
        Self::Script,
        Self::TwoEdits,
        Self::Consonants,
        Self::Initial,
    ];
}

/// A token of the index, borrowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Indexed<'a> {
    pub(crate) kind: TokenKind,
    pub(crate) text: &'a str,
    pub(crate) sound: &'a str,
    pub(crate) skeleton: &'a str,
}

/// How a token of a query and one of the index are linked, if they are. `is_listed_pair` says that the latter is two
/// neighbours joined; two joinings are never linked, since their parts are.
pub(crate) fn link(asked: &Facts, listed: Indexed<'_>, is_listed_pair: bool) -> Option<Level> {
    use TokenKind::{Consonants, Syllable, SyllableClass, Word};
    if asked.is_pair || is_listed_pair {
        return joined(asked, listed, is_listed_pair);
    }
    match (asked.token.kind, listed.kind) {
        (Word, Word) => words(asked, listed),
        (Word | Consonants, Consonants) | (Consonants, Word) => {
            (asked.skeleton.len() >= 2 && asked.skeleton == listed.skeleton).then_some(Level::Script)
        }
        (Syllable, Syllable) => (asked.token.text == listed.text).then_some(Level::Syllable),
        (Syllable | SyllableClass, SyllableClass) | (SyllableClass, Syllable) => {
            (asked.sound == listed.sound).then_some(Level::SyllableClass)
        }
        _ => None,
    }
}

fn joined(asked: &Facts, listed: Indexed<'_>, is_listed_pair: bool) -> Option<Level> {
    if asked.is_pair == is_listed_pair
        || asked.token.kind != TokenKind::Word
        || listed.kind != TokenKind::Word
    {
        return None;
    }
    if asked.sound == listed.sound {
        return Some(Level::Joined);
    }
    let allowed = edits_of(&asked.sound, true).min(edits_of(listed.sound, true));
    edits_within(&asked.sound, listed.sound, allowed).map(|_| Level::JoinedEdit)
}

fn words(asked: &Facts, listed: Indexed<'_>) -> Option<Level> {
    if asked.token.text == listed.text {
        return Some(Level::Same);
    }
    if asked.sound == listed.sound {
        return Some(Level::Sounds);
    }
    let roots = nickname::roots(&asked.token.text);
    if !roots.is_empty() && nickname::roots(listed.text).iter().any(|root| roots.contains(root)) {
        return Some(Level::Nickname);
    }
    let has_same_consonants = asked.skeleton.len() >= 3 && asked.skeleton == listed.skeleton;
    let allowed = edits_of(&asked.sound, false).min(edits_of(listed.sound, false));
    match edits_within(&asked.sound, listed.sound, allowed) {
        Some(_) if has_same_consonants => Some(Level::Vowels),
        Some(0 | 1) => Some(Level::OneEdit),
        Some(_) => Some(Level::TwoEdits),
        None => has_same_consonants.then_some(Level::Consonants),
    }
}
