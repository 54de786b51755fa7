//! Pages: plain values in, markup out. No page asks the store, the clock or the network.
//!
//! Each page has a view struct and `render(view, chrome)`. Text from mail goes through [`text`], which makes direction and
//! control characters visible; maud escapes the rest. Nothing here writes inline script or style, because the content
//! security policy forbids both, and nothing refers to another host.

pub mod account;
pub mod accounts;
pub mod acknowledge;
pub mod asset;
pub mod audit;
pub mod blocked;
pub mod campaign;
pub mod campaigns;
pub mod case;
pub mod cases;
pub mod chart;
pub mod chrome;
pub mod decisions;
pub mod domains;
pub mod entry;
pub mod error;
pub mod evidence;
pub mod form;
pub mod health;
pub mod hunt;
pub mod letters;
pub mod member;
pub mod members;
pub mod own;
pub mod piece;
mod qr;
pub mod quarantine;
pub mod quarantined;
pub mod reason;
pub mod registers;
pub mod reported;
pub mod rules;
pub mod sign_in;
pub mod sources;
pub mod text;
pub mod today;
pub mod tokens;
pub mod warning;

pub use chrome::{Chrome, Notice};
