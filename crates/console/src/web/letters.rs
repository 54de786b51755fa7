//! Letters: the list, and what an approver says of those that are stuck.

use super::form::Fields;
use super::judging;
use super::query::{self, Query};
use crate::error::Failure;
use crate::page::Notice;
use crate::page::form::Permission;
use crate::page::letters::{LetterRow, LetterState, LettersView, render};
use crate::page::text::segment;
use crate::state::State;
use crate::visitor::Person;
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use model::{Actor, Role};
use runtime::data::Data;
use runtime::measure::outbox::{self, Kind, Letter, Resolution, State as Step};
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
    let after = Some(query.get("after").to_owned()).filter(|after| !after.is_empty());
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
