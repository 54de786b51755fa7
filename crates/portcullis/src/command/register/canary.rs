//! `register canary plant`, `register canary trace`, `register canary list`.

use super::{absent, columns, listing::one};
use crate::arguments::{CanaryList, CanaryPlant, CanaryTrace, RegisterCanary};
use crate::output::{self, Outcome, number_of, plain, table};
use anyhow::Result;
use register::canary::{Accusation, Plan};
use runtime::clock;
use runtime::data::Data;
use runtime::register::{Copy, PlantedRow, Traced, beside, fresh_seed, plant, planted, trace};
use serde::Serialize;

pub(super) fn run(verb: &RegisterCanary) -> Result<Outcome> {
    match verb {
        RegisterCanary::Plant(arguments) => run_plant(arguments),
        RegisterCanary::Trace(arguments) => run_trace(arguments),
        RegisterCanary::List(arguments) => run_list(arguments),
    }
}

/// A planted copy as JSON.
#[derive(Serialize)]
struct CopyRow<'a> {
    register: &'a str,
    recipient: &'a str,
    electors: u64,
    canaries: u64,
    /// Place of its entry in the evidence log.
    entry: u64,
    copy: String,
}

fn run_plant(arguments: &CanaryPlant) -> Result<Outcome> {
    let columns = columns(&arguments.columns)?;
    let out = arguments.out.clone().unwrap_or_else(|| beside(&arguments.input, &arguments.copy));
    absent(&out)?;
    let mut data = Data::open(&arguments.data)?;
    let CanaryPlant { leak_rate, confidence, colluders, .. } = *arguments;
    let copy = Copy {
        input: &arguments.input,
        register: &arguments.register,
        columns: &columns,
        recipient: &arguments.copy,
        plan: Plan { leak_rate, confidence, colluders },
        out: &out,
    };
    let made = plant(&mut data, &copy, fresh_seed()?, clock::now())?;
    let row = CopyRow {
        register: &arguments.register,
        recipient: &arguments.copy,
        electors: made.planting.electors,
        canaries: made.planting.canaries,
        entry: made.leaf.0,
        copy: out.display().to_string(),
    };
    one(arguments.printing.format, &row, || {
        format!(
            "copy of {} for {}: {} and {}, entry {} of the evidence log\nin {}\n",
            plain(row.register),
            plain(row.recipient),
            number_of(row.electors, "elector"),
            output::number_of_kind(row.canaries, "canary", "canaries"),
            row.entry,
            plain(&row.copy)
        )
    })?;
    Ok(Outcome::Done)
}

/// A traced leak as JSON.
#[derive(Serialize)]
struct TraceRow {
    rows: u64,
    canaries: u64,
    entry: u64,
    copies: Vec<AccusedRow>,
}

/// What speaks against a copy, as JSON.
#[derive(Serialize)]
struct AccusedRow {
    recipient: String,
    named: bool,
    /// Canaries seen that no other copy has.
    own: u64,
    /// Chance that a copy which did not take part fits as well, at most.
    chance: f64,
}

fn run_trace(arguments: &CanaryTrace) -> Result<Outcome> {
    let mut data = Data::open_existing(&arguments.data.data)?;
    let traced = trace(&mut data, &arguments.register, &arguments.leak, clock::now())?;
    let row = trace_row(traced);
    one(arguments.printing.format, &row, || told(&row))?;
    Ok(Outcome::Done)
}

fn trace_row(traced: Traced) -> TraceRow {
    let accused = |(recipient, accusation): (String, Accusation)| AccusedRow {
        recipient,
        named: accusation.is_named(),
        own: accusation.own as u64,
        chance: accusation.bound,
    };
    let copies = traced.copies.into_iter().map(accused).collect();
    TraceRow { rows: traced.rows, canaries: traced.seen, entry: traced.leaf.0, copies }
}

fn told(row: &TraceRow) -> String {
    let canaries = output::number_of_kind(row.canaries, "canary", "canaries");
    let mut text =
        format!("{canaries} in {}, entry {} of the evidence log\n", number_of(row.rows, "row"), row.entry);
    let named: Vec<&AccusedRow> = row.copies.iter().filter(|copy| copy.named).collect();
    if named.is_empty() {
        text.push_str("no copy is named: too little of any is in it\n");
    }
    for copy in named {
        let why = if copy.own > 0 {
            format!("{} that no other copy has", output::number_of_kind(copy.own, "canary", "canaries"))
        } else {
            format!(
                "it fits the shared canaries as well as chance does once in {:.0e}",
                1.0 / copy.chance.max(1e-99)
            )
        };
        text.push_str(&format!("it comes from the copy for {}: {why}\n", plain(&copy.recipient)));
    }
    text
}

fn run_list(arguments: &CanaryList) -> Result<Outcome> {
    let rows = planted(&Data::open_reading(&arguments.data.data)?)?;
    output::rows(arguments.printing.format, &rows, || listed(&rows))?;
    Ok(Outcome::Done)
}

fn listed(rows: &[PlantedRow]) -> String {
    let mut shown = table(&["register", "recipient", "made", "electors", "canaries"]);
    for row in rows {
        let (electors, canaries) = (row.electors.to_string(), row.canaries.to_string());
        shown.add_row([plain(&row.register), plain(&row.recipient), row.planted.clone(), electors, canaries]);
    }
    format!("{shown}\n")
}
