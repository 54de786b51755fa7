//! What each port promises, as functions that run against every implementation.
//!
//! `make` answers a way to open one store that is empty at first; opening it again, after the store before was
//! dropped, is what the next process would find after a crash.

mod blobs;
mod features;
mod keyed;
mod records;
mod salts;
mod tiles;
