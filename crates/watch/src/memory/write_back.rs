//! State between the correlator and a store: what is asked for often is kept near, and what changes waits for the next commit.

use super::{Entry, KeyedState, StateError};
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

/// The reading side of a store of bytes under keys; writing is one commit for many events.
pub trait KeyedSource {
    /// The value at `key`.
    ///
    /// # Errors
    /// [`StateError`] where it cannot be read.
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError>;

    /// At most `limit` entries in the order of their keys, of those from `from` to before `to`.
    ///
    /// # Errors
    /// [`StateError`] where they cannot be read.
    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Entry>, StateError>;
}

/// Bytes that a key costs beside itself and its value.
const OVERHEAD_BYTES: usize = 64;

type Bytes = Box<[u8]>;

/// A [`KeyedState`] over a store. Nothing is loaded at the start. What changed is here until [`WriteBack::committed`], and never
/// dropped before; what is only read is kept while there is room, in two generations: when the young one is full, it becomes the old
/// one, and what was not asked for since the last time goes. It is in the store, so nothing is forgotten by that.
#[derive(Debug)]
pub struct WriteBack<S> {
    source: S,
    /// What changed since the last commit; `None` is deleted.
    changed: BTreeMap<Bytes, Option<Vec<u8>>>,
    changed_bytes: usize,
    young: HashMap<Bytes, Bytes>,
    young_bytes: usize,
    old: HashMap<Bytes, Bytes>,
    generation_bytes_max: usize,
}

impl<S: KeyedSource> WriteBack<S> {
    /// State over `source` that keeps about `cache_bytes_max` bytes of it near, and all changes.
    pub fn new(source: S, cache_bytes_max: usize) -> Self {
        Self {
            source,
            changed: BTreeMap::new(),
            changed_bytes: 0,
            young: HashMap::new(),
            young_bytes: 0,
            old: HashMap::new(),
            generation_bytes_max: cache_bytes_max / 2,
        }
    }

    /// The store below.
    pub fn source(&self) -> &S {
        &self.source
    }

    /// The store below, to write to it.
    pub fn source_mut(&mut self) -> &mut S {
        &mut self.source
    }

    /// What changed since the last commit, in the order of the keys; `None` is deleted.
    pub fn changes(&self) -> impl Iterator<Item = (&[u8], Option<&[u8]>)> {
        self.changed.iter().map(|(key, value)| (key.as_ref(), value.as_deref()))
    }

    /// About how many bytes of memory wait for a commit.
    pub fn waiting_bytes(&self) -> usize {
        self.changed_bytes
    }

    /// The changes are in the store now.
    pub fn committed(&mut self) {
        self.changed_bytes = 0;
        for (key, value) in std::mem::take(&mut self.changed) {
            self.old.remove(&key);
            self.drop_young(&key);
            // An entry without a value is a mark in an index: it is found by scanning, not by asking for it.
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                self.keep(key, value.into());
            }
        }
    }

    /// Drops the changes and all that is kept near: after a failed commit the store is the truth, and what came after its last
    /// commit is observed again.
    pub fn forget(&mut self) {
        self.changed.clear();
        self.young.clear();
        self.old.clear();
        (self.changed_bytes, self.young_bytes) = (0, 0);
    }

    fn change(&mut self, key: &[u8], value: Option<Vec<u8>>) {
        let bytes = value.as_ref().map_or(0, |value| value.len());
        match self.changed.get_mut(key) {
            Some(place) => {
                let before = place.as_ref().map_or(0, |value| value.len());
                self.changed_bytes = (self.changed_bytes + bytes).saturating_sub(before);
                *place = value;
            }
            None => {
                self.changed_bytes += key.len() + bytes + OVERHEAD_BYTES;
                self.changed.insert(key.into(), value);
            }
        }
    }

    fn keep(&mut self, key: Bytes, value: Bytes) {
        self.young_bytes += key.len() + value.len() + OVERHEAD_BYTES;
        self.young.insert(key, value);
        if self.young_bytes > self.generation_bytes_max {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
    }

    fn drop_young(&mut self, key: &[u8]) {
        if let Some(value) = self.young.remove(key) {
            self.young_bytes = self.young_bytes.saturating_sub(key.len() + value.len() + OVERHEAD_BYTES);
        }
    }
}

