//! Decisions: what waits for a second person, and what became of the rest.

use super::form::Fields;
use super::judging;
use super::query::{self, Query};
use crate::deciding::{self, Answer};
use crate::error::Failure;
use crate::page::Notice;
use crate::page::decisions::{DecisionView, DecisionsView, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use model::Actor;
use runtime::data::Data;
use runtime::measure::decision::{self, Which};
use runtime::measure::{Decision, Page, Status};
use std::sync::Arc;

/// Decided ones on one page.
const PAGE: usize = 30;

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
            let Page { rows, next } = decision::list(&data, Which::All, after.as_deref(), PAGE)?;
            let closed = rows.into_iter().filter(|decision| decision.status != Status::Proposed).collect();
            let view = DecisionsView {
                open: views(&data, judging::open(&data)?, &actor)?,
                closed: views(&data, closed, &actor)?,
                next: next.map(|after| query::with("/decisions", &[("after", &after)])),
            };
            Ok(render(&view, &state.chrome(&person, &data)?))
        })
        .await
}

fn views(data: &Data, decisions: Vec<Decision>, actor: &Actor) -> Result<Vec<DecisionView>, Failure> {
    decisions.into_iter().map(|decision| judging::view(data, decision, actor)).collect()
}

/// One of the forms of a proposal.
pub(crate) async fn answer(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path((id, answer)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let answer = match answer.as_str() {
        "approve" => Answer::Approve,
        "refuse" => Answer::Refuse(fields.get("reason").to_owned()),
        "withdraw" => Answer::Withdraw,
        _ => return Err(Failure::Missing),
    };
    let actor = person.actor();
    let decided = state.work(move |state| deciding::answer(state, &id, &answer, &actor)).await?;
    let word = decided.status.word();
    state.sessions.leave(&person.session_id, Notice::Done(format!("The proposal is {word}.")));
    Ok(Redirect::to("/decisions").into_response())
}
