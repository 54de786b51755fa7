//! Warnings to members. Their texts are on pages, for those who approve them.

use super::Page;
use super::cursor::Part;
use super::extract::Asked;
use crate::error::Failure;
use crate::state::State;
use axum::Json;
use axum::extract::State as Shared;
use runtime::clock::rfc3339;
use runtime::measure::warning::{self, State as Step};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A warning.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Warning {
    /// Its id.
    id: String,
    /// The campaign.
    campaign: String,
    /// The member.
    member: String,
    /// `drafted`, `held`, `approved`, `sent` or `acknowledged`.
    state: &'static str,
    /// Since when, RFC 3339.
    #[schema(format = DateTime)]
    since: String,
    /// When its hold ends, where it is held, RFC 3339.
    #[schema(format = DateTime)]
    held_until: Option<String>,
    /// The decision to send it, open or taken.
    decision: Option<String>,
    /// Entry of the evidence log that shows the state.
    evidence: u64,
}

/// Warnings, the latest first.
#[utoipa::path(get, path = "/api/v1/warnings", tag = "members", params(Part),
    responses((status = 200, description = "A part of the list", body = Page<Warning>)))]
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    Asked(part): Asked<Part>,
) -> Result<Json<Page<Warning>>, Failure> {
    let (after, limit) = part.after_and_limit()?;
    let found = state.work(move |state| Ok(warning::list(&*state.live.data()?, after.as_deref(), limit)?));
    Ok(Json(Page::of(found.await?, Warning::from)))
}

impl From<warning::Warning> for Warning {
    fn from(warning: warning::Warning) -> Self {
        let hold = warning.hold.filter(|_| warning.state == Step::Held);
        Self {
            id: warning.id,
            campaign: warning.campaign,
            member: warning.member,
            state: match warning.state {
                Step::Drafted => "drafted",
                Step::Held => "held",
                Step::Approved => "approved",
                Step::Sent => "sent",
                Step::Acknowledged => "acknowledged",
            },
            since: rfc3339(warning.since),
            held_until: hold.map(|hold| rfc3339(hold.until)),
            decision: warning.decision,
            evidence: warning.evidence,
        }
    }
}
