//! Live mail: the milter beside a mail server, mailboxes by IMAP, a drop folder, reports from outside, and mail of our own
//! through a relay.
//!
//! This crate carries; it never judges. Every message goes to `runtime::live`, and whatever touches a person was decided
//! by `runtime::measure` before it comes here. It knows no page and no command line.

pub mod drop_folder;
pub mod imap;
pub mod milter;
mod secret;
pub mod smtp;
mod trust;

pub use secret::{SecretError, SecretSource};
pub use trust::Trust;
