//! `register seal`, `register verify`, `register diff`, `register apply`, and the verbs in the files beside.

mod canary;
mod listing;
mod lookup;
mod proof;
mod supply;

use crate::arguments::{
    Register, RegisterApply, RegisterColumns, RegisterDiff, RegisterSeal, RegisterVerify,
};
use crate::output::{self, BadInput, Outcome};
use anyhow::{Context, Result};
use register::{Columns, LayoutError};
use runtime::clock;
use runtime::data::Data;
use runtime::register::{Compared, Sealing, apply, diff, seal, verify};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub(crate) fn run(verb: &Register) -> Result<Outcome> {
    let outcome = match verb {
        Register::Seal(arguments) => run_seal(arguments),
        Register::Verify(arguments) => run_verify(arguments),
        Register::Diff(arguments) => run_diff(arguments),
        Register::Apply(arguments) => run_apply(arguments),
        Register::Index(arguments) => lookup::run_index(arguments),
        Register::Lookup(arguments) => lookup::run_lookup(arguments),
        Register::Canary(verb) => canary::run(verb),
        Register::Supply(verb) => supply::run(verb),
        Register::Prove(arguments) => proof::run_prove(arguments, &[]),
        Register::Disclose(arguments) => proof::run_prove(&arguments.proof, &arguments.fields),
        Register::Certificate(arguments) => proof::run_certificate(arguments),
        Register::Check(arguments) => proof::run_check(arguments),
    };
    outcome.map_err(of_input)
}

/// A header that cannot be used is the user's to correct.
fn of_input(error: anyhow::Error) -> anyhow::Error {
    let is_of_header = error.chain().any(|cause| cause.is::<LayoutError>());
    if is_of_header { BadInput(format!("{error:#}")).into() } else { error }
}

fn run_seal(arguments: &RegisterSeal) -> Result<Outcome> {
    let columns = columns(&arguments.columns)?;
    let out = arguments.out.clone().or_else(|| arguments.inputs.first().map(|first| beside(first)));
    let out = out.context("no register was named")?;
    absent(&out)?;
    let mut data = Data::open(&arguments.data)?;
    let sealing =
        Sealing { inputs: &arguments.inputs, register: &arguments.register, columns: &columns, out: &out };
    let sealed = seal(&mut data, &sealing, clock::now())?;
    output::defects(&sealed.defects.kept, sealed.defects.count);
    listing::sealed(&sealed, &arguments.register, &out, arguments.printing.format)?;
    Ok(if sealed.defects.count == 0 { Outcome::Done } else { Outcome::Failed })
}

fn run_verify(arguments: &RegisterVerify) -> Result<Outcome> {
    let columns = columns(&arguments.columns)?;
    let data = Data::open_reading(&arguments.data.data)?;
    let verified = verify(&data, &arguments.seal, &arguments.copy, &columns)?;
    listing::verified(&verified, arguments.printing.format)?;
    output::defects(&verified.compared.defects.kept, verified.compared.defects.count);
    if verified.leaf.is_none() {
        output::note(
            "this seal's root is not in the evidence log here: whoever altered the register may have made it",
        );
    }
    let is_proved = verified.leaf.is_some() && is_same(&verified.compared);
    Ok(if is_proved { Outcome::Done } else { Outcome::Failed })
}

fn run_diff(arguments: &RegisterDiff) -> Result<Outcome> {
    let patch = arguments.patch.as_deref();
    patch.map_or(Ok(()), absent)?;
    let compared = diff(&arguments.before, &arguments.after, &columns(&arguments.columns)?, patch)?;
    listing::compared(&compared, arguments.printing.format)?;
    output::defects(&compared.defects.kept, compared.defects.count);
    Ok(if compared.defects.count == 0 { Outcome::Done } else { Outcome::Failed })
}

fn run_apply(arguments: &RegisterApply) -> Result<Outcome> {
    absent(&arguments.out)?;
    let amended = apply(&arguments.patch, &arguments.before, &columns(&arguments.columns)?, &arguments.out)?;
    output::defects(&amended.defects.kept, amended.defects.count);
    output::note(&format!("{} electors are in {}", amended.rows, arguments.out.display()));
    Ok(if amended.defects.count == 0 { Outcome::Done } else { Outcome::Failed })
}

/// Nothing here is written over.
fn absent(path: &Path) -> Result<()> {
    let text = format!("{} is there already, and is not written over", path.display());
    if path.exists() { Err(BadInput(text).into()) } else { Ok(()) }
}

/// A row that was set aside might be the one that was altered.
const fn is_same(compared: &Compared) -> bool {
    compared.counts.is_same() && compared.defects.count == 0
}

/// The seal's name where none was given.
fn beside(input: &Path) -> PathBuf {
    let mut name = input.as_os_str().to_owned();
    name.push(".seal");
    name.into()
}

/// A mapping file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MappingFile {
    /// From a heading to its field.
    columns: BTreeMap<String, String>,
}

fn columns(arguments: &RegisterColumns) -> Result<Columns> {
    let keys = arguments.key_columns.clone();
    let Some(path) = &arguments.mapping else { return Ok(Columns { keys, ..Columns::default() }) };
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let file: MappingFile =
        toml::from_str(&text).map_err(|error| BadInput(format!("{}: {error}", path.display())))?;
    Ok(Columns { mapping: file.columns, keys })
}
