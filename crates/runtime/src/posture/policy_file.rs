//! The policy file of MTA-STS, fetched as senders fetch it (RFC 8461, section 3.3): over TLS with a certificate that holds, and
//! without following redirects.

use super::PolicyFile;
use super::ask::Live;
use super::tag::of_version;
use super::transport::{HOST_PREFIX, PATH, policy_records};
use crate::http::{self, HttpError, Target};
use hyper::Request;
use hyper::header::HOST;
use model::limit::MTA_STS_POLICY_BYTES_MAX;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::rustls::ClientConfig;

/// How long the server of a policy may take for all.
const PATIENCE: Duration = Duration::from_secs(5);
const PORT: u16 = 443;

/// What came of fetching a policy.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fetched {
    Text(String),
    Refused(String),
    Unreachable(String),
}

impl Fetched {
    pub(super) fn as_policy_file(&self) -> PolicyFile<'_> {
        match self {
            Self::Text(text) => PolicyFile::Text(text),
            Self::Refused(why) => PolicyFile::Refused(why),
            Self::Unreachable(why) => PolicyFile::Unreachable(why),
        }
    }
}

/// Fetches the policy of a domain; `None` where no record says that it has one.
pub(super) fn fetch(live: &Live, domain: &str, trust: &Arc<ClientConfig>) -> Option<Fetched> {
    let domain = mail::domain::normal_host(domain);
    let records = policy_records(live, &domain).ok()?;
    if of_version(&records, "STSv1").is_empty() {
        return None;
    }
    let host = format!("{HOST_PREFIX}{domain}");
    let addresses = live.addresses(&host).unwrap_or_default();
    if addresses.is_empty() {
        return Some(Fetched::Refused(format!("{host} has no address")));
    }
    let addresses: Vec<SocketAddr> = addresses.into_iter().map(|ip| SocketAddr::new(ip, PORT)).collect();
    Some(fetch_from(&host, &addresses, trust))
}

/// Fetches the policy from a host at these addresses.
fn fetch_from(host: &str, addresses: &[SocketAddr], trust: &Arc<ClientConfig>) -> Fetched {
    let target = Target {
        addresses,
        tls: Some((host, Arc::clone(trust))),
        patience: PATIENCE,
        answer_bytes_max: MTA_STS_POLICY_BYTES_MAX,
    };
    let request = Request::get(PATH).header(HOST, host).body(String::new());
    let answer = request.map_err(|error| HttpError::Failed(error.to_string())).and_then(|request| {
        let waiting = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let waiting = waiting.map_err(|error| HttpError::Failed(error.to_string()))?;
        waiting.block_on(http::send(&target, request))
    });
    match answer {
        Ok(bytes) => Fetched::Text(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error @ (HttpError::Status(_) | HttpError::Large(_))) => Fetched::Refused(error.to_string()),
        Err(error @ (HttpError::Slow | HttpError::Failed(_))) => Fetched::Unreachable(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
