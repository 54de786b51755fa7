//! The milter protocol, version 6, without any I/O: bytes in, commands out, and replies back to bytes.
//!
//! This crate must not know what a message is judged by, nor how bytes travel: no sockets, no clock, nothing of ours. The
//! `gate` drives it. It imports nothing of ours.
