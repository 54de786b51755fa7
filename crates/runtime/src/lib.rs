//! runtime

pub mod resolver;
pub mod source;
