//! A disk that is only read. What opening would mend (a torn tail, an index that is behind) is mended in memory, so that a
//! folder can be looked at while another process writes to it, and from a medium that takes no writes.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::disk::{Disk, DiskFile};

/// The disk of this machine, on which nothing is changed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ReadingDisk;

impl ReadingDisk {
    /// This disk as the adapters take it.
    pub(crate) fn shared() -> Arc<dyn Disk> {
        Arc::new(Self)
    }
}

impl Disk for ReadingDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = match OpenOptions::new().read(true).open(path) {
            Ok(file) => Some(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let on_disk = file.as_ref().map_or(Ok(0), DiskFile::bytes)?;
        Ok(Box::new(ReadingFile { file, image: Mutex::new(Image { on_disk, beyond: Vec::new() }) }))
    }

    fn remove(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    fn is_reading(&self) -> bool {
        true
    }
}

/// A file as it was when it was opened, and what was mended since.
struct ReadingFile {
    file: Option<File>,
    image: Mutex<Image>,
}

/// Which part of the file counts, and what follows it in memory only.
struct Image {
    on_disk: u64,
    beyond: Vec<u8>,
}

impl ReadingFile {
    fn image(&self) -> MutexGuard<'_, Image> {
        self.image.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DiskFile for ReadingFile {
    fn write_all_at(&self, bytes: &[u8], position: u64) -> io::Result<()> {
        let mut image = self.image();
        if bytes.is_empty() {
            return Ok(());
        }
        if position != image.on_disk + image.beyond.len() as u64 {
            return Err(io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "it is open for reading only"));
        }
        image.beyond.extend_from_slice(bytes);
        Ok(())
    }

    fn read_exact_at(&self, bytes: &mut [u8], position: u64) -> io::Result<()> {
        let image = self.image();
        let on_disk = image.on_disk.saturating_sub(position).min(bytes.len() as u64) as usize;
        let (from_file, from_memory) = bytes.split_at_mut(on_disk);
        if let Some(file) = self.file.as_ref().filter(|_| !from_file.is_empty()) {
            FileExt::read_exact_at(file, from_file, position)?;
        }
        let start = (position + on_disk as u64 - image.on_disk.min(position + on_disk as u64)) as usize;
        let held = image.beyond.get(start..start + from_memory.len());
        from_memory.copy_from_slice(held.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        let mut image = self.image();
        image.on_disk = image.on_disk.min(bytes);
        let beyond = bytes.saturating_sub(image.on_disk) as usize;
        image.beyond.resize(beyond, 0);
        Ok(())
    }

    fn bytes(&self) -> io::Result<u64> {
        let image = self.image();
        Ok(image.on_disk + image.beyond.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mended_is_read_back_and_the_file_stays_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        std::fs::write(&path, b"0123456789").expect("a file");
        let file = ReadingDisk.open(&path).expect("it opens");
        file.set_len(6).expect("it is cut");
        file.write_all_at(b"abc", 6).expect("it grows");
        let mut bytes = [0; 5];
        file.read_exact_at(&mut bytes, 4).expect("it is read");
        assert_eq!((&bytes, file.bytes().expect("a length")), (b"45abc", 9));
        assert!(file.read_exact_at(&mut bytes, 5).is_err(), "beyond its end");
        assert!(file.write_all_at(b"x", 2).is_err(), "what was written stays");
        ReadingDisk.remove(&path).expect("nothing is done");
        assert_eq!(std::fs::read(&path).expect("the file"), b"0123456789");
    }

    #[test]
    fn a_file_that_is_missing_is_empty_and_stays_missing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        assert_eq!(ReadingDisk.open(&path).and_then(|file| file.bytes()).expect("it opens"), 0);
        assert!(!path.exists());
    }
}
