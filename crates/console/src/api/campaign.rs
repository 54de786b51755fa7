//! Campaigns and the member ledger.

use super::cursor::Part;
use super::extract::Asked;
use super::{Page, Reason};
use crate::error::Failure;
use crate::state::State;
use axum::Json;
use axum::extract::{Path, State as Shared};
use runtime::clock::rfc3339;
use runtime::ledger;
use runtime::overview::{self, CampaignHead};
use runtime::row::{CampaignRow, LinkRow};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// A campaign in short.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CampaignSummary {
    /// `C-` and 16 hexadecimal digits. Stable as long as its first message is known.
    #[schema(example = "C-000000000000001f")]
    id: String,
    /// For people: when, how many, at whom; never by whom.
    name: String,
    /// Whether a person is alerted to it.
    is_of_concern: bool,
    /// How likely it is a reconnaissance campaign, by the PHIA probability yardstick.
    likelihood: String,
    /// Time of the first message, RFC 3339.
    #[schema(format = DateTime)]
    first: String,
    /// Time of the latest message, RFC 3339.
    #[schema(format = DateTime)]
    last: String,
    /// Distinct messages.
    messages: u64,
    /// Sender accounts.
    senders: u64,
    /// Members by state of the ledger.
    members: BTreeMap<String, u64>,
    /// Members who opened, also those who were warned since.
    opened: u64,
}

/// A campaign.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Campaign {
    /// In short.
    #[serde(flatten)]
    summary: CampaignSummary,
    /// Addresses of senders.
    sender_addresses: Vec<String>,
    /// Hosts that would be told of an opening.
    hosts: Vec<String>,
    /// `Message-ID` of each message, in order of time.
    message_ids: Vec<String>,
    /// Recipients who are no members.
    other_recipients: usize,
    /// What speaks for and against.
    reasons: Vec<Reason>,
    /// Campaigns that may be the work of the same cluster.
    linked: Vec<Link>,
}

/// A possible connection.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Link {
    /// The other campaign.
    id: String,
    /// How likely both are the work of one cluster, by the PHIA probability yardstick.
    likelihood: String,
    /// What speaks for and against.
    reasons: Vec<Reason>,
}

/// Which campaigns.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CampaignsAsked {
    /// `next` of the part before; absent for the first.
    cursor: Option<String>,
    /// Rows at most.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// Only those to which a person is alerted, or only the others.
    is_of_concern: Option<bool>,
}

/// Campaigns, by id.
#[utoipa::path(get, path = "/api/v1/campaigns", tag = "campaigns", params(CampaignsAsked),
    responses((status = 200, description = "A part of the list", body = Page<CampaignSummary>)))]
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    Asked(asked): Asked<CampaignsAsked>,
) -> Result<Json<Page<CampaignSummary>>, Failure> {
    let (after, limit) = Part { cursor: asked.cursor, limit: asked.limit }.after_and_limit()?;
    let found = state.work(move |state| {
        Ok(overview::page(&*state.live.data()?, asked.is_of_concern, after.as_deref(), limit)?)
    });
    Ok(Json(Page::of(found.await?, CampaignSummary::from)))
}

/// One campaign.
#[utoipa::path(get, path = "/api/v1/campaigns/{id}", tag = "campaigns",
    params(("id" = String, Path, description = "Its id", example = "C-000000000000001f")),
    responses((status = 200, description = "The campaign", body = Campaign)))]
pub(crate) async fn show(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
) -> Result<Json<Campaign>, Failure> {
    let found = state.work(move |state| {
        let data = state.live.data()?;
        Ok(overview::head(&data, &id)?.zip(ledger::campaign(&data, &id)?))
    });
    let (head, row) = found.await?.ok_or(Failure::Missing)?;
    Ok(Json(Campaign::of(head, row)))
}

impl From<CampaignHead> for CampaignSummary {
    fn from(head: CampaignHead) -> Self {
        Self {
            id: head.id,
            name: head.name,
            is_of_concern: head.concern,
            likelihood: head.likelihood,
            first: rfc3339(model::EventTime(head.first)),
            last: rfc3339(model::EventTime(head.last)),
            messages: head.messages,
            senders: head.senders,
            members: head.states,
            opened: head.opened,
        }
    }
}

impl Campaign {
    fn of(head: CampaignHead, row: CampaignRow) -> Self {
        Self {
            summary: head.into(),
            sender_addresses: row.senders,
            hosts: row.hosts,
            message_ids: row.messages,
            other_recipients: row.other_recipients,
            reasons: row.reasons.iter().map(Reason::from).collect(),
            linked: row.linked.into_iter().map(Link::from).collect(),
        }
    }
}

impl From<LinkRow> for Link {
    fn from(row: LinkRow) -> Self {
        Self {
            id: row.id,
            likelihood: row.likelihood,
            reasons: row.reasons.iter().map(Reason::from).collect(),
        }
    }
}
