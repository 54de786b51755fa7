//! Logs out of files and streams, one after another, as plain bytes.

use super::folder::{Input, Inputs};
use super::stream::{self, Stream};
use super::{Progress, STDIN, defect_at_byte, name_of};
use model::{Defect, EventMillis};
use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// A log that is opened.
pub struct Log {
    /// The file as the user named it; `-` for standard input.
    pub name: String,
    /// The file under a name that does not depend on where the user stands; the same as `name` for standard input.
    pub identity: String,
    /// When the file was written last; none for standard input.
    pub written: Option<EventMillis>,
    /// Its first bytes, at most [`LOG_HEAD_BYTES_MAX`](model::limit::LOG_HEAD_BYTES_MAX).
    pub head: Vec<u8>,
    path: PathBuf,
    is_stored_plain: bool,
    rest: Stream,
}

impl Log {
    /// The file, as it was found; `-` for standard input.
    pub fn path(&self) -> &PathBuf {
        &self.path
    }

    /// All of its bytes, from the first one on.
    pub fn into_stream(self) -> impl Read {
        Cursor::new(self.head).chain(self.rest)
    }

    /// The same for readers that go back and forth. What is compressed goes through a temporary file.
    ///
    /// # Errors
    /// When the file, or a temporary one, cannot be read or written.
    pub fn into_file(self) -> io::Result<File> {
        if self.is_stored_plain {
            return File::open(&self.path);
        }
        let mut file = tempfile::tempfile()?;
        io::copy(&mut self.into_stream(), &mut file)?;
        file.rewind()?;
        Ok(file)
    }
}

/// Opens the logs at `paths`: files, folders of files by name, `-` for standard input, each perhaps compressed.
pub fn logs(paths: &[PathBuf]) -> Logs {
    let progress = Arc::new(Progress::new(Inputs::bytes_total(paths)));
    Logs { inputs: Inputs::new(paths), progress }
}

/// Some logs, file after file.
pub struct Logs {
    inputs: Inputs,
    progress: Arc<Progress>,
}

impl Logs {
    /// How far the reading has come.
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    fn open(&self, input: &Input) -> io::Result<Log> {
        let mut rest = stream::open(input, &self.progress)?;
        let mut head = Vec::new();
        let limit = u64::try_from(model::limit::LOG_HEAD_BYTES_MAX).unwrap_or(u64::MAX);
        rest.by_ref().take(limit).read_to_end(&mut head)?;
        let is_stream = input.path == Path::new(STDIN);
        let name = name_of(&input.path);
        let identity = if is_stream { name.clone() } else { name_of(&fs::canonicalize(&input.path)?) };
        let written = if is_stream { None } else { written(&input.path) };
        let is_stored_plain = !is_stream && starts_with(&input.path, &head)?;
        Ok(Log { name, identity, written, head, path: input.path.clone(), is_stored_plain, rest })
    }
}

impl Iterator for Logs {
    type Item = Result<Log, Defect>;

    fn next(&mut self) -> Option<Result<Log, Defect>> {
        let input = match self.inputs.next()? {
            Ok(input) => input,
            Err(defect) => return Some(Err(defect)),
        };
        let opened = self.open(&input);
        Some(
            opened.map_err(|error| defect_at_byte(&name_of(&input.path), 0, format!("cannot read: {error}"))),
        )
    }
}

fn written(path: &Path) -> Option<EventMillis> {
    let age = fs::metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(age.as_millis()).ok().map(EventMillis)
}

/// The file holds these bytes as they are: it is not compressed.
fn starts_with(path: &Path, head: &[u8]) -> io::Result<bool> {
    let mut stored = Vec::new();
    File::open(path)?.take(16).read_to_end(&mut stored)?;
    Ok(head.starts_with(&stored))
}
