//! Which files are read, in which order: folders are walked by name, a Maildir by the time of its messages.

use super::{STDIN, defect_at_byte, name_of};
use model::Defect;
use model::limit::{FOLDER_DEPTH_MAX, FOLDER_ENTRIES_MAX};
use std::collections::{HashSet, VecDeque};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io, vec};

/// How a file came to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// The user named it.
    Named,
    /// It lies in this folder.
    Folder(String),
    /// It is a message of the Maildir with this root.
    Maildir(String),
}

/// One file or stream to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Input {
    pub(super) path: PathBuf,
    pub(super) place: Place,
    /// Its size in bytes as stored; `None` for a stream.
    pub(super) stored_len: Option<u64>,
}

/// All inputs below the paths that the user named, in a fixed order.
pub(super) struct Inputs {
    named: VecDeque<PathBuf>,
    /// The folder that is being read, after those around it.
    open: Vec<Folder>,
    /// Canonical paths of the folders entered below the present named path: a link back to one of them is not followed.
    entered: HashSet<PathBuf>,
    defects: VecDeque<Defect>,
}

struct Folder {
    path: PathBuf,
    entries: vec::IntoIter<Entry>,
}

/// An entry of a folder. Only its name is held, because a Maildir may have a million.
struct Entry {
    /// Below the folder: `name`, or `cur/name` in a Maildir.
    name: OsString,
    kind: EntryKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EntryKind {
    /// A file or folder of any kind.
    Any,
    /// A message of a Maildir.
    MaildirMessage,
}

/// The names in a folder.
#[derive(Default)]
struct Listing {
    names: Vec<OsString>,
    defects: Vec<Defect>,
}

impl Inputs {
    pub(super) fn new(paths: &[PathBuf]) -> Self {
        let named = paths.iter().cloned().collect();
        Self { named, open: Vec::new(), entered: HashSet::new(), defects: VecDeque::new() }
    }

    /// Bytes of all inputs as stored; `None` if one of them is a stream.
    pub(super) fn bytes_total(paths: &[PathBuf]) -> Option<u64> {
        let mut total = 0;
        for input in Self::new(paths).flatten() {
            total += input.stored_len?;
        }
        Some(total)
    }

    /// A file becomes an input; a folder is entered.
    fn visit(&mut self, path: PathBuf, place: Place) -> Option<Result<Input, Defect>> {
        match fs::metadata(&path) {
            Err(error) => Some(Err(unreadable(&path, &error))),
            Ok(metadata) if metadata.is_dir() => self.enter(path).err().map(Err),
            Ok(metadata) if metadata.is_file() || place == Place::Named => {
                let stored_len = metadata.is_file().then_some(metadata.len());
                Some(Ok(Input { path, place, stored_len }))
            }
            // To open a pipe that nobody writes to would wait for ever.
            Ok(_) => Some(Err(defect_at_byte(&name_of(&path), 0, "neither a file nor a folder"))),
        }
    }

    fn enter(&mut self, path: PathBuf) -> Result<(), Defect> {
        if self.open.len() >= FOLDER_DEPTH_MAX {
            let reason = format!("folders are nested deeper than {FOLDER_DEPTH_MAX}");
            return Err(defect_at_byte(&name_of(&path), 0, reason));
        }
        let canonical = fs::canonicalize(&path).map_err(|error| unreadable(&path, &error))?;
        if self.entered.insert(canonical) {
            let entries = self.entries(&path)?.into_iter();
            self.open.push(Folder { path, entries });
        }
        Ok(())
    }

    fn entries(&mut self, folder: &Path) -> Result<Vec<Entry>, Defect> {
        let mut listing = Listing::of(folder)?;
        self.defects.extend(listing.defects.drain(..));
        if !listing.is_maildir(folder) {
            let names = listing.names.into_iter().filter(|name| !is_hidden(name));
            return Ok(names.map(|name| Entry { name, kind: EntryKind::Any }).collect());
        }
        let mut entries = self.maildir_messages(folder)?;
        let is_mail_folder = |name: &OsString| is_maildir_folder(&folder.join(name), name);
        let folders = listing.names.into_iter().filter(is_mail_folder);
        entries.extend(folders.map(|name| Entry { name, kind: EntryKind::Any }));
        Ok(entries)
    }

