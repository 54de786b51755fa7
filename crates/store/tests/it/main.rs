//! The laws that every adapter and every double of a port obeys, and what happens when the disk breaks.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on says so by panicking"
)]

mod broken_disk;
mod crash;
mod embedded;
mod erasure;
mod laws;
mod opening;
mod rebuild;
mod retry;
mod rot;
mod sample;
