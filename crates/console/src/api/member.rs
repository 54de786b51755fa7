//! Members and their ledger, by identifier. Names and groups are not here: who needs them looks at a page, for a purpose.

use super::Page;
use super::cursor::Part;
use super::extract::Asked;
use crate::error::Failure;
use crate::state::State;
use axum::Json;
use axum::extract::State as Shared;
use mail::member::House;
use runtime::data::Data;
use runtime::ledger::{self, LedgerRow};
use runtime::measure;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// Campaigns that are told with a member: the latest.
const CAMPAIGNS_MAX: usize = 200;

/// A member of the house.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Member {
    /// The house's own identifier.
    #[schema(example = "M004")]
    id: String,
    /// State of the ledger by campaign of concern, the latest 200; empty where none reached the member. The ledger has all.
    campaigns: BTreeMap<String, String>,
}

/// A row of the member ledger.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LedgerEntry {
    /// The campaign.
    campaign: String,
    /// The member.
    member: String,
    /// `targeted`, `blocked`, `delivered`, `disarmed`, `opened` or `warned`.
    state: String,
    /// When it came to this, RFC 3339.
    #[schema(format = DateTime)]
    since: String,
    /// Entry of the evidence log that proves it.
    evidence: u64,
    /// Entry that proves the first message to the member.
    message_evidence: Option<u64>,
    /// When the member first opened a message, RFC 3339, also where the member was warned since; `null` where no opening is
    /// known.
    #[schema(format = DateTime)]
    opened: Option<String>,
    /// Entry that proves the opening.
    opened_evidence: Option<u64>,
}

/// Which rows of the ledger.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LedgerAsked {
    /// `next` of the part before; absent for the first.
    cursor: Option<String>,
    /// Rows at most.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// Only this campaign.
    campaign: Option<String>,
    /// Only this member.
    member: Option<String>,
}

/// Members of the house, by identifier.
#[utoipa::path(get, path = "/api/v1/members", tag = "members", params(Part),
    responses((status = 200, description = "A part of the list", body = Page<Member>)))]
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    Asked(part): Asked<Part>,
) -> Result<Json<Page<Member>>, Failure> {
    let (after, limit) = part.after_and_limit()?;
    let members = state.work(move |state| {
        let data = state.live.data()?;
        let mut ids = ids(&data, &state.live.house(), after.as_deref(), limit + 1)?;
        let has_more = ids.len() > limit;
        ids.truncate(limit);
        let next = ids.last().filter(|_| has_more).cloned();
        let rows = ids.into_iter().map(|id| member(&data, id)).collect::<Result<_, _>>()?;
        Ok(measure::Page { rows, next })
    });
    Ok(Json(Page::of(members.await?, |member| member)))
}

/// Members on the list and members of whom the ledger tells, by identifier, after the member `after`.
fn ids(data: &Data, house: &House, after: Option<&str>, limit: usize) -> Result<Vec<String>, Failure> {
    let told = ledger::members_after(data, after, limit)?;
    let listed = house.members().map(|(_, member)| member.id.to_string());
    let listed = listed.filter(|id| after.is_none_or(|after| id.as_str() > after));
    let ids: BTreeSet<String> = listed.chain(told).collect();
    Ok(ids.into_iter().take(limit).collect())
}

fn member(data: &Data, id: String) -> Result<Member, Failure> {
    let rows = ledger::of_member(data, &id, CAMPAIGNS_MAX)?.into_iter();
    Ok(Member { campaigns: rows.map(|row| (row.campaign, row.state)).collect(), id })
}

/// The member ledger, by campaign and member.
#[utoipa::path(get, path = "/api/v1/ledger", tag = "members", params(LedgerAsked),
    responses((status = 200, description = "A part of the ledger", body = Page<LedgerEntry>)))]
pub(crate) async fn ledger(
    Shared(state): Shared<Arc<State>>,
    Asked(asked): Asked<LedgerAsked>,
) -> Result<Json<Page<LedgerEntry>>, Failure> {
    let (after, limit) = Part { cursor: asked.cursor, limit: asked.limit }.after_and_limit()?;
    let found = state.work(move |state| {
        let (campaign, member) = (asked.campaign.as_deref(), asked.member.as_deref());
        Ok(ledger::rows(&*state.live.data()?, campaign, member, after.as_deref(), limit)?)
    });
    Ok(Json(Page::of(found.await?, LedgerEntry::from)))
}

impl From<LedgerRow> for LedgerEntry {
    fn from(row: LedgerRow) -> Self {
        let LedgerRow { campaign, member, state, since, evidence, message_evidence, opened, opened_evidence } =
            row;
        Self { campaign, member, state, since, evidence, message_evidence, opened, opened_evidence }
    }
}
