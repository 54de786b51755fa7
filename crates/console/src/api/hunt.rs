//! Hunts.

use super::extract::Sent;
use crate::error::Failure;
use crate::hunting;
use crate::state::State;
use axum::Json;
use axum::extract::State as Shared;
use model::limit::{HUNT_HITS_MAX, HUNT_INDICATORS_MAX};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// What is looked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    /// An address, a domain, a URL (with `*` for any text), a SHA-256, `subject:WORDS` or `id:MESSAGE-ID` each.
    #[schema(min_items = 1, max_items = 100, example = json!(["from:press@outlet.example", "tracker.example"]))]
    indicators: Vec<String>,
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Answer {
    /// Messages that fit, by indicator and in order of acceptance: at most 1,000.
    #[schema(max_items = 1000)]
    hits: Vec<Hit>,
    /// All that fit.
    total: u64,
    /// Recorded messages that were asked.
    searched: u64,
    /// Records that may have fitted and could not be read.
    unreadable: u64,
}

/// A message that fits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hit {
    /// What it fits.
    indicator: String,
    /// When it arrived, RFC 3339.
    #[schema(format = DateTime)]
    time: String,
    /// `Message-ID` without brackets.
    message_id: String,
    /// Author's address.
    from: String,
    /// Subject.
    subject: String,
    /// Identifiers of members that it was for.
    members: Vec<String>,
    /// What was proposed when it was read: `pass`, `disarm` or `quarantine`.
    verdict: String,
    /// Entry of the evidence log that proves it.
    evidence: Option<u64>,
}

/// Looks in every recorded message.
#[utoipa::path(post, path = "/api/v1/hunt", tag = "hunt", request_body = Question,
    responses((status = 200, description = "What was found", body = Answer)))]
pub(crate) async fn hunt(
    Shared(state): Shared<Arc<State>>,
    Sent(question): Sent<Question>,
) -> Result<Json<Answer>, Failure> {
    if question.indicators.is_empty() || question.indicators.len() > HUNT_INDICATORS_MAX {
        return Err(Failure::Invalid(format!("name 1 to {HUNT_INDICATORS_MAX} indicators")));
    }
    let texts = question.indicators.iter().map(String::as_str);
    let indicators = hunting::parse(texts).map_err(|error| Failure::Invalid(error.to_string()))?;
    if indicators.is_empty() {
        return Err(Failure::Invalid("every indicator is blank".into()));
    }
    let found = state.work(move |state| hunting::hunt(state, &indicators)).await?;
    debug_assert!(found.hits.len() <= HUNT_HITS_MAX);
    Ok(Json(Answer {
        hits: found.hits.into_iter().map(Hit::from).collect(),
        total: found.total,
        searched: found.searched,
        unreadable: found.unreadable,
    }))
}

impl From<runtime::hunt::Hit> for Hit {
    fn from(hit: runtime::hunt::Hit) -> Self {
        let runtime::hunt::Hit {
            indicator, time, message_id, from, subject, members, verdict, evidence, ..
        } = hit;
        Self { indicator, time, message_id, from, subject, members, verdict, evidence }
    }
}
