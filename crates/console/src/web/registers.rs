//! Registers: what is sealed and supplied, and asking one question.

use super::form::Fields;
use crate::error::Failure;
use crate::page::Notice;
use crate::page::registers::{CanaryView, RegistersView, SupplyView, VersionView, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use model::{Actor, EventTime, LeafIndex, Role};
use runtime::clock::parse_rfc3339;
use runtime::data::Data;
use runtime::register::{self, LookupError, PlantedRow, Question, SupplyRow, VersionRow};
use std::sync::Arc;

/// The page.
pub(crate) async fn show(Shared(state): Shared<Arc<State>>, person: Person) -> Result<Markup, Failure> {
    state
        .work(move |state| {
            let data = state.live.data()?;
            let view = view(&data, &person.actor(), state.now())?;
            Ok(render(&view, &state.chrome(&person, &data)?))
        })
        .await
}

fn view(data: &Data, actor: &Actor, now: EventTime) -> Result<RegistersView, Failure> {
    let mut supplies = register::supplies(data, now)?;
    supplies.sort_by_key(|supply| (supply.state != "overdue", supply.state == "destroyed"));
    // That there are canaries is better known to few: who approves decides about them.
    let canaries = actor.has(Role::Approver).then(|| register::planted(data)).transpose()?;
    Ok(RegistersView {
        versions: register::versions(data)?.into_iter().map(version).collect(),
        supplies: supplies.into_iter().map(supply).collect(),
        canaries: canaries.map(|rows| rows.into_iter().map(canary).collect()),
        may_ask: actor.has(Role::Analyst) || actor.has(Role::Approver),
    })
}

fn version(row: VersionRow) -> VersionView {
    let VersionRow { register, sealed, electors, root, has_index, evidence } = row;
    let sealed = time(&sealed);
    VersionView { register, sealed, electors, root, has_index, evidence: LeafIndex(evidence) }
}

fn supply(row: SupplyRow) -> SupplyView {
    let SupplyRow { id, register, recipient, ground, until, state, evidence, .. } = row;
    SupplyView { id, register, recipient, ground, until: time(&until), state, evidence: LeafIndex(evidence) }
}

fn canary(row: PlantedRow) -> CanaryView {
    let PlantedRow { register, recipient, electors, canaries, .. } = row;
    CanaryView { register, recipient, electors, canaries }
}

/// Times that we wrote ourselves; what is damaged shows as the beginning of time.
fn time(text: &str) -> EventTime {
    parse_rfc3339(text).unwrap_or(EventTime(0))
}

/// Asks, and tells the answer on top of the page.
pub(crate) async fn ask(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    fields: Fields,
) -> Result<Response, Failure> {
    let (now, by) = (state.now(), person.actor().account.0);
    let on = match fields.get("on") {
        "" => now,
        day => parse_rfc3339(&format!("{day}T23:59:59Z"))
            .ok_or_else(|| Failure::Invalid("the day is none".into()))?,
    };
    let notice = state.work(move |state| {
        let question = Question {
            register: fields.get("register"),
            name: fields.get("name"),
            postcode: fields.get("postcode"),
            address: fields.get("address"),
            on,
            purpose: fields.get("purpose"),
        };
        match register::ask(&mut *state.live.data()?, &question, &by, now) {
            Ok(row) => Ok(Notice::Done(format!(
                "{} in {} as sealed {}. The question is entry {} of the evidence log.",
                row.answer, row.register, row.version, row.evidence
            ))),
            Err(LookupError::Store(error)) => Err(Failure::Internal(error)),
            Err(refused) => Ok(Notice::Refused(refused.to_string())),
        }
    });
    state.sessions.leave(&person.session_id, notice.await?);
    Ok(Redirect::to("/registers").into_response())
}
