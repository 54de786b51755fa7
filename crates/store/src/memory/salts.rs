//! The double of the port for salts.

use model::LeafIndex;

use super::{Faults, Synced};
use crate::Result;
use crate::salts::{ERASED, Salt, Salts, check_leaves, check_salts};

/// The double of [`Salts`].
#[derive(Debug, Default)]
pub struct MemorySalts(Synced<Vec<Salt>>);

impl MemorySalts {
    /// The salts as the next process would find them: only what was synced, with faults of its own.
    pub fn reopen(&self, faults: Faults) -> Self {
        Self(self.0.reopen(faults))
    }
}

impl Salts for MemorySalts {
    fn append(&mut self, salts: &[Salt]) -> Result<()> {
        check_salts(salts)?;
        self.0.change(|held| held.extend_from_slice(salts))
    }

    fn get(&self, index: LeafIndex) -> Result<Option<Salt>> {
        Ok(self.0.current.get(index.0 as usize).copied().filter(|salt| *salt != ERASED))
    }

    fn erase(&mut self, leaves: &[LeafIndex]) -> Result<()> {
        check_leaves(leaves, self.len())?;
        self.0.change_durably(|held| {
            for leaf in leaves {
                held.iter_mut().skip(leaf.0 as usize).take(1).for_each(|salt| *salt = ERASED);
            }
        })
    }

    fn len(&self) -> u64 {
        self.0.current.len() as u64
    }

    fn truncate(&mut self, len: u64) -> Result<()> {
        if len >= self.len() {
            return Ok(());
        }
        self.0.change_durably(|held| {
            held.truncate(len as usize);
        })
    }

    fn sync(&mut self) -> Result<()> {
        self.0.change_durably(|_| ())
    }
}
