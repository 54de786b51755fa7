//! What can go wrong in a store, by what the caller does about it.

use std::io;
use std::path::{Path, PathBuf};

/// The result of a store operation.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why a store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another connection is writing. Trying again helps.
    #[error("{path} is busy, try again")]
    Busy {
        /// The busy file.
        path: PathBuf,
    },
    /// There is no room left. Nothing that was acknowledged is lost; an operator must make room.
    #[error("no space left for {path}, free some and start again")]
    Full {
        /// The file that could not grow.
        path: PathBuf,
    },
    /// What was read is not what was written. Trying again does not help; restore it from a copy.
    #[error("{path} is damaged at byte {position}: {reason}")]
    Corrupt {
        /// The damaged file.
        path: PathBuf,
        /// Where in the file the damaged item begins, in bytes. 0 where the engine does not tell.
        position: u64,
        /// What does not fit.
        reason: &'static str,
    },
    /// Another process holds this store. Two writers would tear it.
    #[error("{path} is in use by another process, stop that one first")]
    InUse {
        /// The folder that is held.
        path: PathBuf,
    },
    /// A later version of this program wrote the file. Reading it with this one could lose data.
    #[error("{path} has schema version {found}, this program knows up to {known}: use the newer program")]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version that the file states.
        found: i64,
        /// The latest version that this program can read.
        known: i64,
    },
    /// The key is not the one that sealed what is there.
    #[error("{path} was sealed with another key")]
    WrongKey {
        /// The folder of sealed files.
        path: PathBuf,
    },
    /// The caller asked for what no store may do: a path outside its folder, an item beyond its limit.
    #[error("refused: {what}")]
    Refused {
        /// What was asked and why it cannot be.
        what: String,
    },
    /// An earlier write failed, and what reached the disk is not known. Open the store anew: that finds out.
    #[error("an earlier write to {path} failed, open it anew")]
    Stopped {
        /// The file or folder.
        path: PathBuf,
    },
    /// The operating system or the engine failed otherwise.
    #[error("cannot use {path}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    /// Turns an I/O error into the store error that fits, for use in `map_err`.
    pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path: path.to_owned() },
            _ => Self::Io { path: path.to_owned(), source: Box::new(source) },
        }
    }

    /// Turns an I/O error of a read into the store error that fits: a file that ends too early is damaged.
    pub(crate) fn reading(path: &Path, position: u64) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| match source.kind() {
            io::ErrorKind::UnexpectedEof => Self::corrupt(path, position, "the file ends too early"),
            _ => Self::at(path)(source),
        }
    }

    pub(crate) fn corrupt(path: &Path, position: u64, reason: &'static str) -> Self {
        Self::Corrupt { path: path.to_owned(), position, reason }
    }

    pub(crate) fn refused(what: impl Into<String>) -> Self {
        Self::Refused { what: what.into() }
    }
}
