//! One member: the ledger, and who it is, for a purpose.

use super::form::Fields;
use super::judging;
use crate::error::Failure;
use crate::page::form::Permission;
use crate::page::member::{Identity, LedgerStep, MemberView, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::{Path, State as Shared};
use mail::member::{House, Member};
use maud::Markup;
use model::{EventTime, LeafIndex, Role};
use runtime::clock::parse_rfc3339;
use runtime::data::Data;
use runtime::ledger;
use runtime::measure::access::{self, Looked};
use runtime::overview;
use std::collections::HashMap;
use std::sync::Arc;

/// The page, by identifier alone.
pub(crate) async fn show(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path(id): Path<String>,
) -> Result<Markup, Failure> {
    page(&state, person, id, None).await
}

/// The page with the name, after the purpose was put on record.
pub(crate) async fn unmask(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Markup, Failure> {
    page(&state, person, id, Some(fields.get("purpose").to_owned())).await
}

async fn page(
    state: &Arc<State>,
    person: Person,
    id: String,
    purpose: Option<String>,
) -> Result<Markup, Failure> {
    state
        .work(move |state| {
            let mut data = state.live.data()?;
            let house = state.live.house();
            let steps = steps(&data, &id)?;
            let member = member(&house, &id);
            if member.is_none() && steps.is_empty() {
                return Err(Failure::Missing);
            }
            let actor = person.actor();
            if let Some(purpose) = &purpose {
                member.ok_or(Failure::Missing)?;
                access::note(
                    &mut data,
                    Looked::Identity,
                    &id,
                    vec![id.clone()],
                    purpose,
                    &actor,
                    state.now(),
                )?;
            }
            let identity = purpose.and(member).map(identity);
            let unmask = match member {
                Some(_) => judging::with_role(&actor, &[Role::Analyst, Role::Approver]),
                None => Permission::Absent,
            };
            let view = MemberView { id, identity, steps, warnings: Vec::new(), unmask };
            Ok(render(&view, &state.chrome(&person, &mut data)?))
        })
        .await
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

/// The ledger of one member, in order of time.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn steps(data: &Data, member: &str) -> Result<Vec<LedgerStep>, Failure> {
    let names: HashMap<String, String> =
        overview::heads(data)?.into_iter().map(|head| (head.id, head.name)).collect();
    let rows = ledger::ledger(data)?.into_iter().filter(|row| row.member == member);
    let mut steps: Vec<LedgerStep> = rows
        .filter_map(|row| {
            Some(LedgerStep {
                time: parse_rfc3339(&row.since).unwrap_or(EventTime(0)),
                campaign_name: names.get(&row.campaign).cloned().unwrap_or_else(|| row.campaign.clone()),
                campaign: row.campaign,
                state: row.state.parse().ok()?,
                evidence: Some(LeafIndex(row.evidence)),
            })
        })
        .collect();
    steps.sort_by(|a, b| (a.time, &a.campaign).cmp(&(b.time, &b.campaign)));
    Ok(steps)
}
