//! The rows of CSV files in order of their keys, whatever their number: what memory does not hold goes to temporary files.

use super::open;
use anyhow::{Context, Result};
use model::limit::REGISTER_SORT_BYTES;
use model::{Defect, Defects};
use register::{
    Columns, Item, Key, Layout, Row, Scratch, SortError, Sorter, compare, read_rows, sort::Sorted,
};
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Seek};
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Temporary files without a name: they are gone with the process, however it ends.
pub(super) struct TemporaryFiles;

impl Scratch for TemporaryFiles {
    type Run = File;

    fn create(&mut self) -> io::Result<File> {
        tempfile::tempfile()
    }

    fn rewind(&mut self, run: &mut File) -> io::Result<()> {
        run.rewind()
    }
}

/// Sorted rows, and what was set aside of them.
pub(super) struct SortedRows {
    sorted: Sorted<File>,
    /// Fields of the key, which all files have in common.
    pub(super) key_fields: Vec<String>,
    /// Columns of the first file.
    pub(super) layout: Option<Layout>,
    /// Filled further while the rows are read, by those whose key was there before.
    pub(super) defects: Rc<RefCell<Defects>>,
    source: String,
}

impl SortedRows {
    /// Reads all of `paths` as one register. `body` makes of a row what is carried along with its key.
    pub(super) fn read(paths: &[PathBuf], columns: &Columns, body: impl Fn(&Row) -> Vec<u8>) -> Result<Self> {
        let mut sorter = Sorter::new(TemporaryFiles, REGISTER_SORT_BYTES);
        let mut defects = Defects::default();
        let mut first: Option<Layout> = None;
        for path in paths {
            let take = |row: &Row| {
                let body = body(row);
                sorter.push(Item { key: row.key.as_bytes().to_vec(), body, line: row.line })
            };
            let read = read_rows(open(path)?, &path.display().to_string(), columns, take);
            let (layout, set_aside) = read.with_context(|| format!("cannot read {}", path.display()))?;
            defects.append(set_aside);
            let (keys, first) = (layout.key_fields(), first.get_or_insert(layout));
            anyhow::ensure!(
                keys == first.key_fields(),
                "{} has the key {}, the file before it {}: name the key columns",
                path.display(),
                keys.join(" "),
                first.key_fields().join(" ")
            );
        }
        let source = paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ");
        let key_fields = first.as_ref().map(Layout::key_fields).unwrap_or_default();
        let defects = Rc::new(RefCell::new(defects));
        Ok(Self { sorted: sorter.finish()?, key_fields, layout: first, defects, source })
    }

    /// The rows with each key once; the others become defects as they are met.
    pub(super) fn into_distinct(self) -> impl Iterator<Item = Result<Item, SortError>> {
        let Self { sorted, defects, source, .. } = self;
        compare::distinct(sorted, move |item| defects.borrow_mut().push(repeated(&source, item)))
    }
}

fn repeated(source: &str, item: &Item) -> Defect {
    let key = Key::from_bytes(item.key.clone());
    Defect {
        source: source.to_owned(),
        position: format!("line {}", item.line),
        reason: format!("elector {key} has another row already"),
    }
}

/// Makes the folder of a file that was renamed remember it over a loss of power.
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}
