//! The sensors that the health page shows.

use super::imap::Mailboxes;
use crate::config::Config;
use console::page::health::{SensorRow, SensorState};
use runtime::live::Live;

/// A sensor that this machine waits at: others come to it.
#[derive(Clone)]
struct Door {
    kind: &'static str,
    name: String,
}

/// Everything that mail comes through, with how it does.
pub(super) fn rows(
    config: &Config,
    live: &Live,
    mailboxes: Mailboxes,
) -> impl Fn() -> Vec<SensorRow> + Send + Sync + 'static {
    let milter = config.milter.listen.clone().map(|listen| Door { kind: "milter", name: listen.into() });
    let dropped = config.drop_folder.path.as_ref();
    let dropped = dropped.map(|path| Door { kind: "drop folder", name: path.display().to_string() });
    let doors: Vec<Door> = milter.into_iter().chain(dropped).collect();
    let live = live.clone();
    move || {
        let health = live.health();
        let state = match (health.is_ready, health.observed) {
            (false, _) => SensorState::Failing,
            (true, 0) => SensorState::Idle,
            (true, _) => SensorState::Working,
        };
        let row = |door: &Door| SensorRow {
            name: door.name.clone(),
            kind: door.kind.to_owned(),
            state,
            last: health.last_commit,
            about: format!("{} recorded since the start, by all sensors", health.observed),
        };
        doors.iter().map(row).chain(mailboxes.rows()).collect()
    }
}
