//! Doubles of all ports in memory, which can fail before and fail after a write took effect.
//!
//! A double keeps what a crash would keep apart from what it would lose: `reopen` answers the store as the next
//! process would find it. With [`Faults`] a test tries every write of a scenario as "failed, nothing persisted" and
//! as "failed, yet persisted".

use std::collections::BTreeMap;
use std::ops::{Bound, Range};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{EventTime, LeafIndex, Ordinal, Sha256};

use crate::blobs::{Blobs, check_size as check_blob_size, digest};
use crate::features::{
    FeatureRow, Features, Scanned, Times, Visitor, check_limits as check_rows, no_such_record,
};
use crate::records::{Batch, Records};
use crate::salts::{ERASED, Salt, Salts, check_salts, no_such_leaf};
use crate::tiles::{Tiles, check_path, check_size};
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

    fn scan(
        &self,
        collection: &str,
        after_key: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>> {
        let place = |key: &str| (collection.to_owned(), key.to_owned());
        let start = after_key.map_or(Bound::Included(place("")), |after| Bound::Excluded(place(after)));
        let documents = lock(&self.documents);
        let page =
            documents.range((start, Bound::Unbounded)).take_while(|((found, _), _)| found == collection);
        Ok(page.take(limit).map(|((_, key), document)| (key.clone(), document.clone())).collect())
    }
}

/// The double of [`Features`].
#[derive(Debug, Default)]
pub struct MemoryFeatures {
    durable: Arc<Mutex<Vec<Row>>>,
    rows: Vec<Row>,
    faults: Faults,
    is_stopped: bool,
}

#[derive(Debug, Clone)]
struct Row {
    time: EventTime,
    bytes: Vec<u8>,
    terms: Vec<u64>,
}

impl MemoryFeatures {
    /// The log as the next process would find it: only what was synced, with faults of its own.
    pub fn reopen(&self, faults: Faults) -> Self {
        let durable = Arc::clone(&self.durable);
        let rows = lock(&durable).clone();
        Self { durable, rows, faults, is_stopped: false }
    }

    fn change(&mut self, effect: impl FnOnce(&mut Vec<Row>, &mut Vec<Row>)) -> Result<()> {
        if self.is_stopped {
            return Err(stopped());
        }
        let result = self.faults.write(|| effect(&mut self.rows, &mut lock(&self.durable)));
        self.is_stopped = result.is_err();
        result
    }
}

impl Features for MemoryFeatures {
    fn append(&mut self, rows: &[FeatureRow<'_>]) -> Result<Range<Ordinal>> {
        check_rows(rows)?;
        let first = Ordinal(self.len());
        self.change(|accepted, _| accepted.extend(rows.iter().map(Row::from)))?;
        Ok(first..Ordinal(self.len()))
    }

    fn sync(&mut self) -> Result<()> {
        self.change(|accepted, durable| durable.clone_from(accepted))
    }

    fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    fn get(&self, ordinal: Ordinal) -> Result<Vec<u8>> {
        let row = self.rows.get(ordinal.0 as usize);
        row.map(|row| row.bytes.clone()).ok_or_else(|| no_such_record(ordinal, self.len()))
    }

    fn scan(&self, range: Range<Ordinal>, visit: &mut Visitor<'_>) -> Result<Scanned> {
        let mut scanned = Scanned::default();
        let numbered = (0..).map(Ordinal).zip(&self.rows);
        for (ordinal, row) in numbered.filter(|(ordinal, _)| range.contains(ordinal)) {
            scanned.visited += 1;
            if visit(ordinal, row.time, &row.bytes).is_break() {
                break;
            }
        }
        Ok(scanned)
    }

    fn times(&self) -> Times<'_> {
        Box::new((0..).map(Ordinal).zip(&self.rows).map(|(ordinal, row)| Ok((row.time, ordinal))))
    }

    fn lookup(&self, term: u64) -> Result<Vec<Ordinal>> {
        let numbered = (0..).map(Ordinal).zip(&self.rows);
        Ok(numbered.filter(|(_, row)| row.terms.contains(&term)).map(|(ordinal, _)| ordinal).collect())
    }
}

impl From<&FeatureRow<'_>> for Row {
    fn from(row: &FeatureRow<'_>) -> Self {
        Self { time: row.time, bytes: row.bytes.to_vec(), terms: row.terms.to_vec() }
    }
}

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
        check_blob_size(bytes)?;
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

