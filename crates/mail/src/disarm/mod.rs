//! The message without its remote loads, with its visible text unchanged.

pub(crate) mod css;
mod target;
mod vector;

pub(crate) use css::css_urls;
pub use vector::LoadKind;
pub(crate) use vector::load_kind;
