//! `watch scan`.

use crate::arguments::{Format, WatchScan};
use crate::command::{folder, interruption};
use crate::output::{self, BadInput, Outcome, note, plain};
use crate::progress::Bars;
use ::watch::sigma::rule::Level;
use anyhow::{Context, Result};
use runtime::data::Data;
use runtime::watch::memory::Memory;
use runtime::watch::row::{SightingRow, millis_rfc3339};
use runtime::watch::rules::{self, Wanted};
use runtime::watch::scan::{self, Summary, scan};
use runtime::watch::watcher::Watcher;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

pub(super) fn run(arguments: &WatchScan) -> Result<Outcome> {
    if let Some(path) = arguments.paths.iter().find(|path| path.as_os_str() != "-" && !path.exists()) {
        return Err(BadInput(format!("{}: no such file or folder", path.display())).into());
    }
    let work = scan::WatchScan {
        paths: arguments.paths.clone(),
        format: arguments.input_format.map(|word| word.0),
        logsource: arguments.logsource.clone().map(|words| words.0),
    };
    let wanted = Wanted {
        paths: arguments.rules.clone(),
        pipelines: arguments.pipeline.clone(),
        is_shipped: !arguments.no_shipped,
    };
    let set = rules::load(&wanted).map_err(|error| BadInput(format!("{:#}", anyhow::Error::from(error))))?;
    let broken = set.faults.iter().filter(|fault| fault.is_error).count();
    let mut watcher = Watcher::new(&set);
    drop(set);
    // Without --data the same code works in a folder that is gone afterwards.
    let passing = match arguments.data {
        None => Some(tempfile::tempdir().context("cannot make a temporary folder")?),
        Some(_) => None,
    };
    let kept = arguments.data.as_deref();
    let path = kept.or(passing.as_ref().map(|folder| folder.path())).context("a data folder")?;
    interruption::watch(kept);
    let mut data = folder::open(path)?;
    let mut memory = Memory::open(path)?;
    let summary = print(&mut data, &mut watcher, &mut memory, &work, arguments.printing.format)?;
    output::defects(&summary.defects.kept, summary.defects.count);
    if broken > 0 {
        note(&format!(
            "{} not in force: see `portcullis watch rules check`",
            output::number_of(broken, "rule")
        ));
    }
    if !summary.no_logs.is_empty() {
        note(&no_logs(&summary.no_logs));
    }
    if summary.logs == 0 {
        note("0 logs: nothing that was given is one");
    }
    if arguments.data.is_some() && !summary.cases.is_empty() {
        note("cases: portcullis case list --data DIR, and `case show` with an id");
    }
    if arguments.data.is_none() {
        note("nothing was kept: give --data DIR to keep sightings, cases and what correlations remember");
    }
    Ok(if summary.defects.count == 0 { Outcome::Done } else { Outcome::Failed })
}

fn print(
    data: &mut Data,
    watcher: &mut Watcher,
    memory: &mut Memory,
    work: &scan::WatchScan,
    format: Format,
) -> Result<Summary> {
    let bars = Bars::default();
    match format {
        Format::Jsonl => {
            let mut out = io::BufWriter::with_capacity(1 << 18, io::stdout().lock());
            let mut write = |row: SightingRow| -> Result<()> {
                serde_json::to_writer(&mut out, &row)?;
                Ok(out.write_all(b"\n")?)
            };
            let summary = scan(data, watcher, memory, work, &mut write, &bars)?;
            out.flush()?;
            Ok(summary)
        }
        Format::Json => {
            let mut rows = Vec::new();
            let mut keep = |row| -> Result<()> {
                rows.push(row);
                Ok(())
            };
            let summary = scan(data, watcher, memory, work, &mut keep, &bars)?;
            output::rows(Format::Json, &rows, String::new)?;
            Ok(summary)
        }
        Format::Table => {
            let mut table = Table::default();
            let mut add = |row: SightingRow| -> Result<()> {
                table.add(row);
                Ok(())
            };
            let summary = scan(data, watcher, memory, work, &mut add, &bars)?;
            output::print(&(table.to_text() + &told(&summary)))?;
            Ok(summary)
        }
    }
}

/// What a scan did, in a few lines.
fn told(summary: &Summary) -> String {
    let mut text = format!(
        "{} in {}",
        output::number_of(summary.events, "event"),
        output::number_of(summary.logs, "log")
    );
    if let Some((first, last)) = summary.period {
        text.push_str(&format!(", from {} to {}", millis_rfc3339(first), millis_rfc3339(last)));
    }
    text.push_str(&format!("\n{}", output::number_of(summary.sighting_count(), "sighting")));
    if summary.known > 0 {
        text.push_str(&format!(", of which {} were known", summary.known));
    }
    let cases: Vec<String> = summary.cases.iter().take(CASES_NAMED_MAX).map(ToString::to_string).collect();
    if !cases.is_empty() {
        let more = summary.cases.len().saturating_sub(cases.len());
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        text.push_str(&format!(" in {}{more}", cases.join(", ")));
    }
    text.push('\n');
    if summary.without_time > 0 {
        text.push_str(&format!(
            "{} without a time: correlations leave them out\n",
            output::number_of(summary.without_time, "event")
        ));
    }
    text
}

/// Files that are no logs, of which some are named.
fn no_logs(files: &[String]) -> String {
    let named: Vec<String> = files.iter().take(NO_LOGS_NAMED_MAX).map(|name| plain(name)).collect();
    let more = files.len().saturating_sub(named.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let are = if files.len() == 1 { "is no log" } else { "are no logs" };
    format!(
        "{} in folders {are} in a format that is known, such as {}{more}: name one by itself with --input-format to read it",
        output::number_of(files.len(), "file"),
        named.join(", ")
    )
}

/// Files that are named as no logs.
const NO_LOGS_NAMED_MAX: usize = 3;
/// Cases that are named in a line.
const CASES_NAMED_MAX: usize = 5;

/// Sightings gathered by rule: the gravest first, with the first and last time of each.
#[derive(Default)]
struct Table(BTreeMap<(Reverse<Option<Level>>, String), Line>);

struct Line {
    count: u64,
    first: String,
    last: String,
    example: String,
}

impl Table {
    fn add(&mut self, row: SightingRow) {
        let key = (Reverse(Level::from_word(&row.rule.level)), row.rule.title);
        let file = row.source.rsplit('/').next().unwrap_or(&row.source);
        let place = format!("{file} {}", row.position);
        let line = self.0.entry(key).or_insert_with(|| Line {
            count: 0,
            first: row.time.clone(),
            last: row.time.clone(),
            example: place,
        });
        line.count += 1;
        if row.time < line.first {
            line.first.clone_from(&row.time);
        }
        if row.time > line.last {
            line.last = row.time;
        }
    }

    fn to_text(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let mut table = output::table(&["level", "rule", "count", "first and last", "for example"]);
        for ((level, title), line) in &self.0 {
            let level = level.0.map_or("", Level::word).to_owned();
            let day = |time: &str| time.get(..16).unwrap_or(time).replace('T', " ");
            table.add_row([
                level,
                plain(title),
                line.count.to_string(),
                if line.count == 1 {
                    day(&line.first)
                } else {
                    format!("{}\n{}", day(&line.first), day(&line.last))
                },
                plain(&line.example),
            ]);
        }
        format!("{table}\n")
    }
}
