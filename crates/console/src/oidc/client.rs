//! Requests to the issuer: one connection each, bounded in time and in size, without following redirects.

use super::OidcError;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use model::limit::ISSUER_ANSWER_BYTES_MAX;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::Url;

/// How long a whole request may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Fetches a document.
///
/// # Errors
/// [`OidcError::Unreachable`] where there is no good answer in time.
pub(super) async fn get(url: &Url) -> Result<Vec<u8>, OidcError> {
    send(url, Request::get(target(url)), Body::empty()).await
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
    send(url, request, Body::from(form)).await
}

async fn send(url: &Url, request: axum::http::request::Builder, body: Body) -> Result<Vec<u8>, OidcError> {
    let host = url.host_str().ok_or(OidcError::Settings("a URL without a host"))?;
    let request = request.header(header::HOST, host_header(url, host)).body(body).map_err(unreachable)?;
    let answered = async {
        let response = exchange(url, host, request).await?;
        if response.status() != StatusCode::OK {
            return Err(OidcError::Unreachable(format!("status {}", response.status().as_u16())));
        }
        to_bytes(Body::new(response.into_body()), ISSUER_ANSWER_BYTES_MAX).await.map_err(unreachable)
    };
    let bytes = tokio::time::timeout(PATIENCE, answered).await;
    Ok(bytes.map_err(|_| OidcError::Unreachable("no answer in time".into()))??.to_vec())
}

async fn exchange(url: &Url, host: &str, request: Request<Body>) -> Result<Response<Incoming>, OidcError> {
    let port = url.port_or_known_default().ok_or(OidcError::Settings("a URL without a port"))?;
    let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await.map_err(unreachable)?;
    if url.scheme() == "http" {
        return speak(stream, request).await;
    }
    let name = ServerName::try_from(host.to_owned()).map_err(unreachable)?;
    let stream = TlsConnector::from(Arc::new(tls()?)).connect(name, stream).await.map_err(unreachable)?;
    speak(stream, request).await
}

async fn speak<S>(stream: S, request: Request<Body>) -> Result<Response<Incoming>, OidcError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(unreachable)?;
    // It ends when the answer was read or dropped.
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(unreachable)
}

/// TLS with the certificates that the system trusts.
fn tls() -> Result<ClientConfig, OidcError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let versions = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unreachable)?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
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
