//! The index: every name of every list entry, ready to be found by any spelling, as sorted arrays that are one file.
//!
//! What it finds is exact for the predicate that [`candidates`] states; docs/matching.md explains why nothing is missed.

pub mod candidates;
pub mod file;
pub mod link;

mod builder;
mod keys;
mod population;
mod table;
mod weight;

pub use file::IndexError;

use crate::list::Kind;
use link::Indexed;
use table::{Postings, Rows, Texts};

/// What stands where a form's last token has no neighbour to be joined with.
pub(crate) const NO_PAIR: u32 = u32::MAX;

/// The searchable form of some lists. It is built once for a version of the lists and never changes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Index {
    /// Each distinct token, and each distinct joining of two neighbours, behind one byte for its kind.
    tokens: Texts,
    sounds: Texts,
    skeletons: Texts,
    /// How much a token tells, in natural units of information; at least [`weight::LEAST`].
    weights: Vec<u32>,
    /// Hashes of everything a token may be found by, ascending, and the tokens beside them.
    key_hashes: Vec<u32>,
    key_tokens: Vec<u32>,
    /// Where the hashes with each value of the upper sixteen bits begin. Derived, not in the file.
    key_starts: Vec<u32>,
    /// A form is a reading of a name: its tokens, and beside each token the joining with the next.
    form_tokens: Rows,
    form_pairs: Vec<u32>,
    form_names: Vec<u32>,
    name_entries: Vec<u32>,
    name_texts: Texts,
    /// 1 where the list itself calls the alias weak.
    name_weak: Vec<u32>,
    entry_lists: Texts,
    entry_uids: Texts,
    entry_kinds: Vec<u32>,
    /// Births as `year * 10000 + month * 100 + day`, zero where unknown.
    entry_births: Rows,
    entry_nationalities: Texts,
    entry_identifiers: Texts,
    /// Forms by token: all of them; those of which the token is in the prefix; and the latter for forms with initials.
    all: Postings,
    prefix: Postings,
    abbreviated: Postings,
}

impl Index {
    /// Entries in it.
    pub fn entry_count(&self) -> usize {
        self.entry_kinds.len()
    }

    /// Names in it, of all entries.
    pub fn name_count(&self) -> usize {
        self.name_entries.len()
    }

    /// Forms in it: readings of names, each once for an entry.
    pub fn form_count(&self) -> usize {
        self.form_names.len()
    }

    /// The list of an entry and its id there.
    pub fn entry(&self, entry: u32) -> Option<(&str, &str)> {
        Some((self.entry_lists.get(entry)?, self.entry_uids.get(entry)?))
    }

    /// What an entry designates.
    pub fn kind(&self, entry: u32) -> Kind {
        at(&self.entry_kinds, entry)
            .and_then(|kind| Kind::ALL.get(kind as usize))
            .copied()
            .unwrap_or_default()
    }

    /// A name as its list spells it.
    pub fn name(&self, name: u32) -> Option<&str> {
        self.name_texts.get(name)
    }

    pub(crate) fn entry_of_form(&self, form: u32) -> Option<(u32, u32)> {
        let name = at(&self.form_names, form)?;
        Some((at(&self.name_entries, name)?, name))
    }

    pub(crate) fn is_weak(&self, name: u32) -> bool {
        at(&self.name_weak, name) == Some(1)
    }

    pub(crate) fn is_person(&self, entry: u32) -> bool {
        self.kind(entry) == Kind::Person
    }

    pub(crate) fn births(&self, entry: u32) -> &[u32] {
        self.entry_births.get(entry)
    }

    pub(crate) fn nationalities(&self, entry: u32) -> &str {
        self.entry_nationalities.get(entry).unwrap_or_default()
    }

    pub(crate) fn identifiers(&self, entry: u32) -> &str {
        self.entry_identifiers.get(entry).unwrap_or_default()
    }

    /// A token as links compare it, and whether it is two neighbours joined.
    pub(crate) fn indexed(&self, token: u32) -> Option<(Indexed<'_>, bool)> {
        let stored = self.tokens.get(token)?;
        let mark = *stored.as_bytes().first()?;
        let kind = keys::kind_of(mark.to_ascii_lowercase())?;
        let facts = Indexed {
            kind,
            text: stored.get(1..)?,
            sound: self.sounds.get(token)?,
            skeleton: self.skeletons.get(token)?,
        };
        Some((facts, mark.is_ascii_uppercase()))
    }

    pub(crate) fn text(&self, token: u32) -> &str {
        self.tokens.get(token).and_then(|stored| stored.get(1..)).unwrap_or_default()
    }

    /// Whether a token is a single letter that may stand for a name.
    pub(crate) fn is_initial(&self, token: u32) -> bool {
        self.tokens.get(token).is_some_and(|stored| {
            stored.len() == 2
                && stored.starts_with('w')
                && stored.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
    }

    /// Tokens found by a hash.
    pub(crate) fn keyed(&self, hash: u32) -> impl Iterator<Item = u32> {
        let bucket = (hash >> 16) as usize;
        let start = self.key_starts.get(bucket).copied().unwrap_or(0) as usize;
        let end = self.key_starts.get(bucket + 1).copied().unwrap_or(0) as usize;
        let hashes = self.key_hashes.get(start..end).unwrap_or_default();
        let first = start + hashes.partition_point(|known| *known < hash);
        let tokens = self.key_tokens.get(first..end).unwrap_or_default();
        let same = self
            .key_hashes
            .get(first..end)
            .unwrap_or_default()
            .iter()
            .take_while(move |known| **known == hash);
        same.zip(tokens).map(|(_, token)| *token)
    }

    pub(crate) fn weight(&self, token: u32) -> f32 {
        at(&self.weights, token).map_or(weight::LEAST, f32::from_bits)
    }

    /// The tokens of a form, and the joinings beside them.
    pub(crate) fn form(&self, form: u32) -> (&[u32], &[u32]) {
        let range = self.form_tokens.range(form);
        (
            self.form_tokens.values.get(range.clone()).unwrap_or_default(),
            self.form_pairs.get(range).unwrap_or_default(),
        )
    }
}

/// The value at a place of an array, as all ids are 32 bits wide.
pub(crate) fn at(values: &[u32], place: u32) -> Option<u32> {
    values.get(place as usize).copied()
}