impl<S: KeyedSource> KeyedState for WriteBack<S> {
    fn get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        if let Some(value) = self.changed.get(key) {
            return Ok(value.as_ref().map(|value| value.to_vec()));
        }
        if let Some(value) = self.young.get(key) {
            return Ok(Some(value.to_vec()));
        }
        if let Some((key, value)) = self.old.remove_entry(key) {
            let found = value.to_vec();
            self.keep(key, value);
            return Ok(Some(found));
        }
        let found = self.source.get(key)?;
        if let Some(value) = &found {
            self.keep(key.into(), value.as_slice().into());
        }
        Ok(found)
    }

    fn put(&mut self, key: &[u8], value: Vec<u8>) -> Result<(), StateError> {
        self.change(key, Some(value));
        Ok(())
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), StateError> {
        self.change(key, None);
        Ok(())
    }

    fn scan(&mut self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Entry>, StateError> {
        if from >= to || limit == 0 {
            return Ok(Vec::new());
        }
        let range = (Bound::Included(from), Bound::Excluded(to));
        let mut changed = self.changed.range::<[u8], _>(range).peekable();
        let mut stored = Stored::new(&self.source, from, to, limit);
        let mut merged = Vec::new();
        while merged.len() < limit {
            let key = stored.key()?;
            match changed.next_if(|(changed, _)| key.is_none_or(|key| changed.as_ref() <= key)) {
                Some((key, value)) => {
                    stored.skip(key);
                    merged.extend(value.as_ref().map(|value| (key.to_vec(), value.to_vec())));
                }
                None => match stored.take() {
                    Some(entry) => merged.push(entry),
                    None => break,
                },
            }
        }
        Ok(merged)
    }
}

/// The entries of a store within a range, read in pages, so that a scan that ends early reads no more than it needs.
struct Stored<'a, S> {
    source: &'a S,
    /// Where the next page begins; none when there is none.
    from: Option<Vec<u8>>,
    to: &'a [u8],
    page_length: usize,
    /// The rest of the page, its first entry last.
    page: Vec<Entry>,
}

impl<'a, S: KeyedSource> Stored<'a, S> {
    fn new(source: &'a S, from: &[u8], to: &'a [u8], page_length: usize) -> Self {
        Self { source, from: Some(from.to_vec()), to, page_length, page: Vec::new() }
    }

    /// The key of the next entry.
    fn key(&mut self) -> Result<Option<&[u8]>, StateError> {
        if self.page.is_empty()
            && let Some(from) = self.from.take()
        {
            self.page = self.source.scan(&from, self.to, self.page_length)?;
            if let Some((last, _)) = self.page.last().filter(|_| self.page.len() >= self.page_length) {
                self.from = Some([last.as_slice(), &[0]].concat());
            }
            self.page.reverse();
        }
        Ok(self.page.last().map(|(key, _)| key.as_slice()))
    }

    /// Leaves the next entry out if it stands at `key`.
    fn skip(&mut self, key: &[u8]) {
        self.page.pop_if(|(stored, _)| stored.as_slice() == key);
    }

    fn take(&mut self) -> Option<Entry> {
        self.page.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryState;

    fn commit(state: &mut WriteBack<MemoryState>) {
        let changes: Vec<_> =
            state.changes().map(|(key, value)| (key.to_vec(), value.map(<[u8]>::to_vec))).collect();
        for (key, value) in changes {
            match value {
                Some(value) => KeyedState::put(state.source_mut(), &key, value).expect("memory"),
                None => KeyedState::delete(state.source_mut(), &key).expect("memory"),
            }
        }
        state.committed();
    }

    /// Puts, deletes, commits and forgets in an order that the numbers give, against a map that does the same at once.
    #[test]
    fn it_answers_as_a_state_without_it_would() {
        for cache_bytes_max in [0, 400, 1 << 20] {
            let mut state = WriteBack::new(MemoryState::default(), cache_bytes_max);
            let (mut model, mut durable) = (MemoryState::default(), MemoryState::default());
            for step in 0..4_000_u32 {
                let mixed = step.wrapping_mul(2_654_435_761) >> 8;
                let key = [b'k', (mixed % 37) as u8];
                match mixed / 37 % 11 {
                    0 => {
                        commit(&mut state);
                        durable = model.clone();
                        assert_eq!(state.source(), &durable);
                        assert_eq!(state.waiting_bytes(), 0);
                    }
                    1 if mixed % 5 == 0 => {
                        state.forget();
                        model = durable.clone();
                    }
                    2 | 3 => {
                        state.delete(&key).expect("memory");
                        model.delete(&key).expect("memory");
                    }
                    _ => {
                        let value = step.to_le_bytes().to_vec();
                        state.put(&key, value.clone()).expect("memory");
                        model.put(&key, value).expect("memory");
                    }
                }
                let asked = [b'k', (step % 37) as u8];
                assert_eq!(
                    state.get(&asked).expect("memory"),
                    KeyedState::get(&mut model, &asked).expect("memory")
                );
                let (from, to) = ([b'k', (step % 29) as u8], [b'k', 33]);
                let expected = KeyedState::scan(&mut model, &from, &to, 5).expect("memory");
                assert_eq!(KeyedState::scan(&mut state, &from, &to, 5).expect("memory"), expected);
            }
        }
    }
}
