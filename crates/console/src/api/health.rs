//! How the house does.

use crate::error::Failure;
use crate::state::State;
use axum::Json;
use axum::extract::State as Shared;
use runtime::clock::rfc3339;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// How the house does.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// Whether everything recorded was replayed and the data folder can be written.
    is_ready: bool,
    /// Messages that wait to be recorded.
    queued: usize,
    /// How many may wait.
    queue_max: usize,
    /// Messages that were recorded since the start.
    observed: u64,
    /// Campaigns that became of concern since the start.
    alerts: u64,
    /// Writes that failed since the start.
    failures: u64,
    /// When the last group commit was acknowledged, RFC 3339.
    #[schema(format = DateTime)]
    last_commit: Option<String>,
}

/// How the house does.
#[utoipa::path(get, path = "/api/v1/health", tag = "health",
    responses((status = 200, description = "How the house does", body = Health)))]
pub(crate) async fn show(Shared(state): Shared<Arc<State>>) -> Result<Json<Health>, Failure> {
    let health = state.live.health();
    Ok(Json(Health {
        is_ready: health.is_ready,
        queued: health.queued,
        queue_max: health.queue_max,
        observed: health.observed,
        alerts: health.alerts,
        failures: health.failures,
        last_commit: health.last_commit.map(rfc3339),
    }))
}
