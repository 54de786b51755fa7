//! Why a mailbox cannot be worked on. No text of a server and no address of a person is in these errors: they are logged.

use super::response::Status;
use super::wire::WireError;
use crate::SecretError;
use model::limit::IMAP_CANDIDATES_MAX;
use runtime::live::LiveError;

/// What went wrong with a mailbox that is hosted elsewhere.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// The connection could not be made.
    #[error("cannot connect to {host}:{port}")]
    Connect {
        /// The server's name.
        host: String,
        /// Its port.
        port: u16,
        /// Why.
        source: std::io::Error,
    },
    /// No TLS was configured for a server that is not on this machine. Nothing was sent.
    #[error("{host} is not on this machine; mailboxes elsewhere are read over TLS only")]
    PlainBeyondLoopback {
        /// The server's name.
        host: String,
    },
    /// The certificates that are trusted cannot be read, or the server's name is none.
    #[error("cannot set TLS up: {0}")]
    Tls(String),
    /// The connection broke. Working on after connecting again is safe.
    #[error("the connection broke")]
    Dropped(#[source] std::io::Error),
    /// The server closed the connection.
    #[error("the server closed the connection")]
    Closed,
    /// The server did not answer in time.
    #[error("the server did not answer {command} in time")]
    Silent {
        /// What it was asked for.
        command: &'static str,
    },
    /// The server breaks the protocol or a limit.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The server refused a command.
    #[error("the server refused {command}: {status:?} {code}")]
    Refused {
        /// The command.
        command: &'static str,
        /// How.
        status: Status,
        /// The name of its response code (RFC 5530), or nothing.
        code: String,
    },
    /// User and secret were not accepted.
    #[error("the server does not accept the user with this secret: {code}")]
    NotAccepted {
        /// The name of its response code (RFC 5530), or nothing.
        code: String,
    },
    /// The server cannot do what is needed.
    #[error("the server does not offer {0}")]
    Missing(&'static str),
    /// The secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Something came in plain text behind the server's answer to STARTTLS. Read as if it had come over TLS, it would be the
    /// word of whoever is in between.
    #[error("something was put between the server's answer to STARTTLS and TLS")]
    Injected,
    /// What the server keeps of a message is not what it was given.
    #[error("the server altered a message that it was given")]
    Altered,
    /// The UIDs of a folder are not those of a moment ago (RFC 3501 section 2.3.1.1): what was to be changed is not known any more.
    #[error("the server numbered the messages of a folder anew")]
    Renumbered,
    /// More messages of a folder may be the one that is looked for than are fetched, and those that were are not it.
    #[error("more than {IMAP_CANDIDATES_MAX} messages of a folder look like the one that is looked for")]
    Candidates,
    /// The live house did not take a message.
    #[error(transparent)]
    House(#[from] LiveError),
    /// The records under `imap.` hold something that this program did not write.
    #[error("the record {0} is damaged")]
    Record(String),
}

impl ImapError {
    /// Whether the connection can still be used.
    pub fn leaves_connection(&self) -> bool {
        match self {
            Self::Refused { status, .. } => *status != Status::Bye,
            Self::Altered | Self::Candidates | Self::House(_) | Self::Missing(_) | Self::Record(_) => true,
            _ => false,
        }
    }
}
