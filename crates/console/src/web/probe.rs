//! What other machines ask: is it alive, may mail be sent here, how does it do.

use crate::error::Failure;
use crate::state::State;
use axum::extract::State as Shared;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use std::sync::Arc;

/// Alive: the process answers.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// Ready: what was recorded is replayed and the data folder can be written.
pub(crate) async fn ready(Shared(state): Shared<Arc<State>>) -> (StatusCode, &'static str) {
    if state.live.health().is_ready {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}

/// Figures. They are counts of mail, which are sensitive themselves where the house is known: the operator keeps this path
/// to the own network, as with every exporter.
pub(crate) async fn metrics(Shared(state): Shared<Arc<State>>) -> Result<impl IntoResponse, Failure> {
    let text = state.metrics.text(&state.live.health(), state.sessions.len());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}
