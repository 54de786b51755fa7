//! Documents in one SQLite file: write-ahead log, every commit synced, one table.
//!
//! SQLite because anyone can inspect the file with common tools, and because its all-or-nothing commit is the most
//! tested there is. `synchronous=FULL` makes a commit durable against power loss, not only against a crash.

mod keyed;
mod reading;

pub use keyed::SqliteKeyed;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OptionalExtension, TransactionBehavior, params};
use xxhash_rust::xxh3::Xxh3Default;

use crate::records::{Batch, Change, Page, Records};
use crate::{Result, StoreError};

/// The latest schema that this program knows; `PRAGMA user_version` of the file.
const SCHEMA_VERSION: i64 = 2;

/// What a file must hold.
struct Schema {
    /// The latest version that this program knows; `PRAGMA user_version` of the file.
    version: i64,
    /// The statements that bring a file of an earlier version there; 0 is a new file.
    bring: fn(i64) -> &'static str,
}

/// How long a statement waits for another connection before it answers [`StoreError::Busy`].
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The schema of version 2. Without a row id a document lies in its key's page, which makes a scan one walk. SQLite notices
/// damage to its pages, and none inside of a value: the checksum is over collection, key and value.
const SCHEMA: &str = "CREATE TABLE document (
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    checksum INTEGER,
    PRIMARY KEY (collection, key)
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 2;";
/// What version 1 lacks. Its documents have no checksum until they are written again.
const FROM_VERSION_1: &str = "ALTER TABLE document ADD COLUMN checksum INTEGER;
PRAGMA user_version = 2;";
const DOCUMENTS: Schema =
    Schema { version: SCHEMA_VERSION, bring: |found| if found == 0 { SCHEMA } else { FROM_VERSION_1 } };

const GET: &str = "SELECT value FROM document WHERE collection = ?1 AND key = ?2";
const PUT: &str = "INSERT INTO document (collection, key, value, checksum) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (collection, key) DO UPDATE SET value = excluded.value, checksum = excluded.checksum";
const DELETE: &str = "DELETE FROM document WHERE collection = ?1 AND key = ?2";
const KEYS: &str = "SELECT key FROM document WHERE collection = ?1 ORDER BY key";
const SCAN: &str = "SELECT key, value FROM document WHERE collection = ?1 ORDER BY key LIMIT ?2";
const SCAN_AFTER: &str =
    "SELECT key, value FROM document WHERE collection = ?1 AND key > ?3 ORDER BY key LIMIT ?2";
const SCAN_BACK: &str = "SELECT key, value FROM document WHERE collection = ?1 ORDER BY key DESC LIMIT ?2";
const SCAN_BEFORE: &str =
    "SELECT key, value FROM document WHERE collection = ?1 AND key < ?3 ORDER BY key DESC LIMIT ?2";

/// The embedded adapter of [`Records`].
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    /// One statement at a time: a SQLite connection serves one thread.
    connection: Mutex<Connection>,
}

impl Sqlite {
    /// Opens the file at `path`, and creates it where there is none.
    ///
    /// # Errors
    /// [`StoreError::Newer`] where a later program wrote it, [`StoreError::Corrupt`] where it is no SQLite file, or any
    /// error of the disk.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with_timeout(path, BUSY_TIMEOUT)
    }

    /// As [`Sqlite::open`], with another patience before [`StoreError::Busy`].
    ///
    /// # Errors
    /// As [`Sqlite::open`].
    pub fn open_with_timeout(path: &Path, busy_timeout: Duration) -> Result<Self> {
        let connection =
            prepare(path, busy_timeout, &DOCUMENTS).map_err(|error| from_sqlite(path, error))??;
        Ok(Self { path: path.to_owned(), connection: Mutex::new(connection) })
    }

    /// Runs `work` on the connection. A panic elsewhere leaves the connection sound: SQLite rolls back.
    fn with<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T> {
        let mut connection: MutexGuard<'_, Connection> =
            self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut connection).map_err(|error| from_sqlite(&self.path, error))
    }
}

impl Records for Sqlite {
    fn get(&self, collection: &str, key: &str) -> Result<Option<Vec<u8>>> {
        self.with(|connection| {
            connection.prepare_cached(GET)?.query_row(params![collection, key], |row| row.get(0)).optional()
        })
    }

    fn apply(&self, batch: &Batch) -> Result<()> {
        batch.check_limits()?;
        if batch.is_empty() {
            return Ok(());
        }
        self.with(|connection| {
            // Immediate: a deferred transaction that turns into a writer cannot wait for another, it fails at once.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            batch.changes().iter().try_for_each(|change| make(&transaction, change))?;
            transaction.commit()
        })
    }

    fn scan(&self, collection: &str, after_key: Option<&str>, limit: usize) -> Result<Page> {
        self.page([SCAN, SCAN_AFTER], collection, after_key, limit)
    }

    fn scan_back(&self, collection: &str, before_key: Option<&str>, limit: usize) -> Result<Page> {
        self.page([SCAN_BACK, SCAN_BEFORE], collection, before_key, limit)
    }
}

impl Sqlite {
    /// Where the file is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The keys of a collection, in their order.
    pub(crate) fn keys(&self, collection: &str) -> Result<Vec<String>> {
        self.with(|connection| {
            connection.prepare_cached(KEYS)?.query_map(params![collection], |row| row.get(0))?.collect()
        })
    }

