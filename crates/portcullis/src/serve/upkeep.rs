//! What becomes due by itself: proposals lapse, holds end, warnings are drafted, the quarantine forgets.

use super::stop::Stop;
use runtime::clock;
use runtime::live::Live;
use runtime::measure::{self, Housekeeping};
use std::time::Duration;

/// A draft of a warning is there within a minute, where a quarter of an hour is asked for.
const EVERY: Duration = Duration::from_secs(60);

/// Does what is due once a minute, until it is time to stop.
pub(super) fn run(live: &Live, stop: &Stop) {
    loop {
        let house = live.house();
        let done = live
            .data()
            .map_err(anyhow::Error::from)
            .and_then(|mut data| Ok(measure::housekeep(&mut data, &house, clock::now())?));
        match done {
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
