//! Screen, a part: sanctions lists in their published formats, and names compared with them across spellings and scripts.
//!
//! This crate must not know files, sockets, the clock, chance or any other part: bytes and values come in, values go out. It
//! never decides that somebody is a designated person: it says how alike two records are, and why.

pub mod index;
pub mod list;
pub mod name;
pub mod score;
