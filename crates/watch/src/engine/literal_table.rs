//! Literals found by a hash of a value or of its last component: one look, however many literals there are.

use xxhash_rust::xxh3::xxh3_64;

/// A literal of some predicate of the group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    /// Folded.
    pub(super) text: Box<str>,
    /// Which predicate holds where it is found.
    pub(super) predicate: u32,
}

/// Literals by the hash of their key, in the places of a table with open addresses.
#[derive(Debug, Clone, Default)]
pub(super) struct LiteralTable {
    /// The low half of the hash, and where its literals begin and end; a power of two of them.
    places: Box<[Place]>,
    literals: Box<[Literal]>,
    /// Which lengths keys have, as bits; the last one for all that are longer. Most values have none of them, and are not hashed.
    lengths: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Place {
    hash: u32,
    start: u32,
    /// Nought: the place is free.
    len: u32,
}

impl LiteralTable {
    /// A table of `literals`, each to be found by what `key` makes of it.
    pub(super) fn new(literals: Vec<Literal>, key: impl Fn(&str) -> &str) -> Self {
        let mut keyed: Vec<(u64, Literal)> =
            literals.into_iter().map(|literal| (xxh3_64(key(&literal.text).as_bytes()), literal)).collect();
        keyed.sort_by(|one, other| (one.0, &one.1.text).cmp(&(other.0, &other.1.text)));
        let mut this = Self::default();
        if keyed.is_empty() {
            return this;
        }
        let mut places = vec![Place::default(); keyed.len().saturating_mul(2).next_power_of_two()];
        let mut start = 0usize;
        this.lengths = keyed.iter().fold(0, |all, (_, literal)| all | length_bit(key(&literal.text)));
        for run in keyed.chunk_by(|one, other| one.0 == other.0) {
            let hash = run.first().map_or(0, |(hash, _)| *hash);
            let free = free_place(&places, hash);
            if let Some(place) = places.get_mut(free) {
                *place = Place { hash: low(hash), start: narrow(start), len: narrow(run.len()) };
            }
            start = start.saturating_add(run.len());
        }
        this.places = places.into();
        this.literals = keyed.into_iter().map(|(_, literal)| literal).collect();
        this
    }

    /// Is there no literal?
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The literals whose key has the hash of `key`. Who asks compares them.
    #[inline]
    pub(super) fn find(&self, key: &str) -> &[Literal] {
        if self.lengths & length_bit(key) == 0 {
            return &[];
        }
        let hash = xxh3_64(key.as_bytes());
        let mask = self.places.len().wrapping_sub(1);
        let mut at = high(hash) & mask;
        while let Some(place) = self.places.get(at).filter(|place| place.len > 0) {
            if place.hash == low(hash) {
                let start = wide(place.start);
                return self.literals.get(start..start.saturating_add(wide(place.len))).unwrap_or_default();
            }
            at = at.wrapping_add(1) & mask;
        }
        &[]
    }
}

#[inline]
fn length_bit(key: &str) -> u64 {
    1 << key.len().min(63)
}

fn free_place(places: &[Place], hash: u64) -> usize {
    let mask = places.len().wrapping_sub(1);
    let mut at = high(hash) & mask;
    while places.get(at).is_some_and(|place| place.len > 0) {
        at = at.wrapping_add(1) & mask;
    }
    at
}

fn low(hash: u64) -> u32 {
    u32::try_from(hash & u64::from(u32::MAX)).unwrap_or_default()
}

fn high(hash: u64) -> usize {
    usize::try_from(hash >> 32).unwrap_or_default()
}

/// Counts of rules and literals are far below 2^32: the reader of rules bounds them.
pub(super) fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Back again.
#[inline]
pub(super) fn wide(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

/// What follows the last `\` or `/` of a value with the separator itself: `\name.exe`. None where there is no separator.
#[inline]
pub(super) fn last_component(value: &str) -> Option<&str> {
    let at = value.bytes().rposition(|byte| byte == b'\\' || byte == b'/')?;
    value.get(at..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literals(texts: &[&str]) -> Vec<Literal> {
        texts.iter().zip(0..).map(|(text, predicate)| Literal { text: (*text).into(), predicate }).collect()
    }

    #[test]
    fn each_literal_is_found_by_its_own_key() {
        let texts: Vec<String> =
            (0..1000).map(|number| format!("c:\\{number}\\name{}.exe", number % 700)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let whole = LiteralTable::new(literals(&texts), |text| text);
        let names = LiteralTable::new(literals(&texts), |text| last_component(text).unwrap_or(text));
        for text in &texts {
            assert!(whole.find(text).iter().any(|literal| *literal.text == **text));
            let name = last_component(text).expect("a separator");
            assert!(names.find(name).iter().all(|literal| literal.text.ends_with(name)));
            assert!(names.find(name).iter().any(|literal| *literal.text == **text));
        }
        assert!(whole.find("c:\\1000\\name.exe").is_empty());
        assert!(LiteralTable::new(Vec::new(), |text| text).find("").is_empty());
    }

    #[test]
    fn the_last_component_keeps_its_separator() {
        assert_eq!(last_component("c:\\a\\b.exe"), Some("\\b.exe"));
        assert_eq!(last_component("/bin/sh"), Some("/sh"));
        assert_eq!(last_component("sh"), None);
    }
}
