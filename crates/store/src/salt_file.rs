//! Salts in one flat file: leaf `i` has bytes `16 i .. 16 i + 16`, zeros where erased.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::LeafIndex;

use crate::disk::{Disk, DiskFile, LocalDisk};
use crate::reading::ReadingDisk;
use crate::salts::{ERASED, Salt, Salts, check_leaves, check_salts};
use crate::{Result, StoreError};

/// Bytes of a salt in the file.
const SALT_BYTES: u64 = size_of::<Salt>() as u64;

/// The embedded adapter of [`Salts`].
pub struct SaltFile {
    path: PathBuf,
    file: Box<dyn DiskFile>,
    len: u64,
    /// Set by a failed write: what the file holds is then unknown.
    is_stopped: bool,
}

impl SaltFile {
    /// Opens the file at `path`, and creates it where there is none. A salt that a crash tore is cut off.
    ///
    /// # Errors
    /// Any error of the disk.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_on(&LocalDisk::shared(), path)
    }

    /// Opens the file for reading.
    ///
    /// # Errors
    /// Any error of the disk.
    pub fn open_reading(path: &Path) -> Result<Self> {
        Self::open_on(&ReadingDisk::shared(), path)
    }

    /// As [`SaltFile::open`], on another disk.
    ///
    /// # Errors
    /// As [`SaltFile::open`].
    pub fn open_on(disk: &Arc<dyn Disk>, path: &Path) -> Result<Self> {
        let file = disk.open(path).map_err(StoreError::at(path))?;
        let bytes = file.bytes().map_err(StoreError::at(path))?;
        let mut salts = Self { path: path.to_owned(), file, len: bytes / SALT_BYTES, is_stopped: false };
        if bytes % SALT_BYTES != 0 {
            salts.cut(salts.len)?;
        }
        Ok(salts)
    }

    /// Runs a write, after which the file is in doubt if it failed.
    fn change(&mut self, write: impl FnOnce(&dyn DiskFile) -> std::io::Result<()>) -> Result<()> {
        if self.is_stopped {
            return Err(StoreError::Stopped { path: self.path.clone() });
        }
        write(self.file.as_ref()).map_err(|source| {
            self.is_stopped = true;
            StoreError::at(&self.path)(source)
        })
    }

    fn cut(&mut self, len: u64) -> Result<()> {
        self.change(|file| {
            file.set_len(len * SALT_BYTES)?;
            file.sync()
        })?;
        self.len = len;
        Ok(())
    }
}

impl Salts for SaltFile {
    fn append(&mut self, salts: &[Salt]) -> Result<()> {
        check_salts(salts)?;
        let end = self.len * SALT_BYTES;
        self.change(|file| file.write_all_at(salts.as_flattened(), end))?;
        self.len += salts.len() as u64;
        Ok(())
    }

    fn get(&self, index: LeafIndex) -> Result<Option<Salt>> {
        if index.0 >= self.len {
            return Ok(None);
        }
        let mut salt = ERASED;
        let position = index.0 * SALT_BYTES;
        self.file.read_exact_at(&mut salt, position).map_err(StoreError::reading(&self.path, position))?;
        Ok(Some(salt).filter(|salt| *salt != ERASED))
    }

    fn erase(&mut self, leaves: &[LeafIndex]) -> Result<()> {
        check_leaves(leaves, self.len)?;
        self.change(|file| {
            leaves.iter().try_for_each(|leaf| file.write_all_at(&ERASED, leaf.0 * SALT_BYTES))?;
            file.sync()
        })
    }

    fn len(&self) -> u64 {
        self.len
    }

    fn truncate(&mut self, len: u64) -> Result<()> {
        if len < self.len { self.cut(len) } else { Ok(()) }
    }

    fn sync(&mut self) -> Result<()> {
        self.change(|file| file.sync())
    }
}
