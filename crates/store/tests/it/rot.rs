//! Bits that flip on the disk: what is damaged is said, and what is not goes on.

use std::fs;
use std::path::{Path, PathBuf};

use model::Ordinal;
use store::{Blobs, Features, Repair, SealedBlobs, SecretKey, Segments, StoreError};

use crate::sample::{append, assert_finds, assert_holds, assert_holds_but, folder, open, with_term};

const RECORDS: &str = "records-00000000000000000000.seg";

fn flip(path: &Path, position: usize, bit: u8) {
    let mut bytes = fs::read(path).unwrap();
    bytes[position] ^= 1 << bit;
    fs::write(path, bytes).unwrap();
}

/// Twelve synced records, and where each begins.
fn twelve() -> (tempfile::TempDir, Vec<usize>) {
    let dir = folder();
    let mut features = Segments::open(dir.path()).unwrap();
    append(&mut features, 0..12).unwrap();
    features.sync().unwrap();
    let bytes = fs::read(dir.path().join(RECORDS)).unwrap();
    let starts = (0..bytes.len() - 4).filter(|start| &bytes[*start..start + 4] == b"PFR1").collect();
    (dir, starts)
}

/// Where the time index stands, a damaged record costs itself and nothing else, also the last one.
#[test]
fn a_flipped_bit_in_any_byte_of_a_record_costs_that_record_only() {
    let (dir, starts) = twelve();
    let path = dir.path().join(RECORDS);
    let end = fs::metadata(&path).unwrap().len() as usize;
    for position in (starts[5]..starts[6]).chain(starts[11]..end) {
        let damaged = if position < starts[6] { 5 } else { 11 };
        flip(&path, position, (position % 8) as u8);
        let features = Segments::open(dir.path()).unwrap();
        assert_holds_but(&features, 12, &[damaged]);
        let error = features.get(Ordinal(damaged)).expect_err("it is damaged");
        let StoreError::Corrupt { path: found, position: at, .. } = error else { panic!("{error}") };
        assert_eq!((found, at), (path.clone(), starts[damaged as usize] as u64));
        drop(features);
        flip(&path, position, (position % 8) as u8);
    }
    let features = Segments::open(dir.path()).unwrap();
    assert_holds(&features, 12);
    assert_eq!(features.unindexed().unwrap(), []);
}

/// Without the index the reader finds its way past the damage, and every other record keeps its number.
#[test]
fn a_flipped_bit_is_passed_also_while_the_index_is_rebuilt() {
    let (dir, starts) = twelve();
    let path = dir.path().join(RECORDS);
    for position in starts[5]..starts[6] {
        flip(&path, position, (position % 8) as u8);
        fs::remove_file(dir.path().join("times.index")).unwrap();
        let features = Segments::open(dir.path()).unwrap();
        assert_holds_but(&features, 12, &[5]);
        assert_eq!(features.unindexed().unwrap(), [Ordinal(5)]);
        assert!(features.repairs().contains(&Repair::TimesRebuilt { first: Ordinal(0), records: 12 }));
        drop(features);
        flip(&path, position, (position % 8) as u8);
    }
}

/// A stretch of several records that is overwritten: the numbers of those behind it do not move.
#[test]
fn a_lost_stretch_keeps_the_numbers_of_what_follows() {
    let (dir, starts) = twelve();
    let path = dir.path().join(RECORDS);
    let mut bytes = fs::read(&path).unwrap();
    bytes[starts[3] + 1..starts[7] + 9].fill(0);
    fs::write(&path, bytes).unwrap();
    fs::remove_file(dir.path().join("times.index")).unwrap();
    assert_holds_but(&Segments::open(dir.path()).unwrap(), 12, &[3, 4, 5, 6, 7]);
}

/// A term run is a projection: damage to it is answered from the records at once, and repaired by the next opening.
#[test]
fn a_damaged_run_is_answered_from_the_records_and_then_rebuilt() {
    let dir = folder();
    let mut features = open(dir.path());
    append(&mut features, 0..100).unwrap();
    features.sync().unwrap();
    let runs = |dir: &Path| -> Vec<PathBuf> {
        let files = fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|extension| extension == "run")).collect()
    };
    let damaged = runs(dir.path()).into_iter().max_by_key(|path| fs::metadata(path).unwrap().len()).unwrap();
    let mut bytes = fs::read(&damaged).unwrap();
    bytes[20..40].fill(0xff);
    fs::write(&damaged, &bytes).unwrap();
    assert_finds(&features, 100);
    assert!(!damaged.exists(), "it is given up");
    append(&mut features, 100..300).unwrap();
    features.sync().unwrap();
    assert_finds(&features, 300);
    drop(features);
    let features = open(dir.path());
    assert!(matches!(features.repairs(), [Repair::TermsRebuilt { .. }]), "{:?}", features.repairs());
    assert_finds(&features, 300);
}

/// A merge that meets a damaged run leaves it aside; nothing is lost or found twice.
#[test]
fn a_merge_passes_a_damaged_run() {
    let dir = folder();
    let mut features = open(dir.path());
    let mut len = 0;
    for _ in 0..12 {
        append(&mut features, len..len + 9).unwrap();
        len += 9;
        for file in fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().path()) {
            if file.extension().is_some_and(|extension| extension == "run") {
                flip(&file, 3, 3);
            }
        }
    }
    features.sync().unwrap();
    assert_eq!(features.lookup(7).unwrap(), with_term(len, 7));
    assert_finds(&features, len);
    drop(features);
    assert_finds(&open(dir.path()), len);
}

/// Every byte of the time index, flipped before it is opened.
#[test]
fn a_damaged_time_index_is_rebuilt() {
    let (dir, _) = twelve();
    let path = dir.path().join("times.index");
    for position in 0..12 * 16 {
        flip(&path, position, (position % 8) as u8);
        let features = Segments::open(dir.path()).unwrap();
        let first = position as u64 / 16;
        let rebuilt = Repair::TimesRebuilt { first: Ordinal(first), records: 12 - first };
        assert_eq!(features.repairs(), [rebuilt]);
        assert_holds(&features, 12);
    }
}

#[test]
fn a_sealed_blob_with_any_byte_changed_or_another_name_is_corrupt() {
    let dir = folder();
    let blobs = SealedBlobs::open(dir.path(), &SecretKey::new([7; 32])).unwrap();
    let place = |id: model::Sha256| dir.path().join(&id.to_string()[..2]).join(id.to_string());
    let (id, other) = (blobs.put(b"an original").unwrap(), blobs.put(b"another").unwrap());
    let sealed = fs::read(place(id)).unwrap();
    assert!(!sealed.windows(5).any(|window| window == b"origi"), "the plaintext does not show");
    for position in 0..sealed.len() {
        flip(&place(id), position, (position % 8) as u8);
        assert!(matches!(blobs.get(id), Err(StoreError::Corrupt { .. })), "byte {position}");
        fs::write(place(id), &sealed[..position]).unwrap();
        assert!(matches!(blobs.get(id), Err(StoreError::Corrupt { .. })), "length {position}");
        fs::write(place(id), &sealed).unwrap();
    }
    assert_eq!(blobs.get(id).unwrap(), Some(b"an original".to_vec()));
    fs::copy(place(other), place(id)).unwrap();
    assert!(matches!(blobs.get(id), Err(StoreError::Corrupt { .. })));
    assert_eq!(blobs.put(b"an original").unwrap(), id);
    assert_eq!(blobs.get(id).unwrap(), Some(b"an original".to_vec()), "keeping it again repairs it");
}
