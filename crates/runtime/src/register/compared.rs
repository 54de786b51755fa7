//! A copy against its seal, and one file against another.

use super::amended::PatchFile;
use super::rows::SortedRows;
use super::{KnownSeal, SEALS, open, register_key};
use crate::data::Data;
use anyhow::{Context, Result};
use model::limit::REGISTER_DIFFERENCES_KEPT_MAX;
use model::{Defects, LeafIndex};
use register::{Columns, Comparison, Difference, Heading, SealError, SealReader, Summary, compare::compare};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// How two registers differ.
#[derive(Debug)]
pub struct Compared {
    /// Counts of all electors.
    pub counts: Comparison,
    /// The first electors who differ, up to [`REGISTER_DIFFERENCES_KEPT_MAX`], in order of their keys.
    pub differences: Vec<Difference>,
    /// Rows that were not compared.
    pub defects: Defects,
}

/// What a copy is, measured by a seal.
#[derive(Debug)]
pub struct Verified {
    /// What the seal says of itself.
    pub heading: Heading,
    /// What its leaves come to.
    pub summary: Summary,
    /// Place of its root in this folder's evidence log; none for a seal that was not made here, which anybody may have made.
    pub leaf: Option<LeafIndex>,
    /// From the seal to the copy. Bodies are records, so fields cannot be told.
    pub compared: Compared,
}

/// Measures a copy by a seal.
///
/// # Errors
/// When a file cannot be read, the seal is damaged, or the register key is not in the folder.
pub fn verify(data: &Data, seal: &Path, copy: &[PathBuf], columns: &Columns) -> Result<Verified> {
    let mut reader = SealReader::open(BufReader::new(open(seal)?))
        .with_context(|| format!("cannot read the seal {}", seal.display()))?;
    let heading = reader.heading().clone();
    let mut columns = columns.clone();
    if columns.keys.is_empty() {
        columns.keys.clone_from(&heading.key_fields);
    }
    let key = register_key(data)?.sealing(&heading.epoch);
    let record = |row: &register::Row| key.record(&row.key, row.as_bytes()).to_bytes().to_vec();
    let rows = SortedRows::read(copy, &columns, record)?;
    let defects = Rc::clone(&rows.defects);
    let mut kept = Vec::new();
    let sealed = &mut reader;
    let counts =
        compare(sealed, rows.into_distinct().map(|item| item.map_err(SealError::Sort)), keep(&mut kept))
            .with_context(|| format!("cannot measure by the seal {}", seal.display()))?;
    let summary = reader.summary();
    let leaf = known_leaf(data, &heading, &summary)?;
    Ok(Verified {
        heading,
        summary,
        leaf,
        compared: Compared { counts, differences: kept, defects: defects.take() },
    })
}

/// Where the evidence log has this very seal.
pub(super) fn known_leaf(data: &Data, heading: &Heading, summary: &Summary) -> Result<Option<LeafIndex>> {
    let known: Option<KnownSeal> = data.document(SEALS, &summary.root.to_string())?;
    let is_same = |known: &KnownSeal| known.register == heading.register && known.epoch == heading.epoch;
    Ok(known.filter(is_same).map(|known| LeafIndex(known.leaf)))
}

/// Compares two registers field by field. `patch` is where all differences go, so that they can be applied; nothing may be
/// there.
///
/// # Errors
/// When a file cannot be read, or the patch cannot be written.
pub fn diff(before: &Path, after: &Path, columns: &Columns, patch: Option<&Path>) -> Result<Compared> {
    let read = |path: &Path| SortedRows::read(&[path.to_owned()], columns, |row| row.as_bytes().to_vec());
    let (before, after) = (read(before)?, read(after)?);
    anyhow::ensure!(
        before.key_fields == after.key_fields,
        "the first register has the key {}, the second {}: name the key columns",
        before.key_fields.join(" "),
        after.key_fields.join(" ")
    );
    let mut patch = patch.map(|path| PatchFile::new(path, &after)).transpose()?;
    let set_aside = [Rc::clone(&before.defects), Rc::clone(&after.defects)];
    let mut kept = Vec::new();
    let counts = {
        let mut keep = keep(&mut kept);
        let tell = |difference: Difference| {
            if let Some(patch) = &mut patch {
                patch.push(&difference);
            }
            keep(difference);
        };
        compare(before.into_distinct(), after.into_distinct(), tell)?
    };
    patch.map_or(Ok(()), PatchFile::finish)?;
    let mut defects = Defects::default();
    set_aside.iter().for_each(|side| defects.append(side.take()));
    Ok(Compared { counts, differences: kept, defects })
}

/// Keeps the first differences; all are counted elsewhere.
fn keep(kept: &mut Vec<Difference>) -> impl FnMut(Difference) {
    |difference| {
        if kept.len() < REGISTER_DIFFERENCES_KEPT_MAX {
            kept.push(difference);
        }
    }
}
