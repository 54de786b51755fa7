//! Sealing a register: sorted leaves into a file that is there whole or not at all, and its root into the evidence log.

use super::rows::{SortedRows, folder_of, sync_folder_of};
use super::{KnownSeal, SEALS, canaries, check_name, register_key};
use crate::clock::rfc3339;
use crate::data::Data;
use crate::evidence_log::Entry;
use anyhow::{Context, Result};
use evidence::Value;
use model::{Defects, EventTime, LeafIndex};
use register::{Columns, Heading, Record, SealWriter, Summary};
use std::cell::Cell;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use store::{Batch, Records};
use tempfile::NamedTempFile;

/// What is to be sealed.
#[derive(Debug)]
pub struct Sealing<'a> {
    /// The CSV files, which together are one register.
    pub inputs: &'a [PathBuf],
    /// Name of the register.
    pub register: &'a str,
    /// What their columns mean.
    pub columns: &'a Columns,
    /// Where the seal goes; nothing may be there.
    pub out: &'a Path,
}

/// What was sealed.
#[derive(Debug)]
pub struct Sealed {
    /// Electors and root.
    pub summary: Summary,
    /// Place of the root's entry in the evidence log.
    pub leaf: LeafIndex,
    /// Rows that the seal does not cover.
    pub defects: Defects,
}

/// Seals a register. The file gets its name last, after its content and its evidence are durable.
///
/// # Errors
/// When an input cannot be read, `out` is there already or cannot be written, or the store fails.
pub fn seal(data: &mut Data, sealing: &Sealing<'_>, now: EventTime) -> Result<Sealed> {
    let name = sealing.register;
    check_name(name)?;
    anyhow::ensure!(
        !sealing.out.exists(),
        "{} is there already: a seal is never written over",
        sealing.out.display()
    );
    let epoch = rfc3339(now);
    let key = register_key(data)?;
    let canaries = canaries::known(data, name)?;
    let invented = Cell::new(0_u64);
    let key = key.sealing(&epoch);
    let record_of = |row: &register::Row| {
        let is_canary = canaries.as_ref().is_some_and(|canaries| canaries.is_among(row));
        invented.set(invented.get() + u64::from(is_canary));
        key.record(&row.key, row.as_bytes()).to_bytes().to_vec()
    };
    let rows = SortedRows::read(sealing.inputs, sealing.columns, record_of)?;
    anyhow::ensure!(
        invented.get() == 0,
        "{} of these electors are canaries: this is a supplied copy, not the register",
        invented.get()
    );
    let defects = std::rc::Rc::clone(&rows.defects);
    let heading =
        Heading { register: name.to_owned(), epoch: epoch.clone(), key_fields: rows.key_fields.clone() };
    let (file, summary) = write(rows, &heading, sealing.out)?;
    let known = KnownSeal { register: name.to_owned(), epoch, rows: summary.rows, leaf: 0 };
    let leaf = record(data, known, &summary, now)?;
    file.persist_noclobber(sealing.out).with_context(|| format!("cannot name {}", sealing.out.display()))?;
    sync_folder_of(sealing.out).context("cannot make the seal's name durable")?;
    Ok(Sealed { summary, leaf, defects: defects.take() })
}

fn write(rows: SortedRows, heading: &Heading, out: &Path) -> Result<(NamedTempFile, Summary)> {
    let file = NamedTempFile::new_in(folder_of(out))
        .with_context(|| format!("cannot write in the folder of {}", out.display()))?;
    let mut writer = SealWriter::new(BufWriter::new(file), heading)?;
    for item in rows.into_distinct() {
        let item = item?;
        let record = Record::from_bytes(&item.body).context("a scratch file was damaged")?;
        writer.push(&item.key, record)?;
    }
    let (file, summary) = writer.finish()?;
    let file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.as_file().sync_all().context("cannot make the seal durable")?;
    Ok((file, summary))
}

/// The root becomes evidence, and then known. After a crash in between there is an entry without a seal, which says nothing
/// false; never a seal without an entry.
fn record(data: &mut Data, mut known: KnownSeal, summary: &Summary, now: EventTime) -> Result<LeafIndex> {
    let named = [("register", known.register.as_str().into()), ("epoch", known.epoch.as_str().into())];
    let private = Value::object(named);
    let root = summary.root.to_string();
    let entry = Entry {
        kind: "register.sealed",
        time: now,
        public: vec![("root", Value::from(root.as_str())), ("rows", Value::from(known.rows.to_string()))],
        private: private.to_canonical().into_bytes(),
    };
    let leaf = data.record(&[entry])?;
    known.leaf = leaf.0;
    data.store.records.apply(Batch::new().put(SEALS, &root, serde_json::to_vec(&known)?))?;
    Ok(leaf)
}