/// The double of [`Tiles`].
#[derive(Debug, Default)]
pub struct MemoryTiles {
    durable: Arc<Mutex<Files>>,
    staged: Mutex<StagedFiles>,
    faults: Faults,
}

type Files = BTreeMap<String, Vec<u8>>;

#[derive(Debug, Default)]
struct StagedFiles {
    /// All files with staged changes applied.
    files: Files,
    is_stopped: bool,
}

impl MemoryTiles {
    /// The files as the next process would find them: without what was only staged, with faults of its own.
    pub fn reopen(&self, faults: Faults) -> Self {
        let durable = Arc::clone(&self.durable);
        let files = lock(&durable).clone();
        Self { durable, staged: Mutex::new(StagedFiles { files, is_stopped: false }), faults }
    }

    fn change(&self, effect: impl FnOnce(&mut Files, &mut Files)) -> Result<()> {
        let mut staged = lock(&self.staged);
        if staged.is_stopped {
            return Err(stopped());
        }
        let result = self.faults.write(|| effect(&mut staged.files, &mut lock(&self.durable)));
        staged.is_stopped = result.is_err();
        result
    }
}

impl Tiles for MemoryTiles {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>> {
        check_path(path)?;
        Ok(lock(&self.staged).files.get(path).cloned())
    }

    fn write(&self, path: &str, bytes: &[u8]) -> Result<()> {
        check_path(path)?;
        check_size(path, bytes)?;
        self.change(|staged, _| drop(staged.insert(path.to_owned(), bytes.to_vec())))
    }

    fn delete(&self, path: &str) -> Result<()> {
        check_path(path)?;
        self.change(|staged, _| drop(staged.remove(path)))
    }

    fn sync(&self) -> Result<()> {
        self.change(|staged, durable| durable.clone_from(staged))
    }

    fn publish(&self, path: &str, bytes: &[u8]) -> Result<()> {
        check_path(path)?;
        check_size(path, bytes)?;
        self.change(|staged, durable| {
            staged.insert(path.to_owned(), bytes.to_vec());
            durable.clone_from(staged);
        })
    }
}

/// The double of [`Salts`].
#[derive(Debug, Default)]
pub struct MemorySalts {
    durable: Arc<Mutex<Vec<Salt>>>,
    salts: Vec<Salt>,
    faults: Faults,
    is_stopped: bool,
}

impl MemorySalts {
    /// The salts as the next process would find them: only what was synced, with faults of its own.
    pub fn reopen(&self, faults: Faults) -> Self {
        let durable = Arc::clone(&self.durable);
        let salts = lock(&durable).clone();
        Self { durable, salts, faults, is_stopped: false }
    }

    fn change(&mut self, effect: impl FnOnce(&mut Vec<Salt>, &mut Vec<Salt>)) -> Result<()> {
        if self.is_stopped {
            return Err(stopped());
        }
        let result = self.faults.write(|| effect(&mut self.salts, &mut lock(&self.durable)));
        self.is_stopped = result.is_err();
        result
    }
}

impl Salts for MemorySalts {
    fn append(&mut self, salts: &[Salt]) -> Result<()> {
        check_salts(salts)?;
        self.change(|held, _| held.extend_from_slice(salts))
    }

    fn get(&self, index: LeafIndex) -> Result<Option<Salt>> {
        Ok(self.salts.get(index.0 as usize).copied().filter(|salt| *salt != ERASED))
    }

    fn erase(&mut self, index: LeafIndex) -> Result<()> {
        if index.0 >= self.len() {
            return Err(no_such_leaf(index, self.len()));
        }
        self.change(|held, durable| {
            held.iter_mut().skip(index.0 as usize).take(1).for_each(|salt| *salt = ERASED);
            durable.clone_from(held);
        })
    }

    fn len(&self) -> u64 {
        self.salts.len() as u64
    }

    fn truncate(&mut self, len: u64) -> Result<()> {
        if len >= self.len() {
            return Ok(());
        }
        self.change(|held, durable| {
            held.truncate(len as usize);
            durable.clone_from(held);
        })
    }

    fn sync(&mut self) -> Result<()> {
        self.change(|held, durable| durable.clone_from(held))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn injected() -> StoreError {
    StoreError::Io { path: PathBuf::from("memory"), source: "a fault that a test asked for".into() }
}

fn stopped() -> StoreError {
    StoreError::Stopped { path: PathBuf::from("memory") }
}
