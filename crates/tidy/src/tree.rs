//! The repository as text: every file of it that is ours and is UTF-8, by path.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// Larger files are data, not text that somebody wrote.
const TEXT_BYTES_MAX: u64 = 2 << 20;

/// All files, by path from the root with `/` between its parts. Files that are not text have an empty text.
#[derive(Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// A made-up tree, for testing a check.
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect() }
    }

    /// Reads the repository at `root`, without what its `.gitignore` names at the top level.
    ///
    /// # Errors
    /// When a folder or a file cannot be read; a file that vanishes meanwhile (an editor's) is left out.
    pub fn read(root: &Path) -> io::Result<Self> {
        let ignored = fs::read_to_string(root.join(".gitignore"))?;
        let mut skipped: Vec<&str> = ignored.lines().filter_map(|line| line.strip_prefix('/')).collect();
        skipped.push(".git");
        let mut tree = Self::default();
        tree.read_folder(root, "", &skipped)?;
        Ok(tree)
    }

    /// Every file with its text, sorted by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Every Rust file, sorted by path.
    pub fn rust_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files().filter(|(path, _)| path.ends_with(".rs"))
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether a file, or a folder with a file in it, stands at the path.
    pub fn has(&self, path: &str) -> bool {
        let folder = format!("{}/", path.trim_end_matches('/'));
        self.files.contains_key(path)
            || self.files.range(folder.clone()..).next().is_some_and(|(next, _)| next.starts_with(&folder))
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str, skipped: &[&str]) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type()?;
            if kind.is_dir() && !skipped.contains(&path.as_str()) {
                self.read_folder(&entry.path(), &format!("{path}/"), skipped)?;
            } else if kind.is_file() && !skipped.contains(&path.as_str()) {
                match read_text(&entry.path()) {
                    Ok(text) => drop(self.files.insert(path, text)),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }
}

fn read_text(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > TEXT_BYTES_MAX {
        return Ok(String::new());
    }
    Ok(String::from_utf8(fs::read(path)?).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_there_when_a_file_is_in_it() {
        let tree = Tree::of(&[("docs-old/a.md", ""), ("docs/b.md", "")]);
        assert!(tree.has("docs") && tree.has("docs/") && tree.has("docs/b.md"));
        assert!(!tree.has("doc") && !tree.has("docs/b") && !tree.has("docs/c.md"));
    }
}
