//! What `register` prints. The members of its JSON are a promise to other programs.

use crate::arguments::Format;
use crate::output::{self, number_of, plain};
use anyhow::Result;
use register::certificate::{Line, Totals};
use register::proof::Field;
use register::{Comparison, Difference, Proof};
use runtime::register::{Compared, Sealed, Verified};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// A seal as JSON.
#[derive(Serialize)]
struct SealedRow<'a> {
    register: &'a str,
    rows: u64,
    root: String,
    /// Place of its entry in the evidence log.
    entry: u64,
    seal: String,
    set_aside: u64,
}

/// A copy measured by a seal, as JSON.
#[derive(Serialize)]
struct VerifiedRow<'a> {
    register: &'a str,
    sealed: &'a str,
    rows: u64,
    root: String,
    /// Place of the seal's entry in the evidence log; null for a seal that is not in it.
    entry: Option<u64>,
    same: bool,
    altered: u64,
    missing: u64,
    added: u64,
    set_aside: u64,
    electors: Vec<ElectorRow>,
}

/// Two registers compared, as JSON.
#[derive(Serialize)]
struct ComparedRow {
    changed: u64,
    removed: u64,
    added: u64,
    electors: Vec<ElectorRow>,
}

/// One elector who differs.
#[derive(Serialize)]
struct ElectorRow {
    key: String,
    change: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<String>>,
}

pub(super) fn sealed(sealed: &Sealed, register: &str, out: &Path, format: Format) -> Result<()> {
    let row = SealedRow {
        register,
        rows: sealed.summary.rows,
        root: sealed.summary.root.to_string(),
        entry: sealed.leaf.0,
        seal: out.display().to_string(),
        set_aside: sealed.defects.count,
    };
    one(format, &row, || {
        let electors = number_of(row.rows, "elector");
        format!(
            "sealed {electors} of {}\nroot {}, entry {} of the evidence log\nin {}\n",
            plain(register),
            row.root,
            row.entry,
            plain(&row.seal)
        )
    })
}

pub(super) fn verified(verified: &Verified, format: Format) -> Result<()> {
    let (counts, compared) = (verified.compared.counts, &verified.compared);
    let row = VerifiedRow {
        register: &verified.heading.register,
        sealed: &verified.heading.epoch,
        rows: verified.summary.rows,
        root: verified.summary.root.to_string(),
        entry: verified.leaf.map(|leaf| leaf.0),
        same: counts.is_same() && compared.defects.count == 0,
        altered: counts.changed,
        missing: counts.removed,
        added: counts.added,
        set_aside: compared.defects.count,
        electors: electors(compared, |difference| (verify_word(difference), None)),
    };
    one(format, &row, || {
        let verdict = if row.same { "the same as" } else { "not the same as" };
        let sealed = number_of(row.rows, "elector");
        let head = format!("{verdict} {} as sealed {}: {sealed}\n", plain(row.register), plain(row.sealed));
        head + &table(["altered", "missing", "added"], counts, &row.electors)
    })
}

pub(super) fn compared(compared: &Compared, format: Format) -> Result<()> {
    let Comparison { changed, removed, added, .. } = compared.counts;
    let word = |difference: &Difference| {
        let is_change = difference.change == register::Change::Changed;
        (difference.change.word(), Some(if is_change { difference.fields() } else { Vec::new() }))
    };
    let row = ComparedRow { changed, removed, added, electors: electors(compared, word) };
    one(format, &row, || table(["changed", "removed", "added"], compared.counts, &row.electors))
}

/// A proof that leads to its root, as JSON.
#[derive(Serialize)]
struct ProofRow<'a> {
    register: &'a str,
    sealed: &'a str,
    root: String,
    /// Place of the root in the evidence log of whoever sealed; null where it is in none.
    entry: Option<u64>,
    elector: String,
    fields: BTreeMap<&'a str, &'a str>,
    /// Fields that are not shown.
    hidden: usize,
}

