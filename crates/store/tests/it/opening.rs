//! What opening and appending cost the disk, however many records there are.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::limit::RECORD_TERMS_MAX;
use model::{EventTime, Ordinal};
use store::disk::{Disk, DiskFile, LocalDisk};
use store::segments::Sizes;
use store::{FeatureRow, Features, Repair, Segments};

use crate::sample::{append, assert_finds, assert_holds, folder, open};

/// A local disk that counts the bytes that pass.
#[derive(Clone, Default)]
struct CountingDisk {
    read: Arc<AtomicU64>,
    written: Arc<AtomicU64>,
}

struct CountingFile(Box<dyn DiskFile>, CountingDisk);

impl Disk for CountingDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(CountingFile(LocalDisk.open(path)?, self.clone())))
    }
}

impl DiskFile for CountingFile {
    fn write_all_at(&self, bytes: &[u8], position: u64) -> io::Result<()> {
        self.1.written.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.0.write_all_at(bytes, position)
    }

    fn read_exact_at(&self, bytes: &mut [u8], position: u64) -> io::Result<()> {
        self.1.read.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        self.0.read_exact_at(bytes, position)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync()
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        self.0.set_len(bytes)
    }

    fn bytes(&self) -> io::Result<u64> {
        self.0.bytes()
    }
}

/// Bytes that opening a folder of so many records reads.
fn read_by_opening(records: u64) -> u64 {
    let sizes = Sizes { postings_max: 1_000, ..Sizes::default() };
    let dir = folder();
    let mut features = Segments::open_on(LocalDisk::shared(), dir.path(), sizes).unwrap();
    append(&mut features, 0..records).unwrap();
    features.sync().unwrap();
    drop(features);
    let disk = CountingDisk::default();
    let features = Segments::open_on(Arc::new(disk.clone()), dir.path(), sizes).unwrap();
    assert_eq!((features.len(), features.repairs()), (records, [].as_slice()));
    disk.read.load(Ordering::Relaxed)
}

#[test]
fn opening_reads_what_no_run_covers_and_no_more() {
    // Both end with 40 records behind the last run. The fences of 20,000 records take 2 KiB.
    let (few, many) = (read_by_opening(290), read_by_opening(20_040));
    assert!(many < few + 4_096, "{few} bytes for 290 records, {many} for 20,040");
}

/// Sixteen runs are merged on the way, in the end a million postings at once: 12 MB.
#[test]
fn no_append_pays_for_a_whole_merge() {
    let postings_max = 1 << 16;
    let disk = CountingDisk::default();
    let dir = folder();
    let sizes = Sizes { postings_max, ..Sizes::default() };
    let mut features = Segments::open_on(Arc::new(disk.clone()), dir.path(), sizes).unwrap();
    let records = (24 * postings_max / RECORD_TERMS_MAX) as u64;
    let mut most = 0;
    for number in 0..records {
        let terms: Vec<u64> = (0..RECORD_TERMS_MAX as u64)
            .map(|term| ((term << 32) | number).wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect();
        let before = disk.written.load(Ordering::Relaxed);
        features.append(&[FeatureRow { time: EventTime(0), bytes: &[], terms: &terms }]).unwrap();
        most = most.max(disk.written.load(Ordering::Relaxed) - before);
    }
    let is_merged = |name: &str| name.starts_with(&format!("terms-{:020}-", 0)) && name.ends_with(".run");
    let names = fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap());
    let merged = names
        .filter(|file| is_merged(&file.file_name().to_string_lossy()))
        .map(|file| file.metadata().unwrap().len());
    let merged = merged.max().unwrap();
    assert!(merged > 12_000_000, "the first run has {merged} bytes");
    assert!(most < 4_000_000, "one append wrote {most} bytes");
    let term = ((3_u64 << 32) | 77).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    assert_eq!(features.lookup(term).unwrap(), [Ordinal(77)]);
}

/// Entries that a run vouches for are not read on opening. Rot in them is met when they are, and then the records tell.
#[test]
fn a_damaged_entry_of_the_time_index_is_made_anew_when_it_is_read() {
    let dir = folder();
    let mut features = open(dir.path());
    append(&mut features, 0..100).unwrap();
    features.sync().unwrap();
    drop(features);
    let path = dir.path().join("times.index");
    let sound = fs::read(&path).unwrap();
    for damaged in [0..1, 7..8, 20..60, 0..90] {
        let mut bytes = sound.clone();
        bytes[damaged.start * 16..damaged.end * 16].fill(0xff);
        fs::write(&path, bytes).unwrap();
        let features = open(dir.path());
        assert_eq!(features.repairs(), []);
        assert_holds(&features, 100);
        assert!(!path.exists(), "it is given up");
        drop(features);
        let features = open(dir.path());
        assert_eq!(features.repairs(), [Repair::TimesRebuilt { first: Ordinal(0), records: 100 }]);
        assert_holds(&features, 100);
        assert_finds(&features, 100);
        assert_eq!(fs::read(&path).unwrap(), sound);
    }
}
