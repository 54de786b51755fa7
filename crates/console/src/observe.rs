//! One line in the log and one count in the figures for each request: which route, what came out, how long it took. Neither
//! path nor address nor account is told, because they would name people.

use crate::state::State;
use axum::extract::{MatchedPath, Request, State as Shared};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;
use std::time::Instant;

/// Watches a request.
pub(crate) async fn request(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = method_name(request.method());
    let response = next.run(request).await;
    let duration = begun.elapsed();
    let status = response.status().as_u16();
    state.metrics.count(&route, method, status, duration);
    let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    tracing::info!(event = "console.request", route, method, status, micros);
    response
}

/// Methods are text that strangers choose; only the known ones are told.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
