//! `mail scan`, `mail disarm`, `mail original`, `mail hunt`, `mail erase`.

use super::listing::Listing;
use super::{folder, interruption};
use crate::arguments::{Format, Mail, MailDisarm, MailErase, MailHunt, MailOriginal, MailScan};
use crate::output::{self, BadInput, Outcome, note, plain};
use crate::progress::Bars;
use ::mail::hunt::Indicator;
use ::mail::member::House;
use anyhow::{Context, Result};
use runtime::data::Data;
use runtime::detect::Settings;
use runtime::hunt::{Hit, hunt};
use runtime::measure::original::{self, Asked};
use runtime::measure::{MeasureError, retention};
use runtime::resolver::Resolver;
use runtime::row::MessageRow;
use runtime::scan::{Scan, Summary, scan};
use runtime::{clock, source};
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use store::StoreError;

pub(crate) fn run(verb: &Mail) -> Result<Outcome> {
    match verb {
        Mail::Scan(arguments) => run_scan(arguments),
        Mail::Disarm(arguments) => run_disarm(arguments),
        Mail::Original(arguments) => run_original(arguments),
        Mail::Hunt(arguments) => run_hunt(arguments),
        Mail::Erase(arguments) => run_erase(arguments),
    }
}

fn run_erase(arguments: &MailErase) -> Result<Outcome> {
    let before = super::day("--before", &arguments.before)?;
    let mut data = folder::open_existing(&arguments.data.data)?;
    let erased = match arguments.dry_run {
        true => retention::due(&data, before)?,
        false => retention::erase(&mut data, before, clock::now())?,
    };
    output::print(&format!(
        "{} and {} recorded before {} {}\n",
        output::number_of(erased.records, "feature record"),
        output::number_of(erased.originals, "sealed original"),
        arguments.before,
        if arguments.dry_run { "would be erased" } else { "were erased" },
    ))?;
    if erased.held > 0 {
        let held = output::number_of(erased.held, "feature record");
        note(&format!("{held} of campaigns of concern are held until two persons dismiss the campaign"));
    }
    if !arguments.dry_run {
        note("copies and backups of the folder are yours to erase");
    }
    Ok(Outcome::Done)
}

/// What the checks of one message may take with `--dns`.
const DNS_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

fn run_scan(arguments: &MailScan) -> Result<Outcome> {
    let missing = arguments
        .paths
        .iter()
        .chain(&arguments.proxy_log)
        .find(|path| path.as_os_str() != "-" && !path.exists());
    if let Some(path) = missing {
        return Err(BadInput(format!("{}: no such file or folder", path.display())).into());
    }
    if arguments.paths.is_empty() && arguments.data.is_none() {
        let reason =
            "--proxy-log without a PATH looks for mail that was recorded before: say where with --data DIR";
        return Err(BadInput(reason.to_owned()).into());
    }
    // Without --data the same code works in a folder that is gone afterwards.
    let passing = if arguments.data.is_none() {
        Some(tempfile::tempdir().context("cannot make a temporary folder")?)
    } else {
        None
    };
    let kept = arguments.data.as_deref();
    let path = kept.or(passing.as_ref().map(|folder| folder.path())).context("a data folder")?;
    interruption::watch(kept);
    let mut data = folder::open(path)?;
    let (house, bad_rows) = match &arguments.members {
        Some(path) => keep_members(&data, path)?,
        None => (data.house()?, 0),
    };
    let settings = Settings {
        house: house.into(),
        trusted_authserv_ids: arguments.trust.clone(),
        resolver: if arguments.dns { Resolver::system(DNS_TIMEOUT)? } else { Resolver::offline() }.into(),
        now: clock::now(),
        wants_rows: true,
    };
    let work = Scan { paths: arguments.paths.clone(), proxy_logs: arguments.proxy_log.clone(), settings };
    let summary = print_scan(&mut data, &work, arguments.printing.format)?;
    output::defects(&summary.defects, summary.defect_count);
    if summary.messages == 0 && !arguments.paths.is_empty() {
        note("0 messages: nothing that was given holds one");
    }
    if arguments.data.is_none() {
        note("nothing was kept: give --data DIR to keep records and evidence");
    }
    Ok(if summary.defect_count + bad_rows == 0 { Outcome::Done } else { Outcome::Failed })
}