    /// A page of documents, by the first statement from the end of the collection, by the second from a key.
    fn page(
        &self,
        [from_end, from_key]: [&str; 2],
        collection: &str,
        key: Option<&str>,
        limit: usize,
    ) -> Result<Page> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.with(|connection| {
            let document = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            match key {
                None => connection
                    .prepare_cached(from_end)?
                    .query_map(params![collection, limit], document)?
                    .collect(),
                Some(key) => connection
                    .prepare_cached(from_key)?
                    .query_map(params![collection, limit, key], document)?
                    .collect(),
            }
        })
    }
}

/// Opens, configures and checks. The outer error is SQLite's, the inner one ours.
fn prepare(path: &Path, busy_timeout: Duration, schema: &Schema) -> rusqlite::Result<Result<Connection>> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(busy_timeout)?;
    // Otherwise every new bound of a range makes SQLite plan the statement anew, which costs more than to run it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let found = schema_version(&connection)?;
    if found > schema.version {
        return Ok(Err(StoreError::Newer { path: path.to_owned(), found, known: schema.version }));
    }
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    // Deleted documents may be personal data: their bytes are overwritten, not only unlinked.
    connection.pragma_update(None, "secure_delete", "on")?;
    if found < schema.version {
        bring_schema(&mut connection, schema)?;
    }
    Ok(Ok(connection))
}

fn schema_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Creates the schema or adds what it lacks once, also where two processes meet the same file at the same time.
fn bring_schema(connection: &mut Connection, schema: &Schema) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = schema_version(&transaction)?;
    if found < schema.version {
        transaction.execute_batch((schema.bring)(found))?;
    }
    transaction.commit()
}

fn make(transaction: &Connection, change: &Change) -> rusqlite::Result<()> {
    let changed = match &change.document {
        Some(document) => {
            let checksum = checksum(&change.collection, &change.key, document);
            let mut put = transaction.prepare_cached(PUT)?;
            put.execute(params![change.collection, change.key, document, checksum])
        }
        None => transaction.prepare_cached(DELETE)?.execute(params![change.collection, change.key]),
    };
    changed.map(drop)
}

/// The check of a document. Lengths keep collection, key and value apart.
fn checksum(collection: &str, key: &str, value: &[u8]) -> i64 {
    let mut hash = Xxh3Default::new();
    for part in [collection.as_bytes(), key.as_bytes(), value] {
        hash.update(&(part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.digest().cast_signed()
}

/// Sorts SQLite's errors by what the caller does about them.
fn from_sqlite(path: &Path, error: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { path },
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        Some(ErrorCode::DatabaseCorrupt) => StoreError::corrupt(&path, 0, "its pages do not fit together"),
        Some(ErrorCode::NotADatabase) => StoreError::corrupt(&path, 0, "it is no SQLite file"),
        _ => StoreError::Io { path, source: Box::new(error) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store in a new folder, and what `apply` of one document of `bytes` bytes answers.
    fn apply(sqlite: &Sqlite, bytes: usize) -> Result<()> {
        sqlite.apply(Batch::new().put("c", "k", vec![7; bytes]))
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("records.sqlite3");
        drop(Sqlite::open(&path).expect("a new file"));
        Connection::open(&path)
            .and_then(|file| file.pragma_update(None, "user_version", 3))
            .expect("an update");
        let error = Sqlite::open(&path).expect_err("a newer file");
        assert!(matches!(error, StoreError::Newer { found: 3, known: SCHEMA_VERSION, .. }), "{error}");
    }

    #[test]
    fn another_writer_makes_it_busy() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("records.sqlite3");
        let sqlite = Sqlite::open_with_timeout(&path, Duration::ZERO).expect("a new file");
        let other = Connection::open(&path).expect("the same file");
        other.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
        assert!(matches!(apply(&sqlite, 10), Err(StoreError::Busy { .. })));
        other.execute_batch("ROLLBACK").expect("the write lock is released");
        apply(&sqlite, 10).expect("nobody else is writing");
    }

    #[test]
    fn a_full_disk_changes_nothing_and_room_helps() {
        let dir = tempfile::tempdir().expect("a folder");
        let sqlite = Sqlite::open(&dir.path().join("records.sqlite3")).expect("a new file");
        apply(&sqlite, 10).expect("there is room for a small one");
        let limit_pages = |pages: i64| {
            let limit = format!("PRAGMA max_page_count = {pages}");
            sqlite.with(|connection| connection.query_row(&limit, [], |_| Ok(()))).expect("a limit");
        };
        limit_pages(8);
        assert!(matches!(apply(&sqlite, 100_000), Err(StoreError::Full { .. })));
        assert_eq!(sqlite.get("c", "k").expect("a read"), Some(vec![7; 10]));
        limit_pages(1_000_000);
        apply(&sqlite, 100_000).expect("there is room again");
    }

    #[test]
    fn a_file_of_something_else_is_corrupt() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("records.sqlite3");
        std::fs::write(&path, vec![b'x'; 8_192]).expect("a file");
        assert!(matches!(Sqlite::open(&path), Err(StoreError::Corrupt { .. })));
    }
}
