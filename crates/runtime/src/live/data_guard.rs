//! The data folder behind a lock. After a failed write what is in the files is in doubt, so the folder is closed and
//! opened again, which repairs it; in between there is no folder to hold.

use super::LiveError;
use crate::data::Data;
use std::ops::{Deref, DerefMut};
use std::sync::MutexGuard;

/// The open folder, or why it is not open.
pub(super) struct Slot(Result<Data, String>);

impl Slot {
    pub(super) fn open(data: Data) -> Self {
        Self(Ok(data))
    }

    /// Closes the folder, whose files a failed write left in doubt.
    pub(super) fn close(&mut self, why: String) {
        self.0 = Err(why);
    }

    /// Opens the folder again where it is closed, or where somebody's write into the evidence log failed.
    pub(super) fn reopen(&mut self, folder: &std::path::Path) -> Result<(), LiveError> {
        if self.0.as_ref().is_ok_and(|data| data.evidence.is_in_doubt()) {
            self.close("a write into the evidence log failed".to_owned());
        }
        if self.0.is_err() {
            self.0 = Data::open(folder).map_err(|error| format!("{error:#}"));
        }
        self.0.as_ref().map(|_| ()).map_err(|why| LiveError::Store(why.clone()))
    }
}

/// The data folder, held.
pub struct DataGuard<'a>(MutexGuard<'a, Slot>);

impl<'a> DataGuard<'a> {
    pub(super) fn of(slot: MutexGuard<'a, Slot>) -> Result<Self, LiveError> {
        match &slot.0 {
            Ok(_) => Ok(Self(slot)),
            Err(why) => Err(LiveError::Store(why.clone())),
        }
    }

    /// Closes the folder, whose files a failed write left in doubt, before anybody else can hold it.
    pub(super) fn close(mut self, why: String) {
        self.0.close(why);
    }
}

impl Deref for DataGuard<'_> {
    type Target = Data;

    fn deref(&self) -> &Data {
        self.0.0.as_ref().expect("a guard is made of an open folder only, and holds its lock")
    }
}

impl DerefMut for DataGuard<'_> {
    fn deref_mut(&mut self) -> &mut Data {
        self.0.0.as_mut().expect("a guard is made of an open folder only, and holds its lock")
    }
}
