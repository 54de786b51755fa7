//! The console: people sign in, look, propose and approve, in a browser or by the HTTP interface.
//!
//! This crate shows and passes on; what a measure needs is held by `runtime::measure`, so that no page and no interface
//! can go around it. It opens no mail server's connection and reads no mail by itself.
//!
//! Reading order: `route` is the table of everything that can be asked and by whom; `guard` holds it; `web` answers with
//! pages made by [`page`].

pub mod account;
mod activity;
mod api;
mod deciding;
pub mod error;
pub mod evidence_view;
mod failure;
mod footprint;
mod guard;
mod hunting;
pub mod metrics;
pub mod network;
mod observe;
pub mod oidc;
pub mod page;
pub mod rate;
mod route;
pub mod secret;
mod security;
mod server;
pub mod session;
pub mod settings;
pub mod state;
pub mod token;
mod visitor;
mod vitals;
mod web;

pub use route::router;
pub use server::serve;
pub use settings::{Reach, Settings};
pub use state::State;

#[cfg(test)]
mod tests;
