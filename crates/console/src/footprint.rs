//! How much the data folder holds. Walking it takes time where there are many originals, so the answer is kept for a while.

use crate::error::Failure;
use crate::page::health::StoreFigures;
use crate::state::State;
use model::EventTime;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use store::{Blobs, Features};

/// Seconds for which an answer is good enough.
const KEPT_SECS: i64 = 60;
/// Nesting of folders that is walked into; ours are less deep.
const DEPTH_MAX: usize = 8;

/// The last answer.
#[derive(Default)]
pub(crate) struct Footprint {
    kept: Mutex<Option<(EventTime, StoreFigures)>>,
}

impl Footprint {
    /// What is stored.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn figures(&self, state: &State) -> Result<StoreFigures, Failure> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let now = state.now();
        if let Some((at, figures)) = *kept
            && now.secs_since(at) < KEPT_SECS
        {
            return Ok(figures);
        }
        let (mut figures, folder) = {
            let data = state.live.data()?;
            let figures = StoreFigures {
                messages: data.store.features.len(),
                entries: data.evidence.len(),
                originals: data.store.blobs.list()?.len() as u64,
                bytes: 0,
                free_bytes: None,
            };
            (figures, data.folder().to_owned())
        };
        figures.bytes = bytes_under(&folder, DEPTH_MAX);
        figures.free_bytes = free_bytes(&folder);
        *kept = Some((now, figures));
        Ok(figures)
    }
}

/// Bytes that the disk of a folder has left for us; `None` where it does not say.
pub(crate) fn free_bytes(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    found.f_bavail.checked_mul(found.f_frsize)
}

/// Bytes of the files under a folder. Files that go while it is walked, as partial tiles do, count as nothing.
fn bytes_under(folder: &Path, depth: usize) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(found) if found.is_dir() && depth > 0 => bytes_under(&entry.path(), depth - 1),
        Ok(found) if found.is_file() => found.len(),
        _ => 0,
    };
    entries.flatten().map(size).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_folders_add_up() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("inner")).expect("a folder");
        std::fs::write(folder.path().join("a"), [0; 10]).expect("a file");
        std::fs::write(folder.path().join("inner/b"), [0; 5]).expect("a file");
        assert_eq!(bytes_under(folder.path(), DEPTH_MAX), 15);
        assert_eq!(bytes_under(&folder.path().join("absent"), DEPTH_MAX), 0);
        assert!(free_bytes(folder.path()).is_some_and(|bytes| bytes > 0));
        assert_eq!(free_bytes(&folder.path().join("absent")), None);
    }
}
