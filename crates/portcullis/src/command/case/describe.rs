//! Cases as text for a person.

use crate::output::{self, plain};
use runtime::clock::rfc3339;
use runtime::watch::document::SightingDocument;
use runtime::watch::row::{CaseHeadRow, CaseRow, ClockRow};
use std::collections::BTreeSet;
use std::fmt::Write;
use watch::case::EntityKind;
use watch::case::docket::OPENING_LEVEL;
use watch::sigma::rule::Level;

/// Columns before what is said of a case.
const NAME_COLUMNS: usize = 13;

/// Cases, a line each.
pub(super) fn table(cases: &[CaseHeadRow]) -> String {
    if cases.is_empty() {
        return "no case\n".to_owned();
    }
    let mut table = output::table(&["case", "status", "what", "first, last", "sightings"]);
    for case in cases {
        let open = match case.open_questions.len() {
            0 => String::new(),
            count if case.status == "open" => {
                format!("\n{} open", output::number_of(count as u64, "question"))
            }
            _ => String::new(),
        };
        let what = format!("{}\n{}", plain(&case.title), plain(&case.entities.join(", ")));
        table.add_row([
            case.id.clone(),
            format!("{}\n{}", case.status, case.level),
            what + &open,
            format!("{}\n{}", short(&case.first), short(&case.last)),
            case.sightings.to_string(),
        ]);
    }
    output::keep_whole(&mut table, &[0, 1, 3, 4]);
    format!("{table}\n")
}

/// A time without its fraction of a second.
fn short(time: &str) -> String {
    match time.split_once('.') {
        Some((seconds, _)) => format!("{seconds}Z"),
        None => time.to_owned(),
    }
}

/// Everything about a case.
pub(super) fn text(row: &CaseRow, wants_all: bool) -> String {
    let case = &row.case;
    let mut text = String::new();
    let mut line = |name: &str, value: &str| text.push_str(&output::paragraph(name, NAME_COLUMNS, value));
    line("case", &case.id);
    line("what", &plain(&row.title));
    line("status", &status(row));
    line("entities", &plain(&entities(row)));
    let techniques: Vec<String> =
        row.techniques.iter().map(|(name, time)| format!("{name} ({})", short(time))).collect();
    line("techniques", &techniques.join(", "));
    // Writing to a string cannot fail.
    let _ = writeln!(text, "\nquestions");
    for (question, stand) in &row.questions {
        text.push_str(&output::paragraph(
            &format!("  {question}"),
            16,
            &plain(&answer(row, question, stand)),
        ));
    }
    let _ = writeln!(text, "\nclocks");
    text.push_str(&clocks(&row.clocks));
    text.push_str(&timeline(row, wants_all));
    text
}

/// What was seen. A server's log names the server in each line, so that lawful life on it joins the case: what is not grave and
/// shares nothing else with what is grave is only counted, unless all is wanted.
fn timeline(row: &CaseRow, wants_all: bool) -> String {
    let is_grave =
        |sighting: &SightingDocument| Level::from_word(&sighting.row.rule.level) >= Some(OPENING_LEVEL);
    let grave = row.timeline.iter().filter(|sighting| is_grave(sighting));
    let named: BTreeSet<(&str, &str)> = grave.flat_map(closely).collect();
    let is_told = |sighting: &&SightingDocument| {
        wants_all || is_grave(sighting) || closely(sighting).any(|entity| named.contains(&entity))
    };
    let mut text = "\ntimeline\n".to_owned();
    row.timeline.iter().filter(is_told).for_each(|sighting| text.push_str(&of_timeline(sighting)));
    let left_out = row.timeline.iter().filter(|sighting| !is_told(sighting)).count() as u64;
    if left_out > 0 {
        let count = output::number_of(left_out, "sighting");
        let words = format!("{count} of level medium on the same hosts, with nothing else in common (--all)");
        text.push_str(&output::paragraph("  ", 2, &words));
    }
    text
}

/// What a sighting is about, without hosts.
fn closely(sighting: &SightingDocument) -> impl Iterator<Item = (&str, &str)> {
    let entities = sighting.entities.iter().filter(|entity| entity.kind != EntityKind::Host.word());
    entities.map(|entity| (entity.kind.as_str(), entity.name.as_str()))
}

fn status(row: &CaseRow) -> String {
    let case = &row.case;
    let mut told = format!("{} ({})", case.status, row.level);
    if let (Some(by), Some(at)) = (&case.ended_by, case.closed_at) {
        let _ = write!(told, " by {} at {}: ", plain(by), rfc3339(model::EventTime(at)));
        told.push_str(&plain(case.conclusion.as_deref().unwrap_or_default()));
    } else if let Some(older) = &case.ended_by {
        let _ = write!(told, " to {older}");
    }
    if case.reopenings > 0 {
        let _ = write!(told, ", opened again {}", output::number_of(u64::from(case.reopenings), "time"));
    }
    told
}

/// Entities that are named; a case may have thousands.
const ENTITIES_MAX: usize = 40;

fn entities(row: &CaseRow) -> String {
    let entities = &row.case.entities;
    let named =
        entities.iter().take(ENTITIES_MAX).map(|seen| format!("{} {}", seen.entity.kind, seen.entity.name));
    let mut named: Vec<String> = named.collect();
    if entities.len() > ENTITIES_MAX {
        named.push(format!("and {} more", entities.len() - ENTITIES_MAX));
    }
    named.join(", ")
}

fn answer(row: &CaseRow, question: &str, stand: &str) -> String {
    let given = row.case.answers.iter().find(|answer| answer.question == question);
    let Some(given) = given else { return stand.to_owned() };
    let by = match &given.accepted_by {
        Some(second) => format!("{} and {second}", given.by),
        None => given.by.clone(),
    };
    let evidence = match given.evidence.is_empty() {
        true => String::new(),
        false => format!(" [{}]", given.evidence.join(", ")),
    };
    format!("{stand}: {}{evidence} ({by}, {})", given.text, rfc3339(model::EventTime(given.at)))
}

/// The clocks of notification.
pub(super) fn clocks(clocks: &[ClockRow]) -> String {
    let told = |clock: &ClockRow| match (&clock.since, &clock.until) {
        (None, _) => "not running: `case aware` starts it".to_owned(),
        (Some(since), Some(until)) => format!("until {until} (running since {since})"),
        (Some(since), None) => format!("running since {since}"),
    };
    clocks
        .iter()
        .map(|clock| {
            output::paragraph("  ", 2, &format!("{} ({}): {}", clock.what, clock.source, told(clock)))
        })
        .collect()
}

fn of_timeline(sighting: &SightingDocument) -> String {
    let row = &sighting.row;
    let entities: Vec<String> =
        sighting.entities.iter().map(|of| format!("{} {}", of.kind, of.name)).collect();
    let name = format!("  {}  ", short(&row.time));
    let words = format!(
        "{} {}: {} [{}, {}; sighting {}, evidence entry {}]",
        row.rule.level,
        row.rule.title,
        entities.join(", "),
        row.source,
        row.position,
        sighting.id,
        sighting.evidence
    );
    output::paragraph(&name, name.chars().count(), &plain(&words))
}
