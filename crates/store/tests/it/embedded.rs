//! All stores under one folder.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use store::{Batch, Blobs, Embedded, Features, Records, Salts, SecretKey, Segments, StoreError, Tiles};

use crate::sample::{append, folder};

fn open(folder: &Path) -> store::Result<Embedded> {
    Embedded::open(folder, &SecretKey::new([7; 32]))
}

#[test]
fn all_stores_are_there_after_opening_again() {
    let dir = folder();
    let folder = dir.path().join("new/data");
    let mut house = open(&folder).unwrap();
    house.records.apply(Batch::new().put("c", "k", "1")).unwrap();
    append(&mut house.features, 0..3).unwrap();
    house.features.sync().unwrap();
    let id = house.blobs.put(b"original").unwrap();
    house.salts.append(&[[1; 16]]).unwrap();
    house.salts.sync().unwrap();
    house.tiles.publish("checkpoint", b"1").unwrap();
    drop(house);
    let house = open(&folder).unwrap();
    assert_eq!(house.records.get("c", "k").unwrap(), Some(b"1".to_vec()));
    assert_eq!(house.features.len(), 3);
    assert_eq!(house.blobs.get(id).unwrap(), Some(b"original".to_vec()));
    assert_eq!(house.salts.len(), 1);
    assert_eq!(house.tiles.read("checkpoint").unwrap(), Some(b"1".to_vec()));
    assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700, "for its owner only");
}

/// A lock belongs to an open file, so a second opening in this process is refused as one in another would be.
#[test]
fn a_second_writer_is_refused_until_the_first_ends() {
    let dir = folder();
    let house = open(dir.path()).unwrap();
    assert!(matches!(open(dir.path()), Err(StoreError::InUse { path }) if path == dir.path()));
    assert!(matches!(Segments::open(&dir.path().join("features")), Err(StoreError::InUse { .. })));
    drop(house);
    open(dir.path()).unwrap();
}

#[test]
fn another_key_is_refused_and_changes_nothing() {
    let dir = folder();
    let id = open(dir.path()).unwrap().blobs.put(b"original").unwrap();
    let other = Embedded::open(dir.path(), &SecretKey::new([8; 32]));
    assert!(matches!(other, Err(StoreError::WrongKey { .. })));
    assert_eq!(open(dir.path()).unwrap().blobs.get(id).unwrap(), Some(b"original".to_vec()));
}
