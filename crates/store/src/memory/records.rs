//! The double of the port for documents.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex};

use super::{Faults, lock};
use crate::Result;
use crate::records::{Batch, Page, Records};

/// Documents by collection and key.
type Documents = BTreeMap<(String, String), Vec<u8>>;

/// The double of [`Records`].
#[derive(Debug, Clone, Default)]
pub struct MemoryRecords {
    documents: Arc<Mutex<Documents>>,
    faults: Faults,
}

impl MemoryRecords {
    /// The same documents as the next process would find them, with faults of its own.
    pub fn reopen(&self, faults: Faults) -> Self {
        Self { documents: Arc::clone(&self.documents), faults }
    }
}

impl Records for MemoryRecords {
    fn get(&self, collection: &str, key: &str) -> Result<Option<Vec<u8>>> {
        Ok(lock(&self.documents).get(&(collection.to_owned(), key.to_owned())).cloned())
    }

    fn apply(&self, batch: &Batch) -> Result<()> {
        batch.check_limits()?;
        self.faults.write(|| {
            let mut documents = lock(&self.documents);
            for change in batch.changes().iter().cloned() {
                let key = (change.collection, change.key);
                match change.document {
                    Some(document) => documents.insert(key, document),
                    None => documents.remove(&key),
                };
            }
        })
    }

    fn scan(&self, collection: &str, after_key: Option<&str>, limit: usize) -> Result<Page> {
        let place = |key: &str| (collection.to_owned(), key.to_owned());
        let start = after_key.map_or(Bound::Included(place("")), |after| Bound::Excluded(place(after)));
        let documents = lock(&self.documents);
        let page =
            documents.range((start, Bound::Unbounded)).take_while(|((found, _), _)| found == collection);
        Ok(page.take(limit).map(|((_, key), document)| (key.clone(), document.clone())).collect())
    }

    fn scan_back(&self, collection: &str, before_key: Option<&str>, limit: usize) -> Result<Page> {
        let mut all = self.scan(collection, None, usize::MAX)?;
        all.retain(|(key, _)| before_key.is_none_or(|before| key.as_str() < before));
        Ok(all.into_iter().rev().take(limit).collect())
    }
}
