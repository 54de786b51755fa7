//! Sigma, specification 2.1: rules as they are written, checked, and taken apart into conditions and predicates.

mod collection;
pub mod condition;
pub mod correlation;
mod detection;
pub(crate) mod document;
mod encoding;
pub mod evaluate;
pub(crate) mod expression;
pub(crate) mod field_item;
mod filter;
mod modifier;
pub mod pattern;
pub(crate) mod placeholder;
mod references;
pub mod rule;
pub mod rule_set;
pub(crate) mod value;
pub(crate) mod yaml;

pub use field_item::compile;
