//! Reading a file of documents while another process writes to it, or where nothing can be written; and looking for damage.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{BUSY_TIMEOUT, SCHEMA_VERSION, Sqlite, checksum, from_sqlite, schema_version};
use crate::inspection::{Flaw, Inspector};
use crate::{Result, StoreError};

/// Faults of SQLite's own pages that are told.
const PAGE_FAULTS_MAX: usize = 100;
const ALL: &str = "SELECT collection, key, value, checksum FROM document";

impl Sqlite {
    /// Opens the file for reading, as it is at this moment: what a writer adds is not seen.
    ///
    /// # Errors
    /// As [`Sqlite::open`]; [`StoreError::Refused`] where nothing can be written beside the file and its write-ahead log is
    /// not empty, because SQLite cannot read that then.
    pub fn open_reading(path: &Path) -> Result<Self> {
        let connection = match begin(path, "mode=ro") {
            Err(error) if cannot_write_beside(&error) => {
                refuse_waiting(path)?;
                begin(path, "immutable=1")
            }
            begun => begun,
        };
        let connection = connection.map_err(|error| from_sqlite(path, error))?;
        let found = schema_version(&connection).map_err(|error| from_sqlite(path, error))?;
        if found > SCHEMA_VERSION {
            return Err(StoreError::Newer { path: path.to_owned(), found, known: SCHEMA_VERSION });
        }
        Ok(Self { path: path.to_owned(), connection: Mutex::new(connection) })
    }

    /// Reads every page and every document, and tells `inspector` of what is not as it was written. A step is a document.
    ///
    /// # Errors
    /// Any error of the disk.
    pub fn inspect(&self, inspector: &mut dyn Inspector) -> Result<()> {
        let looked = self.with(|connection| {
            self.inspect_pages(connection, inspector)?;
            self.inspect_documents(connection, inspector)
        });
        looked.or_else(|error| Flaw::of(error).map(|flaw| inspector.flaw(flaw)))
    }

    fn inspect_pages(&self, connection: &Connection, inspector: &mut dyn Inspector) -> rusqlite::Result<()> {
        let mut check = connection.prepare(&format!("PRAGMA integrity_check({PAGE_FAULTS_MAX})"))?;
        let mut rows = check.query([])?;
        while let Some(row) = rows.next()? {
            let told: String = row.get(0)?;
            if told != "ok" {
                inspector.flaw(Flaw { path: self.path.clone(), place: String::new(), reason: told });
            }
        }
        Ok(())
    }

    fn inspect_documents(
        &self,
        connection: &Connection,
        inspector: &mut dyn Inspector,
    ) -> rusqlite::Result<()> {
        if schema_version(connection)? < SCHEMA_VERSION {
            return Ok(());
        }
        let mut all = connection.prepare(ALL)?;
        let mut rows = all.query([])?;
        let mut done = 0;
        while let Some(row) = rows.next()? {
            let (collection, key) = (text(row.get_ref(0)?), text(row.get_ref(1)?));
            let value = row.get_ref(2)?.as_bytes().unwrap_or_default();
            let expected: Option<i64> = row.get(3).unwrap_or(Some(0));
            if expected.is_some_and(|expected| expected != checksum(&collection, &key, value)) {
                inspector.flaw(Flaw {
                    path: self.path.clone(),
                    place: format!("document {collection}/{key}"),
                    reason: "it is not as it was written".to_owned(),
                });
            }
            done += 1;
            inspector.at(done);
        }
        Ok(())
    }
}

/// A name that may have rotted into something that is no text.
fn text(value: rusqlite::types::ValueRef<'_>) -> String {
    String::from_utf8_lossy(value.as_bytes().unwrap_or_default()).into_owned()
}

/// Opens the file and begins to read, which fixes what is seen from then on.
fn begin(path: &Path, how: &str) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri(path, how), flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;")?;
    Ok(connection)
}

