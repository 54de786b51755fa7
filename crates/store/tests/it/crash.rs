//! A process killed in the middle of a write: files that end anywhere.

use std::fs;
use std::path::Path;

use store::{Batch, Features, Records, Repair, Salts, Segments, Sqlite};

use crate::sample::{append, assert_finds, assert_holds, folder, open};

/// Copies the files of a folder, as a crash leaves them.
fn copy(from: &Path, to: &Path) {
    for file in fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

fn cut(path: &Path, bytes: u64) {
    fs::OpenOptions::new().write(true).open(path).unwrap().set_len(bytes).unwrap();
}

fn bytes(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

/// The second batch is in the record file, in the system's hands, and no index names it yet: it may end at every byte.
#[test]
fn a_record_file_torn_at_every_byte_of_the_last_batch_keeps_whole_records() {
    let (before, after) = (folder(), folder());
    let mut features = Segments::open(before.path()).unwrap();
    append(&mut features, 0..3).unwrap();
    features.sync().unwrap();
    let synced = bytes(&before.path().join("records-00000000000000000000.seg"));
    let index = fs::read(before.path().join("times.index")).unwrap();
    append(&mut features, 3..8).unwrap();
    features.sync().unwrap();
    drop(features);
    let whole = bytes(&before.path().join("records-00000000000000000000.seg"));
    for end in synced..=whole {
        copy(before.path(), after.path());
        fs::write(after.path().join("times.index"), &index).unwrap();
        let path = after.path().join("records-00000000000000000000.seg");
        cut(&path, end);
        let mut features = Segments::open(after.path()).unwrap();
        let len = features.len();
        assert!((3..=8).contains(&len), "{len}");
        let torn = features.repairs().iter().find_map(|repair| match repair {
            Repair::TailCut { position, bytes, .. } => Some((*position, *bytes)),
            _ => None,
        });
        assert_eq!(torn, (bytes(&path) < end).then(|| (bytes(&path), end - bytes(&path))));
        assert_holds(&features, len);
        append(&mut features, len..len + 2).unwrap();
        features.sync().unwrap();
        assert_holds(&features, len + 2);
        assert_finds(&features, len + 2);
    }
    assert_holds(&open(before.path()), 8);
}

#[test]
fn an_index_torn_anywhere_is_made_whole() {
    let (before, after) = (folder(), folder());
    let mut features = open(before.path());
    append(&mut features, 0..40).unwrap();
    features.sync().unwrap();
    drop(features);
    for file in fs::read_dir(before.path()).unwrap().map(Result::unwrap) {
        if file.path().extension().is_none_or(|extension| extension == "seg") {
            continue;
        }
        for end in (0..bytes(&file.path())).step_by(61) {
            copy(before.path(), after.path());
            cut(&after.path().join(file.file_name()), end);
            let features = open(after.path());
            assert!(!features.repairs().is_empty(), "{:?} cut at {end}", file.file_name());
            assert_holds(&features, 40);
            assert_finds(&features, 40);
        }
    }
}

/// Records that an index names were durable. If they are gone nevertheless, that is said, and the rest is kept.
#[test]
fn records_that_something_else_removed_are_reported() {
    let dir = folder();
    let mut features = Segments::open(dir.path()).unwrap();
    append(&mut features, 0..10).unwrap();
    features.sync().unwrap();
    drop(features);
    let path = dir.path().join("records-00000000000000000000.seg");
    cut(&path, bytes(&path) / 2);
    let features = Segments::open(dir.path()).unwrap();
    let len = features.len();
    let lost = Repair::RecordsLost { first: model::Ordinal(len), records: 10 - len };
    assert!((1..9).contains(&len));
    assert!(features.repairs().contains(&lost), "{:?}", features.repairs());
    assert_holds(&features, len);
    assert_finds(&features, len);
}

/// SQLite's own promise, tried once on our settings: whatever the log of the last batch lost, it is there or it is not.
#[test]
fn a_torn_batch_of_documents_is_all_or_nothing() {
    let (before, after) = (folder(), folder());
    let records = Sqlite::open(&before.path().join("records.sqlite3")).unwrap();
    records.apply(Batch::new().put("c", "first", "1")).unwrap();
    let log = "records.sqlite3-wal";
    let start = bytes(&before.path().join(log));
    let mut batch = Batch::new();
    for key in 0..40 {
        batch.put("c", &key.to_string(), vec![b'x'; 500]);
    }
    records.apply(&batch).unwrap();
    let end = bytes(&before.path().join(log));
    assert!(start < end);
    let mut counts = std::collections::BTreeSet::new();
    for position in (start..end).step_by(997).chain([end]) {
        copy(before.path(), after.path());
        cut(&after.path().join(log), position);
        fs::remove_file(after.path().join("records.sqlite3-shm")).unwrap();
        let records = Sqlite::open(&after.path().join("records.sqlite3")).unwrap();
        counts.insert(records.scan("c", None, 100).unwrap().len());
    }
    assert_eq!(counts.into_iter().collect::<Vec<_>>(), [1, 41]);
}

#[test]
fn a_torn_salt_is_cut() {
    let dir = folder();
    let path = dir.path().join("salts");
    for end in 0..=48 {
        fs::write(&path, [9; 48]).unwrap();
        cut(&path, end);
        let salts = store::SaltFile::open(&path).unwrap();
        assert_eq!(salts.len(), end / 16);
        assert_eq!(bytes(&path), end / 16 * 16);
    }
}
