//! Measures what correlations remember of very many groups: `cargo run --release -p runtime --example memory FOLDER [GROUPS]`.
//!
//! Each group has a window of 400 days, a value that was seen first, and a time of use: three states, as a rule set of that size
//! would have them. Groups come in an order that has nothing to do with their keys, as accounts and addresses do.

use anyhow::{Context, Result};
use model::EventMillis;
use runtime::watch::memory::{FILE, Memory};
use std::path::{Path, PathBuf};
use std::time::Instant;
use watch::correlation::{Correlator, Offset};
use watch::event::{Event, Field, FieldNames, Value};
use watch::memory::KeyedState;
use watch::sigma::rule_set::RuleSet;

const GROUPS: u64 = 1_000_000;
/// 2021-08-24.
const START: i64 = 1_629_800_000_000;
/// Events are 30 seconds apart, so that a million of them take 347 days.
const STEP: i64 = 30_000;
/// When the windows of the first hundred days are over: 500 days.
const FORGET_AFTER: i64 = 500 * 86_400_000;

const RULES: &str = "
title: Used
name: used
logsource: {product: bench}
detection: {s: {kind: used}, condition: s}
---
title: often
correlation: {type: event_count, rules: [used], group-by: [user], timespan: 400d, condition: {gte: 10}}
---
title: new
correlation: {type: first_seen, rules: [used], group-by: [user], timespan: 400d, condition: {field: ip}}
---
title: back
correlation: {type: recurrence, rules: [used], group-by: [user], gap: 30d, timespan: 400d}
";

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("usage: memory FOLDER [GROUPS]")?);
    let groups = arguments.next().map_or(Ok(GROUPS), |text| text.parse())?;
    let started = Instant::now();
    let alerts = fill(&folder, groups)?;
    row("groups", groups);
    row("alerts", alerts);
    row("events a second, with commits", groups * 1_000 / (started.elapsed().as_millis() as u64).max(1));
    row("CPU seconds", cpu_millis()? / 1_000);
    row("resident memory at most, MB", status("VmHWM:")? / 1_024);
    row("bytes on disk / group", std::fs::metadata(folder.join(FILE))?.len() / groups.max(1));

    let reopened = Instant::now();
    let mut memory = Memory::open(&folder)?;
    let (mut correlator, names) = rules()?;
    observe(&mut correlator, &names, &mut memory, 7, groups)?;
    memory.commit()?;
    row("ready after reopening: one event observed and kept, ms", reopened.elapsed().as_millis() as u64);
    let advanced = Instant::now();
    correlator.advance(&mut memory, EventMillis(START + FORGET_AFTER))?;
    row("first 50,000 of what is over forgotten, ms", advanced.elapsed().as_millis() as u64);
    Ok(())
}

fn fill(folder: &Path, groups: u64) -> Result<u64> {
    let mut memory = Memory::open(folder)?;
    let (mut correlator, names) = rules()?;
    let mut alerts = 0;
    for group in 0..groups {
        alerts += observe(&mut correlator, &names, &mut memory, group, group)?;
        if memory.is_due() {
            memory.commit()?;
        }
    }
    memory.commit()?;
    Ok(alerts)
}

fn rules() -> Result<(Correlator, FieldNames)> {
    let mut set = RuleSet::new(Vec::new());
    set.load("bench.yml", RULES);
    let set = set.finish();
    anyhow::ensure!(set.is_sound(), "{:?}", set.faults);
    let mut names = FieldNames::default();
    let correlator = Correlator::new(&set.rules, &set.correlations, &mut names);
    Ok((correlator, names))
}

/// The event with a number, of a group; answers how many alerts it gave.
fn observe(
    correlator: &mut Correlator,
    names: &FieldNames,
    state: &mut dyn KeyedState,
    group: u64,
    number: u64,
) -> Result<u64> {
    let field = |name, text: String| Field { id: names.id(name), value: Value::Text(text.into()) };
    let event = Event {
        fields: vec![
            field("user", format!("user{group}@house.example")),
            field("ip", format!("192.0.2.{}", group % 250)),
        ],
        time: Some(EventMillis(START + STEP * number.cast_signed())),
        ..Event::default()
    };
    let at = Offset { source: 1, position: number * 300 };
    Ok(correlator.observe(state, 0, &event, at)?.len() as u64)
}

#[expect(clippy::print_stdout, reason = "its table is what a bench is for")]
fn row(what: &str, value: u64) {
    println!("{what:<60} {value:>14}");
}

/// A value in kB of `/proc/self/status`.
fn status(name: &str) -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).context("no such value")?;
    Ok(line.split_whitespace().next().context("no number")?.parse()?)
}

/// What this process used of all cores.
fn cpu_millis() -> Result<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let rest = stat.rsplit(')').next().unwrap_or_default();
    // Times of user and system are the 12th and 13th value behind the name, in hundredths of a second.
    let ticks = rest.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    Ok(ticks * 10)
}
