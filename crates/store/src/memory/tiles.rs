//! The double of the port for the files of the evidence log.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::{Faults, Synced, lock};
use crate::Result;
use crate::tiles::{Tiles, check_path, check_size};

/// The double of [`Tiles`].
#[derive(Debug, Default)]
pub struct MemoryTiles(Mutex<Synced<BTreeMap<String, Vec<u8>>>>);

impl MemoryTiles {
    /// The files as the next process would find them: without what was only staged, with faults of its own.
    pub fn reopen(&self, faults: Faults) -> Self {
        Self(Mutex::new(lock(&self.0).reopen(faults)))
    }
}

impl Tiles for MemoryTiles {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        check_path(path)?;
        Ok(lock(&self.0).current.get(path).cloned())
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Result<()> {
        check_path(path)?;
        check_size(path, bytes)?;
        lock(&self.0).change(|staged| drop(staged.insert(path.to_owned(), bytes.to_vec())))
    }

    fn delete(&self, path: &str) -> Result<()> {
        check_path(path)?;
        lock(&self.0).change(|staged| drop(staged.remove(path)))
    }

    fn sync(&self) -> Result<()> {
        lock(&self.0).change_durably(|_| ())
    }

    fn publish(&self, path: &str, bytes: &[u8]) -> Result<()> {
        check_path(path)?;
        check_size(path, bytes)?;
        lock(&self.0).change_durably(|staged| drop(staged.insert(path.to_owned(), bytes.to_vec())))
    }
}
