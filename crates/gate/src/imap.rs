//! Mailboxes that are hosted elsewhere, over IMAP4rev1 (RFC 3501): watched, disarmed in place, and cleared of earlier mail.
//!
//! The client is our own and small: it asks for a dozen things, and a mail server that was broken into is among its
//! adversaries. [Decision 16](../../../docs/decisions/0016-own-imap-client.md) says what was weighed.
//! From the socket upward: `wire` cuts bytes into responses, `response` reads them, `connection` runs commands, `session`
//! knows what they are for, `arrival` works on one message, `watch` on one account, `purge` on what was delivered earlier.

mod account;
mod arrival;
mod authenticate;
mod backoff;
mod budget;
mod command;
mod connection;
mod cursor;
mod date;
mod error;
mod house;
mod locate;
mod prune;
pub mod purge;
mod relocate;
mod report_mailbox;
mod response;
mod session;
mod standing;
mod transport;
mod watch;
mod wire;

pub use account::{Account, Credential, Mode, Timing, Tls};
pub use arrival::ORIGINAL_FIELD;
pub use budget::Budget;
pub use error::ImapError;
pub use house::House;
pub use prune::Pruning;
pub use response::Status;
pub use standing::Standing;
pub use watch::spawn;
pub use wire::WireError;
