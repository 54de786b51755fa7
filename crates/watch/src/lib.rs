//! Watch, a part: events out of logs, Sigma rules that find intruders in them, memory over years, and cases that cannot be closed
//! too early.
//!
//! This crate must not know files, sockets, the clock, SQL or any other part: bytes, rules and the time come in, values go out.

pub mod case;
pub mod content;
pub mod correlation;
pub mod engine;
pub mod event;
pub mod fold;
pub mod format;
pub mod memory;
pub mod moment;
pub mod number;
pub mod origin;
pub mod pipeline;
pub mod rule_test;
pub mod sighting;
pub mod sigma;
