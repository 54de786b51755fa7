//! Warnings: as members' pages show them, holding one back, and saying that it was read.

use super::form::Fields;
use super::{judging, query};
use crate::error::Failure;
use crate::page::Notice;
use crate::page::form::Permission;
use crate::page::text::segment;
use crate::page::warning::{WarningState, WarningView};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use model::limit::MEASURE_PAGE_ROWS_MAX;
use model::{Actor, LeafIndex, Role};
use runtime::data::Data;
use runtime::measure::warning::{self, State as Step, Warning};
use runtime::overview;
use std::sync::Arc;

/// Holds one back.
pub(crate) async fn hold(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let reason = fields.get("reason").to_owned();
    let days: i64 = query::number(fields.get("days"))?;
    let actor = person.actor();
    let held = state.work(move |state| {
        Ok(warning::hold(&mut *state.live.data()?, &actor, &id, &reason, days, state.now())?)
    });
    let back = format!("/members/{}", segment(&held.await?.member));
    state
        .sessions
        .leave(&person.session_id, Notice::Done("The warning is held back. The hold ends by itself.".into()));
    Ok(Redirect::to(&back).into_response())
}

/// The member has read one.
pub(crate) async fn acknowledge(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    person.check_reads_mail(&state)?;
    let member = person.account.member.clone().ok_or(Failure::Missing)?;
    let actor = person.actor();
    let read = state.work(move |state| {
        Ok(warning::acknowledge(&mut *state.live.data()?, &actor, &member, &id, state.now())?)
    });
    read.await?;
    state
        .sessions
        .leave(&person.session_id, Notice::Done("Thank you. It is on record that you have read it.".into()));
    Ok(Redirect::to("/own").into_response())
}

/// Warnings to one member, the latest first. The member sees those that were sent; drafts are not told to anybody yet.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn of_member(data: &Data, member: &str, actor: &Actor) -> Result<Vec<WarningView>, Failure> {
    let warnings = warning::of_member(data, member, None, MEASURE_PAGE_ROWS_MAX)?.rows.into_iter();
    let is_told = |warning: &Warning| matches!(warning.state, Step::Sent | Step::Acknowledged);
    let shown = warnings.filter(|warning| is_told(warning) || !actor.has(Role::MemberController));
    shown.map(|warning| view(data, warning, actor)).collect()
}

fn view(data: &Data, warning: Warning, actor: &Actor) -> Result<WarningView, Failure> {
    let campaign_name = overview::name(data, &warning.campaign)?;
    let is_free = warning.state == Step::Drafted && warning.decision.is_none();
    let may_hold = judging::with_role(actor, &[Role::Analyst, Role::Approver]);
    let may_acknowledge = judging::with_role(actor, &[Role::MemberController]);
    Ok(WarningView {
        campaign_name,
        state: match warning.state {
            Step::Drafted => WarningState::Drafted,
            Step::Held => WarningState::Held,
            Step::Approved => WarningState::Approved,
            Step::Sent => WarningState::Sent,
            Step::Acknowledged => WarningState::Acknowledged,
        },
        hold: warning.hold.filter(|_| warning.state == Step::Held).map(|hold| (hold.reason, hold.until)),
        evidence: Some(LeafIndex(warning.evidence)),
        may_hold: if is_free { may_hold } else { Permission::Absent },
        may_acknowledge: if warning.state == Step::Sent { may_acknowledge } else { Permission::Absent },
        id: warning.id,
        campaign: warning.campaign,
        member: warning.member,
        since: warning.since,
        // Whose warning it is tells the identifier; the name is for the member alone, or for who was granted it.
        text: if actor.has(Role::MemberController) { warning.text } else { warning::nameless(&warning.text) },
    })
}
