//! One HTTP request over a connection of its own: bounded in time and in size, and without following redirects.

use hyper::body::{Body, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Where a request goes, and what it may cost.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    /// Tried in their order until one connects.
    pub addresses: &'a [SocketAddr],
    /// The name in the server's certificate, and whose certificates are trusted; without it nothing is encrypted.
    pub tls: Option<(&'a str, Arc<ClientConfig>)>,
    /// For connecting, asking and reading together.
    pub patience: Duration,
    /// Largest answer, in bytes.
    pub answer_bytes_max: usize,
}

/// Why there is no good answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The server answered with another status than 200.
    #[error("status {0}")]
    Status(u16),
    /// Nobody answered in time.
    #[error("no answer in time")]
    Slow,
    /// The answer has more bytes than this.
    #[error("more than {0} bytes")]
    Large(usize),
    /// There is no connection, or it failed.
    #[error("{0}")]
    Failed(String),
}

/// Sends a request, whose target is a path, and reads the whole answer.
///
/// # Errors
/// [`HttpError`].
pub async fn send(to: &Target<'_>, request: Request<String>) -> Result<Vec<u8>, HttpError> {
    let answered = async {
        let stream = TcpStream::connect(to.addresses).await.map_err(failed)?;
        let Some((name, trust)) = &to.tls else {
            return exchange(stream, request, to.answer_bytes_max).await;
        };
        let name = ServerName::try_from((*name).to_owned()).map_err(failed)?;
        let stream = TlsConnector::from(Arc::clone(trust)).connect(name, stream).await.map_err(failed)?;
        exchange(stream, request, to.answer_bytes_max).await
    };
    tokio::time::timeout(to.patience, answered).await.map_err(|_| HttpError::Slow)?
}

/// TLS with the certificates that the system trusts.
///
/// # Errors
/// [`HttpError::Failed`] where the library has no version of TLS to offer.
pub fn system_trust() -> Result<Arc<ClientConfig>, HttpError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    trust(roots)
}

/// TLS with these certificates alone.
///
/// # Errors
/// As [`system_trust`].
pub fn trust(roots: RootCertStore) -> Result<Arc<ClientConfig>, HttpError> {
    let versions = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    Ok(Arc::new(versions.with_root_certificates(roots).with_no_client_auth()))
}

async fn exchange<S>(stream: S, request: Request<String>, bytes_max: usize) -> Result<Vec<u8>, HttpError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(failed)?;
    // It ends when the answer was read or dropped.
    tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(failed)?;
    if response.status() != StatusCode::OK {
        return Err(HttpError::Status(response.status().as_u16()));
    }
    read(response.into_body(), bytes_max).await
}

async fn read(mut body: Incoming, bytes_max: usize) -> Result<Vec<u8>, HttpError> {
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame.map_err(failed)?.into_data() else { continue };
        if bytes.len() + data.len() > bytes_max {
            return Err(HttpError::Large(bytes_max));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

fn failed(error: impl std::fmt::Display) -> HttpError {
    HttpError::Failed(error.to_string())
}
