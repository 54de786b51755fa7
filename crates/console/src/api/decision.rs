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
use runtime::clock::rfc3339;
use runtime::data::Data;
use runtime::measure::decision::{self, Which};
use runtime::measure::{self, Measure, assessment};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};

/// What is to be done.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Send the warnings about a campaign that wait.
    Warn,
    /// Say that a campaign is harmless.
    Dismiss,
    /// Release a message from quarantine.
    Release,
    /// Move the messages of a campaign out of mailboxes.
    Purge,
    /// Bring back what a purge moved.
    Restore,
    /// Keep all further mail by a sender in quarantine.
    BlockSender,
    /// Let mail by a sender be judged as any other again.
    UnblockSender,
    /// Show the account who a member is.
    Unmask,
    /// Accept that a question of a case stays open.
    AcceptOpen,
}

/// A proposal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Proposal {
    measure: Kind,
    /// The campaign, the message in quarantine, the purge, the sender's address, the member, or a case and its question
    /// (`CASE-1/scope`).
    #[schema(min_length = 1, max_length = 400, example = "C-000000000000001f")]
    about: String,
    /// Why. Others will read it.
    #[schema(min_length = 1)]
    reason: String,
}

/// A reason, such as why a proposal is refused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Because {
    /// Why. Others will read it.
    #[schema(min_length = 1)]
    reason: String,
}

/// A proposal and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Decision {
    /// Its id.
    id: String,
    measure: Kind,
    /// What it is about.
    about: String,
    /// Why it was proposed.
    reason: String,
    /// `proposed`, `approved`, `refused`, `withdrawn`, `expired`, `done` or `failed`.
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
    evidence: Option<u64>,
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

/// Decisions, the latest first.
#[utoipa::path(get, path = "/api/v1/decisions", tag = "decisions", params(DecisionsAsked),
    responses((status = 200, description = "A part of the list", body = Page<Decision>)))]
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    Asked(asked): Asked<DecisionsAsked>,
) -> Result<Json<Page<Decision>>, Failure> {
    let which = if asked.is_open == Some(true) { Which::Open } else { Which::All };
    let part = Part { cursor: asked.cursor, limit: asked.limit };
    let (after, limit) = part.after_and_limit()?;
    let found =
        state.work(move |state| Ok(decision::list(&*state.live.data()?, which, after.as_deref(), limit)?));
    Ok(Json(Page::of(found.await?, Decision::from)))
}

/// One decision.
#[utoipa::path(get, path = "/api/v1/decisions/{id}", tag = "decisions",
    params(("id" = String, Path, description = "Its id", example = "D-17")),
    responses((status = 200, description = "The decision", body = Decision)))]
pub(crate) async fn show(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
) -> Result<Json<Decision>, Failure> {
    let found = state.work(move |state| Ok(decision::get(&*state.live.data()?, &id)?)).await?;
    Ok(Json(found.ok_or(Failure::Missing)?.into()))
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
    let Proposal { measure: kind, about, reason } = proposal;
    let proposed = state.work(move |state| {
        let measure = kind.of(&*state.live.data()?, about)?;
        deciding::propose(state, measure, &reason, &actor)
    });
    Ok((StatusCode::CREATED, Json(proposed.await?.into())))
}

/// Says that a campaign is what it seems. One account may: it only lets its warnings be drafted.
#[utoipa::path(post, path = "/api/v1/campaigns/{id}/confirm", tag = "decisions", request_body = Because,
    params(("id" = String, Path, description = "Id of the campaign", example = "C-000000000000001f")),
    responses((status = 204, description = "It is on record")))]
pub(crate) async fn confirm(
    Shared(state): Shared<Arc<State>>,
    program: Program,
    Path(id): Path<String>,
    Sent(because): Sent<Because>,
) -> Result<StatusCode, Failure> {
    let actor = program.actor();
    let confirmed = state.work(move |state| {
        let mut data = state.live.data()?;
        Ok(assessment::confirm(&mut data, &actor, &id, &because.reason, state.now())?)
    });
    confirmed.await?;
    Ok(StatusCode::NO_CONTENT)
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
#[utoipa::path(post, path = "/api/v1/decisions/{id}/refuse", tag = "decisions", request_body = Because,
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "It is refused", body = Decision)))]
pub(crate) async fn refuse(
    state: Shared<Arc<State>>,
    program: Program,
    Path(id): Path<String>,
    Sent(because): Sent<Because>,
) -> Result<Json<Decision>, Failure> {
    answer(state, program, id, Answer::Refuse(because.reason)).await
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

impl Kind {
    fn of(self, data: &Data, about: String) -> Result<Measure, Failure> {
        Ok(match self {
            Self::Warn => deciding::warn_all(data, about)?,
            Self::Dismiss => Measure::Dismiss { campaign: about },
            Self::Release => Measure::Release { item: about },
            Self::Purge => Measure::Purge { campaign: about },
            Self::Restore => Measure::Restore { purge: about },
            Self::BlockSender => Measure::BlockSender { address: about },
            Self::UnblockSender => Measure::UnblockSender { address: about },
            Self::Unmask => Measure::Unmask { member: about },
            Self::AcceptOpen => Measure::AcceptOpen { question: about },
        })
    }
}

impl From<&Measure> for Kind {
    fn from(measure: &Measure) -> Self {
        match measure {
            Measure::Warn { .. } => Self::Warn,
            Measure::Dismiss { .. } => Self::Dismiss,
            Measure::Release { .. } => Self::Release,
            Measure::Purge { .. } => Self::Purge,
            Measure::Restore { .. } => Self::Restore,
            Measure::BlockSender { .. } => Self::BlockSender,
            Measure::UnblockSender { .. } => Self::UnblockSender,
            Measure::Unmask { .. } => Self::Unmask,
            Measure::AcceptOpen { .. } => Self::AcceptOpen,
        }
    }
}

impl From<measure::Decision> for Decision {
    fn from(decision: measure::Decision) -> Self {
        Self {
            measure: Kind::from(&decision.measure),
            about: decision.measure.about().to_owned(),
            evidence: decision.evidence.last().copied(),
            status: decision.status.word().to_owned(),
            proposed: rfc3339(decision.proposed_at),
            decided: decision.decided_at.map(rfc3339),
            id: decision.id,
            reason: decision.reason,
            proposed_by: decision.proposed_by,
            decided_by: decision.decided_by,
            answer: decision.answer,
        }
    }
}
