//! Letters that somebody should know of, counted without reading them.

use super::{DUE, LETTERS, Letter, State};
use crate::data::Data;
use crate::measure::Result;
use anyhow::Context;
use model::EventTime;
use model::limit::OUTBOX_OPEN_MAX;
use store::{Batch, Records};

/// Since when letters are held or given up, by letter.
const STUCK: &str = "outbox.stuck";
/// How the keys of held letters begin; those of the others do not.
const HELD: &str = "held/";
const GIVEN_UP: &str = "given-up/";

/// How many letters do not come to their readers by themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Trouble {
    /// Those that wait for their time.
    pub waiting: u64,
    /// Since when the first of them waits.
    pub waiting_since: Option<EventTime>,
    /// Warnings that may have been sent: a person says whether they arrived.
    pub held: u64,
    /// Those that were given up.
    pub given_up: u64,
    /// Since when the first of these is held or given up.
    pub stuck_since: Option<EventTime>,
}

/// Counts all of them, of each kind up to [`OUTBOX_OPEN_MAX`].
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn trouble(data: &Data) -> Result<Trouble> {
    let due = data.store.records.scan(DUE, None, OUTBOX_OPEN_MAX)?;
    let first =
        due.first().map(|(_, id)| LETTERS.get(data, &String::from_utf8_lossy(id))).transpose()?.flatten();
    let waiting_since = first.map(|letter| letter.created_at);
    let mut trouble = Trouble { waiting: due.len() as u64, waiting_since, ..Trouble::default() };
    for (prefix, count) in [(HELD, &mut trouble.held), (GIVEN_UP, &mut trouble.given_up)] {
        let rows = data.store.records.scan(STUCK, Some(prefix), OUTBOX_OPEN_MAX)?;
        for (_, since) in rows.iter().take_while(|(key, _)| key.starts_with(prefix)) {
            let since = str::from_utf8(since).ok().and_then(|since| since.parse().ok()).map(EventTime);
            let since = since.with_context(|| format!("a record of {STUCK} is damaged"))?;
            *count += 1;
            trouble.stuck_since = Some(trouble.stuck_since.map_or(since, |first| first.min(since)));
        }
    }
    Ok(trouble)
}

/// Adds to a batch whether a letter is stuck.
pub(super) fn note(batch: &mut Batch, letter: &Letter) {
    for (prefix, state) in [(HELD, State::Held), (GIVEN_UP, State::GivenUp)] {
        let key = format!("{prefix}{}", letter.id);
        if letter.state == state {
            batch.put(STUCK, &key, letter.since.0.to_string());
        } else {
            batch.delete(STUCK, &key);
        }
    }
}
