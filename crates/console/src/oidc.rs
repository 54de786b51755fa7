//! Sign-in at the house's own sign-on: OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636).
//!
//! The issuer says who somebody is; what they may do is kept here. Connections go to the issuer's host and to hosts that the
//! operator names besides, and to no other, whatever the issuer's own documents say.

mod begun;
mod client;
mod discovery;
mod flow;
mod id_token;
mod signature;

pub use flow::Issuer;
pub(crate) use flow::Redirection;
pub(crate) use id_token::Identity;

/// Where people may sign in instead of here.
#[derive(Debug, Clone)]
pub struct IssuerSettings {
    /// Its name, as the sign-in page shows it.
    pub name: String,
    /// Its URL, exactly as its tokens state it. `https:`, or `http:` on loopback.
    pub issuer: String,
    /// Who we are there.
    pub client_id: String,
    /// Our secret there; none for a public client.
    pub client_secret: Option<String>,
    /// Hosts besides the issuer's own that its endpoints may be on.
    pub hosts: Vec<String>,
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The settings cannot be used.
    #[error("the settings of the sign-on cannot be used: {0}")]
    Settings(&'static str),
    /// The issuer could not be asked. Trying again may help.
    #[error("the sign-on cannot be reached: {0}")]
    Unreachable(String),
    /// The issuer answered something that the standard does not allow.
    #[error("the sign-on answered what cannot be used: {0}")]
    Answer(&'static str),
    /// The issuer did not sign the person in.
    #[error("the sign-on did not sign you in")]
    Denied,
    /// The answer belongs to no sign-in that was begun in this browser, or comes too late.
    #[error("this sign-in took too long or was begun in another browser")]
    Stale,
    /// The token does not prove what it should.
    #[error("the sign-on's token is refused: {0}")]
    Token(&'static str),
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] crate::secret::NoRandomness),
}