/// Reads the list of members and keeps it as it was read, unpacked; answers with the number of rows that were set aside.
fn keep_members(data: &Data, path: &Path) -> Result<(House, u64)> {
    let bad = |error: source::MembersError| BadInput(format!("{:#}", anyhow::Error::from(error)));
    let csv = source::members_csv(path).map_err(bad)?;
    let (house, defects) =
        House::parse(&csv, &path.display().to_string()).map_err(|error| bad(error.into()))?;
    output::defects(&defects, defects.len() as u64);
    data.keep_house(&csv)?;
    Ok((house, defects.len() as u64))
}

fn print_scan(data: &mut Data, work: &Scan, format: Format) -> Result<Summary> {
    let bars = Bars::default();
    match format {
        Format::Table => {
            let mut listing = Listing::default();
            let summary = scan(data, work, Some(&mut listing), &bars)?;
            output::print(&summary_text(&summary, &listing))?;
            Ok(summary)
        }
        Format::Jsonl => {
            scan(data, work, Some(&mut io::BufWriter::with_capacity(1 << 18, io::stdout().lock())), &bars)
        }
        Format::Json => {
            let mut lines = Vec::new();
            let summary = scan(data, work, Some(&mut lines), &bars)?;
            let rows: Vec<MessageRow> =
                serde_json::Deserializer::from_slice(&lines).into_iter().collect::<Result<_, _>>()?;
            output::rows(Format::Json, &rows, String::new)?;
            Ok(summary)
        }
    }
}

fn summary_text(summary: &Summary, listing: &Listing) -> String {
    let [pass, disarm, quarantine] = summary.verdicts;
    let known =
        if summary.known > 0 { format!(" ({} known from before)", summary.known) } else { String::new() };
    let mut text = format!(
        "{}{known}: {pass} pass, {disarm} disarm, {quarantine} quarantine\n",
        output::number_of(summary.messages, "message")
    );
    text.push_str(&listing.to_text());
    let of_concern: Vec<_> = summary.findings.campaigns.iter().filter(|campaign| campaign.concern).collect();
    if of_concern.is_empty() {
        text.push_str("no campaign of concern\n");
    } else {
        text.push_str(&super::campaign::table(&of_concern));
    }
    text
}

fn run_disarm(arguments: &MailDisarm) -> Result<Outcome> {
    let original = read_message(&arguments.file)?;
    let mut data = folder::open(&arguments.data)?;
    let (disarmed, leaf) = runtime::disarm::disarm(&mut data, &original)?;
    match &arguments.out {
        Some(path) => std::fs::write(path, &disarmed.message)
            .with_context(|| format!("cannot write {}", path.display()))?,
        None => io::stdout().lock().write_all(&disarmed.message)?,
    }
    let removed =
        disarmed.removed.iter().map(|load| format!("{} {} {}", load.kind, load.part, plain(&load.url)));
    output::name_some("removed", removed, disarmed.removed.len() as u64);
    disarmed.notes.iter().for_each(|text| note(&format!("note: {text}")));
    note(&format!(
        "{} removed; original sealed in {}, evidence entry {leaf}",
        disarmed.removed.len(),
        arguments.data.display()
    ));
    note(&format!(
        "to get it back: portcullis mail original {} --data {} --purpose TEXT -o FILE",
        ::mail::message::digest(&original),
        arguments.data.display()
    ));
    Ok(Outcome::Done)
}

/// Nothing is written over: it could be what somebody else still needs.
fn run_original(arguments: &MailOriginal) -> Result<Outcome> {
    let mut data = folder::open_existing(&arguments.data.data)?;
    let asked = Asked { message: &arguments.message, purpose: &arguments.purpose };
    let given = original::give_back(&mut data, &super::shell_actor()?, &asked, clock::now());
    let (bytes, leaf) = given.map_err(|error| match error {
        MeasureError::Store(error) => error,
        error => BadInput(error.to_string()).into(),
    })?;
    let path = &arguments.out;
    let created = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    created
        .and_then(|mut file| file.write_all(&bytes))
        .with_context(|| format!("cannot write {}", path.display()))?;
    note(&format!("original written to {}; that it was looked at is evidence entry {leaf}", path.display()));
    note("it is as it was sent: whatever reports its opening is still in it");
    Ok(Outcome::Done)
}

