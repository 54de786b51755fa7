//! The filter beside a mail server: every message is judged while its sender still waits, so that nothing is delivered
//! that was not judged and nothing is lost that was not delivered.
//!
//! [`Server`] listens and follows connections by the crate `milter`; a [`Filter`] decides; [`LiveFilter`] is the one that
//! asks the live house. What is delivered is one message for all its recipients: where these are to be treated
//! differently, the strictest treatment holds for all.
//!
//! A message that is to be kept from its reader goes into our own sealed store, and the mail server is told to forget it
//! only when it is there. The server's own hold queue is never used: a queue that somebody flushes is no quarantine.

mod action;
mod arc;
mod budget;
mod connection;
mod filter;
mod listener;
mod mark;
mod server;
mod signature;
mod snippet;

pub use action::{Action, Failed, Filter, OnFailure};
pub use arc::{ArcKey, ArcKeyError, Sealer};
pub use filter::{LiveFilter, Policy};
pub use listener::Listen;
pub use mark::{MARK_PREFIX, Mark, marked, unmarked};
pub use server::{Server, Settings};
pub use snippet::{Snippet, postfix};
