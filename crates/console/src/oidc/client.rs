//! Requests to the issuer: one connection each, bounded in time and in size, without following redirects.

use super::OidcError;
use axum::http::request::Builder;
use axum::http::{Request, header};
use model::limit::ISSUER_ANSWER_BYTES_MAX;
use runtime::http::{self, Target};
use std::net::SocketAddr;
use std::time::Duration;
use url::Url;

/// How long a whole request may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Fetches a document.
///
/// # Errors
/// [`OidcError::Unreachable`] where there is no good answer in time.
pub(super) async fn get(url: &Url) -> Result<Vec<u8>, OidcError> {
    send(url, Request::get(target(url)), String::new()).await
}

/// Posts a form; `authorization` is what the header of that name says.
///
/// # Errors
/// As [`get`].
pub(super) async fn post(
    url: &Url,
    form: String,
    authorization: Option<String>,
) -> Result<Vec<u8>, OidcError> {
    let mut request = Request::post(target(url))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json");
    if let Some(authorization) = authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    send(url, request, form).await
}

async fn send(url: &Url, request: Builder, body: String) -> Result<Vec<u8>, OidcError> {
    let host = url.host_str().ok_or(OidcError::Settings("a URL without a host"))?;
    let request = request.header(header::HOST, host_header(url, host)).body(body).map_err(unreachable)?;
    let is_protected = url.scheme() != "http";
    let tls = is_protected.then(http::system_trust).transpose().map_err(unreachable)?;
    let target = Target {
        addresses: &addresses(url, host).await?,
        tls: tls.map(|trust| (host, trust)),
        patience: PATIENCE,
        answer_bytes_max: ISSUER_ANSWER_BYTES_MAX,
    };
    http::send(&target, request).await.map_err(unreachable)
}

async fn addresses(url: &Url, host: &str) -> Result<Vec<SocketAddr>, OidcError> {
    let port = url.port_or_known_default().ok_or(OidcError::Settings("a URL without a port"))?;
    let looked_up = tokio::net::lookup_host((host.trim_matches(['[', ']']), port));
    let found = tokio::time::timeout(PATIENCE, looked_up).await.map_err(unreachable)?;
    Ok(found.map_err(unreachable)?.collect())
}

fn target(url: &Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

fn host_header(url: &Url, host: &str) -> String {
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn unreachable(error: impl std::fmt::Display) -> OidcError {
    OidcError::Unreachable(error.to_string())
}
