//! The port for the files of the evidence log: tiles, entry bundles and the checkpoint, by their published paths.

use model::limit::{TILE_BYTES_MAX, TILE_PATH_BYTES_MAX};

use crate::{Result, StoreError};

/// Files by relative path, as C2SP `tlog-tiles` names them: `tile/0/x001/067`, `tile/0/000.p/12`, `checkpoint`.
///
/// A checkpoint must never be seen before the tiles that it promises. So a write is staged, [`Tiles::sync`] puts all
/// staged files in place durably, and [`Tiles::publish`] does both for everything written before and then for its own
/// file.
pub trait Tiles: Send + Sync {
    /// The file at `path` with staged writes applied, or `None`.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a path that is not one, [`StoreError::Io`].
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>>;

    /// Stages `bytes` as the file at `path`.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a path that is not one or a file beyond [`TILE_BYTES_MAX`]. After any other error
    /// what is staged is unknown: the store answers [`StoreError::Stopped`] to writes until it is opened anew.
    fn write(&self, path: &str, bytes: &[u8]) -> Result<()>;

    /// Removes the file at `path`, staged or in place, if any. Durable after the next sync.
    ///
    /// # Errors
    /// As [`Tiles::write`].
    fn delete(&self, path: &str) -> Result<()>;

    /// Puts all staged files in place. Each is either as before or whole and durable, also after a crash halfway.
    ///
    /// # Errors
    /// As [`Tiles::write`].
    fn sync(&self) -> Result<()>;

    /// Syncs everything written before, then replaces the file at `path` at once and durably.
    ///
    /// # Errors
    /// As [`Tiles::write`].
    fn publish(&self, path: &str, bytes: &[u8]) -> Result<()>;
}

/// Refuses everything but a plain relative path of lower-case letters, digits, `.`, `-` and `_`, in which no
/// component begins with a dot. So no path leaves the folder, hides in it or means two things on two systems.
pub(crate) fn check_path(path: &str) -> Result<()> {
    let is_component = |component: &str| {
        !component.is_empty() && !component.starts_with('.') && component.bytes().all(is_path_byte)
    };
    if path.len() <= TILE_PATH_BYTES_MAX && path.split('/').all(is_component) {
        Ok(())
    } else {
        Err(StoreError::refused(format!("{path:.80?} is no path of a log file")))
    }
}

/// Refuses a file beyond its limit.
pub(crate) fn check_size(path: &str, bytes: &[u8]) -> Result<()> {
    if bytes.len() as u64 > TILE_BYTES_MAX {
        return Err(StoreError::refused(format!(
            "{path} has {} bytes, at most {TILE_BYTES_MAX}",
            bytes.len()
        )));
    }
    Ok(())
}

fn is_path_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, is_accepted: bool) {
        assert_eq!(check_path(path).is_ok(), is_accepted, "{path:?}");
    }

    #[test]
    fn paths_of_the_log_are_accepted() {
        for path in ["checkpoint", "tile/0/x001/067", "tile/entries/000.p/12", "tile/0/x001/x234/067.p/255"] {
            check(path, true);
        }
    }

    #[test]
    fn paths_that_leave_or_hide_are_refused() {
        for path in [
            "",
            "/",
            "/etc",
            "..",
            "tile/../x",
            "a//b",
            "a/",
            "./a",
            ".hidden",
            "A",
            "a b",
            "a\\b",
            "a\0",
            "é",
            "a:b",
        ] {
            check(path, false);
        }
        check(&"a/".repeat(TILE_PATH_BYTES_MAX), false);
    }
}
