//! Warnings to members. Their texts are on pages, for those who approve them.

use super::Page;
use super::cursor::Part;
use super::extract::{Asked, Sent};
use crate::error::Failure;
use crate::state::State;
use crate::visitor::Program;
use axum::Json;
use axum::extract::{Path, State as Shared};
use runtime::clock::rfc3339;
use runtime::measure::warning::{self, State as Step};
use serde::{Deserialize, Serialize};
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

/// A hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Hold {
    /// Why. Others will read it.
    #[schema(min_length = 1)]
    reason: String,
    /// For how many days.
    #[schema(minimum = 1, maximum = 14)]
    days: i64,
}

/// Holds a warning back. The hold ends by itself.
#[utoipa::path(post, path = "/api/v1/warnings/{id}/hold", tag = "members", request_body = Hold,
    params(("id" = String, Path, description = "Its id", example = "W-17")),
    responses((status = 200, description = "It is held", body = Warning)))]
pub(crate) async fn hold(
    Shared(state): Shared<Arc<State>>,
    program: Program,
    Path(id): Path<String>,
    Sent(Hold { reason, days }): Sent<Hold>,
) -> Result<Json<Warning>, Failure> {
    let actor = program.actor();
    let held = state.work(move |state| {
        Ok(warning::hold(&mut *state.live.data()?, &actor, &id, &reason, days, state.now())?)
    });
    Ok(Json(held.await?.into()))
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
