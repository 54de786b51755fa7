//! What correlations remember, in the data folder: read when it is asked for, written with what was read of the logs.

use anyhow::{Context, Result};
use model::limit::{MEMORY_CACHE_BYTES, MEMORY_WAITING_BYTES_MAX};
use std::path::Path;
use store::{Keyed, KeyedBatch, SqliteKeyed};
use watch::memory::{Entry, KeyedSource, KeyedState, StateError, WriteBack};

/// Its file in the data folder.
pub const FILE: &str = "watch.sqlite";

/// What correlations remember.
pub struct Memory(WriteBack<Stored>);

/// The store, as the correlator reads it.
struct Stored(SqliteKeyed);

impl KeyedSource for Stored {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.0.get(key).map_err(|error| StateError(error.into()))
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Entry>, StateError> {
        self.0.scan(from, to, limit).map_err(|error| StateError(error.into()))
    }
}

impl Memory {
    /// Opens the memory of a data folder, which is made if it is not there. Nothing is loaded yet.
    ///
    /// # Errors
    /// When the file cannot be opened or made.
    pub fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let store = SqliteKeyed::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
        Ok(Self(WriteBack::new(Stored(store), MEMORY_CACHE_BYTES)))
    }

    /// Whether so much waits that it should be committed.
    pub fn is_due(&self) -> bool {
        self.0.waiting_bytes() > MEMORY_WAITING_BYTES_MAX
    }

    /// Writes what changed in one transaction, among it how far each file is read.
    ///
    /// # Errors
    /// When the store fails. What waited is dropped then: whoever reads on begins at the positions that are stored.
    pub fn commit(&mut self) -> Result<()> {
        let mut batch = KeyedBatch::new();
        for (key, value) in self.0.changes() {
            match value {
                Some(value) => batch.put(key, value),
                None => batch.delete(key),
            };
        }
        let committed = self.0.source().0.commit(&batch);
        match committed {
            Ok(()) => self.0.committed(),
            Err(_) => self.0.forget(),
        }
        committed.context("cannot write what correlations remember")
    }
}

impl KeyedState for Memory {
    fn get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, StateError> {
        self.0.get(key)
    }

    fn put(&mut self, key: &[u8], value: Vec<u8>) -> Result<(), StateError> {
        self.0.put(key, value)
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), StateError> {
        self.0.delete(key)
    }

    fn scan(&mut self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Entry>, StateError> {
        self.0.scan(from, to, limit)
    }
}
