//! The port for originals: byte strings kept sealed, found by the SHA-256 of their plaintext.

use model::Sha256;
use model::limit::MESSAGE_BYTES_MAX;
use sha2::Digest;

use crate::{Result, StoreError};

/// Sealed byte strings by the digest of their plaintext.
pub trait Blobs: Send + Sync {
    /// Keeps `bytes` and answers their digest. Durable when it returns; keeping the same bytes again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Refused`] beyond [`MESSAGE_BYTES_MAX`], [`StoreError::Full`] or
    /// [`StoreError::Io`]; trying again is safe.
    fn put(&self, bytes: &[u8]) -> Result<Sha256>;

    /// Keeps many, and answers their digests in the same order. Durable when it returns, and much cheaper than one after the
    /// other; after an error some may be kept.
    ///
    /// # Errors
    /// As [`Blobs::put`].
    fn put_all(&self, many: &[&[u8]]) -> Result<Vec<Sha256>> {
        many.iter().map(|bytes| self.put(bytes)).collect()
    }

    /// The bytes with this digest, or `None` where they were never kept or are deleted.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where they are not what was sealed, [`StoreError::Io`].
    fn get(&self, id: Sha256) -> Result<Option<Vec<u8>>>;

    /// Removes the bytes with this digest, if any. Durable when it returns.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    fn delete(&self, id: Sha256) -> Result<()>;

    /// All digests in ascending order.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    fn list(&self) -> Result<Vec<Sha256>>;
}

/// The digest that a blob is known by.
pub(crate) fn digest(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

/// Refuses a blob beyond its limit.
pub(crate) fn check_size(bytes: &[u8]) -> Result<()> {
    if bytes.len() > MESSAGE_BYTES_MAX {
        return Err(StoreError::refused(format!(
            "{} bytes to seal, at most {MESSAGE_BYTES_MAX}",
            bytes.len()
        )));
    }
    Ok(())
}
