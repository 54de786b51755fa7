//! How much mail of all mailboxes together is in memory at once.

use model::limit::{IMAP_IN_FLIGHT_BYTES_MAX, MESSAGE_BYTES_MAX};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of one permit.
const UNIT: usize = 1 << 10;

/// Room for messages, shared by all accounts.
#[derive(Debug, Clone)]
pub struct Budget(Arc<Semaphore>);

impl Default for Budget {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(IMAP_IN_FLIGHT_BYTES_MAX / UNIT)))
    }
}

impl Budget {
    /// Waits until there is room for a message of this size. What the server says of the size may be wrong, but not by more
    /// than the limit for one message.
    pub(super) async fn room_for(&self, bytes: u64) -> Option<OwnedSemaphorePermit> {
        let bytes = usize::try_from(bytes).unwrap_or(MESSAGE_BYTES_MAX).min(MESSAGE_BYTES_MAX);
        let units = u32::try_from(bytes / UNIT + 1).unwrap_or(u32::MAX);
        // It is never closed.
        Arc::clone(&self.0).acquire_many_owned(units).await.ok()
    }
}
