//! Opening the data folder for a command that writes to it.

use crate::output::{BadInput, note};
use anyhow::Result;
use runtime::data::{Data, NotOurs};
use std::path::Path;
use std::time::{Duration, Instant};
use store::StoreError;

/// How long another process is waited for: one that was killed lets go when the system has cleaned up after it.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(100);

/// Opens the folder, or makes it.
pub(super) fn open(folder: &Path) -> Result<Data> {
    patiently(folder, Data::open)
}

/// Opens a folder that must be there already.
pub(super) fn open_existing(folder: &Path) -> Result<Data> {
    patiently(folder, Data::open_existing)
}

fn patiently(folder: &Path, open: impl Fn(&Path) -> Result<Data>) -> Result<Data> {
    let begun = Instant::now();
    let mut is_told = false;
    loop {
        match open(folder) {
            Err(error) if is_in_use(&error) && begun.elapsed() < PATIENCE => {
                if !is_told {
                    note(&format!("waiting for another process to let go of {}", folder.display()));
                }
                is_told = true;
                std::thread::sleep(PAUSE);
            }
            Err(error) if error.is::<NotOurs>() => return Err(BadInput(error.to_string()).into()),
            opened => return opened,
        }
    }
}

fn is_in_use(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| matches!(cause.downcast_ref(), Some(StoreError::InUse { .. })))
}
