//! Log lines on standard error: events with fields, for people or for machines. No field is personal data.

use crate::config::{Log, LogFormat};
use crate::output::BadInput;
use anyhow::Result;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

/// Starts to write log lines.
pub(super) fn start(log: &Log) -> Result<()> {
    let filter: Targets = log.filter.parse().map_err(|_| {
        BadInput(format!("log.filter: `{}` is no filter; try \"info\" or \"info,gate=debug\"", log.filter))
    })?;
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let lines = match log.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).try_init()?;
    Ok(())
}
