//! The part of the exercise that is in logs: sign-ins of the assembly, and the servers of the electoral board with an intruder.

use super::folder::Folder;
use crate::progress::Bars;
use ::exercise::{DwellPlan, Entry, write_dwell};
use ::watch::case::{Case, CaseId};
use ::watch::sigma::rule::Level;
use anyhow::{Context, Result};
use model::{Actor, Role};
use runtime::clock;
use runtime::data::Data;
use runtime::progress::Progress;
use runtime::watch::memory::Memory;
use runtime::watch::row::{SightingRow, millis_rfc3339};
use runtime::watch::rules::{self, Wanted};
use runtime::watch::scan::{Summary, WatchScan, scan};
use runtime::watch::watcher::Watcher;
use runtime::watch::{answer, cases};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

/// People at the board, and how much they do: enough to hide an intruder in, and no more than a demonstration can bear.
const STAFF: usize = 20;
const ACTIVITY_PERCENT: usize = 25;
/// The folder of the board's logs.
const BOARD: &str = "board";
/// The rule that joins the mail part with the logs.
const JOINED: &str = "Sign-In from a New Network after Campaign Mail Was Opened";

/// What was seen in logs.
pub(super) struct Seen {
    summary: Summary,
    /// Sightings that are grave enough for a case.
    rows: Vec<SightingRow>,
}

/// Writes the board's logs beside the mail of the exercise.
pub(super) fn write(seed: u64, input: &Path) -> Result<()> {
    let bars = Bars::default();
    let plan =
        DwellPlan { staff: STAFF, activity: ACTIVITY_PERCENT, ..DwellPlan::new(seed, Some(Entry::Query)) };
    bars.begin("writing logs", None);
    let board = input.join(BOARD);
    let written = write_dwell(&plan, &mut Folder::new(&board, &bars));
    bars.end();
    written.with_context(|| format!("cannot write {}", board.display()))?;
    Ok(())
}

/// Scans the logs as real ones, with the shipped rules. The truth beside them is not among the paths.
pub(super) fn read(data: &mut Data, input: &Path) -> Result<Seen> {
    let set = rules::load(&Wanted { is_shipped: true, ..Wanted::default() })?;
    let mut watcher = Watcher::new(&set);
    let mut memory = Memory::open(data.folder())?;
    let paths = vec![input.join("signins.jsonl"), input.join(BOARD).join("logs")];
    let work = WatchScan { paths, ..WatchScan::default() };
    let mut rows = Vec::new();
    let mut keep = |row: SightingRow| {
        if row.case.is_some() {
            rows.push(row);
        }
        Ok(())
    };
    let summary = scan(data, &mut watcher, &mut memory, &work, &mut keep, &Bars::default())?;
    rows.sort_by(|a, b| a.time.cmp(&b.time));
    Ok(Seen { summary, rows })
}

/// Tells what the logs showed.
pub(super) fn tell(text: &mut String, data: &mut Data, input: &Path, seen: &Seen) -> Result<()> {
    writeln!(text, "\nWHO USED WHAT THE OPENINGS TOLD (sign-ins of the assembly)")?;
    for row in seen.rows.iter().filter(|row| row.rule.title == JOINED) {
        let account = row.event.get("account").map_or("", String::as_str);
        let case = row.case.as_deref().unwrap_or_default();
        writeln!(text, "  {}  {account}: a new network after opening campaign mail  {case}", row.time)?;
    }
    let steps = steps(input)?;
    let Some(case) = main_case(data, seen, &steps)? else {
        writeln!(text, "\nINTRUDER\n  no case was opened in the logs of the electoral board")?;
        return Ok(());
    };
    intruder(text, seen, &case)?;
    compared(text, seen, &steps, case.id)?;
    refused(text, data, &case)
}

/// The case that knows most kinds of the intruder's steps.
fn main_case(data: &Data, seen: &Seen, steps: &[Step]) -> Result<Option<Case>> {
    let docket = cases::docket(data)?;
    let ids: BTreeSet<CaseId> = seen.rows.iter().filter_map(SightingRow::case_id).collect();
    let ids: BTreeSet<CaseId> = ids.into_iter().map(|id| docket.current(id)).collect();
    let known = |id: &CaseId| {
        let known = steps.iter().filter(|step| step.first_in(seen, Some(*id)).is_some());
        known.map(|step| &step.step).collect::<BTreeSet<_>>().len()
    };
    Ok(ids.into_iter().max_by_key(known).and_then(|id| docket.case(id).cloned()))
}

