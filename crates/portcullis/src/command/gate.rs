//! `gate config`: what stands elsewhere so that the filter works, in the mail server's files and in DNS.

use crate::arguments::{ConfigFile, Gate, GateConfig};
use crate::config::Config;
use crate::output::{BadInput, Outcome, print};
use anyhow::{Context, Result};
use gate::milter::{Snippet, postfix};
use std::time::Duration;

pub(crate) fn run(verb: &Gate) -> Result<Outcome> {
    let Gate::Config(config) = verb;
    match config {
        GateConfig::Postfix(file) => postfix_lines(file),
        GateConfig::Arc(file) => arc_record(file),
    }
}

fn postfix_lines(file: &ConfigFile) -> Result<Outcome> {
    let config = Config::read(&file.config)?;
    let unset = || BadInput(format!("milter.listen is not set in {}", file.config.display()));
    let listen = config.milter.listen.clone().with_context(unset)?.into();
    let snippet = Snippet {
        listen: &listen,
        deadline: Duration::from_secs(config.judging.deadline_seconds.into()),
        authserv_id: &config.milter.authserv_id,
    };
    print(&postfix(&snippet))?;
    Ok(Outcome::Done)
}

fn arc_record(file: &ConfigFile) -> Result<Outcome> {
    let config = Config::read(&file.config)?;
    let unset = || BadInput(format!("milter.arc is not set in {}", file.config.display()));
    let arc = config.milter.arc.with_context(unset)?;
    print(&format!("{}\n", arc.read_key()?.dns_record(&arc.domain, &arc.selector)))?;
    Ok(Outcome::Done)
}
