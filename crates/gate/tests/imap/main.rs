//! Mailboxes over IMAP: against a server of our own that breaks where a test wants it to, and against Dovecot.

#![expect(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "all of it is tests and their doubles; nothing outside reads it"
)]

mod arrivals;
mod dovecot;
mod fake;
#[path = "../shared/free_port.rs"]
mod free_port;
mod house;
mod purge;
mod reports;
mod starttls;
