//! Patches between registers as files: written beside a comparison, and applied.

use super::new_file::NewFile;
use super::open;
use super::rows::SortedRows;
use anyhow::{Context, Result};
use model::Defects;
use register::patch::apply as apply_patch;
use register::{
    Columns, Difference, Item, Key, Layout, Opening, PatchError, PatchReader, PatchWriter, canonical,
};
use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::Path;
use std::rc::Rc;

/// A patch that is being written. A comparison cannot be stopped halfway, so a failure is kept until its end.
pub(super) struct PatchFile {
    writer: PatchWriter<NewFile>,
    failure: Option<PatchError>,
}

impl PatchFile {
    /// Begins a patch to the register `after`.
    pub(super) fn new(path: &Path, after: &SortedRows) -> Result<Self> {
        let columns = after.layout.iter().flat_map(Layout::columns);
        let fields = columns.map(|(_, field)| field.to_owned()).collect();
        let writer =
            PatchWriter::new(NewFile::create(path)?, &Opening::new(after.key_fields.clone(), fields))?;
        Ok(Self { writer, failure: None })
    }

    pub(super) fn push(&mut self, difference: &Difference) {
        if self.failure.is_none() {
            self.failure = self.writer.push(difference).err();
        }
    }

    pub(super) fn finish(self) -> Result<()> {
        self.failure.map_or(Ok(()), Err)?;
        self.writer.finish()?.persist()
    }
}

/// What a patch made of a register.
#[derive(Debug)]
pub struct Amended {
    /// Electors of the new register.
    pub rows: u64,
    /// Rows of the old one that were left out.
    pub defects: Defects,
}

/// Applies a patch to the register `before` and writes the one that comes of it to `out`, with the columns of `before` and
/// those that the patch brings, in order of the electors' keys.
///
/// # Errors
/// When a file cannot be read or written, `out` is there already, or the patch was made for another register.
pub fn apply(patch: &Path, before: &Path, columns: &Columns, out: &Path) -> Result<Amended> {
    let mut reader = PatchReader::open(BufReader::new(open(patch)?))
        .with_context(|| format!("cannot read the patch {}", patch.display()))?;
    let mut columns = columns.clone();
    if columns.keys.is_empty() {
        columns.keys.clone_from(&reader.opening().key_fields);
    }
    let before = SortedRows::read(&[before.to_owned()], &columns, |row| row.as_bytes().to_vec())?;
    anyhow::ensure!(
        before.key_fields == reader.opening().key_fields,
        "the register has the key {}, the patch {}: name the key columns",
        before.key_fields.join(" "),
        reader.opening().key_fields.join(" ")
    );
    let mut csv = CsvFile::new(NewFile::create(out)?, before.layout.as_ref(), reader.opening())?;
    let defects = Rc::clone(&before.defects);
    apply_patch(&mut reader, before.into_distinct(), |item| csv.push(item))
        .with_context(|| format!("cannot apply {}", patch.display()))?;
    let rows = csv.rows;
    csv.out.into_inner().map_err(|error| error.into_error())?.persist()?;
    Ok(Amended { rows, defects: defects.take() })
}

/// A register that is being written.
struct CsvFile {
    out: csv::Writer<NewFile>,
    key_fields: Vec<String>,
    /// The field of each column.
    fields: Vec<String>,
    rows: u64,
}

impl CsvFile {
    fn new(file: NewFile, before: Option<&Layout>, opening: &Opening) -> Result<Self> {
        let (mut headings, mut fields): (Vec<String>, Vec<String>) = before
            .iter()
            .flat_map(|layout| layout.columns())
            .map(|(heading, field)| (heading.to_owned(), field.to_owned()))
            .unzip();
        let new = opening.fields.iter().filter(|field| !fields.contains(field)).cloned().collect::<Vec<_>>();
        headings.extend(new.iter().cloned());
        fields.extend(new);
        let mut out = csv::Writer::from_writer(file);
        out.write_record(&headings)?;
        Ok(Self { out, key_fields: opening.key_fields.clone(), fields, rows: 0 })
    }

    fn push(&mut self, item: Item) -> Result<(), PatchError> {
        let key = Key::from_bytes(item.key);
        let parts: Vec<_> = key.parts().collect();
        let mut values: BTreeMap<&[u8], &[u8]> = canonical::fields(&item.body).collect();
        for (field, part) in self.key_fields.iter().zip(&parts) {
            if values.insert(field.as_bytes(), part.as_bytes()).is_some() {
                return Err(PatchError::Misfit { key: key.clone(), reason: "has its key again as a field" });
            }
        }
        let record: Vec<&[u8]> =
            self.fields.iter().map(|field| values.remove(field.as_bytes()).unwrap_or_default()).collect();
        if !values.is_empty() {
            return Err(PatchError::Misfit { key: key.clone(), reason: "has a field without a column" });
        }
        self.rows += 1;
        self.out.write_record(record).map_err(|error| PatchError::Io(error.into()))
    }
}
