//! The way to a server: TCP, and TLS on top of it; without TLS only on this machine.

use super::account::{Account, Tls};
use super::error::ImapError;
use crate::Trust;
use std::path::Path;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

/// A connection in both directions.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Stream for T {}

/// Connects as `account` says; with STARTTLS the stream is not protected yet.
///
/// # Errors
/// [`ImapError::Connect`], [`ImapError::Tls`], and [`ImapError::PlainBeyondLoopback`] before anything was sent.
pub(super) async fn connect(account: &Account) -> Result<Box<dyn Stream>, ImapError> {
    let connecting = async {
        let tcp = TcpStream::connect((account.host.as_str(), account.port)).await?;
        // Commands are small and wait for their answers.
        tcp.set_nodelay(true)?;
        Ok(tcp)
    };
    let tcp = within(account, connecting).await?;
    match &account.tls {
        Tls::Implicit(trust) => secure(account, trust, Box::new(tcp)).await,
        Tls::StartTls(_) => Ok(Box::new(tcp)),
        Tls::Plain => {
            let peer = tcp.peer_addr().map_err(|error| failed(account, error))?;
            match peer.ip().to_canonical().is_loopback() {
                true => Ok(Box::new(tcp)),
                false => Err(ImapError::PlainBeyondLoopback { host: account.host.clone() }),
            }
        }
    }
}

/// Begins TLS with the server of `account`.
///
/// # Errors
/// [`ImapError::Tls`], and [`ImapError::Connect`] where the server's certificate is not trusted.
pub(super) async fn secure(
    account: &Account,
    trust: &Trust,
    stream: Box<dyn Stream>,
) -> Result<Box<dyn Stream>, ImapError> {
    let config = client_config(match trust {
        Trust::System => system_roots(),
        Trust::Only(path) => roots_of(path)?,
    })?;
    let name =
        ServerName::try_from(account.host.clone()).map_err(|error| ImapError::Tls(error.to_string()))?;
    let protected = within(account, TlsConnector::from(Arc::new(config)).connect(name, stream)).await?;
    Ok(Box::new(protected))
}

async fn within<T>(
    account: &Account,
    connecting: impl Future<Output = std::io::Result<T>>,
) -> Result<T, ImapError> {
    let connected = tokio::time::timeout(account.timing.connect, connecting).await;
    connected
        .unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))
        .map_err(|error| failed(account, error))
}

fn failed(account: &Account, source: std::io::Error) -> ImapError {
    ImapError::Connect { host: account.host.clone(), port: account.port, source }
}

/// The certificates that the system trusts; those that cannot be read are left out.
fn system_roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

fn roots_of(path: &Path) -> Result<RootCertStore, ImapError> {
    let error = |why: &dyn std::fmt::Display| ImapError::Tls(format!("{}: {why}", path.display()));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|why| error(&why))? {
        let certificate = certificate.map_err(|why| error(&why))?;
        roots.add(certificate).map_err(|why| error(&why))?;
    }
    Ok(roots)
}

fn client_config(roots: RootCertStore) -> Result<ClientConfig, ImapError> {
    if roots.is_empty() {
        return Err(ImapError::Tls("no trusted certificate was found".to_owned()));
    }
    let versions = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| ImapError::Tls(error.to_string()))?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}