pub(super) fn proof(proof: &Proof, format: Format) -> Result<()> {
    let shown: BTreeMap<&str, &str> = proof
        .fields
        .iter()
        .filter_map(|field| match field {
            Field::Shown { name, value, .. } => Some((name.as_str(), value.as_str())),
            Field::Hidden(_) => None,
        })
        .collect();
    let row = ProofRow {
        register: &proof.heading.register,
        sealed: &proof.heading.epoch,
        root: proof.summary.root.to_string(),
        entry: proof.entry,
        elector: proof.key.to_string(),
        hidden: proof.fields.len() - shown.len(),
        fields: shown,
    };
    one(format, &row, || proof_text(&row))
}

fn proof_text(row: &ProofRow<'_>) -> String {
    let mut text = format!(
        "elector {} is in {} as sealed {}\n",
        plain(&row.elector),
        plain(row.register),
        plain(row.sealed)
    );
    row.fields
        .iter()
        .for_each(|(name, value)| text.push_str(&format!("{}: {}\n", plain(name), plain(value))));
    let entry = row.entry.map_or_else(String::new, |entry| format!(", entry {entry} of the evidence log"));
    text.push_str(&format!("{} fields are not shown\nroot {}{entry}\n", row.hidden, row.root));
    text
}

/// A certificate, as JSON.
#[derive(Serialize)]
struct CertificateRow<'a> {
    complete: bool,
    #[serde(flatten)]
    totals: Totals,
    /// The electors that make it incomplete.
    open: &'a [Line],
}

pub(super) fn certificate(totals: Totals, open: &[Line], format: Format) -> Result<()> {
    let row = CertificateRow { complete: totals.is_complete(), totals, open };
    one(format, &row, || certificate_text(&row))
}

fn certificate_text(row: &CertificateRow<'_>) -> String {
    let Totals { electors, unexplained, not_carried_out } = row.totals;
    let mut text = format!(
        "{electors} electors differ, {unexplained} of them without a notice; {not_carried_out} notices were not carried out\n"
    );
    if row.open.is_empty() {
        return text;
    }
    let mut table = output::table(&["ELECTOR", "CHANGE", "NOTICES"]);
    for line in row.open {
        let notices = plain(&line.notices.join(", "));
        table.add_row([plain(&line.key.join("/")), plain(&line.change), notices]);
    }
    text.push_str(&format!("{table}\n"));
    text
}

/// A copy has not been changed lawfully since it was sealed, so the words are others than for two versions.
const fn verify_word(difference: &Difference) -> &'static str {
    match difference.change {
        register::Change::Changed => "altered",
        register::Change::Removed => "missing",
        register::Change::Added => "added",
    }
}

fn electors(
    compared: &Compared,
    words: impl Fn(&Difference) -> (&'static str, Option<Vec<String>>),
) -> Vec<ElectorRow> {
    let row = |difference: &Difference| {
        let (change, fields) = words(difference);
        ElectorRow { key: difference.key.to_string(), change, fields }
    };
    compared.differences.iter().map(row).collect()
}

/// Counts, and below them each elector who differs.
fn table(words: [&str; 3], counts: Comparison, electors: &[ElectorRow]) -> String {
    let [changed, removed, added] = words;
    let mut text =
        format!("{} {changed}, {} {removed}, {} {added}\n", counts.changed, counts.removed, counts.added);
    if electors.is_empty() {
        return text;
    }
    let mut table = output::table(&["ELECTOR", "CHANGE", "FIELDS"]);
    for elector in electors {
        let fields = elector.fields.as_ref().map_or_else(String::new, |fields| fields.join(", "));
        table.add_row([plain(&elector.key), elector.change.to_owned(), plain(&fields)]);
    }
    text.push_str(&format!("{table}\n"));
    let unnamed = (counts.changed + counts.removed + counts.added).saturating_sub(electors.len() as u64);
    if unnamed > 0 {
        text.push_str(&format!("and {unnamed} more\n"));
    }
    text
}

/// One document, or the text for people.
pub(super) fn one<T: Serialize>(format: Format, row: &T, text: impl FnOnce() -> String) -> Result<()> {
    match format {
        Format::Table => output::print(&text()),
        Format::Json => output::print(&format!("{}\n", serde_json::to_string_pretty(row)?)),
        Format::Jsonl => output::print(&format!("{}\n", serde_json::to_string(row)?)),
    }
}
