//! Many literals looked for in one pass over a value: by four bytes of each that are seldom in logs.
//!
//! A bitmap that fits the first cache says for most places of a value that no literal's gram is there; few grams are compared with
//! many bytes at once instead. An Aho-Corasick automaton over the same literals took forty times the memory and was slower, because
//! each of its steps waits for a distant cache line.

use super::commonness::{Commonness, Gram, grams};
use super::literal_table::{narrow, wide};
use aho_corasick::Span;
use aho_corasick::packed::Searcher;

/// A literal that is to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sought {
    /// Folded, of at least four bytes.
    pub(super) text: Box<str>,
    /// Where it has to stand, and what then is known.
    pub(super) anchor: Anchor,
    /// The predicate that it belongs to.
    pub(super) predicate: u32,
}

/// Where a literal has to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// Anywhere, and then the predicate holds.
    Anywhere,
    /// At the beginning, and then the predicate holds.
    Start,
    /// At the end, and then the predicate holds.
    End,
    /// Anywhere, and then the predicate is worth being checked.
    Gate,
}

/// The literals of one field.
#[derive(Debug, Clone, Default)]
pub(super) struct GramIndex {
    /// Of each gram two bits of one word are set, so that one place in a hundred is looked at for nothing.
    bitmap: Box<[u64]>,
    /// Finds grams in values that are long enough for it, where there are few.
    few: Option<Searcher>,
    places: Box<[Place]>,
    entries: Box<[Entry]>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    gram: Gram,
    start: u32,
    /// Nought: the place is free.
    len: u32,
}

#[derive(Debug, Clone)]
struct Entry {
    sought: Sought,
    /// Where in the literal its gram is.
    offset: u32,
}

/// Bits of the bitmap for each gram.
const BITS_A_GRAM: usize = 16;
/// 32 KiB, the size of a first cache: with more, each look at the bitmap would cost more than the looks that it saves.
const BITMAP_BITS_MAX: usize = 1 << 18;
const BITMAP_BITS_MIN: usize = 1 << 9;
/// With more grams than these, comparing many bytes at once finds so much that is none of them that the bitmap is faster.
const FEW_GRAMS_MAX: usize = 32;

impl GramIndex {
    /// An index of `sought`; texts of fewer than four bytes are never found.
    pub(super) fn new(sought: Vec<Sought>, commonness: &Commonness) -> Self {
        let mut keyed: Vec<(Gram, Entry)> =
            sought.into_iter().filter_map(|sought| keyed(sought, commonness)).collect();
        if keyed.is_empty() {
            return Self::default();
        }
        keyed.sort_by(|one, other| (one.0, &one.1.sought.text).cmp(&(other.0, &other.1.sought.text)));
        let runs = keyed.chunk_by(|one, other| one.0 == other.0).count();
        let bits =
            runs.saturating_mul(BITS_A_GRAM).next_power_of_two().clamp(BITMAP_BITS_MIN, BITMAP_BITS_MAX);
        let mut this = Self {
            bitmap: vec![0; bits / 64].into(),
            few: (runs <= FEW_GRAMS_MAX).then(|| few(&keyed)).flatten(),
            places: vec![Place::default(); runs.saturating_mul(2).next_power_of_two()].into(),
            entries: Box::default(),
        };
        let mut start = 0usize;
        for run in keyed.chunk_by(|one, other| one.0 == other.0) {
            if let Some((gram, _)) = run.first() {
                this.add(Place { gram: *gram, start: narrow(start), len: narrow(run.len()) });
            }
            start = start.saturating_add(run.len());
        }
        this.entries = keyed.into_iter().map(|(_, entry)| entry).collect();
        this
    }

    fn add(&mut self, added: Place) {
        let hash = hash(added.gram);
        let word = self.word(hash);
        if let Some(word) = self.bitmap.get_mut(word) {
            *word |= 1 << first_bit(hash) | 1 << second_bit(hash);
        }
        let mask = self.places.len().wrapping_sub(1);
        let mut at = first_place(added.gram) & mask;
        while self.places.get(at).is_some_and(|place| place.len > 0) {
            at = at.wrapping_add(1) & mask;
        }
        if let Some(place) = self.places.get_mut(at) {
            *place = added;
        }
    }

    /// Calls `found` with each literal that is in `value` (folded) where it has to stand; with one more than once if it is there
    /// more than once.
    #[inline]
    pub(super) fn scan(&self, value: &str, mut found: impl FnMut(&Sought)) {
        if self.bitmap.is_empty() {
            return;
        }
        let mut from = 0;
        while let Some((at, gram)) = self.next(value.as_bytes(), from) {
            self.verify(value, at, gram, &mut found);
            from = at.saturating_add(1);
        }
    }

    /// The next gram from byte `from` on that is probably a literal's. Kept out of its callers, so that the loop has all registers.
    #[inline(never)]
    fn next(&self, value: &[u8], from: usize) -> Option<(usize, Gram)> {
        let rest = value.get(from..)?;
        let at = match &self.few {
            Some(few) if rest.len() >= few.minimum_len() => {
                few.find_in(rest, Span { start: 0, end: rest.len() })?.start()
            }
            _ => rest.array_windows().position(|window| self.may_have(Gram::from_le_bytes(*window)))?,
        };
        let gram = rest.get(at..)?.first_chunk()?;
        Some((from.saturating_add(at), Gram::from_le_bytes(*gram)))
    }

