//! One member: the ledger, and who it is, for a purpose that a second person approved.

use super::form::Fields;
use super::{judging, warnings};
use crate::deciding;
use crate::error::Failure;
use crate::page::Notice;
use crate::page::form::Permission;
use crate::page::member::{Identity, LedgerStep, MemberView, render};
use crate::page::text::segment;
use crate::state::State;
use crate::visitor::Person;
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use mail::member::{House, Member};
use maud::Markup;
use model::{EventTime, LeafIndex, Role};
use runtime::clock::parse_rfc3339;
use runtime::data::Data;
use runtime::ledger;
use runtime::measure::{Measure, unmask};
use runtime::overview;
use std::sync::Arc;

/// Campaigns that are told of one member: the latest. The whole ledger is there for programs.
const STEPS_MAX: usize = 200;

/// The page, by identifier alone.
pub(crate) async fn show(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    state.work(move |state| page(state, &person, id, None)).await
}

/// Who it is, where two persons have decided that this one may know; else that is proposed.
pub(crate) async fn unmask(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let purpose = fields.get("purpose").to_owned();
    state
        .work(move |state| {
            let (house, actor, now) = (state.live.house(), person.actor(), state.now());
            member(&house, &id).ok_or(Failure::Missing)?;
            if unmask::is_granted(&*state.live.data()?, &actor, &id, now)? {
                let shown = identity(unmask::reveal(&mut *state.live.data()?, &house, &actor, &id, now)?);
                return Ok(page(state, &person, id, Some(shown))?.into_response());
            }
            let back = format!("/members/{}", segment(&id));
            deciding::propose(state, Measure::Unmask { member: id }, &purpose, &actor)?;
            let told =
                "It is proposed, and waits for a second person. Then you are shown who it is, for a day.";
            state.sessions.leave(&person.session_id, Notice::Done(told.into()));
            Ok(Redirect::to(&back).into_response())
        })
        .await
}

fn page(state: &State, person: &Person, id: String, identity: Option<Identity>) -> Result<Markup, Failure> {
    let data = state.live.data()?;
    let steps = steps(&data, &id)?;
    let is_listed = member(&state.live.house(), &id).is_some();
    if !is_listed && steps.is_empty() {
        return Err(Failure::Missing);
    }
    let actor = person.actor();
    let may = judging::with_role(&actor, &[Role::Analyst, Role::Approver]);
    let view = MemberView {
        identity,
        steps,
        warnings: warnings::of_member(&data, &id, &actor)?,
        unmask: if is_listed { may } else { Permission::Absent },
        id,
    };
    Ok(render(&view, &state.chrome(person, &data)?))
}

fn member<'a>(house: &'a House, id: &str) -> Option<&'a Member> {
    house.by_id(id).and_then(|index| house.member(index))
}

fn identity(member: &Member) -> Identity {
    Identity {
        name: member.name.clone(),
        addresses: member.addresses.iter().map(|(address, _)| address.clone()).collect(),
        groups: member.groups.iter().map(ToString::to_string).collect(),
    }
}

/// The ledger of one member, in order of time, of the latest campaigns.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn steps(data: &Data, member: &str) -> Result<Vec<LedgerStep>, Failure> {
    let mut steps = Vec::new();
    for row in ledger::of_member(data, member, STEPS_MAX)? {
        let Ok(state) = row.state.parse() else { continue };
        steps.push(LedgerStep {
            time: parse_rfc3339(&row.since).unwrap_or(EventTime(0)),
            campaign_name: overview::name(data, &row.campaign)?,
            campaign: row.campaign,
            state,
            evidence: Some(LeafIndex(row.evidence)),
        });
    }
    steps.sort_by(|a, b| (a.time, &a.campaign).cmp(&(b.time, &b.campaign)));
    Ok(steps)
}
