//! `exercise write`, `exercise run`, `exercise bench`.

mod bench;
mod electors;
mod folder;
mod intruder;
mod story;
mod truth;

use crate::arguments::{Exercise, ExerciseRun, ExerciseWrite};
use crate::output::{BadInput, Outcome, note, print};
use crate::progress::Bars;
use ::exercise::{Plan, Summary as Written, Variant};
use anyhow::{Context, Result};
use runtime::clock;
use runtime::data::Data;
use runtime::detect::Settings;
use runtime::progress::Progress;
use runtime::scan::{Scan, Summary, scan};
use runtime::source;
use std::path::Path;

pub(crate) fn run(verb: &Exercise) -> Result<Outcome> {
    match verb {
        Exercise::Write(arguments) => write(arguments),
        Exercise::Run(arguments) => tell(arguments),
        Exercise::Bench(arguments) => bench::run(arguments),
    }
}

fn write(arguments: &ExerciseWrite) -> Result<Outcome> {
    let mut plan = Plan::lantern(arguments.seed);
    if let Some(text) = &arguments.variant {
        plan = Plan::of_variant(arguments.seed, parse(text)?);
    }
    if let Some(mails) = arguments.mails {
        plan.scale.lawful_mails = mails as usize;
    }
    folder::check_empty(&arguments.folder)?;
    let written = write_to(&plan, &arguments.folder)?;
    note(&format!(
        "{} lawful and {} hostile mails in {}",
        written.lawful_mails,
        written.hostile_mails,
        arguments.folder.display()
    ));
    Ok(Outcome::Done)
}

fn parse(text: &str) -> Result<Variant> {
    Ok(Variant::parse(text).map_err(|error| BadInput(format!("--variant {text}: {error}")))?)
}

fn write_to(plan: &Plan, target: &Path) -> Result<Written> {
    let bars = Bars::default();
    bars.begin("writing", None);
    let written = ::exercise::write(plan, &mut folder::Folder::new(target, &bars))
        .with_context(|| format!("cannot write {}", target.display()));
    bars.end();
    written
}

/// `make run`: the exercise through the same code as real mail, and its story.
fn tell(arguments: &ExerciseRun) -> Result<Outcome> {
    folder::clear(&arguments.folder)?;
    let (input, state) = (arguments.folder.join("input"), arguments.folder.join("data"));
    note(&format!("writing exercise LANTERN (everything in it is invented) to {}", input.display()));
    let written = write_to(&Plan::lantern(arguments.seed), &input)?;
    intruder::write(arguments.seed, &input)?;
    electors::write(arguments.seed, &input)?;
    let mut data = Data::open(&state)?;
    note("reading it as real mail is read: detect, record, correlate");
    let mut summary = scan_folder(&mut data, &input)?;
    let harmless = arguments.folder.join("disarmed");
    let disarmed = disarm_campaigns(&mut data, &summary, &input, &harmless)?;
    summary.findings = runtime::correlate::correlate(&mut data, &read_house(&input)?, &Bars::default())?;
    note("reading its logs as real logs are read: match, correlate, join to cases");
    let seen = intruder::read(&mut data, &input)?;
    print(&story::tell(&mut data, &input, (&written, &seen), &summary, (disarmed, &harmless))?)?;
    drop(data);
    if arguments.console {
        crate::serve::exercise(&state)?;
    }
    Ok(Outcome::Done)
}

fn read_house(input: &Path) -> Result<mail::member::House> {
    Ok(source::members(&input.join("members.csv"))?.0)
}

/// Scans what the exercise wrote. The truth beside it is not among the paths.
fn scan_folder(data: &mut Data, input: &Path) -> Result<Summary> {
    let members = input.join("members.csv");
    data.keep_house(&std::fs::read(&members)?)?;
    let boxes = ["mail", "all.mbox"].map(|name| input.join(name));
    let work = Scan {
        paths: boxes.into_iter().filter(|path| path.exists()).collect(),
        proxy_logs: vec![input.join("proxy.log")],
        settings: Settings {
            house: read_house(input)?.into(),
            trusted_authserv_ids: Vec::new(),
            resolver: runtime::resolver::Resolver::offline().into(),
            now: clock::now(),
            wants_rows: false,
        },
    };
    scan(data, &work, None, &Bars::default())
}

/// Writes every mail of a campaign of concern without its loads to `harmless`, under the name that it has in `input`, which
/// stays as it was sent so that it can be scanned again. The originals are sealed first.
fn disarm_campaigns(data: &mut Data, summary: &Summary, input: &Path, harmless: &Path) -> Result<u64> {
    let of_concern = summary.findings.campaigns.iter().filter(|campaign| campaign.concern);
    let records: Vec<_> = of_concern.flat_map(|campaign| summary.findings.records_of(&campaign.id)).collect();
    let bars = Bars::default();
    bars.begin("disarming", Some(records.len() as u64));
    let mut count = 0;
    for ordinal in records {
        let path = std::path::PathBuf::from(runtime::intake::read(data, ordinal)?.source);
        let original = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let (disarmed, _) = runtime::disarm::disarm(data, &original)?;
        let target = harmless.join(path.strip_prefix(input).unwrap_or(&path));
        write_file(&target, &disarmed.message)
            .with_context(|| format!("cannot write {}", target.display()))?;
        count += 1;
        bars.at(count);
    }
    bars.end();
    Ok(count)
}

fn write_file(target: &Path, bytes: &[u8]) -> std::io::Result<()> {
    target.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    std::fs::write(target, bytes)
}
