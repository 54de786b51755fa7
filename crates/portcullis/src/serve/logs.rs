//! The logs that are followed.

use super::stop::Stop;
use crate::config::Config;
use crate::output::{BadInput, note, number_of};
use anyhow::Result;
use runtime::live::Live;
use runtime::watch::live::LiveWatch;
use runtime::watch::log_source::LogSource;
use runtime::watch::rules::{Wanted, load};
use runtime::watch::standing::Standing;
use tokio::task::JoinHandle;

/// Seconds of an hour.
const HOUR_SECS: i64 = 3_600;

/// A started watch.
pub(super) struct Started {
    pub(super) service: Option<JoinHandle<()>>,
    pub(super) standing: Standing,
}

/// Follows the logs of the configuration, if it names some.
pub(super) fn start(config: &Config, live: &Live, stop: &Stop) -> Result<Started> {
    if config.logs.is_empty() {
        return Ok(Started { service: None, standing: Standing::default() });
    }
    let wanted = Wanted {
        paths: config.watch.rules.clone(),
        pipelines: config.watch.pipelines.clone(),
        is_shipped: config.watch.shipped_rules,
    };
    let set =
        load(&wanted).map_err(|error| BadInput(format!("watch.rules: {:#}", anyhow::Error::from(error))))?;
    let broken = set.faults.iter().filter(|fault| fault.is_error).count();
    if broken > 0 {
        note(&format!("{} not in force: see the page Rules", number_of(broken, "rule")));
    }
    let sources = config.logs.iter().map(|(name, logs)| LogSource {
        name: name.clone(),
        path: logs.path.clone(),
        format: logs.format.map(|word| word.0),
        logsource: logs.logsource.clone().map(|words| words.0),
        silent_after_secs: i64::from(logs.silent_after_hours) * HOUR_SECS,
    });
    let watch = LiveWatch::new(live.folder().to_owned(), set, sources.collect());
    let standing = watch.standing();
    let service = super::blocking(live, stop, move |live, stop| watch.run(live, |rest| stop.wait(rest)));
    Ok(Started { service: Some(service), standing })
}