    /// The second bit is looked at only if the first is set.
    #[inline]
    fn may_have(&self, gram: Gram) -> bool {
        let hash = hash(gram);
        let Some(word) = self.bitmap.get(self.word(hash)) else { return false };
        word >> first_bit(hash) & 1 == 1 && word >> second_bit(hash) & 1 == 1
    }

    /// The word of the bitmap, whose length is a power of two, that has the bits of a gram.
    #[inline]
    fn word(&self, hash: u64) -> usize {
        usize::try_from(hash >> 48).unwrap_or_default() & self.bitmap.len().wrapping_sub(1)
    }

    /// The gram is at `at`, or one that shares its bit: which literals are there?
    fn verify(&self, value: &str, at: usize, gram: Gram, found: &mut impl FnMut(&Sought)) {
        let mask = self.places.len().wrapping_sub(1);
        let mut place_at = first_place(gram) & mask;
        while let Some(place) = self.places.get(place_at).filter(|place| place.len > 0) {
            if place.gram == gram {
                let start = wide(place.start);
                let entries =
                    self.entries.get(start..start.saturating_add(wide(place.len))).unwrap_or_default();
                entries
                    .iter()
                    .filter(|entry| entry.stands(value.as_bytes(), at))
                    .for_each(|entry| found(&entry.sought));
                return;
            }
            place_at = place_at.wrapping_add(1) & mask;
        }
    }
}

impl Entry {
    /// Does the literal stand where its gram was found, and is that where it has to stand?
    #[inline]
    fn stands(&self, value: &[u8], gram_at: usize) -> bool {
        let text = self.sought.text.as_bytes();
        let Some(start) = gram_at.checked_sub(wide(self.offset)) else { return false };
        let end = start.saturating_add(text.len());
        let is_anchored = match self.sought.anchor {
            Anchor::Anywhere | Anchor::Gate => true,
            Anchor::Start => start == 0,
            Anchor::End => end == value.len(),
        };
        is_anchored && value.get(start..end) == Some(text)
    }
}

#[inline]
fn hash(gram: Gram) -> u64 {
    u64::from(gram).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[inline]
fn first_bit(hash: u64) -> u64 {
    hash >> 32 & 63
}

#[inline]
fn second_bit(hash: u64) -> u64 {
    hash >> 38 & 63
}

/// What finds the grams of `keyed` by comparing many bytes at once; none where the processor cannot.
fn few(keyed: &[(Gram, Entry)]) -> Option<Searcher> {
    let runs = keyed.chunk_by(|one, other| one.0 == other.0);
    Searcher::new(runs.filter_map(|run| run.first()).map(|(gram, _)| gram.to_le_bytes()))
}

fn first_place(gram: Gram) -> usize {
    wide(gram.wrapping_mul(0x85EB_CA6B) >> 7)
}

fn keyed(sought: Sought, commonness: &Commonness) -> Option<(Gram, Entry)> {
    let (offset, gram) = rarest(&sought.text, commonness)?;
    Some((gram, Entry { sought, offset: narrow(offset) }))
}

/// The gram of a literal that logs have least often, with its offset.
fn rarest(text: &str, commonness: &Commonness) -> Option<(usize, Gram)> {
    grams(text.as_bytes())
        .min_by(|one, other| commonness.per_mille(one.1).total_cmp(&commonness.per_mille(other.1)))
}

/// In how many of a thousand events a literal is looked for in vain or found, by estimate; none if it is too short for a gram.
pub(super) fn per_mille(text: &str, commonness: &Commonness) -> Option<f32> {
    rarest(text, commonness).map(|(_, gram)| commonness.per_mille(gram))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sought(text: &str, anchor: Anchor, predicate: u32) -> Sought {
        Sought { text: text.into(), anchor, predicate }
    }

    fn found(index: &GramIndex, value: &str) -> Vec<u32> {
        let mut predicates = Vec::new();
        index.scan(value, |sought| predicates.push(sought.predicate));
        predicates.sort_unstable();
        predicates.dedup();
        predicates
    }

    #[test]
    fn literals_stand_where_they_have_to() {
        let all = vec![
            sought("abcd", Anchor::Anywhere, 0),
            sought("abcd", Anchor::Start, 1),
            sought("abcd", Anchor::End, 2),
            sought("xabcdx", Anchor::Gate, 3),
            sought("abc", Anchor::Anywhere, 4),
        ];
        let index = GramIndex::new(all, &Commonness::default());
        assert_eq!(found(&index, "abcd"), [0, 1, 2]);
        assert_eq!(found(&index, "xabcdx"), [0, 3]);
        assert_eq!(found(&index, "abcd-abcd"), [0, 1, 2]);
        assert_eq!(found(&index, "abc"), Vec::<u32>::new());
        assert_eq!(found(&index, ""), Vec::<u32>::new());
    }

    proptest! {
        #[test]
        fn nothing_is_missed_and_nothing_invented(texts in prop::collection::vec("[abc]{4,7}", 1..60), value in "[abcd]{0,120}") {
            let all = texts.iter().zip(0..).map(|(text, predicate)| sought(text, Anchor::Anywhere, predicate)).collect();
            let index = GramIndex::new(all, &Commonness::default());
            let expected: Vec<u32> =
                texts.iter().zip(0..).filter(|(text, _)| value.contains(text.as_str())).map(|(_, predicate)| predicate).collect();
            prop_assert_eq!(found(&index, &value), expected);
        }
    }
}