fn intruder(text: &mut String, seen: &Seen, case: &Case) -> Result<()> {
    let techniques: Vec<String> = case.techniques().into_iter().map(|(technique, _)| technique).collect();
    writeln!(
        text,
        "\nINTRUDER (logs of the electoral board; {} events in {} logs)",
        seen.summary.events, seen.summary.logs
    )?;
    writeln!(text, "  {}  {}  {}", case.id, case.level().word(), case.title())?;
    writeln!(
        text,
        "  {} sightings from {} to {}",
        case.sightings,
        millis_rfc3339(case.span.first),
        millis_rfc3339(case.span.last)
    )?;
    writeln!(text, "  ATT&CK {}", techniques.join(" "))?;
    Ok(())
}

/// A step of the intruder, as the truth has it.
#[derive(Debug, Deserialize)]
struct Step {
    step: String,
    first: String,
    last: String,
    entities: Vec<String>,
}

fn steps(input: &Path) -> Result<Vec<Step>> {
    let path = input.join(BOARD).join("truth/steps.jsonl");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let parse = |line| serde_json::from_str(line).with_context(|| format!("{}: not a step", path.display()));
    text.lines().map(parse).collect()
}

impl Step {
    /// The first sighting of the step that names one of its entities, in the given case or in any.
    fn first_in<'s>(&self, seen: &'s Seen, case: Option<CaseId>) -> Option<&'s SightingRow> {
        seen.rows.iter().find(|row| {
            self.spans(&row.time) && (case.is_none() || row.case_id() == case) && self.is_named_in(row)
        })
    }

    fn spans(&self, time: &str) -> bool {
        let [time, first, last] = [time, &self.first, &self.last].map(clock::parse_rfc3339);
        time.is_some() && first <= time && time <= last
    }

    fn is_named_in(&self, row: &SightingRow) -> bool {
        let values: Vec<String> = row.event.values().map(|value| value.to_lowercase()).collect();
        self.entities.iter().any(|entity| {
            let entity = entity.to_lowercase();
            values.iter().any(|value| value.contains(&entity))
        })
    }

    /// Seconds until it was seen.
    fn delay(&self, row: &SightingRow) -> Option<i64> {
        Some(clock::parse_rfc3339(&row.time)?.0 - clock::parse_rfc3339(&self.first)?.0)
    }
}

/// The one place that looks at the truth about the logs, after everything was decided.
fn compared(text: &mut String, seen: &Seen, steps: &[Step], main: CaseId) -> Result<()> {
    writeln!(text, "  against the truth of the exercise:")?;
    for same in steps.chunk_by(|one, next| one.step == next.step) {
        compared_kind(text, seen, same, main)?;
    }
    let is_grave = |row: &&SightingRow| Level::from_word(&row.rule.level) >= Some(Level::High);
    let of_board = seen.rows.iter().filter(is_grave).filter(|row| !row.source.ends_with("signins.jsonl"));
    let wrong = of_board.filter(|row| !steps.iter().any(|step| step.spans(&row.time))).count();
    writeln!(text, "    sightings of level high or above while the intruder did nothing: {wrong}")?;
    Ok(())
}

/// Tells of steps of one kind, which follow one another.
fn compared_kind(text: &mut String, seen: &Seen, steps: &[Step], main: CaseId) -> Result<()> {
    let Some(first) = steps.first() else { return Ok(()) };
    let found: Vec<_> = steps
        .iter()
        .filter_map(|step| {
            let row = step.first_in(seen, Some(main)).or_else(|| step.first_in(seen, None))?;
            Some((step.delay(row)?, row.case_id() == Some(main)))
        })
        .collect();
    let joined = found.iter().filter(|(_, is_joined)| *is_joined).count();
    let day = first.first.get(..16).unwrap_or(&first.first).replace('T', " ");
    let kind = match steps.len() {
        1 => first.step.clone(),
        count => format!("{} ({count} times)", first.step),
    };
    let Some(slowest) = found.iter().map(|(delay, _)| *delay).max() else {
        writeln!(text, "    {day}  {kind:<38} not seen")?;
        return Ok(());
    };
    let place = match joined {
        0 => "in another case".to_owned(),
        _ if joined == steps.len() => "in the case".to_owned(),
        _ => format!("{joined} in the case, {} seen", found.len()),
    };
    writeln!(text, "    {day}  {kind:<38} seen after {slowest} s, {place}")?;
    Ok(())
}

/// Somebody wants to close the case as an isolated incident.
fn refused(text: &mut String, data: &mut Data, case: &Case) -> Result<()> {
    let analyst = Actor::new("analyst-1", [Role::Analyst]);
    let conclusion = "EXERCISE: an isolated incident";
    match answer::close(data, &analyst, case.id, conclusion, clock::now()) {
        Err(error) => writeln!(text, "  closing it as an isolated incident is refused: {error}")?,
        Ok(_) => writeln!(text, "  it was closed as an isolated incident")?,
    }
    Ok(())
}
