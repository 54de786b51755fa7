//! Decisions: proposing, approving, refusing. A token acts for its account, so nobody approves what the same person proposed.

use super::Page;
use super::cursor::Part;
use super::extract::{Asked, Sent};
use crate::deciding::{self, Answer};
use crate::error::Failure;
use crate::state::State;
use crate::visitor::Program;
use axum::Json;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use model::EventTime;
use runtime::clock::rfc3339;
use runtime::measure::decision as measure;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// What is to be done.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Measure {
    /// Take a campaign for what it seems. One person may.
    Confirm,
    /// Take a campaign for harmless. One person may.
    Dismiss,
    /// Send the warnings of a campaign.
    Warn,
    /// Move the messages of a campaign out of mailboxes.
    Purge,
    /// Bring back what a purge moved.
    Restore,
    /// Release a message from quarantine.
    Release,
    /// Keep mail of a sender from members.
    Block,
}

/// A proposal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proposal {
    measure: Measure,
    /// The campaign, the message in quarantine, or the sender's address.
    #[schema(min_length = 1, max_length = 400, example = "C-000000000000001f")]
    about: String,
    /// Why. Others will read it.
    #[schema(min_length = 1)]
    reason: String,
}

/// Why a proposal is refused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    /// Why. Others will read it.
    #[schema(min_length = 1)]
    reason: String,
}

/// A proposal and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Decision {
    /// Its id; later ones sort after earlier ones.
    id: String,
    measure: Measure,
    /// What it is about.
    about: String,
    /// Why it was proposed.
    reason: String,
    /// `proposed`, `approved`, `refused`, `withdrawn` or `expired`.
    status: String,
    /// Account that proposed it.
    proposed_by: String,
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    proposed: String,
    /// Account that decided; absent while nobody has, and where time did.
    decided_by: Option<String>,
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    decided: Option<String>,
    /// What was said to it.
    answer: String,
    /// Entry of the evidence log that shows the last step.
    evidence: u64,
}

/// Which decisions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DecisionsAsked {
    /// `next` of the part before; absent for the first.
    cursor: Option<String>,
    /// Rows at most.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// Only those that wait for a second person.
    is_open: Option<bool>,
}

/// Decisions, the oldest first.
#[utoipa::path(get, path = "/api/v1/decisions", tag = "decisions", params(DecisionsAsked),
    responses((status = 200, description = "A part of the list", body = Page<Decision>)))]
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    Asked(asked): Asked<DecisionsAsked>,
) -> Result<Json<Page<Decision>>, Failure> {
    let is_open = asked.is_open.unwrap_or(false);
    let decisions = state.work(move |state| {
        let mut data = state.live.data()?;
        let open = measure::open(&mut data, state.now())?;
        Ok(if is_open { open } else { measure::list(&data, None, usize::MAX)? })
    });
    let mut decisions = decisions.await?;
    decisions.sort_by(|a, b| a.id.cmp(&b.id));
    let part = Part { cursor: asked.cursor, limit: asked.limit };
    Ok(Json(part.cut(decisions, |decision| decision.id.clone(), Decision::from)?))
}

/// Proposes a measure.
#[utoipa::path(post, path = "/api/v1/decisions", tag = "decisions", request_body = Proposal,
    responses((status = 201, description = "It is proposed, or done where one person may", body = Decision)))]
pub(crate) async fn propose(
    Shared(state): Shared<Arc<State>>,
    program: Program,
    Sent(proposal): Sent<Proposal>,
) -> Result<(StatusCode, Json<Decision>), Failure> {
    let actor = program.actor();
    let measure = proposal.measure.of(proposal.about);
    let proposed =
        state.work(move |state| deciding::propose(state, measure, &proposal.reason, &actor)).await?;
    Ok((StatusCode::CREATED, Json(proposed.into())))
}

/// Approves a proposal of another account.
#[utoipa::path(post, path = "/api/v1/decisions/{id}/approve", tag = "decisions",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "It is approved", body = Decision)))]
pub(crate) async fn approve(
    state: Shared<Arc<State>>,
    program: Program,
    Path(id): Path<String>,
) -> Result<Json<Decision>, Failure> {
    answer(state, program, id, Answer::Approve).await
}

/// Refuses a proposal of another account.
#[utoipa::path(post, path = "/api/v1/decisions/{id}/refuse", tag = "decisions", request_body = Refusal,
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "It is refused", body = Decision)))]
pub(crate) async fn refuse(
    state: Shared<Arc<State>>,
    program: Program,
    Path(id): Path<String>,
    Sent(refusal): Sent<Refusal>,
) -> Result<Json<Decision>, Failure> {
    answer(state, program, id, Answer::Refuse(refusal.reason)).await
}

/// Takes the own proposal back.
#[utoipa::path(post, path = "/api/v1/decisions/{id}/withdraw", tag = "decisions",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "It is withdrawn", body = Decision)))]
pub(crate) async fn withdraw(
    state: Shared<Arc<State>>,
    program: Program,
    Path(id): Path<String>,
) -> Result<Json<Decision>, Failure> {
    answer(state, program, id, Answer::Withdraw).await
}

async fn answer(
    Shared(state): Shared<Arc<State>>,
    program: Program,
    id: String,
    answer: Answer,
) -> Result<Json<Decision>, Failure> {
    let actor = program.actor();
    Ok(Json(state.work(move |state| deciding::answer(state, &id, &answer, &actor)).await?.into()))
}

impl Measure {
    fn of(self, about: String) -> measure::Measure {
        match self {
            Self::Confirm => measure::Measure::Confirm { campaign: about },
            Self::Dismiss => measure::Measure::Dismiss { campaign: about },
            Self::Warn => measure::Measure::Warn { campaign: about },
            Self::Purge => measure::Measure::Purge { campaign: about },
            Self::Restore => measure::Measure::Restore { campaign: about },
            Self::Release => measure::Measure::Release { item: about },
            Self::Block => measure::Measure::Block { sender: about },
        }
    }
}

impl From<&measure::Measure> for Measure {
    fn from(measure: &measure::Measure) -> Self {
        match measure {
            measure::Measure::Confirm { .. } => Self::Confirm,
            measure::Measure::Dismiss { .. } => Self::Dismiss,
            measure::Measure::Warn { .. } => Self::Warn,
            measure::Measure::Purge { .. } => Self::Purge,
            measure::Measure::Restore { .. } => Self::Restore,
            measure::Measure::Release { .. } => Self::Release,
            measure::Measure::Block { .. } => Self::Block,
        }
    }
}

impl From<measure::Decision> for Decision {
    fn from(decision: measure::Decision) -> Self {
        Self {
            measure: Measure::from(&decision.measure),
            about: decision.measure.about().to_owned(),
            evidence: decision.evidence().0,
            status: decision.status.word().to_owned(),
            proposed: rfc3339(EventTime(decision.proposed_secs)),
            decided: decision.decided_secs.map(|secs| rfc3339(EventTime(secs))),
            id: decision.id,
            reason: decision.reason,
            proposed_by: decision.proposed_by,
            decided_by: decision.decided_by,
            answer: decision.answer,
        }
    }
}
