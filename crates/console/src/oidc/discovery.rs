//! What the issuer says of itself (OpenID Connect Discovery 1.0), and its keys (RFC 7517).

use super::client;
use super::signature::KeySet;
use super::{IssuerSettings, OidcError};
use serde::Deserialize;
use url::{Host, Url};

/// The endpoints that are used.
#[derive(Debug, Clone)]
pub(super) struct Endpoints {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) keys: Url,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

/// Asks the issuer where its endpoints are.
///
/// # Errors
/// [`OidcError`] where the issuer cannot be asked or names what it may not.
pub(super) async fn endpoints(settings: &IssuerSettings) -> Result<Endpoints, OidcError> {
    let issuer: Url = settings.issuer.parse().map_err(|_| OidcError::Settings("the issuer is no URL"))?;
    check(settings, &issuer, &issuer).map_err(|_| OidcError::Settings("the issuer needs https"))?;
    let well_known = format!("{}/.well-known/openid-configuration", settings.issuer.trim_end_matches('/'));
    let well_known: Url = well_known.parse().map_err(|_| OidcError::Settings("the issuer is no URL"))?;
    let document: Document = serde_json::from_slice(&client::get(&well_known).await?)
        .map_err(|_| OidcError::Answer("its description is not what the standard asks for"))?;
    if document.issuer != settings.issuer {
        return Err(OidcError::Answer("it calls itself by another name"));
    }
    let url = |text: &str| text.parse::<Url>().map_err(|_| OidcError::Answer("an endpoint is no URL"));
    let endpoints = Endpoints {
        authorization: url(&document.authorization_endpoint)?,
        token: url(&document.token_endpoint)?,
        keys: url(&document.jwks_uri)?,
    };
    check(settings, &issuer, &endpoints.token)?;
    check(settings, &issuer, &endpoints.keys)?;
    if !is_private(&endpoints.authorization) {
        return Err(OidcError::Answer("it would sign people in without TLS"));
    }
    Ok(endpoints)
}

/// The keys with which the issuer signs now.
///
/// # Errors
/// As [`endpoints`].
pub(super) async fn keys(endpoints: &Endpoints) -> Result<KeySet, OidcError> {
    serde_json::from_slice(&client::get(&endpoints.keys).await?)
        .map_err(|_| OidcError::Answer("its keys cannot be read"))
}

/// Connections are made only to hosts that the operator named.
fn check(settings: &IssuerSettings, issuer: &Url, url: &Url) -> Result<(), OidcError> {
    let is_named = url.host_str() == issuer.host_str()
        || url.host_str().is_some_and(|host| settings.hosts.iter().any(|named| named == host));
    if !is_named {
        return Err(OidcError::Answer("it refers to a host that the configuration does not name"));
    }
    if is_private(url) { Ok(()) } else { Err(OidcError::Answer("it refers to an endpoint without TLS")) }
}

/// Whether nobody on the way can read it: TLS, or this machine.
fn is_private(url: &Url) -> bool {
    let is_loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_endpoint(url: &str, is_taken: bool) {
        let settings = IssuerSettings {
            name: "the house".into(),
            issuer: "https://sign-on.example".into(),
            client_id: "portcullis".into(),
            client_secret: None,
            hosts: vec!["keys.example".into()],
        };
        let issuer = settings.issuer.parse().expect("a URL");
        let url = url.parse().expect("a URL");
        assert_eq!(check(&settings, &issuer, &url).is_ok(), is_taken, "{url}");
    }

    #[test]
    fn endpoints_are_on_named_hosts_and_behind_tls() {
        check_endpoint("https://sign-on.example/token", true);
        check_endpoint("https://keys.example/jwks", true);
        check_endpoint("https://evil.example/token", false);
        check_endpoint("http://sign-on.example/token", false);
        check_endpoint("http://127.0.0.1/token", false);
        assert!(is_private(&"http://127.0.0.1:9000/".parse().expect("a URL")));
        assert!(!is_private(&"http://192.0.2.1/".parse().expect("a URL")));
    }
}
