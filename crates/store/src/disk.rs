//! Files as the adapters use them, behind a trait so that a test can fill the disk or break it at any write.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::thread;

/// Opens the files that an adapter writes.
pub trait Disk: Send + Sync {
    /// Opens `path` for reading and writing, and creates it (mode 0600) where there is none.
    ///
    /// # Errors
    /// As [`OpenOptions::open`].
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// Removes a file that is of no use any more; that there is none is as good.
    ///
    /// # Errors
    /// As [`fs::remove_file`].
    fn remove(&self, path: &Path) -> io::Result<()> {
        remove_if_present(path)
    }

    /// Whether nothing is ever changed on it.
    fn is_reading(&self) -> bool {
        false
    }
}

/// An open file that is addressed by position, so that readers need no lock.
pub trait DiskFile: Send + Sync {
    /// Writes all of `bytes` at `position`.
    ///
    /// # Errors
    /// As [`FileExt::write_all_at`]; a part may have been written.
    fn write_all_at(&self, bytes: &[u8], position: u64) -> io::Result<()>;

    /// Fills `bytes` from `position`.
    ///
    /// # Errors
    /// As [`FileExt::read_exact_at`].
    fn read_exact_at(&self, bytes: &mut [u8], position: u64) -> io::Result<()>;

    /// Makes what was written durable.
    ///
    /// # Errors
    /// As [`File::sync_data`]; what was written since the last success is then in doubt.
    fn sync(&self) -> io::Result<()>;

    /// Cuts or extends the file to `bytes` bytes.
    ///
    /// # Errors
    /// As [`File::set_len`].
    fn set_len(&self, bytes: u64) -> io::Result<()>;

    /// Length of the file, in bytes.
    ///
    /// # Errors
    /// As [`File::metadata`].
    fn bytes(&self) -> io::Result<u64>;
}

/// The disk of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct LocalDisk;

impl LocalDisk {
    /// This disk as the adapters take it.
    pub fn shared() -> Arc<dyn Disk> {
        Arc::new(Self)
    }
}

impl Disk for LocalDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        Ok(Box::new(file))
    }
}

impl DiskFile for File {
    fn write_all_at(&self, bytes: &[u8], position: u64) -> io::Result<()> {
        FileExt::write_all_at(self, bytes, position)
    }

    fn read_exact_at(&self, bytes: &mut [u8], position: u64) -> io::Result<()> {
        FileExt::read_exact_at(self, bytes, position)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        File::set_len(self, bytes)
    }

    fn bytes(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}

/// How many files are made durable at the same time.
const AT_ONCE_MAX: usize = 8;

/// Does `work` for all of them, several at the same time: a disk makes many files durable together nearly as fast as one.
/// After an error some of them were not begun.
pub(crate) fn all_at_once<T: Sync>(
    items: &[T],
    work: impl Fn(&T) -> io::Result<()> + Sync,
) -> io::Result<()> {
    for few in items.chunks(AT_ONCE_MAX) {
        let Some((own, others)) = few.split_first() else { break };
        thread::scope(|scope| {
            let threads: Vec<_> = others.iter().map(|item| scope.spawn(|| work(item))).collect();
            let begun = work(own);
            let ended =
                threads.into_iter().map(|thread| thread.join().expect("no file is worked on with a panic"));
            ended.fold(begun, io::Result::and)
        })?;
    }
    Ok(())
}

/// Writes a new file in full and makes its bytes durable. Its name is durable once the folder is synced.
pub(crate) fn write_durably(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = disk.open(path)?;
    file.set_len(0)?;
    file.write_all_at(bytes, 0)?;
    file.sync()
}

/// Makes the names in a folder durable: creations, renames and removals.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Creates a folder and its parents where they are missing, readable by its owner only.
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Removes a file; that there is none is as good.
pub(crate) fn remove_if_present(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Reads a file of at most `bytes_max` bytes, or `None` where there is none. A larger one is an error, not a huge buffer.
pub(crate) fn read_if_present(path: &Path, bytes_max: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than anything that was written"));
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[track_caller]
    fn check(count: usize, bad: Option<usize>) {
        let done = AtomicUsize::new(0);
        let items: Vec<usize> = (0..count).collect();
        let result = all_at_once(&items, |item| {
            done.fetch_add(1, Ordering::Relaxed);
            if Some(*item) == bad { Err(io::Error::other("as ordered")) } else { Ok(()) }
        });
        assert_eq!(result.is_err(), bad.is_some());
        assert!(bad.is_some() || done.into_inner() == count);
    }

    #[test]
    fn all_are_worked_on_and_any_error_is_told() {
        [0, 1, 2, AT_ONCE_MAX, 3 * AT_ONCE_MAX + 1].into_iter().for_each(|count| check(count, None));
        (0..2 * AT_ONCE_MAX).for_each(|bad| check(2 * AT_ONCE_MAX, Some(bad)));
    }
}
