//! Senders whose mail is kept, because two persons decided so.

use super::Page;
use super::cursor::Part;
use super::extract::Asked;
use crate::error::Failure;
use crate::state::State;
use axum::Json;
use axum::extract::State as Shared;
use runtime::clock::rfc3339;
use runtime::measure::blocking::{self, BlockedSender};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A blocked sender.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Blocked {
    /// The address, in lower case.
    address: String,
    /// Since when, RFC 3339.
    #[schema(format = DateTime)]
    since: String,
    /// The decision.
    decision: String,
    /// Entry of the evidence log that shows it.
    evidence: u64,
}

/// Blocked senders, by address.
#[utoipa::path(get, path = "/api/v1/blocked", tag = "quarantine", params(Part),
    responses((status = 200, description = "A part of the list", body = Page<Blocked>)))]
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    Asked(part): Asked<Part>,
) -> Result<Json<Page<Blocked>>, Failure> {
    let (after, limit) = part.after_and_limit()?;
    let found = state.work(move |state| Ok(blocking::list(&*state.live.data()?, after.as_deref(), limit)?));
    Ok(Json(Page::of(found.await?, Blocked::from)))
}

impl From<BlockedSender> for Blocked {
    fn from(sender: BlockedSender) -> Self {
        let BlockedSender { address, since, decision, evidence } = sender;
        Self { address, since: rfc3339(since), decision, evidence }
    }
}
