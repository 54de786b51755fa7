//! The laws that every adapter and every double of a port obeys, and what happens when the disk breaks.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

mod laws;
mod sample;
