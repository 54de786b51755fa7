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
/// File of the documents.
const RECORDS: &str = "records.sqlite3";

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
    _lock: Option<FolderLock>,
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
            records: Sqlite::open(&folder.join(RECORDS))?,
            features: Segments::open(&folder.join("features"))?,
            blobs: SealedBlobs::open(&folder.join(BLOBS), key)?,
            tiles: TileFolder::open(&folder.join("evidence"))?,
            salts: SaltFile::open(&folder.join("salts"))?,
            _lock: Some(lock),
        })
    }

    /// Opens all stores under `folder` for reading, also while another process writes to them and on a medium that takes no
    /// writes. Each is as it was at this moment; without a key no original can be opened.
    ///
    /// # Errors
    /// As [`Embedded::open`], but for [`StoreError::InUse`].
    pub fn open_reading(folder: &Path, key: Option<&SecretKey>) -> Result<Self> {
        // A writer makes records durable first and then the document that names them, so they are opened last.
        Ok(Self {
            tiles: TileFolder::open_reading(&folder.join("evidence")),
            records: Sqlite::open_reading(&folder.join(RECORDS))?,
            salts: SaltFile::open_reading(&folder.join("salts"))?,
            blobs: SealedBlobs::open_reading(&folder.join(BLOBS), key)?,
            features: Segments::open_reading(&folder.join("features"))?,
            _lock: None,
        })
    }
}
