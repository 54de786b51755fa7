//! Warnings: as members' pages show them, holding one back, and saying that it was read.

use super::form::Fields;
use super::{judging, query};
use crate::error::Failure;
use crate::page::Notice;
use crate::page::form::Permission;
use crate::page::text::{counted, segment};
use crate::page::today::{Task, TaskKind};
use crate::page::warning::{WarningState, WarningView};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use model::limit::MEASURE_PAGE_ROWS_MAX;
use model::{Actor, LeafIndex, Role};
use runtime::data::Data;
use runtime::ledger;
use runtime::measure::warning::{self, State as Step, Warning};
use std::collections::BTreeMap;
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
    let name = ledger::campaign(data, &warning.campaign)?.map(|row| row.name);
    let is_free = warning.state == Step::Drafted && warning.decision.is_none();
    let may_hold = judging::with_role(actor, &[Role::Analyst, Role::Approver]);
    let may_acknowledge = judging::with_role(actor, &[Role::MemberController]);
    Ok(WarningView {
        campaign_name: name.unwrap_or_else(|| warning.campaign.clone()),
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
        text: warning.text,
    })
}

/// What warnings ask of people: to propose the drafts of a campaign, or to see that a hold ends.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn tasks(data: &Data, actor: &Actor) -> Result<Vec<Task>, Failure> {
    let mut drafts: BTreeMap<String, Vec<Warning>> = BTreeMap::new();
    let mut tasks = Vec::new();
    for warning in warning::waiting(data, None, MEASURE_PAGE_ROWS_MAX)?.rows {
        if warning.state == Step::Held {
            tasks.push(held(warning));
        } else if warning.decision.is_none() {
            drafts.entry(warning.campaign.clone()).or_default().push(warning);
        }
    }
    for (campaign, warnings) in drafts {
        tasks.extend(drafted(data, &campaign, &warnings, actor)?);
    }
    Ok(tasks)
}

fn held(warning: Warning) -> Task {
    let (reason, until) = warning.hold.map(|hold| (hold.reason, hold.until)).unzip();
    Task {
        kind: TaskKind::HeldWarning,
        since: warning.since,
        due: until,
        title: format!("Warning to member {}", warning.member),
        detail: reason.unwrap_or_default(),
        path: format!("/members/{}", segment(&warning.member)),
        is_mine: false,
    }
}

fn drafted(
    data: &Data,
    campaign: &str,
    warnings: &[Warning],
    actor: &Actor,
) -> Result<Option<Task>, Failure> {
    let Some(since) = warnings.iter().map(|warning| warning.drafted_at).min() else { return Ok(None) };
    let name = ledger::campaign(data, campaign)?.map(|row| row.name);
    Ok(Some(Task {
        kind: TaskKind::ApproveWarnings,
        since,
        due: None,
        title: name.unwrap_or_else(|| campaign.to_owned()),
        detail: format!(
            "{} drafted, and nobody has proposed to send them",
            counted(warnings.len() as u64, "warning")
        ),
        path: format!("/campaigns/{}", segment(campaign)),
        is_mine: actor.has(Role::Analyst) || actor.has(Role::Approver),
    }))
}
