//! One file a part; each command opens the data, calls `runtime`, and prints.

mod campaign;
mod case;
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
mod register;
mod report;
mod watch;

use crate::arguments::{Arguments, Part};
use crate::output::{BadInput, Outcome, plain};
use anyhow::{Context, Result};
use model::{Actor, EventTime, Role};
use runtime::clock;
use std::os::unix::fs::MetadataExt;

/// Runs what was asked for.
pub(crate) fn run(arguments: &Arguments) -> Result<Outcome> {
    match &arguments.part {
        Part::Mail(verb) => mail::run(verb),
        Part::Campaign(verb) => campaign::run(verb),
        Part::Member(verb) => member::run(verb),
        Part::Watch(verb) => watch::run(verb),
        Part::Case(verb) => case::run(verb),
        Part::Register(verb) => register::run(verb),
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

/// Whoever has the shell has the folder; who that is, only the system can tell.
fn shell_actor() -> Result<Actor> {
    let uid = std::fs::metadata("/proc/self").context("cannot tell who asks")?.uid();
    Ok(Actor::new(&format!("uid:{uid}"), [Role::Analyst]))
}
