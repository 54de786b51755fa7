//! The exercise as its readers get it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may panic, and these read only what the exercise itself wrote"
)]

mod golden;
mod honesty;
mod reader;
mod story;
