//! The milter protocol, version 6, without any I/O: bytes in, commands out, and replies back to bytes.
//!
//! A mail server (the *MTA*) connects to a filter and tells it of each SMTP session, step by step. The filter answers at
//! the end of each message what becomes of it. There is no standard; the protocol is what libmilter of Sendmail 8.14 and
//! Postfix speak.
//!
//! Every packet is four bytes of length (big-endian, not counting themselves), one byte that says what it is, and data.
//! [`packet`] cuts a stream into packets, [`Command`] and [`Reply`] are what they mean, [`negotiate`] is how the two
//! sides agree, [`Session`] follows a mail server through its commands and hands over whole messages, and
//! [`edit::edits`] says how a message is to be changed.
//!
//! This crate must not know what a message is judged by, nor how bytes travel: no sockets, no clock, nothing of ours. The
//! `gate` drives it. It imports nothing of ours.

pub mod command;
pub mod edit;
pub mod limit;
pub mod message;
pub mod negotiate;
pub mod packet;
pub mod reply;
pub mod session;
mod text;

pub use command::{Command, CommandError, Connect, Family, Path};
pub use message::{Excess, Field, Message};
pub use negotiate::{Actions, Offer, Refusal, Steps, Wants};
pub use packet::{PacketError, Packets};
pub use reply::{Reply, ReplyCode, ReplyError};
pub use session::{Next, OutOfOrder, Session};