    /// The messages in `cur` and `new` together, by name: a name begins with the time of delivery. What lies in `tmp` is not
    /// delivered yet.
    fn maildir_messages(&mut self, root: &Path) -> Result<Vec<Entry>, Defect> {
        let mut messages = Vec::new();
        for folder in ["cur", "new"] {
            let path = root.join(folder);
            if path.is_dir() {
                let listing = Listing::of(&path)?;
                self.defects.extend(listing.defects);
                messages.extend(
                    listing.names.into_iter().filter(|name| !is_hidden(name)).map(|name| (name, folder)),
                );
            }
        }
        messages.sort_unstable();
        let relative = |(name, folder)| Path::new(folder).join::<OsString>(name).into_os_string();
        Ok(messages
            .into_iter()
            .map(|message| Entry { name: relative(message), kind: EntryKind::MaildirMessage })
            .collect())
    }
}

impl Iterator for Inputs {
    type Item = Result<Input, Defect>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(defect) = self.defects.pop_front() {
                return Some(Err(defect));
            }
            let (path, place) = match self.open.last_mut() {
                Some(folder) => match folder.entries.next() {
                    Some(entry) => folder.locate(&entry),
                    None => {
                        self.open.pop();
                        continue;
                    }
                },
                None => {
                    self.entered.clear();
                    (self.named.pop_front()?, Place::Named)
                }
            };
            if place == Place::Named && path == Path::new(STDIN) {
                return Some(Ok(Input { path, place, stored_len: None }));
            }
            if let Some(item) = self.visit(path, place) {
                return Some(item);
            }
        }
    }
}

impl Folder {
    fn locate(&self, entry: &Entry) -> (PathBuf, Place) {
        let folder = name_of(&self.path);
        let place = match entry.kind {
            EntryKind::Any => Place::Folder(folder),
            EntryKind::MaildirMessage => Place::Maildir(folder),
        };
        (self.path.join(&entry.name), place)
    }
}

impl Listing {
    /// The names in `folder`, sorted, so that the same folder is always read in the same order.
    fn of(folder: &Path) -> Result<Self, Defect> {
        let mut listing = Self::default();
        for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
            if listing.names.len() >= FOLDER_ENTRIES_MAX {
                let reason = format!("the folder has more than {FOLDER_ENTRIES_MAX} entries");
                listing.defects.push(defect_at_byte(&name_of(folder), 0, reason));
                break;
            }
            match entry {
                Ok(entry) => listing.names.push(entry.file_name()),
                Err(error) => {
                    listing.defects.push(unreadable(folder, &error));
                    break;
                }
            }
        }
        listing.names.sort_unstable();
        Ok(listing)
    }

    /// A Maildir has `cur`, `new` and `tmp`; copies often lack those that are empty.
    fn is_maildir(&self, folder: &Path) -> bool {
        let has = |name: &str| self.names.iter().any(|entry| entry == name) && folder.join(name).is_dir();
        has("cur") || (has("new") && has("tmp"))
    }
}

fn is_hidden(name: &OsString) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// Is it a mail folder below a Maildir? In Maildir++ its name begins with a dot; indexes and settings lie beside it.
fn is_maildir_folder(path: &Path, name: &OsString) -> bool {
    let is_part = ["cur", "new", "tmp"].iter().any(|part| name == part);
    !is_part && path.is_dir() && (!is_hidden(name) || path.join("cur").is_dir())
}

fn unreadable(path: &Path, error: &io::Error) -> Defect {
    defect_at_byte(&name_of(path), 0, format!("cannot read: {error}"))
}
