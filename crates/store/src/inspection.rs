//! Looking for damage: every byte that a store wrote is read and compared with its check, and what does not fit is located.

use std::fmt;
use std::path::PathBuf;

use crate::StoreError;
use crate::sealed_blobs::KEY_CHECK;

/// Something in a store that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The file, or the folder where no file is to blame.
    pub path: PathBuf,
    /// Where in it, such as `byte 4096` or the key of a document; empty where that is not known.
    pub place: String,
    /// What does not fit.
    pub reason: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path.display())?;
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.reason)
    }
}

impl Flaw {
    pub(crate) fn at_byte(path: PathBuf, position: u64, reason: &str) -> Self {
        Self { path, place: format!("byte {position}"), reason: reason.to_owned() }
    }

    /// The flaw that an error of a store tells of; the error where it tells of none.
    ///
    /// # Errors
    /// The error itself, unless it is [`StoreError::Corrupt`] or [`StoreError::WrongKey`].
    pub fn of(error: StoreError) -> Result<Self, StoreError> {
        match error {
            StoreError::Corrupt { path, position: 0, reason } => {
                Ok(Self { path, place: String::new(), reason: reason.to_owned() })
            }
            StoreError::Corrupt { path, position, reason } => Ok(Self::at_byte(path, position, reason)),
            StoreError::WrongKey { path } => Ok(Self {
                path: path.join(KEY_CHECK),
                place: String::new(),
                reason: "another key sealed the originals, or this file was altered".to_owned(),
            }),
            error => Err(error),
        }
    }
}

/// Hears of flaws, and of the steps that are done.
pub trait Inspector {
    /// Something is not as it was written.
    fn flaw(&mut self, flaw: Flaw);
    /// So many steps of the stage are done.
    fn at(&mut self, done: u64);
}
