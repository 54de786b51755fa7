//! The part of the exercise that is about the register of electors: sealed, followed by the next one, and a copy that somebody
//! altered.

use super::folder::Folder;
use crate::progress::Bars;
use ::exercise::write_register;
use anyhow::{Context, Result};
use model::EventTime;
use register::{Change, Columns};
use runtime::data::Data;
use runtime::progress::Progress;
use runtime::register::{Compared, Sealing, diff, seal, verify};
use serde::Deserialize;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Name of the register.
const REGISTER: &str = "northmere";

/// Who was touched, as the truth has it.
#[derive(Debug, Deserialize)]
struct Truth {
    changed: Vec<String>,
    removed: Vec<String>,
    added: Vec<String>,
    altered: Vec<String>,
}

/// Writes the registers beside the mail of the exercise.
pub(super) fn write(seed: u64, input: &Path) -> Result<()> {
    let bars = Bars::default();
    bars.begin("writing electors", None);
    let written = write_register(seed, &mut Folder::new(input, &bars));
    bars.end();
    written.with_context(|| format!("cannot write the register to {}", input.display()))
}

/// Seals the register of December, compares it with that of January, and measures the copy by the seal.
pub(super) fn tell(text: &mut String, data: &mut Data, input: &Path, now: EventTime) -> Result<()> {
    let file = |name: &str| input.join("register").join(name);
    let (first, next, copy) = (file("2021-12.csv"), file("2022-01.csv"), file("copy.csv"));
    let columns = Columns::default();
    let inputs = [first.clone()];
    let out = data.folder().join("2021-12.seal");
    let sealing = Sealing { inputs: &inputs, register: REGISTER, columns: &columns, out: &out };
    let sealed = seal(data, &sealing, now)?;
    writeln!(text, "\nREGISTER OF ELECTORS (Northmere Electoral Board)")?;
    writeln!(
        text,
        "  {} electors sealed: root {}, evidence {}",
        sealed.summary.rows, sealed.summary.root, sealed.leaf.0
    )?;
    let truth = truth(input)?;
    monthly(text, &diff(&first, &next, &columns, None)?, &truth)?;
    altered(text, data, (&out, &copy, &columns), &truth)
}

fn truth(input: &Path) -> Result<Truth> {
    let path = input.join("truth/register.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{}: not the truth of a register", path.display()))
}

fn monthly(text: &mut String, compared: &Compared, truth: &Truth) -> Result<()> {
    let counts = &compared.counts;
    let expected =
        [(Change::Changed, &truth.changed), (Change::Removed, &truth.removed), (Change::Added, &truth.added)];
    let as_planted = expected.into_iter().all(|(change, keys)| {
        let found = compared.differences.iter().filter(|found| found.change == change);
        let mut found: Vec<String> = found.map(|found| found.key.to_string()).collect();
        let mut keys = keys.clone();
        found.sort();
        keys.sort();
        found == keys
    });
    writeln!(
        text,
        "  by January {} changed, {} removed, {} added; {}",
        counts.changed,
        counts.removed,
        counts.added,
        if as_planted { "exactly those of the truth" } else { "NOT those of the truth" }
    )?;
    Ok(())
}

fn altered(
    text: &mut String,
    data: &Data,
    (seal, copy, columns): (&Path, &PathBuf, &Columns),
    truth: &Truth,
) -> Result<()> {
    let verified = verify(data, seal, std::slice::from_ref(copy), columns)?;
    let found: Vec<String> =
        verified.compared.differences.iter().map(|difference| difference.key.to_string()).collect();
    let (mut sorted, mut expected) = (found.clone(), truth.altered.clone());
    sorted.sort();
    expected.sort();
    writeln!(
        text,
        "  a copy is not what was sealed: {} ({})",
        found.join(", "),
        if sorted == expected { "exactly those that were altered" } else { "NOT those that were altered" }
    )?;
    let whole = verify(data, seal, &[copy.with_file_name("2021-12.csv")], columns)?;
    if whole.compared.differences.is_empty() && whole.leaf.is_some() {
        writeln!(text, "  the register itself is what was sealed: none of its electors was altered")?;
    }
    Ok(())
}
