//! One file a part; each command opens the data, calls `runtime`, and prints.

mod campaign;
mod config;
mod domain;
mod evidence;
mod exercise;
mod folder;
mod gate;
mod interruption;
mod listing;
mod mail;
mod member;
mod report;

use crate::arguments::{Arguments, Part};
use crate::output::{BadInput, Outcome, plain};
use anyhow::Result;
use model::EventTime;
use runtime::clock;

/// Runs what was asked for.
pub(crate) fn run(arguments: &Arguments) -> Result<Outcome> {
    match &arguments.part {
        Part::Mail(verb) => mail::run(verb),
        Part::Campaign(verb) => campaign::run(verb),
        Part::Member(verb) => member::run(verb),
        Part::Evidence(verb) => evidence::run(verb),
        Part::Report(verb) => report::run(verb),
        Part::Domain(verb) => domain::run(verb),
        Part::Exercise(verb) => exercise::run(verb),
        Part::Init(arguments) => config::init(arguments),
        Part::Config(verb) => config::run(verb),
        Part::Gate(verb) => gate::run(verb),
        Part::Serve(arguments) => crate::serve::run(arguments),
    }
}

/// The beginning of a day, in UTC.
fn day(option: &str, text: &str) -> Result<EventTime> {
    let time = clock::parse_rfc3339(&format!("{text}T00:00:00Z"));
    Ok(time.ok_or_else(|| BadInput(format!("{option} {}: no day such as 2020-01-18", plain(text))))?)
}
