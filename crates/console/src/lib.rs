//! The console: people sign in, look, propose and approve, in a browser or by the HTTP interface.
//!
//! This crate shows and passes on; what a measure needs is held by `runtime::measure`, so that no page and no interface
//! can go around it. It opens no mail server's connection and reads no mail by itself.

pub mod page;
