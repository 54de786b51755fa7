//! What correlations remember from one event to the next: bytes under keys. Where they lie is for the caller to say.

pub(crate) mod codec;
mod write_back;

pub use write_back::{KeyedSource, WriteBack};

use std::collections::BTreeMap;
use std::ops::Bound;

/// A key with its value.
pub type Entry = (Vec<u8>, Vec<u8>);

/// What is remembered cannot be read or written now.
#[derive(Debug, thiserror::Error)]
#[error("cannot read or write what correlations remember")]
pub struct StateError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Bytes under keys, in byte order of the keys.
pub trait KeyedState {
    /// The value at `key`.
    ///
    /// # Errors
    /// [`StateError`] where it cannot be read.
    fn get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError>;

    /// The value at `key` becomes `value`.
    ///
    /// # Errors
    /// [`StateError`] where it cannot be written.
    fn put(&mut self, key: &[u8], value: Vec<u8>) -> Result<(), StateError>;

    /// There is nothing at `key`, whether or not there was.
    ///
    /// # Errors
    /// [`StateError`] where it cannot be written.
    fn delete(&mut self, key: &[u8]) -> Result<(), StateError>;

    /// At most `limit` entries in the order of their keys, of those from `from` to before `to`.
    ///
    /// # Errors
    /// [`StateError`] where they cannot be read.
    fn scan(&mut self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Entry>, StateError>;
}

/// State that lives as long as the process: for the scan of a folder of logs, and for tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryState(BTreeMap<Box<[u8]>, Box<[u8]>>);

impl MemoryState {
    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Is nothing remembered?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Bytes of all keys and values.
    pub fn bytes(&self) -> usize {
        self.0.iter().map(|(key, value)| key.len() + value.len()).sum()
    }
}

impl KeyedState for MemoryState {
    fn get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        KeyedSource::get(self, key)
    }

    fn put(&mut self, key: &[u8], value: Vec<u8>) -> Result<(), StateError> {
        match self.0.get_mut(key) {
            Some(place) => *place = value.into(),
            None => drop(self.0.insert(key.into(), value.into())),
        }
        Ok(())
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), StateError> {
        self.0.remove(key);
        Ok(())
    }

    fn scan(&mut self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Entry>, StateError> {
        KeyedSource::scan(self, from, to, limit)
    }
}

impl KeyedSource for MemoryState {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.0.get(key).map(|value| value.to_vec()))
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Entry>, StateError> {
        if from >= to {
            return Ok(Vec::new());
        }
        let range = self.0.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)));
        Ok(range.take(limit).map(|(key, value)| (key.to_vec(), value.to_vec())).collect())
    }
}
