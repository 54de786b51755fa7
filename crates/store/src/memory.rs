//! Doubles of all ports in memory, which can fail before and fail after a write took effect.
//!
//! A double keeps what a crash would keep apart from what it would lose: `reopen` answers the store as the next
//! process would find it. With [`Faults`] a test tries every write of a scenario as "failed, nothing persisted" and
//! as "failed, yet persisted".

mod blobs;
mod features;
mod keyed;
mod records;
mod salts;
mod tiles;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use self::blobs::MemoryBlobs;
pub use self::features::MemoryFeatures;
pub use self::keyed::MemoryKeyed;
pub use self::records::MemoryRecords;
pub use self::salts::MemorySalts;
pub use self::tiles::MemoryTiles;
use crate::{Result, StoreError};

/// How a write fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It fails and has no effect.
    Before,
    /// It takes effect, and the caller is told that it failed.
    After,
}

/// Which write fails, and how. Clones share one count, so several doubles can have one plan.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    writes: u64,
    fault: Option<(u64, Fault)>,
}

impl Faults {
    /// The write with number `write`, from 0, fails as `fault`; all others succeed.
    pub fn at(write: u64, fault: Fault) -> Self {
        Self(Arc::new(Mutex::new(Plan { writes: 0, fault: Some((write, fault)) })))
    }

    /// How many writes there were.
    pub fn writes(&self) -> u64 {
        lock(&self.0).writes
    }

    /// Counts a write and lets it take effect, unless it is to fail.
    fn write<T>(&self, effect: impl FnOnce() -> T) -> Result<T> {
        let fault = {
            let mut plan = lock(&self.0);
            let write = plan.writes;
            plan.writes += 1;
            plan.fault.filter(|(at, _)| *at == write).map(|(_, fault)| fault)
        };
        match fault {
            None => Ok(effect()),
            Some(Fault::Before) => Err(injected()),
            Some(Fault::After) => {
                effect();
                Err(injected())
            }
        }
    }
}

/// A value of which a crash keeps only what was synced, and which stops after a failed write as the adapters do.
#[derive(Debug, Default)]
struct Synced<T> {
    durable: Arc<Mutex<T>>,
    current: T,
    faults: Faults,
    is_stopped: bool,
}

impl<T: Clone> Synced<T> {
    /// The value as the next process would find it.
    fn reopen(&self, faults: Faults) -> Self {
        let durable = Arc::clone(&self.durable);
        let current = lock(&durable).clone();
        Self { durable, current, faults, is_stopped: false }
    }

    /// A write that a crash may still take back.
    fn change(&mut self, effect: impl FnOnce(&mut T)) -> Result<()> {
        self.write(|current, _| effect(current))
    }

    /// A write that is durable at once, together with all before.
    fn change_durably(&mut self, effect: impl FnOnce(&mut T)) -> Result<()> {
        self.write(|current, durable| {
            effect(current);
            durable.clone_from(current);
        })
    }

    fn write(&mut self, effect: impl FnOnce(&mut T, &mut T)) -> Result<()> {
        if self.is_stopped {
            return Err(StoreError::Stopped { path: PathBuf::from("memory") });
        }
        let result = self.faults.write(|| effect(&mut self.current, &mut lock(&self.durable)));
        self.is_stopped = result.is_err();
        result
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn injected() -> StoreError {
    StoreError::Io { path: PathBuf::from("memory"), source: "a fault that a test asked for".into() }
}
