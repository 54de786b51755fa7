//! Files that are there whole or not at all.

use super::rows::{folder_of, sync_folder_of};
use anyhow::{Context, Result};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// A new file that gets its name when it is whole.
pub(super) struct NewFile {
    out: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl NewFile {
    pub(super) fn create(path: &Path) -> Result<Self> {
        anyhow::ensure!(!path.exists(), "{} is there already, and is not written over", path.display());
        let file = NamedTempFile::new_in(folder_of(path))
            .with_context(|| format!("cannot write in the folder of {}", path.display()))?;
        Ok(Self { out: BufWriter::new(file), path: path.to_owned() })
    }

    pub(super) fn persist(self) -> Result<()> {
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all().with_context(|| format!("cannot make {} durable", self.path.display()))?;
        file.persist_noclobber(&self.path).with_context(|| format!("cannot name {}", self.path.display()))?;
        sync_folder_of(&self.path).with_context(|| format!("cannot make {} durable", self.path.display()))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
