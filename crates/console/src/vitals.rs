//! How the house does, as machines are told: figures, readiness and the interface say the same.

use crate::footprint::free_bytes;
use crate::page::health::{SensorRow, SensorState};
use crate::state::State;
use model::EventTime;
use runtime::live::Health;
use runtime::watch::standing::SourceRow;

/// How the house does now.
pub(crate) struct Vitals {
    pub(crate) now: EventTime,
    pub(crate) health: Health,
    /// Sessions of people.
    pub(crate) sessions: usize,
    /// Space left on the disk of the data folder; `None` before that is known.
    pub(crate) free_bytes: Option<u64>,
    /// Where mail comes from, in the order of the configuration.
    pub(crate) sensors: Vec<Sensor>,
    /// Logs that are followed, in the order of the configuration.
    pub(crate) sources: Vec<SourceRow>,
}

/// A sensor. Its name is the operator's, and may be a person's: it is called by its kind and a number.
pub(crate) struct Sensor {
    pub(crate) name: String,
    pub(crate) is_failing: bool,
    pub(crate) last: Option<EventTime>,
}

impl Vitals {
    /// Asks everybody. Nothing here waits for the data folder: a house that is busy with it still says how it does.
    pub(crate) fn of(state: &State) -> Self {
        Self {
            now: state.now(),
            health: state.live.health(),
            sessions: state.sessions.len(),
            free_bytes: free_bytes(state.live.folder()),
            sensors: numbered(&state.sensors()),
            sources: state.logs().sources,
        }
    }

    /// Seconds since the last group commit.
    pub(crate) fn commit_age_secs(&self) -> Option<i64> {
        self.health.last_commit.map(|at| self.now.secs_since(at))
    }
}

fn numbered(rows: &[SensorRow]) -> Vec<Sensor> {
    let number = |at: usize, kind: &str| rows.iter().take(at + 1).filter(|row| row.kind == kind).count();
    let sensors = rows.iter().enumerate().map(|(at, row)| Sensor {
        name: format!("{}-{}", row.kind, number(at, &row.kind)),
        is_failing: row.state == SensorState::Failing,
        last: row.last,
    });
    sensors.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sensors_are_called_by_kind_and_number() {
        let row = |name: &str, kind: &str| SensorRow {
            name: name.into(),
            kind: kind.into(),
            state: SensorState::Working,
            last: None,
            about: String::new(),
        };
        let rows = [row("the member's", "imap"), row("postfix", "milter"), row("another", "imap")];
        let names: Vec<String> = numbered(&rows).into_iter().map(|sensor| sensor.name).collect();
        assert_eq!(names, ["imap-1", "milter-1", "imap-2"]);
    }
}
