//! What becomes due by itself: proposals lapse, holds end, warnings are drafted, the quarantine forgets.

use super::stop::Stop;
use anyhow::Result;
use runtime::clock;
use runtime::live::Live;
use runtime::measure::{self, Housekeeping, quarantine};
use std::time::Duration;

/// A draft of a warning is there within a minute, where a quarter of an hour is asked for.
const EVERY: Duration = Duration::from_secs(60);

/// Does what is due once a minute, until it is time to stop. Members are sent their lists of quarantined mail only where a relay
/// takes them.
pub(super) fn run(live: &Live, has_relay: bool, stop: &Stop) {
    loop {
        match keep_up(live, has_relay) {
            Ok(done) if done != Housekeeping::default() => tracing::info!(
                name: "upkeep.done",
                lapsed = done.lapsed, holds_ended = done.holds_ended, drafted = done.drafted, expired = done.expired
            ),
            Ok(_) => {}
            Err(error) => tracing::warn!(name: "upkeep.failed", error = format!("{error:#}")),
        }
        if stop.wait(EVERY) {
            return;
        }
    }
}

fn keep_up(live: &Live, has_relay: bool) -> Result<Housekeeping> {
    let (house, now) = (live.house(), clock::now());
    let mut data = live.data()?;
    if has_relay {
        quarantine::send_digests(&mut data, &house, now)?;
    }
    Ok(measure::housekeep(&mut data, &house, now)?)
}
