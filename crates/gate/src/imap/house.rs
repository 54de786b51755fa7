//! What mailboxes need of the live house. Tests put their own in its place to make it fail.

use super::error::ImapError;
use anyhow::Result;
use model::Sha256;
use runtime::live::{Incoming, Judged, Live, LiveError};
use runtime::{disarm, ledger};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use store::{Batch, Blobs, Records};

/// The live house as a sensor sees it. All of it blocks.
pub trait House: Send + Sync + 'static {
    /// Judges and records a message; see [`Live::observe`].
    ///
    /// # Errors
    /// As [`Live::observe`].
    fn observe(&self, incoming: Incoming) -> Result<Judged, LiveError>;

    /// Seals an original and records that it was disarmed, once; answers its harmless copy. `None` where there is nothing
    /// to take out of it.
    ///
    /// # Errors
    /// Where the data folder fails: then the original is not safe, and must stay where it is.
    fn disarm(&self, original: &[u8], digest: Sha256) -> Result<Option<Vec<u8>>, LiveError>;

    /// A sealed original, where it is still kept.
    ///
    /// # Errors
    /// Where the data folder fails.
    fn sealed(&self, digest: Sha256) -> Result<Option<Vec<u8>>, LiveError>;

    /// A document that was kept.
    ///
    /// # Errors
    /// Where the data folder fails.
    fn document(&self, collection: &str, key: &str) -> Result<Option<Vec<u8>>, LiveError>;

    /// Keeps a document.
    ///
    /// # Errors
    /// Where the data folder fails.
    fn keep(&self, collection: &str, key: &str, document: Vec<u8>) -> Result<(), LiveError>;
}

impl House for Live {
    fn observe(&self, incoming: Incoming) -> Result<Judged, LiveError> {
        Self::observe(self, incoming)
    }

    fn disarm(&self, original: &[u8], digest: Sha256) -> Result<Option<Vec<u8>>, LiveError> {
        // Outside of the lock: a large message takes a while.
        let disarmed = mail::disarm::disarm(original);
        if disarmed.removed.is_empty() {
            return Ok(None);
        }
        let mut data = self.data()?;
        if ledger::is_disarmed(&data, digest).map_err(failed)? {
            data.store.blobs.put(original).map_err(failed)?;
        } else {
            disarm::disarm(&mut data, original).map_err(failed)?;
        }
        Ok(Some(disarmed.message))
    }

    fn sealed(&self, digest: Sha256) -> Result<Option<Vec<u8>>, LiveError> {
        self.data()?.store.blobs.get(digest).map_err(failed)
    }

    fn document(&self, collection: &str, key: &str) -> Result<Option<Vec<u8>>, LiveError> {
        self.data()?.store.records.get(collection, key).map_err(failed)
    }

    fn keep(&self, collection: &str, key: &str, document: Vec<u8>) -> Result<(), LiveError> {
        let mut batch = Batch::new();
        batch.put(collection, key, document);
        self.data()?.store.records.apply(&batch).map_err(failed)
    }
}

fn failed(error: impl Into<anyhow::Error>) -> LiveError {
    LiveError::Store(format!("{:#}", error.into()))
}

/// The house, asked from asynchronous code.
#[derive(Clone)]
pub(super) struct Desk(Arc<dyn House>);

impl Desk {
    pub(super) fn new(house: Arc<dyn House>) -> Self {
        Self(house)
    }

    /// Runs `work` where it may block.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn House) -> Result<T, LiveError> + Send + 'static,
    ) -> Result<T, ImapError> {
        let house = Arc::clone(&self.0);
        match tokio::task::spawn_blocking(move || work(&*house)).await {
            Ok(answer) => Ok(answer?),
            // The runtime is going down.
            Err(_) => Err(LiveError::Stopped.into()),
        }
    }

    /// A JSON document that was kept.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        collection: &'static str,
        key: &str,
    ) -> Result<Option<T>, ImapError> {
        let name = key.to_owned();
        let Some(bytes) = self.ask(move |house| house.document(collection, &name)).await? else {
            return Ok(None);
        };
        let damaged = |_| ImapError::Record(format!("{collection}/{key}"));
        serde_json::from_slice(&bytes).map(Some).map_err(damaged)
    }

    /// Keeps a JSON document.
    pub(super) async fn write<T: Serialize>(
        &self,
        collection: &'static str,
        key: &str,
        document: &T,
    ) -> Result<(), ImapError> {
        let bytes = serde_json::to_vec(document).expect("documents of this crate have only strings as keys");
        let key = key.to_owned();
        self.ask(move |house| house.keep(collection, &key, bytes)).await
    }
}
