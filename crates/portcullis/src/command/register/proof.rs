//! `register prove`, `register disclose`, `register certificate`, `register check`.

use super::{absent, columns, listing};
use crate::arguments::{RegisterCertificate, RegisterCheck, RegisterProve};
use crate::output::{self, BadInput, Outcome};
use anyhow::Result;
use runtime::clock;
use runtime::data::Data;
use runtime::register::{Certifying, Proving, certify, check_certificate, check_proof, is_proof, prove};
use std::path::{Path, PathBuf};

/// A proof that shows these fields.
pub(super) fn run_prove(arguments: &RegisterProve, fields: &[String]) -> Result<Outcome> {
    let out = arguments.out.clone().unwrap_or_else(|| beside(&arguments.seal, &arguments.elector));
    absent(&out)?;
    let columns = columns(&arguments.columns)?;
    let data = Data::open_reading(&arguments.data.data)?;
    let proving = Proving {
        elector: &arguments.elector,
        fields,
        seal: &arguments.seal,
        inputs: &arguments.inputs,
        columns: &columns,
        out: &out,
    };
    prove(&data, &proving)?;
    output::note(&format!("the proof for elector {} is in {}", arguments.elector, out.display()));
    Ok(Outcome::Done)
}

/// The proof's name where none was given.
fn beside(seal: &Path, elector: &str) -> PathBuf {
    let plain: String = elector.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let mut name = seal.as_os_str().to_owned();
    name.push(format!(".{plain}.proof"));
    name.into()
}

pub(super) fn run_certificate(arguments: &RegisterCertificate) -> Result<Outcome> {
    absent(&arguments.out)?;
    let columns = columns(&arguments.columns)?;
    let mut data = Data::open(&arguments.data.data)?;
    let certifying = Certifying {
        from: &arguments.from,
        to: &arguments.to,
        notices: &arguments.notices,
        columns: &columns,
        out: &arguments.out,
    };
    let certified = certify(&mut data, &certifying, clock::now())?;
    output::defects(&certified.defects.kept, certified.defects.count);
    listing::certificate(certified.totals, &certified.open, arguments.printing.format)?;
    let is_complete = certified.totals.is_complete() && certified.defects.count == 0;
    Ok(if is_complete { Outcome::Done } else { Outcome::Failed })
}

pub(super) fn run_check(arguments: &RegisterCheck) -> Result<Outcome> {
    if is_proof(&arguments.file)? {
        return run_check_proof(arguments);
    }
    let (Some(from), Some(to)) = (&arguments.from, &arguments.to) else {
        let text = "this is no proof; a certificate is checked with both seals: --from and --to";
        return Err(BadInput(format!("{}: {text}", arguments.file.display())).into());
    };
    let (checked, open) = check_certificate(&arguments.file, from, to)?;
    listing::certificate(checked.totals, &open, arguments.printing.format)?;
    Ok(if checked.totals.is_complete() { Outcome::Done } else { Outcome::Failed })
}

fn run_check_proof(arguments: &RegisterCheck) -> Result<Outcome> {
    let proof = check_proof(&arguments.file)?;
    listing::proof(&proof, arguments.printing.format)?;
    match &arguments.root {
        Some(root) if *root != proof.summary.root.to_string() => {
            output::note("the proof leads to another root");
            return Ok(Outcome::Failed);
        }
        Some(_) => {}
        None => output::note(
            "whoever made the proof may have made the root: compare it with the evidence log, and name it with --root",
        ),
    }
    Ok(Outcome::Done)
}
