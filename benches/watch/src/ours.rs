//! The measures of our engine.

use crate::events::{self, Shape};
use crate::measure::{cpu_seconds, passes, resident_mb};
use crate::rules;
use std::error::Error;
use std::hint::black_box;
use std::io::Cursor;
use std::path::Path;
use watch::engine::{Engine, Scratch};
use watch::event::{Event, FieldNames};
use watch::format::{Format, LineReader, Read, evtx as event_logs};
use watch::sigma::rule::Rule;
use watch::sigma::rule_set::RuleSet;

/// A time after all events.
pub(crate) const LATEST: model::EventMillis = model::EventMillis(1_795_426_200_000);

/// The rules of these texts.
pub(crate) fn read_rules(texts: &[String]) -> RuleSet {
    let mut set = RuleSet::default();
    for text in texts {
        set.load("rule.yml", text);
    }
    set.finish()
}

/// Reads lines and calls `judge` with each event.
fn each_event(
    lines: &[String],
    names: &FieldNames,
    reader: &mut LineReader,
    mut judge: impl FnMut(&Event<'_>) -> u64,
) -> (u64, u64) {
    let mut counted = 0;
    let mut event = Event::default();
    for line in lines {
        if reader.read(line, names, &mut event) == Ok(Read::Event) {
            counted += judge(&event);
        }
    }
    (lines.len() as u64, counted)
}

/// Reading lines into events that rules could look at, and nothing else.
pub(crate) fn extraction(data: &Path) -> Result<(), Box<dyn Error>> {
    let lines = events::lines(data, Shape::Flat)?;
    let set = read_rules(&rules::texts(data, true)?);
    let mut names = FieldNames::default();
    let engine = Engine::new(&set.rules, &mut names);
    let mut reader = LineReader::new(Format::Json, "", &mut names, LATEST);
    let found =
        passes(|| Ok(each_event(&lines, &names, &mut reader, |event| black_box(event.fields.len() as u64))))?;
    black_box(engine);
    println!("{:.0} events/CPU-s, {} events, {} fields", found.items_a_second, found.items, found.counted);
    Ok(())
}

/// Lines to matches.
pub(crate) fn matching(data: &Path, times: usize, shape: Shape) -> Result<(), Box<dyn Error>> {
    let lines = events::lines(data, shape)?;
    let texts = rules::multiplied(data, times)?;
    let rules: Vec<Rule> = read_rules(&texts).rules;
    drop(texts);
    let before = resident_mb()?;
    let mut names = FieldNames::default();
    let engine = Engine::new(&rules, &mut names);
    let compiled = resident_mb()? - before;
    let mut reader = LineReader::new(Format::Json, "", &mut names, LATEST);
    let mut scratch = Scratch::default();
    let found = passes(|| {
        Ok(each_event(&lines, &names, &mut reader, |event| engine.matches(event, &mut scratch).len() as u64))
    })?;
    println!(
        "{:.0} events/CPU-s, {} rules, {} events, {} matches, {compiled:.0} MB for the engine",
        found.items_a_second,
        rules.len(),
        found.items,
        found.counted
    );
    Ok(())
}

/// What it takes to have all public rules ready.
pub(crate) fn load(data: &Path) -> Result<(), Box<dyn Error>> {
    let texts = rules::texts(data, false)?;
    let empty = resident_mb()?;
    let begun = cpu_seconds()?;
    let set = read_rules(&texts);
    let read = cpu_seconds()?;
    let mut names = FieldNames::default();
    let engine = Engine::new(&set.rules, &mut names);
    let compiled = cpu_seconds()?;
    println!(
        "{} rules from YAML: {:.3} CPU-s, compiled: {:.3} CPU-s, {:.0} MB for rules and engine",
        set.rules.len(),
        read - begun,
        compiled - read,
        resident_mb()? - empty
    );
    black_box(engine);
    Ok(())
}

/// Event log files to matches of all public rules.
pub(crate) fn evtx(data: &Path) -> Result<(), Box<dyn Error>> {
    let logs = events::logs(data)?;
    let set = read_rules(&rules::texts(data, false)?);
    let mut names = FieldNames::default();
    let engine = Engine::new(&set.rules, &mut names);
    let mut reader = LineReader::new(Format::Evtx, "", &mut names, LATEST);
    let mut scratch = Scratch::default();
    let alone = passes(|| over_logs(&logs, &mut |text| text.len() as u64))?;
    println!("{:.0} records/CPU-s by the reader of event logs alone", alone.items_a_second);
    let found = passes(|| {
        over_logs(&logs, &mut |text| {
            let mut event = Event::default();
            match reader.read(text, &names, &mut event) {
                Ok(Read::Event) => engine.matches(&event, &mut scratch).len() as u64,
                _ => 0,
            }
        })
    })?;
    println!(
        "{:.0} records/CPU-s, {} rules, {} records, {} matches",
        found.items_a_second,
        set.rules.len(),
        found.items,
        found.counted
    );
    Ok(())
}

fn over_logs(logs: &[Vec<u8>], take: &mut dyn FnMut(&str) -> u64) -> Result<(u64, u64), Box<dyn Error>> {
    let (mut records, mut counted) = (0, 0);
    for log in logs {
        event_logs::read(Cursor::new(log.as_slice()), &mut |item| {
            if let event_logs::Item::Record { text, .. } = item {
                records += 1;
                counted += take(text);
            }
        })?;
    }
    Ok((records, counted))
}
