//! How far the reading has come; written by the reader and read by whoever draws a progress bar.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters of one reading. They only grow, and are exact once the reading has ended.
#[derive(Debug, Default)]
pub struct Progress {
    bytes_done: AtomicU64,
    messages: AtomicU64,
    bytes_total: Option<u64>,
}

impl Progress {
    /// Counters for inputs of `bytes_total` bytes as stored; `None` if a stream is among them.
    pub(super) fn new(bytes_total: Option<u64>) -> Self {
        Self { bytes_total, ..Self::default() }
    }

    /// Bytes read so far, as stored: compressed files count compressed.
    pub fn bytes_done(&self) -> u64 {
        self.bytes_done.load(Ordering::Relaxed)
    }

    /// Bytes to be read in all, as stored; `None` if that cannot be known.
    pub fn bytes_total(&self) -> Option<u64> {
        self.bytes_total
    }

    /// Messages (or fetches) handed out so far.
    pub fn messages(&self) -> u64 {
        self.messages.load(Ordering::Relaxed)
    }

    pub(super) fn add_bytes(&self, count: u64) {
        self.bytes_done.fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn add_message(&self) {
        self.messages.fetch_add(1, Ordering::Relaxed);
    }
}
