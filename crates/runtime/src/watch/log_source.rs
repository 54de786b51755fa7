//! A source of logs as the house names it: a file, a folder, or files with names of one kind.

use model::EventMillis;
use model::limit::LOG_SOURCE_FILES_MAX;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;
use watch::format::Format;
use watch::sigma::rule::Logsource;

/// Folders within a folder that are looked into.
const DEPTH_MAX: usize = 4;
/// Rotated logs that were compressed: they were read before.
const COMPRESSED: [&str; 6] = [".gz", ".zst", ".xz", ".bz2", ".zip", ".lz4"];

/// Where logs come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSource {
    /// What the house calls it.
    pub name: String,
    /// A file, a folder with those below it, or a file with `*` in its name.
    pub path: PathBuf,
    /// How they are written; told by their first bytes where this says nothing.
    pub format: Option<Format>,
    /// What wrote them, where their records do not tell.
    pub logsource: Option<Logsource>,
    /// After so many seconds without a byte it is told to be silent.
    pub silent_after_secs: i64,
}

/// Which file it is, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId {
    /// Device.
    pub device: u64,
    /// Number on it.
    pub inode: u64,
}

impl FileId {
    /// Of a file with these metadata.
    pub fn of(metadata: &Metadata) -> Self {
        Self { device: metadata.dev(), inode: metadata.ino() }
    }
}

/// A file of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where it is now.
    pub path: PathBuf,
    /// Which one.
    pub id: FileId,
    /// In bytes.
    pub len: u64,
    /// When it was written last.
    pub written: EventMillis,
    /// It only stands beside the file that was named, such as `access.log.1`: it is read on if it was begun under that name.
    pub is_aside: bool,
}

impl LogSource {
    /// Its files now, the one that was written first at the beginning.
    ///
    /// # Errors
    /// When the file or folder is not there or cannot be read.
    pub fn files(&self) -> io::Result<Vec<Candidate>> {
        let mut found = Vec::new();
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder =
            self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if name.contains('*') {
            list(folder, &mut found, &|found| is_like(&name, found).then_some(false))?;
        } else if fs::metadata(&self.path)?.is_dir() {
            walk(&self.path, 0, &mut found)?;
        } else {
            let rotated = format!("{name}.");
            let is_of = |found: &str| (found == name || found.starts_with(&rotated)).then_some(found != name);
            list(folder, &mut found, &is_of)?;
        }
        found.sort_by(|one, other| (one.written, &one.path).cmp(&(other.written, &other.path)));
        let surplus = found.len().saturating_sub(LOG_SOURCE_FILES_MAX);
        Ok(found.split_off(surplus))
    }
}

/// Adds the files of a folder for whose names `is_of` says whether they only stand aside.
fn list(folder: &Path, found: &mut Vec<Candidate>, is_of: &dyn Fn(&str) -> Option<bool>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_readable = !name.starts_with('.') && !COMPRESSED.iter().any(|end| name.ends_with(end));
        let Some(is_aside) = is_of(&name).filter(|_| is_readable) else { continue };
        // A file that went away meanwhile is as good as one that was never there.
        let Ok(metadata) = fs::metadata(&path) else { continue };
        if metadata.is_file() {
            found.push(candidate(path, &metadata, is_aside));
        }
    }
    Ok(())
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<Candidate>) -> io::Result<()> {
    list(folder, found, &|_| Some(false))?;
    if depth == DEPTH_MAX {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), depth + 1, found)?;
        }
    }
    Ok(())
}

fn candidate(path: PathBuf, metadata: &Metadata, is_aside: bool) -> Candidate {
    let age = metadata.modified().ok().and_then(|written| written.duration_since(UNIX_EPOCH).ok());
    let millis = age.and_then(|age| i64::try_from(age.as_millis()).ok()).unwrap_or_default();
    Candidate { path, id: FileId::of(metadata), len: metadata.len(), written: EventMillis(millis), is_aside }
}

/// `*` stands for anything.
fn is_like(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| name.strip_prefix(start)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        let check = |pattern: &str, yes: &[&str], no: &[&str]| {
            yes.iter().for_each(|name| assert!(is_like(pattern, name), "{pattern} {name}"));
            no.iter().for_each(|name| assert!(!is_like(pattern, name), "{pattern} {name}"));
        };
        check("u_ex*.log", &["u_ex.log", "u_ex211104.log"], &["u_ex211104.log.1", "ex.log"]);
        check("*", &["", "a"], &[]);
        check("a*b*c", &["abc", "axbxc", "abbcc"], &["ac", "acb"]);
        check("a*a", &["aa"], &["a"]);
    }

    fn names(source: &LogSource) -> Vec<(String, bool)> {
        let name = |file: &Candidate| file.path.file_name().expect("a name").to_string_lossy().into_owned();
        let mut names: Vec<_> =
            source.files().expect("they are listed").iter().map(|file| (name(file), file.is_aside)).collect();
        names.sort();
        names
    }

    #[test]
    fn a_source_is_a_file_a_folder_or_names_of_one_kind() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("deep")).expect("a folder");
        for name in ["a.log", "a.log.1", "a.log.2.gz", ".a.log.swp", "b.log", "deep/c.log"] {
            fs::write(folder.path().join(name), name).expect("it is written");
        }
        let source = |name: &str| LogSource {
            name: "s".to_owned(),
            path: folder.path().join(name),
            format: None,
            logsource: None,
            silent_after_secs: 60,
        };
        let of = |found: &[(&str, bool)]| -> Vec<(String, bool)> {
            found.iter().map(|(name, is_aside)| ((*name).to_owned(), *is_aside)).collect()
        };
        assert_eq!(names(&source("a.log")), of(&[("a.log", false), ("a.log.1", true)]));
        assert_eq!(names(&source("*.log")), of(&[("a.log", false), ("b.log", false)]));
        let all = [("a.log", false), ("a.log.1", false), ("b.log", false), ("c.log", false)];
        assert_eq!(names(&source("")), of(&all));
        assert!(source("absent.log").files().is_err());
    }
}
