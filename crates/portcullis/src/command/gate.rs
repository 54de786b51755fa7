//! `gate config postfix`: the mail server's side of the filter.

use crate::arguments::{Gate, GateConfig};
use crate::config::Config;
use crate::output::{BadInput, Outcome, print};
use anyhow::{Context, Result};
use gate::milter::{Snippet, postfix};
use std::time::Duration;

pub(crate) fn run(verb: &Gate) -> Result<Outcome> {
    let Gate::Config(GateConfig::Postfix(file)) = verb;
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
