//! Letters that are to be sent or were, without whom they are for and what they say.

use super::Page;
use super::cursor::Part;
use super::extract::Asked;
use crate::error::Failure;
use crate::state::State;
use axum::Json;
use axum::extract::State as Shared;
use runtime::clock::rfc3339;
use runtime::measure::outbox::{self, Kind, State as Step};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A letter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Letter {
    /// Its id.
    id: String,
    /// `warning`, `release` or `digest`.
    kind: &'static str,
    /// The warning, the message in quarantine, or the member that it is about.
    about: String,
    /// `queued`, `sending`, `sent`, `held` or `given_up`.
    state: &'static str,
    /// Since when, RFC 3339.
    #[schema(format = DateTime)]
    since: String,
    /// How often a server was asked to take it.
    attempts: u32,
    /// The decision that it carries out.
    decision: Option<String>,
}

/// Letters, the latest first.
#[utoipa::path(get, path = "/api/v1/letters", tag = "decisions", params(Part),
    responses((status = 200, description = "A part of the list", body = Page<Letter>)))]
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    Asked(part): Asked<Part>,
) -> Result<Json<Page<Letter>>, Failure> {
    let (after, limit) = part.after_and_limit()?;
    let found =
        state.work(move |state| Ok(outbox::list(&*state.live.data()?, false, after.as_deref(), limit)?));
    Ok(Json(Page::of(found.await?, Letter::from)))
}

impl From<outbox::Letter> for Letter {
    fn from(letter: outbox::Letter) -> Self {
        Self {
            id: letter.id,
            kind: match letter.kind {
                Kind::Warning => "warning",
                Kind::Release => "release",
                Kind::Digest => "digest",
            },
            about: letter.about,
            state: match letter.state {
                Step::Queued => "queued",
                Step::Sending => "sending",
                Step::Sent => "sent",
                Step::Held => "held",
                Step::GivenUp => "given_up",
            },
            since: rfc3339(letter.since),
            attempts: letter.attempts,
            decision: letter.decision,
        }
    }
}
