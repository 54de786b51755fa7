//! Certificates from one seal to another.

use super::new_file::NewFile;
use super::open;
use crate::data::Data;
use crate::evidence_log::Entry;
use anyhow::{Context, Result};
use evidence::Value;
use model::limit::REGISTER_DIFFERENCES_KEPT_MAX;
use model::{Defect, Defects, EventTime, LeafIndex};
use register::certificate::{Checked, Line, Notices, Totals, certify as write, check};
use register::{Columns, SealReader, Summary, read_rows};
use std::convert::Infallible;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// What is to be certified.
#[derive(Debug)]
pub struct Certifying<'a> {
    /// The seal before.
    pub from: &'a Path,
    /// The seal after.
    pub to: &'a Path,
    /// CSV of the authorised notices.
    pub notices: &'a Path,
    /// What its columns mean.
    pub columns: &'a Columns,
    /// Where the certificate goes; nothing may be there.
    pub out: &'a Path,
}

/// A certificate that was written.
#[derive(Debug)]
pub struct Certified {
    /// Its counts.
    pub totals: Totals,
    /// The first electors that make it incomplete.
    pub open: Vec<Line>,
    /// Notices that could not be used.
    pub defects: Defects,
    /// Place of its entry in the evidence log.
    pub leaf: LeafIndex,
}

/// Certifies what became of a register from one seal to another, and records the certificate's counts as evidence.
///
/// # Errors
/// When a file cannot be read or written, a seal is damaged, or the two are not of one register.
pub fn certify(data: &mut Data, certifying: &Certifying<'_>, now: EventTime) -> Result<Certified> {
    let ends = [summary(certifying.from)?, summary(certifying.to)?];
    let seals = [seal(certifying.from)?, seal(certifying.to)?];
    let [before, _] = &seals;
    let (notices, defects) = notices(certifying, &before.heading().key_fields)?;
    let mut out = NewFile::create(certifying.out)?;
    let mut open = Vec::new();
    let totals = write(seals, ends, notices, &mut out, keep(&mut open)).context("cannot certify")?;
    let entry = entry(ends, totals, now);
    let leaf = data.record(&[entry])?;
    out.persist()?;
    Ok(Certified { totals, open, defects, leaf })
}

fn entry([from, to]: [Summary; 2], totals: Totals, now: EventTime) -> Entry {
    let public = vec![
        ("from", Value::from(from.root.to_string())),
        ("to", Value::from(to.root.to_string())),
        ("electors", Value::from(totals.electors.to_string())),
        ("unexplained", Value::from(totals.unexplained.to_string())),
        ("not_carried_out", Value::from(totals.not_carried_out.to_string())),
    ];
    let private = Value::object([]).to_canonical().into_bytes();
    Entry { kind: "register.certified", time: now, public, private }
}

/// Checks a certificate against both seals. The lines are the first that make it incomplete.
///
/// # Errors
/// When a file cannot be read, a seal is damaged, or the certificate says something else than the seals.
pub fn check_certificate(certificate: &Path, from: &Path, to: &Path) -> Result<(Checked, Vec<Line>)> {
    let mut kept = Vec::new();
    let input = BufReader::new(open(certificate)?);
    let checked = check(input, [seal(from)?, seal(to)?], keep(&mut kept))
        .with_context(|| certificate.display().to_string())?;
    Ok((checked, kept))
}

fn keep(kept: &mut Vec<Line>) -> impl FnMut(&Line) {
    |line| {
        if kept.len() < REGISTER_DIFFERENCES_KEPT_MAX {
            kept.push(line.clone());
        }
    }
}

fn seal(path: &Path) -> Result<SealReader<BufReader<File>>> {
    SealReader::open(BufReader::new(open(path)?))
        .with_context(|| format!("cannot read the seal {}", path.display()))
}

fn summary(path: &Path) -> Result<Summary> {
    let mut reader = seal(path)?;
    (&mut reader)
        .try_for_each(|item| item.map(|_| ()))
        .with_context(|| format!("cannot read the seal {}", path.display()))?;
    Ok(reader.summary())
}

fn notices(certifying: &Certifying<'_>, key_fields: &Vec<String>) -> Result<(Notices, Defects)> {
    let source = certifying.notices.display().to_string();
    let mut columns = certifying.columns.clone();
    if columns.keys.is_empty() {
        columns.keys.clone_from(key_fields);
    }
    let (mut notices, mut unusable) = (Notices::default(), Defects::default());
    let take = |row: &register::Row| {
        if let Err(reason) = notices.push(row) {
            let position = format!("line {}", row.line);
            unusable.push(Defect { source: source.clone(), position, reason });
        }
        Ok::<_, Infallible>(())
    };
    let read = read_rows(open(certifying.notices)?, &source, &columns, take);
    let (_, mut defects) = read.with_context(|| format!("cannot read the notices {source}"))?;
    defects.append(unusable);
    Ok((notices, defects))
}
