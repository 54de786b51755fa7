//! The double of the port for values under keys.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, Mutex};

use super::{Faults, lock};
use crate::Result;
use crate::keyed::{Keyed, KeyedBatch, KeyedPage};

#[derive(Debug, Default)]
struct Kept {
    values: BTreeMap<Vec<u8>, Vec<u8>>,
    positions: BTreeMap<String, Vec<u8>>,
}

/// The double of [`Keyed`].
#[derive(Debug, Clone, Default)]
pub struct MemoryKeyed {
    kept: Arc<Mutex<Kept>>,
    faults: Faults,
}

impl MemoryKeyed {
    /// The same values as the next process would find them, with faults of its own.
    pub fn reopen(&self, faults: Faults) -> Self {
        Self { kept: Arc::clone(&self.kept), faults }
    }
}

impl Keyed for MemoryKeyed {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(lock(&self.kept).values.get(key).cloned())
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<KeyedPage> {
        if from >= to {
            return Ok(Vec::new());
        }
        let kept = lock(&self.kept);
        let range = kept.values.range::<[u8], _>((Bound::Included(from), Bound::Excluded(to)));
        Ok(range.take(limit).map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn source_position(&self, source: &str) -> Result<Option<Vec<u8>>> {
        Ok(lock(&self.kept).positions.get(source).cloned())
    }

    fn commit(&self, batch: &KeyedBatch) -> Result<()> {
        batch.check_limits()?;
        self.faults.write(|| {
            let mut kept = lock(&self.kept);
            for (key, value) in batch.changes().iter().cloned() {
                match value {
                    Some(value) => kept.values.insert(key, value),
                    None => kept.values.remove(&key),
                };
            }
            kept.positions.extend(batch.positions().iter().cloned());
        })
    }
}
