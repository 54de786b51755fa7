//! All stores of one house under one folder, without a service to install.
//!
//! ```text
//! <folder>/              mode 0700
//!   lock                 held by the one process that has the folder open
//!   records.sqlite3      documents: campaigns, decisions, member ledger (SQLite; -wal and -shm beside it)
//!   features/            feature records and their indexes
//!   blobs/               sealed originals
//!   evidence/            tiles and checkpoint of the evidence log; holds no personal data and may be published
//!   salts                salts of the evidence log, erasable; never to be published
//! ```
//! The key is not in the folder: a copy of the folder alone does not open the originals.

use std::path::Path;

use crate::disk::create_folder;
use crate::lock::FolderLock;
use crate::{Result, SaltFile, SealedBlobs, SecretKey, Segments, Sqlite, StoreError, TileFolder};

/// Folder of the sealed originals.
const BLOBS: &str = "blobs";

/// The embedded adapters of all ports.
pub struct Embedded {
    /// Documents.
    pub records: Sqlite,
    /// Feature records.
    pub features: Segments,
    /// Sealed originals.
    pub blobs: SealedBlobs,
    /// Files of the evidence log.
    pub tiles: TileFolder,
    /// Salts of the evidence log.
    pub salts: SaltFile,
    /// Last, so that it is released when all stores are closed.
    _lock: FolderLock,
}

impl Embedded {
    /// Whether a key already seals the originals under `folder`.
    pub fn has_key(folder: &Path) -> bool {
        SealedBlobs::has_key(&folder.join(BLOBS))
    }

    /// Opens all stores under `folder`, and creates what is missing.
    ///
    /// # Errors
    /// [`StoreError::InUse`] where another process has the folder open, [`StoreError::WrongKey`] where another key
    /// sealed the originals, [`StoreError::Newer`], [`StoreError::Corrupt`], or any error of the disk.
    pub fn open(folder: &Path, key: &SecretKey) -> Result<Self> {
        create_folder(folder).map_err(StoreError::at(folder))?;
        let lock = FolderLock::take(folder)?;
        Ok(Self {
            records: Sqlite::open(&folder.join("records.sqlite3"))?,
            features: Segments::open(&folder.join("features"))?,
            blobs: SealedBlobs::open(&folder.join(BLOBS), key)?,
            tiles: TileFolder::open(&folder.join("evidence"))?,
            salts: SaltFile::open(&folder.join("salts"))?,
            _lock: lock,
        })
    }
}
