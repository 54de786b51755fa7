//! How the files of a log come in and go out, without this crate doing any I/O itself.

use crate::limit::BUNDLE_BYTES_MAX;
use std::{collections::BTreeMap, error::Error};

/// Path of the signed checkpoint, relative to the log's folder or URL prefix (C2SP tlog-tiles, "Checkpoints").
pub const CHECKPOINT_PATH: &str = "checkpoint";

/// Why a file of the log, or a hash in it, was not had.
///
/// ```
/// use evidence::{MemoryTiles, ReadError, reader::read_tile, tile::TileId};
/// let empty = MemoryTiles::default();
/// assert!(matches!(read_tile(&empty, TileId::hashes(0, 0, 256)), Err(ReadError::Missing { .. })));
/// ```
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is not there.
    #[error("{path} is missing")]
    Missing {
        /// Path in the log.
        path: String,
    },
    /// The file is there, but has not the length that its name and the tree size demand.
    #[error("{path} has {found} bytes instead of {expected}")]
    Length {
        /// Path in the log.
        path: String,
        /// Bytes of the file.
        found: usize,
        /// Bytes that it should have.
        expected: usize,
    },
    /// The entries of a bundle cannot be told apart.
    #[error("{path} cannot be divided into entries from entry {index} on")]
    Framing {
        /// Path in the log.
        path: String,
        /// Index in the log of the first entry that could not be read.
        index: u64,
    },
    /// The source failed.
    #[error("cannot read {path}")]
    Io {
        /// Path in the log.
        path: String,
        /// What the source says.
        source: Box<dyn Error + Send + Sync>,
    },
}

/// A file of the log was not made durable.
///
/// ```
/// let error = evidence::WriteError { path: "checkpoint".into(), source: "disk full".into() };
/// assert_eq!(error.to_string(), "cannot write checkpoint");
/// ```
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}")]
pub struct WriteError {
    /// Path in the log, or what was attempted when no single file is meant.
    pub path: String,
    /// What the sink says.
    pub source: Box<dyn Error + Send + Sync>,
}

/// Where the files of a log are read from: a folder, an archive, a web server.
///
/// ```
/// use evidence::{MemoryTiles, TileSource};
/// assert_eq!(MemoryTiles::default().read("checkpoint")?, None);
/// # Ok::<(), evidence::ReadError>(())
/// ```
pub trait TileSource {
    /// The bytes of the file at `path`, or `None` when there is no such file. Paths are relative, use `/`, and are made by
    /// this crate only. A source should refuse files above [`BUNDLE_BYTES_MAX`] instead of reading them.
    ///
    /// # Errors
    /// [`ReadError::Io`] when there is a file, but it cannot be read.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError>;
}

/// Where the files of a log are written to.
///
/// A commit calls `write` for each tile, then `sync` once, then `publish` once. The order is what makes a crash harmless: until
/// `publish` has replaced the checkpoint, the old one is valid, and every file that it covers is still there.
///
/// ```
/// use evidence::{MemoryTiles, TileSink, TileSource};
/// let mut tiles = MemoryTiles::default();
/// tiles.write("tile/0/000.p/1", &[0; 32])?;
/// tiles.sync()?;
/// tiles.publish(b"signed note")?;
/// assert_eq!(tiles.read("checkpoint")?.as_deref(), Some(&b"signed note"[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait TileSink {
    /// Creates or replaces the file at `path`; it need not be durable before [`TileSink::sync`] returns.
    ///
    /// # Errors
    /// When the file cannot be written.
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), WriteError>;

    /// Returns when everything written so far would survive a power failure.
    ///
    /// # Errors
    /// When that cannot be promised.
    fn sync(&mut self) -> Result<(), WriteError>;

    /// Replaces the checkpoint, atomically and durably: after a crash either the old or the new one is there, whole.
    ///
    /// # Errors
    /// When that cannot be promised; the caller must then expect either.
    fn publish(&mut self, checkpoint: &[u8]) -> Result<(), WriteError>;
}

/// A log in memory, for tests, examples and small exports.
///
/// ```
/// use evidence::{MemoryTiles, TileSink};
/// let mut tiles = MemoryTiles::default();
/// tiles.write("tile/0/000.p/1", &[1; 32])?;
/// assert!(tiles.files.contains_key("tile/0/000.p/1"));
/// # Ok::<(), evidence::WriteError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryTiles {
    /// The files by path.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl TileSource for MemoryTiles {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
        match self.files.get(path) {
            Some(bytes) if bytes.len() > BUNDLE_BYTES_MAX => {
                Err(ReadError::Io { path: path.into(), source: "file above the limit".into() })
            }
            bytes => Ok(bytes.cloned()),
        }
    }
}

impl TileSink for MemoryTiles {
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), WriteError> {
        self.files.insert(path.into(), bytes.into());
        Ok(())
    }

    fn sync(&mut self) -> Result<(), WriteError> {
        Ok(())
    }

    fn publish(&mut self, checkpoint: &[u8]) -> Result<(), WriteError> {
        self.write(CHECKPOINT_PATH, checkpoint)
    }
}
