//! The port for salts: 16 random bytes for each leaf of the evidence log, which can be erased.
//!
//! An entry of the log commits to personal data with a salt. While the salt stands, the commitment can be opened;
//! once it is erased, the log still verifies and names nobody.

use model::LeafIndex;

use crate::{Result, StoreError};

/// A salt. All zeros means erased, and is therefore no salt.
pub type Salt = [u8; 16];

/// What an erased salt reads as on the disk.
pub(crate) const ERASED: Salt = [0; 16];

/// Salts by leaf index.
pub trait Salts: Send + Sync {
    /// Adds salts for the next leaves. Durable after [`Salts::sync`].
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a salt of zeros. After any other error the store answers [`StoreError::Stopped`] to
    /// writes until it is opened anew.
    fn append(&mut self, salts: &[Salt]) -> Result<()>;

    /// The salt of a leaf, or `None` where it is erased or there is none yet.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    fn get(&self, index: LeafIndex) -> Result<Option<Salt>>;

    /// Overwrites the salts of leaves with zeros. Durable when it returns. A copy-on-write file system, a snapshot or a
    /// backup may still hold the old block: their retention must be no longer than that of the data.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where there is no such leaf, and then none was erased; otherwise as [`Salts::append`].
    fn erase(&mut self, leaves: &[LeafIndex]) -> Result<()>;

    /// How many leaves have had a salt, erased ones included.
    fn len(&self) -> u64;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets the salts from leaf `len` on: those beyond the published checkpoint are leftovers of a crash. Durable
    /// when it returns. Does nothing where there are no more than `len`.
    ///
    /// # Errors
    /// As [`Salts::append`].
    fn truncate(&mut self, len: u64) -> Result<()>;

    /// Makes appended salts durable.
    ///
    /// # Errors
    /// As [`Salts::append`].
    fn sync(&mut self) -> Result<()>;
}

/// Refuses a salt that would read as erased. A sound random source yields one in 2^128.
pub(crate) fn check_salts(salts: &[Salt]) -> Result<()> {
    if salts.contains(&ERASED) {
        return Err(StoreError::refused("a salt of zeros, the random source is broken"));
    }
    Ok(())
}

/// Refuses to erase beyond the end.
pub(crate) fn check_leaves(leaves: &[LeafIndex], len: u64) -> Result<()> {
    match leaves.iter().find(|leaf| leaf.0 >= len) {
        Some(leaf) => Err(StoreError::refused(format!("the salt of leaf {leaf} of {len}"))),
        None => Ok(()),
    }
}
