//! Values under keys in one SQLite file of their own: it changes with every batch of events, and may become far larger than the
//! documents, whose file should stay small enough to be copied.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use xxhash_rust::xxh3::Xxh3Default;

use super::{BUSY_TIMEOUT, Schema, from_sqlite, prepare};
use crate::Result;
use crate::inspection::{Flaw, Inspector};
use crate::keyed::{Keyed, KeyedBatch, KeyedPage};

/// The schema. Without a row id a value lies in its key's page. The checksum is over key and value.
const SCHEMA: Schema = Schema {
    version: 1,
    bring: |_| {
        "CREATE TABLE keyed (
            key BLOB NOT NULL PRIMARY KEY,
            value BLOB NOT NULL,
            checksum INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE source (
            name TEXT NOT NULL PRIMARY KEY,
            position BLOB NOT NULL,
            checksum INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        PRAGMA user_version = 1;"
    },
};

/// Kibibytes of pages that SQLite keeps; keys are hashes, so that neighbours in time are none in the file.
const CACHE_KIB: i64 = 64 << 10;
/// Pages in the write-ahead log before they go into the file: a page that changes often goes there once.
const CHECKPOINT_PAGES: i64 = 16_384;

const GET: &str = "SELECT value FROM keyed WHERE key = ?1";
const SCAN: &str = "SELECT key, value FROM keyed WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3";
const PUT: &str = "INSERT INTO keyed (key, value, checksum) VALUES (?1, ?2, ?3)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value, checksum = excluded.checksum";
const DELETE: &str = "DELETE FROM keyed WHERE key = ?1";
const POSITION: &str = "SELECT position FROM source WHERE name = ?1";
const PUT_POSITION: &str = "INSERT INTO source (name, position, checksum) VALUES (?1, ?2, ?3)
    ON CONFLICT (name) DO UPDATE SET position = excluded.position, checksum = excluded.checksum";
const ALL: &str = "SELECT 'value', key, value, checksum FROM keyed
    UNION ALL SELECT 'position', CAST(name AS BLOB), position, checksum FROM source";

/// The embedded adapter of [`Keyed`].
#[derive(Debug)]
pub struct SqliteKeyed {
    path: PathBuf,
    /// One statement at a time: a SQLite connection serves one thread.
    connection: Mutex<Connection>,
}

impl SqliteKeyed {
    /// Opens the file at `path`, and creates it where there is none. Nothing is loaded.
    ///
    /// # Errors
    /// [`StoreError::Newer`](crate::StoreError::Newer) where a later program wrote it,
    /// [`StoreError::Corrupt`](crate::StoreError::Corrupt) where it is no SQLite file, or any error of the disk.
    pub fn open(path: &Path) -> Result<Self> {
        let connection = prepare(path, BUSY_TIMEOUT, &SCHEMA).map_err(|error| from_sqlite(path, error))??;
        let tuned = connection
            .pragma_update(None, "cache_size", -CACHE_KIB)
            .and_then(|()| connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES));
        tuned.map_err(|error| from_sqlite(path, error))?;
        Ok(Self { path: path.to_owned(), connection: Mutex::new(connection) })
    }

    /// Reads every value, and tells `inspector` of what is not as it was written. A step is a value.
    ///
    /// # Errors
    /// Any error of the disk.
    pub fn inspect(&self, inspector: &mut dyn Inspector) -> Result<()> {
        let looked = self.with(|connection| {
            let mut all = connection.prepare(ALL)?;
            let mut rows = all.query([])?;
            let mut done = 0;
            while let Some(row) = rows.next()? {
                let kind: String = row.get(0)?;
                let (key, value) = (bytes(row.get_ref(1)?), bytes(row.get_ref(2)?));
                if row.get::<_, i64>(3)? != checksum(key, value) {
                    inspector.flaw(Flaw {
                        path: self.path.clone(),
                        place: format!("{kind} {}", key.escape_ascii()),
                        reason: "it is not as it was written".to_owned(),
                    });
                }
                done += 1;
                inspector.at(done);
            }
            Ok(())
        });
        looked.or_else(|error| Flaw::of(error).map(|flaw| inspector.flaw(flaw)))
    }

    /// Runs `work` on the connection. A panic elsewhere leaves the connection sound: SQLite rolls back.
    fn with<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut connection).map_err(|error| from_sqlite(&self.path, error))
    }
}

