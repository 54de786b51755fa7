//! The files of the evidence log in a local folder, which a web server may serve as it stands.
//!
//! A staged file lies beside its place as `.<name>.new`. Nothing that is in place is touched before its successor is
//! durable, so a crash at any moment leaves each file as it was or as it should be.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::limit::TILE_BYTES_MAX;

use crate::disk::{
    Disk, LocalDisk, all_at_once, create_folder, read_if_present, remove_if_present, sync_folder,
};
use crate::tiles::{Tiles, check_path, check_size};
use crate::{Result, StoreError};

/// The embedded adapter of [`Tiles`].
pub struct TileFolder {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    staged: Mutex<Staged>,
}

/// What waits for the next sync.
#[derive(Default)]
struct Staged {
    /// Paths that have a staged file.
    paths: BTreeSet<String>,
    /// Folders in which a name has changed since the last sync.
    folders: BTreeSet<PathBuf>,
    /// Set by a failed write: what is staged is then unknown.
    is_stopped: bool,
}

impl TileFolder {
    /// Opens the folder, and creates it where there is none.
    ///
    /// # Errors
    /// Any error of the disk.
    pub fn open(folder: &Path) -> Result<Self> {
        Self::open_on(LocalDisk::shared(), folder)
    }

    /// The folder, to be read only; nothing is made where there is none.
    pub fn open_reading(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), disk: LocalDisk::shared(), staged: Mutex::default() }
    }

    /// As [`TileFolder::open`], on another disk.
    ///
    /// # Errors
    /// As [`TileFolder::open`].
    pub fn open_on(disk: Arc<dyn Disk>, folder: &Path) -> Result<Self> {
        create_folder(folder).map_err(StoreError::at(folder))?;
        Ok(Self { folder: folder.to_owned(), disk, staged: Mutex::default() })
    }

    fn staged(&self) -> MutexGuard<'_, Staged> {
        self.staged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// Runs a write on what is staged, after which it is in doubt if the write failed.
    fn change(&self, write: impl FnOnce(&mut Staged) -> io::Result<()>) -> Result<()> {
        let mut staged = self.staged();
        if staged.is_stopped {
            return Err(StoreError::Stopped { path: self.folder.clone() });
        }
        write(&mut staged).map_err(|source| {
            staged.is_stopped = true;
            StoreError::at(&self.folder)(source)
        })
    }

    /// Creates the folders above `place`; a new one must be synced into its parent too.
    fn prepare_folder(&self, place: &Path, staged: &mut Staged) -> io::Result<()> {
        let Some(parent) = place.parent() else { return Ok(()) };
        if !parent.is_dir() {
            create_folder(parent)?;
            staged.folders.extend(
                parent.ancestors().take_while(|folder| folder.starts_with(&self.folder)).map(Path::to_owned),
            );
        }
        staged.folders.insert(parent.to_owned());
        Ok(())
    }

    fn stage(&self, path: &str, bytes: &[u8], staged: &mut Staged) -> io::Result<()> {
        let place = self.place(path);
        self.prepare_folder(&place, staged)?;
        let file = self.disk.open(&staged_place(&place))?;
        file.set_len(0)?;
        file.write_all_at(bytes, 0)?;
        staged.paths.insert(path.to_owned());
        Ok(())
    }

    /// First every byte, then every name: a name never stands for bytes that a power cut could still take.
    fn settle(&self, staged: &mut Staged) -> io::Result<()> {
        let paths: Vec<&String> = staged.paths.iter().collect();
        all_at_once(&paths, |path| self.disk.open(&staged_place(&self.place(path)))?.sync())?;
        for path in &staged.paths {
            let place = self.place(path);
            fs::rename(staged_place(&place), &place)?;
        }
        staged.paths.clear();
        let folders: Vec<&PathBuf> = staged.folders.iter().collect();
        all_at_once(&folders, |folder| sync_folder(folder))?;
        staged.folders.clear();
        Ok(())
    }
}

impl Tiles for TileFolder {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        check_path(path)?;
        let staged = self.staged();
        let place = self.place(path);
        let place = if staged.paths.contains(path) { staged_place(&place) } else { place };
        read_if_present(&place, TILE_BYTES_MAX).map_err(StoreError::at(&place))
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Result<()> {
        check_path(path)?;
        check_size(path, bytes)?;
        self.change(|staged| self.stage(path, bytes, staged))
    }

    fn delete(&self, path: &str) -> Result<()> {
        check_path(path)?;
        let place = self.place(path);
        self.change(|staged| {
            staged.paths.remove(path);
            remove_if_present(&staged_place(&place))?;
            remove_if_present(&place)?;
            staged.folders.extend(place.parent().filter(|parent| parent.is_dir()).map(Path::to_owned));
            Ok(())
        })
    }

    fn sync(&self) -> Result<()> {
        self.change(|staged| self.settle(staged))
    }

    fn publish(&self, path: &str, bytes: &[u8]) -> Result<()> {
        check_path(path)?;
        check_size(path, bytes)?;
        self.change(|staged| {
            self.settle(staged)?;
            self.stage(path, bytes, staged)?;
            self.settle(staged)
        })
    }
}

/// Where the successor of `place` waits. No path of the log begins a component with a dot, so none collides.
fn staged_place(place: &Path) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!(".{name}.new"))
}
