//! The double of the port for originals.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use model::Sha256;

use super::{Faults, lock};
use crate::Result;
use crate::blobs::{Blobs, check_size, digest};

/// The double of [`Blobs`]. It seals nothing.
#[derive(Debug, Clone, Default)]
pub struct MemoryBlobs {
    blobs: Arc<Mutex<BTreeMap<Sha256, Vec<u8>>>>,
    faults: Faults,
}

impl MemoryBlobs {
    /// The same blobs as the next process would find them, with faults of its own.
    pub fn reopen(&self, faults: Faults) -> Self {
        Self { blobs: Arc::clone(&self.blobs), faults }
    }
}

impl Blobs for MemoryBlobs {
    fn put(&self, bytes: &[u8]) -> Result<Sha256> {
        check_size(bytes)?;
        let id = digest(bytes);
        self.faults.write(|| lock(&self.blobs).insert(id, bytes.to_vec()))?;
        Ok(id)
    }

    fn get(&self, id: Sha256) -> Result<Option<Vec<u8>>> {
        Ok(lock(&self.blobs).get(&id).cloned())
    }

    fn delete(&self, id: Sha256) -> Result<()> {
        self.faults.write(|| lock(&self.blobs).remove(&id)).map(drop)
    }

    fn list(&self) -> Result<Vec<Sha256>> {
        Ok(lock(&self.blobs).keys().copied().collect())
    }
}
