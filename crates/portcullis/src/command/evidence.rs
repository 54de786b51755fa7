//! `evidence verify`, `evidence show`, `evidence prove`.

use crate::arguments::{Evidence, EvidenceErase, EvidenceProve, EvidenceShow, EvidenceVerify};
use crate::output::{self, BadInput, Outcome, note, plain};
use crate::progress::Bars;
use ::evidence::{LeafIndex, LogReader, Report, Verifier, Witness, verify_with_progress};
use anyhow::{Context, Result};
use runtime::data::{Data, Inspection, inspect, is_data_folder};
use runtime::evidence_log::TileStore;
use runtime::progress::Progress;
use runtime::{clock, erasure};
use serde::Serialize;
use std::path::{Path, PathBuf};
use store::TileFolder;

pub(crate) fn run(verb: &Evidence) -> Result<Outcome> {
    match verb {
        Evidence::Verify(arguments) => verify(arguments),
        Evidence::Show(arguments) => show(arguments),
        Evidence::Prove(arguments) => prove(arguments),
        Evidence::Erase(arguments) => erase(arguments),
    }
}

/// What `evidence verify --format json` prints.
#[derive(Serialize)]
struct VerifyRow {
    accepted: bool,
    entries: u64,
    root: Option<String>,
    faults: Vec<String>,
    /// What was looked at beside the log, where a whole data folder was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<FolderRow>,
}

/// What became of the stores that belong to the log.
#[derive(Serialize)]
struct FolderRow {
    /// Entries whose commitment is opened by what is kept.
    opened: u64,
    /// Entries whose salt or record was erased because its time was over.
    erased: u64,
    /// What is not as it was written, those in `faults` included.
    flaws: u64,
    /// What could not be looked at.
    unchecked: Vec<String>,
}

fn verify(arguments: &EvidenceVerify) -> Result<Outcome> {
    let folder = log_folder(&arguments.log)?;
    let verifier = read_key(arguments.key.as_deref(), &folder)?;
    let witnesses = arguments
        .witness
        .iter()
        .map(|key| Witness::from_vkey(key).map_err(|error| BadInput(format!("--witness: {error}"))));
    let witnesses = witnesses.collect::<Result<Vec<_>, _>>()?;
    let tiles = TileFolder::open_reading(&folder);
    let bars = Bars::default();
    bars.begin("verifying", None);
    let result =
        verify_with_progress(&TileStore(&tiles), &verifier, &witnesses, &mut |done, _| bars.at(done));
    bars.end();
    let mut row = match &result {
        Ok(report) => accepted(report),
        Err(faults) => VerifyRow {
            accepted: false,
            entries: 0,
            root: None,
            faults: faults.iter().map(ToString::to_string).collect(),
            folder: None,
        },
    };
    if folder != arguments.log && is_data_folder(&arguments.log) {
        add_folder(&mut row, inspect(&arguments.log, &verifier, &bars));
    }
    output::rows(arguments.printing.format, std::slice::from_ref(&row), || text(&row))?;
    Ok(if row.accepted { Outcome::Done } else { Outcome::Failed })
}

fn accepted(report: &Report) -> VerifyRow {
    VerifyRow {
        accepted: true,
        entries: report.checkpoint.size.0,
        root: Some(report.checkpoint.root.to_string()),
        faults: Vec::new(),
        folder: None,
    }
}

fn add_folder(row: &mut VerifyRow, found: Inspection) {
    row.accepted &= found.flaw_count == 0;
    row.faults.extend(found.flaws);
    let unnamed = found.flaw_count.saturating_sub(row.faults.len() as u64);
    if unnamed > 0 {
        row.faults.push(format!("and {unnamed} more"));
    }
    row.folder = Some(FolderRow {
        opened: found.opened,
        erased: found.erased,
        flaws: found.flaw_count,
        unchecked: found.unchecked,
    });
}

fn text(row: &VerifyRow) -> String {
    if row.accepted {
        let root = row.root.as_deref().unwrap_or_default();
        return format!(
            "accepted: {}, every hash and the signature hold; root {root}\n{}",
            output::number_of(row.entries, "entry"),
            row.folder.as_ref().map(folder_text).unwrap_or_default()
        );
    }
    let faults: String = row.faults.iter().map(|fault| format!("fault: {fault}\n")).collect();
    // Without its root the log itself was refused.
    let what = match row.root {
        None => "this is not the log that was signed",
        Some(_) => "the log is the one that was signed, and what belongs to it was altered or is damaged",
    };
    format!("REFUSED: {what}\n{faults}")
}

fn folder_text(folder: &FolderRow) -> String {
    let unchecked = folder.unchecked.iter().map(|what| format!("not checked: {what}\n"));
    format!(
        "what belongs to it is as it was written; {} opened by what is kept, {} erased\n{}",
        output::number_of(folder.opened, "commitment"),
        folder.erased,
        unchecked.collect::<String>()
    )
}