impl Keyed for SqliteKeyed {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.with(|connection| {
            connection.prepare_cached(GET)?.query_row(params![key], |row| row.get(0)).optional()
        })
    }

    fn scan(&self, from: &[u8], to: &[u8], limit: usize) -> Result<KeyedPage> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.with(|connection| {
            connection
                .prepare_cached(SCAN)?
                .query_map(params![from, to, limit], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    fn source_position(&self, source: &str) -> Result<Option<Vec<u8>>> {
        self.with(|connection| {
            connection.prepare_cached(POSITION)?.query_row(params![source], |row| row.get(0)).optional()
        })
    }

    fn commit(&self, batch: &KeyedBatch) -> Result<()> {
        batch.check_limits()?;
        if batch.is_empty() {
            return Ok(());
        }
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            make(&transaction, batch)?;
            transaction.commit()
        })
    }
}

fn make(transaction: &Connection, batch: &KeyedBatch) -> rusqlite::Result<()> {
    let mut put = transaction.prepare_cached(PUT)?;
    let mut delete = transaction.prepare_cached(DELETE)?;
    for (key, value) in batch.changes() {
        match value {
            Some(value) => put.execute(params![key, value, checksum(key, value)])?,
            None => delete.execute(params![key])?,
        };
    }
    let mut put_position = transaction.prepare_cached(PUT_POSITION)?;
    for (source, position) in batch.positions() {
        put_position.execute(params![source, position, checksum(source.as_bytes(), position)])?;
    }
    Ok(())
}

/// The check of a value. The length keeps it and its key apart.
fn checksum(key: &[u8], value: &[u8]) -> i64 {
    let mut hash = Xxh3Default::new();
    hash.update(&(key.len() as u64).to_le_bytes());
    hash.update(key);
    hash.update(value);
    hash.digest().cast_signed()
}

/// What may have rotted into something that is no bytes.
fn bytes(value: ValueRef<'_>) -> &[u8] {
    value.as_bytes().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Told(Vec<Flaw>);

    impl Inspector for Told {
        fn flaw(&mut self, flaw: Flaw) {
            self.0.push(flaw);
        }

        fn at(&mut self, _: u64) {}
    }

    fn flaws(path: &Path) -> Vec<String> {
        let mut told = Told::default();
        SqliteKeyed::open(path).expect("it opens").inspect(&mut told).expect("it is read");
        told.0.into_iter().map(|flaw| flaw.place).collect()
    }

    #[test]
    fn a_flipped_byte_is_found_and_named() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("keyed.sqlite3");
        let keyed = SqliteKeyed::open(&path).expect("a new file");
        let mut batch = KeyedBatch::new();
        batch.put(b"some-key", b"a value that rots".as_slice()).position("web-1", b"how far".as_slice());
        keyed.commit(&batch).expect("there is room");
        drop(keyed);
        assert_eq!(flaws(&path), Vec::<String>::new());
        for (written, named) in [("a value", "value some-key"), ("how far", "position web-1")] {
            let bytes = std::fs::read(&path).expect("the file");
            let at = bytes.windows(written.len()).position(|window| window == written.as_bytes());
            let mut altered = bytes.clone();
            altered[at.expect("it is in the file")] ^= 1;
            std::fs::write(&path, &altered).expect("a write");
            assert_eq!(flaws(&path), [named]);
            std::fs::write(&path, &bytes).expect("a write");
        }
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("keyed.sqlite3");
        drop(SqliteKeyed::open(&path).expect("a new file"));
        let newer = Connection::open(&path).and_then(|file| file.pragma_update(None, "user_version", 2));
        newer.expect("an update");
        let error = SqliteKeyed::open(&path).expect_err("a newer file");
        assert!(matches!(error, crate::StoreError::Newer { found: 2, known: 1, .. }), "{error}");
    }
}
