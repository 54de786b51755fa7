//! Messages in quarantine, without what they say: to read one is for people, who give a purpose.

use super::cursor::Part;
use super::extract::Asked;
use super::{Page, Reason};
use crate::error::Failure;
use crate::state::State;
use axum::Json;
use axum::extract::{Path, State as Shared};
use runtime::clock::rfc3339;
use runtime::measure::quarantine::{self, Item, ItemState};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A message in quarantine.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Message {
    /// Its id.
    id: String,
    /// When it came, RFC 3339.
    #[schema(format = DateTime)]
    received: String,
    /// When it is deleted, RFC 3339.
    #[schema(format = DateTime)]
    expires: String,
    /// Author's address.
    from: String,
    /// Subject.
    subject: String,
    /// Identifiers of members whom it is for.
    members: Vec<String>,
    /// Its recipients, members and others.
    recipients: usize,
    /// 0 to 100.
    score: u8,
    /// Why it is kept.
    reasons: Vec<Reason>,
    /// The campaign of concern that it belongs to.
    campaign: Option<String>,
    /// `kept`, `releasing`, `released` or `expired`.
    state: &'static str,
    /// The decision to release it, open or taken.
    decision: Option<String>,
    /// SHA-256 of its bytes in hexadecimal digits.
    digest: String,
    /// Entry of the evidence log that commits to it.
    evidence: u64,
}

/// Messages in quarantine, the latest first.
#[utoipa::path(get, path = "/api/v1/quarantine", tag = "quarantine", params(Part),
    responses((status = 200, description = "A part of the list", body = Page<Message>)))]
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    Asked(part): Asked<Part>,
) -> Result<Json<Page<Message>>, Failure> {
    let (after, limit) = part.after_and_limit()?;
    let found = state.work(move |state| Ok(quarantine::list(&*state.live.data()?, after.as_deref(), limit)?));
    Ok(Json(Page::of(found.await?, Message::from)))
}

/// One message in quarantine.
#[utoipa::path(get, path = "/api/v1/quarantine/{id}", tag = "quarantine",
    params(("id" = String, Path, description = "Its id", example = "Q-17")),
    responses((status = 200, description = "The message, without what it says", body = Message)))]
pub(crate) async fn show(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
) -> Result<Json<Message>, Failure> {
    let found = state.work(move |state| Ok(quarantine::get(&*state.live.data()?, &id)?)).await?;
    Ok(Json(found.ok_or(Failure::Missing)?.into()))
}

impl From<Item> for Message {
    fn from(item: Item) -> Self {
        Self {
            id: item.id,
            received: rfc3339(item.received),
            expires: rfc3339(item.expires),
            from: item.from,
            subject: item.subject,
            members: item.members,
            recipients: item.rcpt_to.len(),
            score: item.score,
            reasons: item.reasons.iter().map(Reason::from).collect(),
            campaign: item.campaign,
            state: match item.state {
                ItemState::Kept => "kept",
                ItemState::Releasing => "releasing",
                ItemState::Released => "released",
                ItemState::Expired => "expired",
            },
            decision: item.decision,
            digest: item.digest,
            evidence: item.evidence,
        }
    }
}
