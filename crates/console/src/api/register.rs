//! Registers: one question at a time.

use super::extract::Sent;
use crate::error::Failure;
use crate::state::State;
use crate::visitor::Program;
use axum::Json;
use axum::extract::State as Shared;
use model::limit::REGISTER_LOOKUPS_HOUR_MAX;
use runtime::clock::parse_rfc3339;
use runtime::register::{self, LookupError, LookupRow};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// Is this name at this place on the register?
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    /// Name of the register.
    #[schema(min_length = 1, max_length = 200, example = "hill-ward")]
    register: String,
    /// The whole name.
    #[schema(min_length = 1, example = "Ansel Quarover")]
    name: String,
    /// Postcode; the address is needed where it is empty.
    #[serde(default)]
    #[schema(example = "NM1 2AB")]
    postcode: String,
    /// First line of the address.
    #[serde(default)]
    #[schema(example = "14 Hill Road")]
    address: String,
    /// The moment of which is asked; now where it is not given.
    #[schema(format = DateTime)]
    on: Option<String>,
    /// Why. It is put on record.
    #[schema(min_length = 1, max_length = 2000)]
    purpose: String,
}

/// What the register says.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Answer {
    /// `registered`, `similar` or `not found`.
    #[schema(example = "registered")]
    answer: &'static str,
    /// When the version was sealed that answers.
    #[schema(format = DateTime)]
    version: String,
    /// Entry of the evidence log that holds the question.
    evidence: u64,
}

/// Answers by a word. Each question is evidence, and counts against the limit of the token's account.
#[utoipa::path(post, path = "/api/v1/register/lookup", tag = "register", request_body = Question,
    responses((status = 200, description = "What the register says", body = Answer)))]
pub(crate) async fn lookup(
    Shared(state): Shared<Arc<State>>,
    program: Program,
    Sent(question): Sent<Question>,
) -> Result<Json<Answer>, Failure> {
    let now = state.now();
    let on = match &question.on {
        Some(on) => {
            parse_rfc3339(on).ok_or_else(|| Failure::Invalid("`on` is no time of RFC 3339".into()))?
        }
        None => now,
    };
    let by = program.actor().account.0;
    let answered = state
        .work(move |state| {
            let question = register::Question {
                register: &question.register,
                name: &question.name,
                postcode: &question.postcode,
                address: &question.address,
                on,
                purpose: &question.purpose,
            };
            register::ask(&mut *state.live.data()?, &question, &by, now).map_err(failure)
        })
        .await?;
    let LookupRow { answer, version, evidence, .. } = answered;
    Ok(Json(Answer { answer, version, evidence }))
}

fn failure(error: LookupError) -> Failure {
    match error {
        LookupError::Question => Failure::Invalid(error.to_string()),
        LookupError::NoVersion => Failure::Missing,
        LookupError::NoIndex(_) => Failure::Conflict(error.to_string()),
        LookupError::TooMany => Failure::TooMany { retry_after_secs: 3_600 / REGISTER_LOOKUPS_HOUR_MAX },
        LookupError::Store(error) => Failure::Internal(error),
    }
}
