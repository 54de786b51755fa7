//! A mailbox that is hosted elsewhere, as the operator names it.

use crate::{SecretSource, Trust};
use std::time::Duration;

/// One account on one server.
#[derive(Debug, Clone)]
pub struct Account {
    /// The operator's name for it: it stands in records, logs and errors.
    pub name: String,
    /// The server's name or address.
    pub host: String,
    /// Its port: 993 for TLS from the start (RFC 8314), else 143.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// The name to sign in with.
    pub user: String,
    /// How to sign in.
    pub credential: Credential,
    /// Whose mailbox it is: a member's id or address. Nobody's where it is a mailbox for reports.
    pub owner: Option<String>,
    /// Folders that are watched. New mail in the first is noticed at once, in the others at each poll.
    pub folders: Vec<String>,
    /// What is done with mail that a campaign or its own looks speak against.
    pub mode: Mode,
    /// How long things may take.
    pub timing: Timing,
}

/// How a connection is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the start (RFC 8314).
    Implicit(Trust),
    /// STARTTLS (RFC 9051 section 6.2.1). A server that does not begin TLS hears neither user nor secret.
    StartTls(Trust),
    /// None: only to a server on this machine.
    Plain,
}

/// How to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A password (SASL PLAIN, or LOGIN where that is not offered).
    Password(SecretSource),
    /// An OAuth 2.0 access token (XOAUTH2).
    Token(SecretSource),
}

/// What is done with mail that speaks against itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Nothing: mail is judged and recorded, and every folder stays as it is.
    Observe,
    /// The message is replaced in its folder by its disarmed copy; the original is sealed first.
    Disarm,
    /// The message is moved to this folder.
    Quarantine {
        /// The folder; it is made where it is missing.
        folder: String,
    },
    /// Members forward suspicious mail to this mailbox: what is attached is judged, and the reporter noted.
    Reports,
}

/// How long things may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// For connecting, with TLS.
    pub connect: Duration,
    /// Without a byte from the server while a command waits for its answer.
    pub reply: Duration,
    /// After which IDLE is begun anew; at most [`Timing::IDLE_MAX`].
    pub idle: Duration,
    /// Between looks at folders that do not tell of new mail by themselves.
    pub poll: Duration,
    /// Before the first attempt to connect again; it doubles with each failure.
    pub retry_first: Duration,
    /// Longest wait between two attempts.
    pub retry_max: Duration,
}

impl Timing {
    /// A server may close a connection that is idle for 30 minutes (RFC 2177 advises to stay below 29).
    pub const IDLE_MAX: Duration = Duration::from_secs(28 * 60);
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(30),
            reply: Duration::from_secs(60),
            idle: Self::IDLE_MAX,
            poll: Duration::from_secs(60),
            retry_first: Duration::from_secs(2),
            retry_max: Duration::from_secs(300),
        }
    }
}
