//! Audit: who looked at whose mail or identity, and for what purpose.

use super::Page;
use super::cursor::Part;
use super::extract::Asked;
use crate::error::Failure;
use crate::state::State;
use crate::visitor::Program;
use axum::Json;
use axum::extract::State as Shared;
use runtime::clock::rfc3339;
use runtime::measure::access::{self, Access};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// A look at a mail, or at who a member is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Look {
    /// Its id.
    id: String,
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    time: String,
    /// Account that looked.
    account: String,
    /// What it did, in one word.
    act: String,
    /// At what: the id of a message in quarantine or of a member.
    about: String,
    /// Identifiers of members whose mail or name it is.
    members: Vec<String>,
    /// The purpose that was given.
    purpose: String,
    /// Entry of the evidence log.
    evidence: u64,
}

/// Which looks.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LooksAsked {
    /// `next` of the part before; absent for the first.
    cursor: Option<String>,
    /// Rows at most.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// Only those of this account.
    account: Option<String>,
}

/// Looks, the latest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(LooksAsked),
    responses((status = 200, description = "A part of the list", body = Page<Look>)))]
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    program: Program,
    Asked(asked): Asked<LooksAsked>,
) -> Result<Json<Page<Look>>, Failure> {
    let (after, limit) = Part { cursor: asked.cursor, limit: asked.limit }.after_and_limit()?;
    let actor = program.actor();
    let found = state.work(move |state| {
        let data = state.live.data()?;
        Ok(access::list(&data, &actor, asked.account.as_deref(), after.as_deref(), limit)?)
    });
    Ok(Json(Page::of(found.await?, Look::from)))
}

impl From<Access> for Look {
    fn from(access: Access) -> Self {
        Self {
            id: access.id,
            time: rfc3339(access.at),
            account: access.account,
            act: access.act.word().to_owned(),
            about: access.about,
            members: access.members,
            purpose: access.purpose,
            evidence: access.evidence,
        }
    }
}
