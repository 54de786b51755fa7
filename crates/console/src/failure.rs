//! Bodies of failures: a page for people, problem details (RFC 9457) for programs. One place writes them for everything that
//! fails, whichever layer refused it.

use crate::error::Detail;
use crate::page;
use crate::page::error::ErrorView;
use crate::state::State;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;
use std::sync::Arc;

/// Paths of the interface for programs.
pub(crate) const API: &str = "/api/";
/// Paths that other machines read.
const METRICS: &str = "/metrics";
const READINESS: &str = "/readyz";
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Problem details (RFC 9457 section 3.1). `type` is left out: the status says it all.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Problem {
    /// The status in words.
    title: String,
    /// The status code.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong with this request.
    detail: String,
}

/// Writes the body of every response that tells of a failure.
pub(crate) async fn write(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let is_looking = matches!(*request.method(), Method::GET | Method::HEAD);
    let response = next.run(request).await;
    // A house that is not ready says so in its own words.
    if path == READINESS || !(response.status().is_client_error() || response.status().is_server_error()) {
        return response;
    }
    if path.starts_with(API) || path == METRICS {
        problem(response)
    } else if response.status() == StatusCode::UNAUTHORIZED && is_looking {
        to_sign_in(&path)
    } else {
        error_page(&state, response)
    }
}

/// Somebody follows a link and is not signed in: afterwards they get to where they wanted.
fn to_sign_in(path: &str) -> Response {
    let next = if path == "/" { String::new() } else { format!("?next={}", page::text::segment(path)) };
    Redirect::to(&format!("/sign-in{next}")).into_response()
}

fn detail(response: &Response) -> String {
    let told = response.extensions().get::<Detail>().map(|detail| detail.0.clone());
    told.unwrap_or_else(|| reason(response.status()).to_owned())
}

fn reason(status: StatusCode) -> &'static str {
    match status {
        StatusCode::METHOD_NOT_ALLOWED => "this path does not take this method",
        StatusCode::PAYLOAD_TOO_LARGE => "the request is too large",
        StatusCode::NOT_FOUND => "there is nothing here",
        StatusCode::GATEWAY_TIMEOUT => "this took too long",
        other => other.canonical_reason().unwrap_or("the request was not done"),
    }
}

fn problem(response: Response) -> Response {
    let problem = Problem {
        title: response.status().canonical_reason().unwrap_or("Failure").to_owned(),
        status: response.status().as_u16(),
        detail: detail(&response),
    };
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    let mut written = with_body(response, body, PROBLEM);
    if written.status() == StatusCode::UNAUTHORIZED {
        written.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    written
}

fn error_page(state: &State, response: Response) -> Response {
    let view = ErrorView {
        status: response.status().as_u16(),
        title: response.status().canonical_reason().unwrap_or("This was not done").to_owned(),
        about: sentence(&detail(&response)),
        reference: None,
    };
    let body = page::error::render(&view, &state.bare_chrome());
    with_body(response, body.into_string().into_bytes(), HeaderValue::from_static("text/html; charset=utf-8"))
}

/// What is told, with a capital letter and a full stop.
pub(crate) fn sentence(detail: &str) -> String {
    let mut letters = detail.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

/// The same status and headers with another body.
fn with_body(response: Response, body: Vec<u8>, media_type: HeaderValue) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, media_type);
    Response::from_parts(parts, axum::body::Body::from(body))
}
