//! Proofs for one elector, out of a seal and the register that was sealed.

use super::compared::known_leaf;
use super::new_file::NewFile;
use super::{open, register_key};
use crate::data::Data;
use anyhow::{Context, Result, bail};
use model::limit::REGISTER_PROOF_BYTES_MAX;
use register::proof::{Finder, Parts};
use register::{Columns, Heading, Key, Proof, Record, Row, SealReader, SealingKey, read_rows};
use std::convert::Infallible;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};

/// What is to be proven.
#[derive(Debug)]
pub struct Proving<'a> {
    /// The elector, with `/` between the values of the key.
    pub elector: &'a str,
    /// Fields to be shown; all others stay hidden.
    pub fields: &'a [String],
    /// The seal.
    pub seal: &'a Path,
    /// The register that was sealed.
    pub inputs: &'a [PathBuf],
    /// What its columns mean.
    pub columns: &'a Columns,
    /// Where the proof goes; nothing may be there.
    pub out: &'a Path,
}

/// Proves that an elector's row is under the root of a seal, and shows the chosen fields of it.
///
/// # Errors
/// When the elector is not in the seal, their row is not what was sealed, a field is not in it, or a file cannot be read or
/// written.
pub fn prove(data: &Data, proving: &Proving<'_>) -> Result<Proof> {
    let seal = proving.seal.display();
    let open_seal = || SealReader::open(BufReader::new(open(proving.seal)?)).map_err(anyhow::Error::from);
    let mut reader = open_seal().with_context(|| format!("cannot read the seal {seal}"))?;
    let heading = reader.heading().clone();
    let wanted = key_of(proving.elector, &heading)?;
    let mut finder = Finder::new(&wanted);
    (&mut reader)
        .try_for_each(|item| item.map(|item| finder.push(&item)))
        .with_context(|| format!("cannot read the seal {seal}"))?;
    let summary = reader.summary();
    let (place, record) =
        finder.finish().with_context(|| format!("elector {} is not in the seal {seal}", proving.elector))?;
    let key = register_key(data)?.sealing(&heading.epoch);
    let row = sealed_row(proving, &heading, &wanted, &key, record)?;
    let entry = known_leaf(data, &heading, &summary)?.map(|leaf| leaf.0);
    let proof = Proof::new(Parts { heading, summary, entry, place, row: &row }, &key, proving.fields);
    for field in proving.fields {
        anyhow::ensure!(
            shows(&proof, field),
            "elector {} has nothing in the field `{field}`",
            proving.elector
        );
    }
    let mut file = NewFile::create(proving.out)?;
    file.write_all(&proof.to_bytes())?;
    file.persist()?;
    Ok(proof)
}

/// The key that is meant. A slash can only be in its last value.
fn key_of(elector: &str, heading: &Heading) -> Result<Key> {
    let parts: Vec<&str> = elector.splitn(heading.key_fields.len(), '/').collect();
    let names = heading.key_fields.join("/");
    anyhow::ensure!(
        parts.len() == heading.key_fields.len(),
        "`{elector}` is no {names}, which electors are known by here"
    );
    Ok(Key::of(parts))
}

fn shows(proof: &Proof, field: &str) -> bool {
    proof
        .fields
        .iter()
        .any(|shown| matches!(shown, register::proof::Field::Shown { name, .. } if name == field))
}

/// The row of the elector that has the sealed record.
fn sealed_row(
    proving: &Proving<'_>,
    heading: &Heading,
    wanted: &Key,
    key: &SealingKey,
    record: Record,
) -> Result<Row> {
    let mut columns = proving.columns.clone();
    if columns.keys.is_empty() {
        columns.keys.clone_from(&heading.key_fields);
    }
    let (mut found, mut others) = (None, false);
    for path in proving.inputs {
        let take = |row: &Row| {
            if row.key == *wanted && key.record(&row.key, row.as_bytes()) == record {
                found = Some(row.clone());
            } else if row.key == *wanted {
                others = true;
            }
            Ok::<_, Infallible>(())
        };
        read_rows(open(path)?, &path.display().to_string(), &columns, take)
            .with_context(|| format!("cannot read {}", path.display()))?;
    }
    let elector = proving.elector;
    match found {
        Some(row) => Ok(row),
        None if others => bail!("the row of elector {elector} is not the one that was sealed"),
        None => bail!("elector {elector} is not in the register that was given"),
    }
}

/// Reads a proof and checks that it leads to its root.
///
/// # Errors
/// When it cannot be read or proves nothing.
pub fn check_proof(path: &Path) -> Result<Proof> {
    let max = u64::try_from(REGISTER_PROOF_BYTES_MAX).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    open(path)?.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    let proof = Proof::from_bytes(&bytes).with_context(|| path.display().to_string())?;
    proof.check().with_context(|| path.display().to_string())?;
    Ok(proof)
}

/// Whether a file begins as a proof does.
///
/// # Errors
/// When it cannot be read.
pub fn is_proof(path: &Path) -> Result<bool> {
    let mut first = Vec::new();
    open(path)?.take(16).read_to_end(&mut first)?;
    Ok(first == register::proof::MAGIC)
}
