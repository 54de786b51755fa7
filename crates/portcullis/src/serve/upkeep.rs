//! What becomes due by itself: proposals lapse, holds end, warnings are drafted, and what is over its time is forgotten.

use super::stop::Stop;
use crate::config::Config;
use anyhow::Result;
use gate::imap::Pruning;
use model::time::DAY_SECS;
use runtime::clock;
use runtime::live::Live;
use runtime::measure::{self, Housekeeping, Retention, quarantine};
use std::time::Duration;

/// A draft of a warning is there within a minute, where a quarter of an hour is asked for.
const EVERY: Duration = Duration::from_secs(60);

/// What the upkeep needs to know of the configuration.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    /// Members are sent their lists of quarantined mail only where a relay takes them.
    has_relay: bool,
    retention: Retention,
}

impl Settings {
    pub(super) fn of(config: &Config) -> Self {
        let section = &config.retention;
        let retention =
            Retention { features_days: section.features_days, originals_days: section.originals_days };
        Self { has_relay: config.smtp.relay.is_some(), retention }
    }
}

/// Does what is due once a minute, until it is time to stop.
pub(super) fn run(live: &Live, settings: Settings, stop: &Stop) {
    let mut pruning = Pruning::default();
    loop {
        match keep_up(live, settings, &mut pruning) {
            Ok(done) if done != Housekeeping::default() => tracing::info!(
                name: "upkeep.done",
                lapsed = done.lapsed, holds_ended = done.holds_ended, drafted = done.drafted, expired = done.expired,
                erased_records = done.erased_records, erased_originals = done.erased_originals
            ),
            Ok(_) => {}
            Err(error) => tracing::warn!(name: "upkeep.failed", error = format!("{error:#}")),
        }
        if stop.wait(EVERY) {
            return;
        }
    }
}

fn keep_up(live: &Live, settings: Settings, pruning: &mut Pruning) -> Result<Housekeeping> {
    let (house, now) = (live.house(), clock::now());
    let mut data = live.data()?;
    // First, because members wait for it.
    let done = measure::housekeep(&mut data, &house, settings.retention, now)?;
    // Notes about messages in mailboxes are of use for as long as the messages themselves are known.
    pruning.step(&mut data, now.plus_secs(-i64::from(settings.retention.features_days) * DAY_SECS))?;
    if settings.has_relay {
        quarantine::send_digests(&mut data, &house, now)?;
    }
    Ok(done)
}
