//! The port for what a reader of logs remembers: small values under keys of bytes, committed together with how far each log is read.

use model::limit::{DOCUMENT_KEY_BYTES_MAX, KEYED_KEY_BYTES_MAX, KEYED_VALUE_BYTES_MAX};

use crate::{Result, StoreError};

/// Keys with their values.
pub type KeyedPage = Vec<(Vec<u8>, Vec<u8>)>;

/// Values by key, and positions by source. One commit holds what was read and what came of it, so that after a crash nothing is
/// counted twice and nothing is left out.
pub trait Keyed: Send + Sync {
    /// The value at `key`.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Corrupt`] or [`StoreError::Io`].
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>>;

    /// At most `limit` values with their keys, in byte order of the keys, of those from `from` to before `to`. A page that is
    /// shorter than `limit` is the last one.
    ///
    /// # Errors
    /// As [`Keyed::get`].
    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<KeyedPage>;

    /// How far a source is read, in the words of whoever committed it.
    ///
    /// # Errors
    /// As [`Keyed::get`].
    fn source_position(&self, source: &str) -> Result<Option<Vec<u8>>>;

    /// Makes all changes of `batch` in their order, or none. They are durable when this returns `Ok`; after an error either all or
    /// none were made, and committing the same batch again is safe.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a key or value beyond its limit, [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Corrupt`] or [`StoreError::Io`].
    fn commit(&self, batch: &KeyedBatch) -> Result<()>;
}

/// Changes that belong together.
///
/// ```
/// use store::{Keyed, KeyedBatch, memory::MemoryKeyed};
/// let keyed = MemoryKeyed::default();
/// let mut batch = KeyedBatch::new();
/// batch.put(b"key", b"value".as_slice()).delete(b"old").position("web-1", b"byte 4711".as_slice());
/// keyed.commit(&batch)?;
/// assert_eq!(keyed.get(b"key")?, Some(b"value".to_vec()));
/// assert_eq!(keyed.source_position("web-1")?, Some(b"byte 4711".to_vec()));
/// # Ok::<(), store::StoreError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyedBatch {
    changes: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    positions: Vec<(String, Vec<u8>)>,
}

impl KeyedBatch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds: the value at `key` becomes `value`.
    pub fn put(&mut self, key: &[u8], value: impl Into<Vec<u8>>) -> &mut Self {
        self.changes.push((key.to_vec(), Some(value.into())));
        self
    }

    /// Adds: there is no value at `key`.
    pub fn delete(&mut self, key: &[u8]) -> &mut Self {
        self.changes.push((key.to_vec(), None));
        self
    }

    /// Adds: `source` is read up to `position`.
    pub fn position(&mut self, source: &str, position: impl Into<Vec<u8>>) -> &mut Self {
        self.positions.push((source.to_owned(), position.into()));
        self
    }

    /// The changes in the order in which they are made; `None` deletes.
    pub fn changes(&self) -> &[(Vec<u8>, Option<Vec<u8>>)] {
        &self.changes
    }

    /// How far each source is read with these changes.
    pub fn positions(&self) -> &[(String, Vec<u8>)] {
        &self.positions
    }

    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.positions.is_empty()
    }

    /// Refuses keys and values beyond their limits, before anything was changed.
    pub(crate) fn check_limits(&self) -> Result<()> {
        let changes = self.changes.iter();
        let changes =
            changes.map(|(key, value)| (key.len(), KEYED_KEY_BYTES_MAX, value.as_ref().map_or(0, Vec::len)));
        let positions = self.positions.iter();
        let positions = positions.map(|(source, value)| (source.len(), DOCUMENT_KEY_BYTES_MAX, value.len()));
        for (key, key_max, value) in changes.chain(positions) {
            if key > key_max {
                return Err(StoreError::refused(format!("a key of {key} bytes, at most {key_max} can be")));
            }
            if value > KEYED_VALUE_BYTES_MAX {
                return Err(StoreError::refused(format!(
                    "a value of {value} bytes, at most {KEYED_VALUE_BYTES_MAX} can be"
                )));
            }
        }
        Ok(())
    }
}
