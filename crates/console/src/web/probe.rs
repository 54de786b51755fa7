//! What other machines ask: is it alive, may mail be sent here, how does it do.

use crate::error::Failure;
use crate::guard;
use crate::state::State;
use crate::visitor::Address;
use crate::vitals::Vitals;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use std::fmt::Write as _;
use std::sync::Arc;

/// Alive: the process answers.
pub(crate) async fn alive() -> &'static str {
    "alive\n"
}

/// Ready: what was recorded is replayed and the data folder can be written. Whoever may read figures is told the details too.
pub(crate) async fn ready(
    Shared(state): Shared<Arc<State>>,
    Address(address): Address,
    headers: HeaderMap,
) -> (StatusCode, String) {
    let is_ready = state.live.health().is_ready;
    let (status, word) =
        if is_ready { (StatusCode::OK, "ready\n") } else { (StatusCode::SERVICE_UNAVAILABLE, "not ready\n") };
    let mut text = word.to_owned();
    if guard::is_from(&headers, address, &state.settings) {
        text += &details(&Vitals::of(&state));
    }
    (status, text)
}

fn details(vitals: &Vitals) -> String {
    let mut text = format!("queued {} of {}\n", vitals.health.queued, vitals.health.queue_max);
    // Writing into a string cannot fail.
    if let Some(age_secs) = vitals.commit_age_secs() {
        let _ = writeln!(text, "last commit {age_secs} s ago");
    }
    if let Some(free_bytes) = vitals.free_bytes {
        let _ = writeln!(text, "free {free_bytes} bytes");
    }
    for sensor in &vitals.sensors {
        let state = if sensor.is_failing { "failing" } else { "working" };
        let lag = sensor.last.map_or_else(
            || "nothing delivered so far".to_owned(),
            |last| format!("last delivery {} s ago", vitals.now.secs_since(last)),
        );
        let _ = writeln!(text, "{} {state}, {lag}", sensor.name);
    }
    text
}

/// Figures. They are counts of mail, which are sensitive themselves where the house is known.
pub(crate) async fn metrics(Shared(state): Shared<Arc<State>>) -> Result<impl IntoResponse, Failure> {
    let text = state.work(|state| Ok(state.metrics.text(&Vitals::of(state)))).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}
