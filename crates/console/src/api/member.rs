//! Members and their ledger, by identifier. Names and groups are not here: who needs them looks at a page, for a purpose.

use super::Page;
use super::cursor::Part;
use super::extract::Asked;
use crate::error::Failure;
use crate::state::State;
use axum::Json;
use axum::extract::State as Shared;
use runtime::ledger::{self, LedgerRow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// A member of the house.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Member {
    /// The house's own identifier.
    #[schema(example = "M004")]
    id: String,
    /// State of the ledger by campaign of concern; empty where none reached the member.
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
    let ledger = state.work(|state| Ok(ledger::ledger(&*state.live.data()?)?)).await?;
    let mut members: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (_, member) in state.live.house().members() {
        members.entry(member.id.to_string()).or_default();
    }
    for row in ledger {
        members.entry(row.member).or_default().insert(row.campaign, row.state);
    }
    Ok(Json(part.cut(members, |(id, _)| id.clone(), |(id, campaigns)| Member { id, campaigns })?))
}

/// The member ledger, by campaign and member.
#[utoipa::path(get, path = "/api/v1/ledger", tag = "members", params(LedgerAsked),
    responses((status = 200, description = "A part of the ledger", body = Page<LedgerEntry>)))]
pub(crate) async fn ledger(
    Shared(state): Shared<Arc<State>>,
    Asked(asked): Asked<LedgerAsked>,
) -> Result<Json<Page<LedgerEntry>>, Failure> {
    let mut rows = state.work(|state| Ok(ledger::ledger(&*state.live.data()?)?)).await?;
    let is_asked_for =
        |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
    rows.retain(|row| {
        is_asked_for(&asked.campaign, &row.campaign) && is_asked_for(&asked.member, &row.member)
    });
    rows.sort_by_key(key);
    let part = Part { cursor: asked.cursor, limit: asked.limit };
    Ok(Json(part.cut(rows, key, LedgerEntry::from)?))
}

fn key(row: &LedgerRow) -> String {
    format!("{}/{}", row.campaign, row.member)
}

impl From<LedgerRow> for LedgerEntry {
    fn from(row: LedgerRow) -> Self {
        let LedgerRow { campaign, member, state, since, evidence, message_evidence } = row;
        Self { campaign, member, state, since, evidence, message_evidence }
    }
}