/// The one message that is there, unpacked. What is no message, or several, is refused: disarming would take it for a
/// single text and answer with something that is not what the user sent.
fn read_message(path: &Path) -> Result<Vec<u8>> {
    let bad = |reason: String| anyhow::Error::from(BadInput(reason));
    let mut messages = source::open(&[path.to_owned()]);
    let first = messages.next().ok_or_else(|| bad(format!("{}: holds no message", path.display())))?;
    let message = first.map_err(|defect| bad(defect.to_string()))?;
    if messages.next().is_some() {
        return Err(bad(format!("{}: holds more than one message", path.display())));
    }
    Ok(message.bytes)
}

fn run_hunt(arguments: &MailHunt) -> Result<Outcome> {
    let indicators: Vec<Indicator> = arguments
        .indicators
        .iter()
        .map(|text| text.parse().map_err(|error| BadInput(format!("{error}"))))
        .collect::<Result<_, _>>()?;
    let data = Data::open_reading(&arguments.data.data)?;
    let house = data.house().or_else(without_key)?;
    let mut hits = Vec::new();
    let unread = hunt(&data, &house, &indicators, |hit| {
        hits.push(hit);
        Ok(())
    })?;
    output::rows(arguments.printing.format, &hits, || hits_text(&hits))?;
    output::defects(&unread.kept, unread.count);
    Ok(if unread.count == 0 { Outcome::Done } else { Outcome::Failed })
}

/// A copy that was made without the sealing key still answers, in addresses instead of members.
pub(super) fn without_key(error: anyhow::Error) -> Result<House> {
    match error.downcast_ref() {
        Some(StoreError::Refused { .. }) => {
            note("members are not named: the list of members is sealed, and its key is not here");
            Ok(House::default())
        }
        _ => Err(error),
    }
}

fn hits_text(hits: &[Hit]) -> String {
    if hits.is_empty() {
        return "no recorded message fits\n".to_owned();
    }
    let mut table = output::table(&["time", "from", "to", "subject", "fits", "evidence"]);
    for hit in hits {
        let to = if hit.members.is_empty() { hit.to.join(", ") } else { hit.members.join(", ") };
        let evidence = hit.evidence.map(|leaf| leaf.to_string()).unwrap_or_default();
        table.add_row([
            hit.time.clone(),
            plain(&hit.from),
            plain(&to),
            plain(&hit.subject),
            hit.indicator.clone(),
            evidence,
        ]);
    }
    output::keep_whole(&mut table, &[0, 5]);
    format!("{table}\n{}\n", output::number_of(hits.len(), "message"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: &str = "From: a@b.example\r\nSubject: s\r\n\r\nhello\r\n";

    #[track_caller]
    fn check(content: &[u8], expected: Result<&str, &str>) {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), content).expect("it is written");
        match (read_message(file.path()), expected) {
            (Ok(message), Ok(expected)) => assert_eq!(String::from_utf8_lossy(&message), expected),
            (Err(error), Err(expected)) => {
                assert!(error.is::<BadInput>() && error.to_string().contains(expected), "{error:#}");
            }
            (read, expected) => panic!("{read:?} is not {expected:?}"),
        }
    }

    #[test]
    fn a_message_to_disarm_is_exactly_one() {
        check(LETTER.as_bytes(), Ok(LETTER));
        let separated = format!("From a@b.example Mon Jan 18 09:00:00 2021\r\n{LETTER}");
        check(separated.as_bytes(), Ok(LETTER));
        check(format!("{separated}\r\n{separated}").as_bytes(), Err("more than one message"));
        check(b"", Err("holds no message"));
        check(b"a shopping list\n", Err("neither a message nor a mailbox"));
        check(b"\x1f\x8b\x08\x00cut off", Err("cannot read"));
    }
}
