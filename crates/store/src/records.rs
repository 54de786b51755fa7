//! The port for documents: named collections of key → bytes, changed in all-or-nothing batches.

use model::limit::{DOCUMENT_BYTES_MAX, DOCUMENT_KEY_BYTES_MAX};

use crate::{Result, StoreError};

/// Documents with their keys.
pub type Page = Vec<(String, Vec<u8>)>;

/// Documents by collection and key. By convention a document is UTF-8 JSON; the store does not look.
pub trait Records: Send + Sync {
    /// The document at `key`, or `None`.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Corrupt`] or [`StoreError::Io`].
    fn get(&self, collection: &str, key: &str) -> Result<Option<Vec<u8>>>;

    /// Makes all changes of `batch` in their order, or none. They are durable when this returns `Ok`; after an error
    /// either all or none were made, and applying the same batch again is safe.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a key or document beyond its limit, [`StoreError::Busy`], [`StoreError::Full`],
    /// [`StoreError::Corrupt`] or [`StoreError::Io`].
    fn apply(&self, batch: &Batch) -> Result<()>;

    /// At most `limit` documents of a collection with their keys, in byte order of the keys, from the first key that
    /// is greater than `after_key`. A page that is shorter than `limit` is the last one.
    ///
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Corrupt`] or [`StoreError::Io`].
    fn scan(&self, collection: &str, after_key: Option<&str>, limit: usize) -> Result<Page>;

    /// As [`Records::scan`], in the opposite order: from the last key, or the last that is smaller than `before_key`.
    ///
    /// # Errors
    /// As [`Records::scan`].
    fn scan_back(&self, collection: &str, before_key: Option<&str>, limit: usize) -> Result<Page>;
}

/// Changes that belong together.
///
/// ```
/// use store::{Batch, Records, memory::MemoryRecords};
/// let records = MemoryRecords::default();
/// records.apply(Batch::new().put("members", "M004", "{}").delete("members", "M001"))?;
/// assert_eq!(records.get("members", "M004")?, Some(b"{}".to_vec()));
/// # Ok::<(), store::StoreError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    changes: Vec<Change>,
}

/// One change of a [`Batch`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The collection.
    pub collection: String,
    /// The key.
    pub key: String,
    /// The new document, or `None` to delete the one that is there, if any.
    pub document: Option<Vec<u8>>,
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds: the document at `key` becomes `document`.
    pub fn put(&mut self, collection: &str, key: &str, document: impl Into<Vec<u8>>) -> &mut Self {
        self.push(collection, key, Some(document.into()))
    }

    /// Adds: there is no document at `key`.
    pub fn delete(&mut self, collection: &str, key: &str) -> &mut Self {
        self.push(collection, key, None)
    }

    /// The changes in the order in which they are made.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether there is nothing to change.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Refuses keys and documents beyond their limits, before anything was changed.
    pub(crate) fn check_limits(&self) -> Result<()> {
        self.changes.iter().try_for_each(Change::check_limits)
    }

    fn push(&mut self, collection: &str, key: &str, document: Option<Vec<u8>>) -> &mut Self {
        self.changes.push(Change { collection: collection.to_owned(), key: key.to_owned(), document });
        self
    }
}

impl Change {
    fn check_limits(&self) -> Result<()> {
        if self.collection.len().max(self.key.len()) > DOCUMENT_KEY_BYTES_MAX {
            return Err(StoreError::refused(format!("a key is longer than {DOCUMENT_KEY_BYTES_MAX} bytes")));
        }
        match &self.document {
            Some(document) if document.len() > DOCUMENT_BYTES_MAX => {
                Err(StoreError::refused(format!("document {} has {} bytes", self.key, document.len())))
            }
            _ => Ok(()),
        }
    }
}