/// The file as SQLite takes it with an option. Every byte that could mean something in a URI is escaped.
fn uri(path: &Path, how: &str) -> String {
    use std::os::unix::ffi::OsStrExt;
    let escaped = path.as_os_str().as_bytes().iter().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => char::from(*byte).to_string(),
        byte => format!("%{byte:02x}"),
    });
    format!("file:{}?{how}", escaped.collect::<String>())
}

/// Whether SQLite failed because it may not make the files that readers and writers share.
fn cannot_write_beside(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied)
    )
}

/// What waits in the write-ahead log would be left out silently.
fn refuse_waiting(path: &Path) -> Result<()> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = PathBuf::from(log);
    if std::fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        let why = "holds what SQLite can only read where it may write: copy the folder to such a place";
        return Err(StoreError::refused(format!("{} {why}", log.display())));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Batch, Records};

    fn put(sqlite: &Sqlite, key: &str, value: &str) {
        sqlite.apply(Batch::new().put("c", key, value)).expect("the store works");
    }

    #[derive(Default)]
    struct Told(Vec<Flaw>);

    impl Inspector for Told {
        fn flaw(&mut self, flaw: Flaw) {
            self.0.push(flaw);
        }

        fn at(&mut self, _: u64) {}
    }

    fn flaws(path: &Path) -> Vec<Flaw> {
        let mut told = Told::default();
        Sqlite::open_reading(path).expect("it opens").inspect(&mut told).expect("it is read");
        told.0
    }

    #[test]
    fn a_reader_sees_the_moment_at_which_it_came() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("records.sqlite3");
        let writer = Sqlite::open(&path).expect("a new file");
        put(&writer, "a", "one");
        let reader = Sqlite::open_reading(&path).expect("beside the writer");
        put(&writer, "a", "two");
        assert_eq!(reader.get("c", "a").expect("a read"), Some(b"one".to_vec()));
        let later = Sqlite::open_reading(&path).expect("beside the writer");
        assert_eq!(later.get("c", "a").expect("a read"), Some(b"two".to_vec()));
        assert!(later.apply(Batch::new().put("c", "b", "")).is_err(), "it is read only");
    }

    #[test]
    fn a_flipped_byte_of_a_document_is_found_and_named() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("records.sqlite3");
        put(&Sqlite::open(&path).expect("a new file"), "some-key", "a value that rots");
        assert_eq!(flaws(&path), []);
        for written in ["a value", "some-key"] {
            let bytes = std::fs::read(&path).expect("the file");
            let at = bytes.windows(written.len()).position(|window| window == written.as_bytes());
            let mut altered = bytes.clone();
            altered[at.expect("it is in the file")] ^= 1;
            std::fs::write(&path, &altered).expect("a write");
            let told = flaws(&path);
            assert!(told.iter().any(|flaw| flaw.place.starts_with("document c/")), "{written}: {told:?}");
            std::fs::write(&path, &bytes).expect("a write");
        }
    }

    #[test]
    fn documents_of_the_first_schema_are_kept_and_checked_once_they_are_written_again() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("records.sqlite3");
        let old = "CREATE TABLE document (collection TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
            PRIMARY KEY (collection, key)) STRICT, WITHOUT ROWID; PRAGMA user_version = 1;
            INSERT INTO document VALUES ('c', 'a', x'31');";
        Connection::open(&path).and_then(|file| file.execute_batch(old)).expect("an old file");
        assert_eq!(flaws(&path), []);
        let sqlite = Sqlite::open(&path).expect("an old file");
        assert_eq!(sqlite.get("c", "a").expect("a read"), Some(b"1".to_vec()));
        put(&sqlite, "a", "two");
        drop(sqlite);
        assert_eq!(flaws(&path), []);
    }

    #[test]
    fn what_waits_in_a_log_that_cannot_be_read_is_not_left_out_silently() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("records.sqlite3");
        refuse_waiting(&path).expect("there is no log");
        std::fs::write(dir.path().join("records.sqlite3-wal"), b"frames").expect("a log");
        assert!(matches!(refuse_waiting(&path), Err(StoreError::Refused { .. })));
    }
}
