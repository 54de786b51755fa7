//! `watch scan`, `watch rules ...`.

mod explain;
mod rules;
mod scan;
mod test;

use crate::arguments::Watch;
use crate::output::Outcome;
use anyhow::Result;

pub(crate) fn run(verb: &Watch) -> Result<Outcome> {
    match verb {
        Watch::Scan(arguments) => scan::run(arguments),
        Watch::Rules(verb) => rules::run(verb),
    }
}
