//! Where the exercise is written: a folder of its own, never over anything else.

use crate::output::BadInput;
use crate::progress::Bars;
use anyhow::{Context, Result};
use exercise::Sink;
use runtime::progress::Progress;
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The file by which a folder is recognised as the exercise's own.
const MARK: &str = "input/EXERCISE.txt";
/// Files that are kept open for appending.
const OPEN_MAX: usize = 64;

/// Refuses a folder that holds anything.
pub(super) fn check_empty(folder: &Path) -> Result<()> {
    let is_empty = !folder.exists()
        || fs::read_dir(folder)
            .with_context(|| format!("cannot read {}", folder.display()))?
            .next()
            .is_none();
    if is_empty {
        Ok(())
    } else {
        Err(BadInput(format!("{} is not empty: name another folder", folder.display())).into())
    }
}

/// Removes what an earlier run wrote, and nothing else.
pub(super) fn clear(folder: &Path) -> Result<()> {
    if folder.join(MARK).exists() {
        for name in ["input", "data", "disarmed"] {
            let part = folder.join(name);
            if part.exists() {
                fs::remove_dir_all(&part).with_context(|| format!("cannot remove {}", part.display()))?;
            }
        }
    }
    check_empty(folder)
}

/// A folder as the exercise's sink.
pub(super) struct Folder<'a> {
    root: PathBuf,
    open: HashMap<String, BufWriter<File>>,
    bars: &'a Bars,
}

impl<'a> Folder<'a> {
    pub(super) fn new(root: &Path, bars: &'a Bars) -> Self {
        Self { root: root.to_owned(), open: HashMap::new(), bars }
    }

    fn place(&self, path: &str) -> io::Result<PathBuf> {
        let place = self.root.join(path);
        place.parent().map_or(Ok(()), fs::create_dir_all)?;
        Ok(place)
    }
}

impl Sink for Folder<'_> {
    fn folder(&mut self, path: &str) -> io::Result<()> {
        fs::create_dir_all(self.root.join(path))
    }

    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        fs::write(self.place(path)?, bytes)
    }

    fn append(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        if !self.open.contains_key(path) {
            if self.open.len() >= OPEN_MAX {
                self.open.drain().try_for_each(|(_, mut file)| file.flush())?;
            }
            let file = File::options().create(true).append(true).open(self.place(path)?)?;
            self.open.insert(path.to_owned(), BufWriter::with_capacity(1 << 18, file));
        }
        self.open.get_mut(path).map_or(Ok(()), |file| file.write_all(bytes))
    }

    fn progress(&mut self, written: usize, _: usize) {
        if written.is_multiple_of(256) {
            self.bars.at(written as u64);
        }
    }
}
