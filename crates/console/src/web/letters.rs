//! Letters: the list, and what an approver says of those that are stuck.

use super::form::Fields;
use super::judging;
use super::query::{self, Query};
use crate::error::Failure;
use crate::page::Notice;
use crate::page::form::Permission;
use crate::page::letters::{LetterRow, LetterState, LettersView, render};
use crate::page::text::{counted, segment};
use crate::settings::Reach;
use crate::state::State;
use crate::visitor::Person;
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use model::{Actor, EventTime, Role};
use runtime::data::Data;
use runtime::measure::outbox::{self, Kind, Letter, Resolution, State as Step, Trouble};
use runtime::measure::{Page, warning};
use std::sync::Arc;

/// Letters on one page.
const PAGE: usize = 50;

/// The page.
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Query(query): Query,
) -> Result<Markup, Failure> {
    let after = query::after(&query);
    state
        .work(move |state| {
            let data = state.live.data()?;
            let actor = person.actor();
            let Page { rows, next } = outbox::list(&data, false, after.as_deref(), PAGE)?;
            let letters = rows.into_iter().map(|letter| row(&data, letter, &actor));
            let view = LettersView {
                letters: letters.collect::<Result<_, _>>()?,
                next: next.map(|after| query::with("/letters", &[("after", &after)])),
            };
            Ok(render(&view, &state.chrome(&person, &data)?))
        })
        .await
}

fn row(data: &Data, letter: Letter, actor: &Actor) -> Result<LetterRow, Failure> {
    let (what, path) = subject(data, &letter)?;
    let is_stuck = matches!(letter.state, Step::Held | Step::GivenUp);
    Ok(LetterRow {
        what,
        path,
        state: match letter.state {
            Step::Queued | Step::Sending => LetterState::Waiting,
            Step::Sent => LetterState::Sent,
            Step::Held => LetterState::InDoubt,
            Step::GivenUp => LetterState::GivenUp,
        },
        since: letter.since,
        attempts: u64::from(letter.attempts),
        resolve: if is_stuck { judging::with_role(actor, &[Role::Approver]) } else { Permission::Absent },
        problem: letter.problem,
        id: letter.id,
    })
}

/// Letters that somebody should know of.
pub(crate) struct Pending {
    pub(crate) waiting: u64,
    pub(crate) in_doubt: u64,
    pub(crate) given_up: u64,
    /// Since when the first of them is as it is.
    pub(crate) since: Option<EventTime>,
}

impl Pending {
    /// # Errors
    /// When the store fails or a record is damaged.
    pub(crate) fn read(data: &Data, reach: Reach) -> Result<Self, Failure> {
        let Trouble { waiting, waiting_since, held, given_up, stuck_since } = outbox::trouble(data)?;
        // Where a relay is configured it is asked again: nobody has to do anything.
        let (waiting, waiting_since) = if reach.has_relay { (0, None) } else { (waiting, waiting_since) };
        let since = waiting_since.into_iter().chain(stuck_since).min();
        Ok(Self { waiting, in_doubt: held, given_up, since })
    }

    /// What to tell a person, a sentence for each kind of trouble.
    pub(crate) fn sentences(&self) -> Vec<String> {
        let told = |count: u64, one: &str, several: &str| {
            (count > 0)
                .then(|| format!("{} {}", counted(count, "letter"), if count == 1 { one } else { several }))
        };
        [
            told(self.waiting, "waits: no relay is configured", "wait: no relay is configured"),
            told(
                self.in_doubt,
                "is in doubt: say whether it arrived",
                "are in doubt: say whether they arrived",
            ),
            told(self.given_up, "was given up", "were given up"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// What a letter is, and the page that tells more.
pub(crate) fn subject(data: &Data, letter: &Letter) -> Result<(String, Option<String>), Failure> {
    Ok(match letter.kind {
        Kind::Warning => match warning::get(data, &letter.about)? {
            Some(warning) => (
                format!("Warning to member {}", warning.member),
                Some(format!("/members/{}", segment(&warning.member))),
            ),
            None => (format!("Warning {}", letter.about), None),
        },
        Kind::Release => (
            format!("Released mail {}", letter.about),
            Some(format!("/quarantine/{}", segment(&letter.about))),
        ),
        Kind::Digest => ("List of what is kept for a member".to_owned(), None),
    })
}

/// Says that one arrived, or that it is to be sent again.
pub(crate) async fn resolve(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path((id, answer)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let (resolution, told) = match answer.as_str() {
        "again" => (Resolution::SendAgain, "It is sent again."),
        "sent" => (Resolution::WasSent, "It is on record that it arrived."),
        _ => return Err(Failure::Missing),
    };
    let (actor, why) = (person.actor(), fields.get("reason").to_owned());
    let resolved = state.work(move |state| {
        Ok(outbox::resolve(&mut *state.live.data()?, &actor, &id, resolution, &why, state.now())?)
    });
    resolved.await?;
    state.sessions.leave(&person.session_id, Notice::Done(told.into()));
    Ok(Redirect::to("/letters").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check((waiting, in_doubt, given_up): (u64, u64, u64), expected: &[&str]) {
        assert_eq!(Pending { waiting, in_doubt, given_up, since: None }.sentences(), expected);
    }

    #[test]
    fn letters_that_are_not_sent_are_told() {
        check((0, 0, 0), &[]);
        check((40, 0, 0), &["40 letters wait: no relay is configured"]);
        check((0, 1, 2), &["1 letter is in doubt: say whether it arrived", "2 letters were given up"]);
    }
}