/// The log itself, or the log in a data folder.
fn log_folder(path: &Path) -> Result<PathBuf> {
    let inner = path.join("evidence");
    let folder = if inner.join("checkpoint").exists() { inner } else { path.to_owned() };
    if !folder.join("checkpoint").exists() {
        return Err(BadInput(format!(
            "{}: no evidence log: there is no file `checkpoint` in it",
            path.display()
        ))
        .into());
    }
    Ok(folder)
}

fn read_key(given: Option<&str>, folder: &Path) -> Result<Verifier> {
    let text = match given {
        Some(text) if text.contains('+') && !Path::new(text).exists() => text.to_owned(),
        Some(path) if !Path::new(path).exists() => {
            let reason = "neither a file nor a public key, which reads NAME+HASH+KEY as in evidence.vkey";
            return Err(BadInput(format!("--key {}: {reason}", plain(path))).into());
        }
        Some(path) => {
            std::fs::read_to_string(path).map_err(|error| BadInput(format!("--key {path}: {error}")))?
        }
        None => {
            let beside = folder.parent().unwrap_or(folder).join("evidence.vkey");
            note(&format!(
                "key: {} (whoever could write the log could write it too: give --key what you got from elsewhere)",
                beside.display()
            ));
            std::fs::read_to_string(&beside)
                .map_err(|error| BadInput(format!("{}: {error}; give --key", beside.display())))?
        }
    };
    Ok(Verifier::from_vkey(text.trim())
        .map_err(|error| BadInput(format!("the public key cannot be used: {error}")))?)
}

fn show(arguments: &EvidenceShow) -> Result<Outcome> {
    let data = Data::open_reading(&arguments.data.data)?;
    let (tiles, verifier) = (TileStore(&data.store.tiles), Verifier::from_vkey(&data.evidence.vkey())?);
    let reader = LogReader::open(&tiles, &verifier)?;
    let index = check_index(arguments.index, data.evidence.len())?;
    let entry = reader.entry(index)?;
    output::print(&format!("entry      {}\n", plain(&String::from_utf8_lossy(&entry))))?;
    output::print(&disclosure(&data, index, &entry)?)?;
    Ok(Outcome::Done)
}

/// What the entry commits to, if salt and payload are still there and fit.
fn disclosure(data: &Data, index: LeafIndex, entry: &[u8]) -> Result<String> {
    use store::Salts;
    let leaf = model::LeafIndex(index.0);
    let Some(salt) = data.store.salts.get(leaf)? else {
        return Ok("commitment cannot be opened: its salt was erased\n".to_owned());
    };
    let Some(payload) = data.disclosure(leaf)? else {
        return Ok("commitment cannot be opened: its payload is not kept\n".to_owned());
    };
    let value = ::evidence::Value::parse(entry)?;
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let is_opened = value.get("commitment").and_then(|text| text.as_str())
        == Some(hex(&::evidence::commit(&salt, &payload)).as_str());
    let verdict = if is_opened {
        "the commitment is opened by this salt and payload"
    } else {
        "THIS PAYLOAD DOES NOT FIT THE COMMITMENT"
    };
    Ok(format!(
        "salt       {}\npayload    {}\n{verdict}\n",
        hex(&salt),
        plain(&String::from_utf8_lossy(&payload))
    ))
}

fn prove(arguments: &EvidenceProve) -> Result<Outcome> {
    let data = Data::open_reading(&arguments.data.data)?;
    let (tiles, verifier) = (TileStore(&data.store.tiles), Verifier::from_vkey(&data.evidence.vkey())?);
    let reader = LogReader::open(&tiles, &verifier)?;
    let index = check_index(arguments.index, data.evidence.len())?;
    let proof = reader.prove(index).with_context(|| format!("cannot prove entry {}", index.0))?;
    proof
        .check(&reader.entry(index)?, &verifier, &[])
        .context("the proof does not hold: run `portcullis evidence verify`")?;
    output::print(&proof.to_text())?;
    Ok(Outcome::Done)
}

fn erase(arguments: &EvidenceErase) -> Result<Outcome> {
    let before = super::day("--before", &arguments.before)?;
    let mut data = super::folder::open_existing(&arguments.data.data)?;
    let due = erasure::due(&data, before)?;
    let entries = output::number_of(due.len(), "entry");
    if arguments.dry_run {
        output::print(&format!("{entries} before {} can still be opened\n", arguments.before))?;
    } else if due.is_empty() {
        output::print(&format!("nothing before {} is left to erase\n", arguments.before))?;
    } else {
        erasure::erase(&mut data, &due, before, clock::now())?;
        output::print(&format!("{entries} before {} can no longer be opened\n", arguments.before))?;
        note(
            "`portcullis mail erase` erases feature records; copies and backups of the folder are yours to erase",
        );
    }
    Ok(Outcome::Done)
}

fn check_index(index: u64, entries: u64) -> Result<LeafIndex> {
    if index >= entries {
        return Err(
            BadInput(format!("there is no entry {index}: the log has {entries}, counted from 0")).into()
        );
    }
    Ok(LeafIndex(index))
}
