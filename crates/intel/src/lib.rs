//! Intel, a part: who says what about whom, on which evidence, and how little of it names anybody.
//!
//! This crate must not know files, sockets, the clock, chance or any other part: bytes, values, secrets and the time come in,
//! values go out.

pub mod claim;
pub mod overlap;
