//! A disk that breaks when a test says so, and what the adapters make of it.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use model::LeafIndex;
use store::disk::{Disk, DiskFile, LocalDisk};
use store::{
    Blobs, Features, Salt, SaltFile, Salts, SealedBlobs, SecretKey, Segments, StoreError, TileFolder, Tiles,
};

use crate::erasure;
use crate::sample::{SMALL, append, assert_finds, assert_holds, folder, open};

/// A local disk with room for so many more bytes. What does not fit is written as far as it goes, as on a real one.
struct FullDisk(Arc<AtomicU64>);

/// A local disk whose sync, write or cut with this number fails, before or after it took effect.
struct FailingDisk(Arc<Mutex<Countdown>>);

struct Countdown {
    left: u64,
    is_effective: bool,
}

struct FullFile(Box<dyn DiskFile>, Arc<AtomicU64>);

struct FailingFile(Box<dyn DiskFile>, Arc<Mutex<Countdown>>);

impl FullDisk {
    fn with_room(bytes: u64) -> Arc<dyn Disk> {
        Arc::new(Self(Arc::new(AtomicU64::new(bytes))))
    }
}

impl FailingDisk {
    fn at(operation: u64, is_effective: bool) -> Arc<dyn Disk> {
        Arc::new(Self(Arc::new(Mutex::new(Countdown { left: operation, is_effective }))))
    }
}

impl Disk for FullDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(FullFile(LocalDisk.open(path)?, Arc::clone(&self.0))))
    }
}

impl Disk for FailingDisk {
    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(FailingFile(LocalDisk.open(path)?, Arc::clone(&self.0))))
    }
}

impl DiskFile for FullFile {
    fn write_all_at(&self, bytes: &[u8], position: u64) -> io::Result<()> {
        let more = (position + bytes.len() as u64).saturating_sub(self.0.bytes()?);
        let room = self.1.load(Ordering::Relaxed);
        self.1.store(room.saturating_sub(more), Ordering::Relaxed);
        let fitting = bytes.len() - (more.saturating_sub(room) as usize).min(bytes.len());
        self.0.write_all_at(&bytes[..fitting], position)?;
        if fitting < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn read_exact_at(&self, bytes: &mut [u8], position: u64) -> io::Result<()> {
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

impl FailingFile {
    fn operation(&self, effect: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let mut countdown = self.1.lock().unwrap();
        let fails = countdown.left == 0;
        countdown.left = countdown.left.checked_sub(1).unwrap_or(u64::MAX);
        if !fails || countdown.is_effective {
            effect()?;
        }
        if fails { Err(io::Error::other("the disk broke")) } else { Ok(()) }
    }
}

impl DiskFile for FailingFile {
    fn write_all_at(&self, bytes: &[u8], position: u64) -> io::Result<()> {
        self.operation(|| self.0.write_all_at(bytes, position))
    }

    fn read_exact_at(&self, bytes: &mut [u8], position: u64) -> io::Result<()> {
        self.0.read_exact_at(bytes, position)
    }

    fn sync(&self) -> io::Result<()> {
        self.operation(|| self.0.sync())
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        self.operation(|| self.0.set_len(bytes))
    }

    fn bytes(&self) -> io::Result<u64> {
        self.0.bytes()
    }
}

/// Runs `scenario` on disks that break ever later until one is good enough, and `check`s what each left behind.
/// `scenario` answers how much was acknowledged before the error.
fn break_everywhere(
    disks: impl Iterator<Item = Arc<dyn Disk>>,
    scenario: impl Fn(Arc<dyn Disk>, &Path) -> (u64, Option<StoreError>),
    check: impl Fn(&Path, u64, Option<StoreError>),
) {
    for (broken, disk) in disks.enumerate() {
        let dir = folder();
        let (acknowledged, error) = scenario(disk, dir.path());
        let is_whole = error.is_none();
        check(dir.path(), acknowledged, error);
        if is_whole {
            assert!(broken > 10, "only {broken} disks broke");
            return;
        }
    }
}

/// Every operation of a disk, failing before and after it took effect.
fn failing_disks() -> [Box<dyn Iterator<Item = Arc<dyn Disk>>>; 2] {
    [false, true].map(|is_effective| -> Box<dyn Iterator<Item = _>> {
        Box::new((0..).map(move |operation| FailingDisk::at(operation, is_effective)))
    })
}

/// Every amount of room, in steps of a prime so that the edge falls on every kind of place.
fn full_disks(step: usize) -> impl Iterator<Item = Arc<dyn Disk>> {
    (0..).step_by(step).map(FullDisk::with_room)
}

const BATCHES: u64 = 8;
const BATCH: u64 = 6;

/// Appends and syncs batches; answers how many records were synced.
fn write_features(disk: Arc<dyn Disk>, folder: &Path) -> (u64, Option<StoreError>) {
    let mut features = match Segments::open_on(disk, folder, SMALL) {
        Ok(features) => features,
        Err(error) => return (0, Some(error)),
    };
    for batch in 0..BATCHES {
        let numbers = batch * BATCH..(batch + 1) * BATCH;
        if let Err(error) = append(&mut features, numbers.clone()).and_then(|_| features.sync()) {
            assert!(matches!(append(&mut features, numbers), Err(StoreError::Stopped { .. })));
            assert!(matches!(features.sync(), Err(StoreError::Stopped { .. })));
            return (batch * BATCH, Some(error));
        }
    }
    (BATCHES * BATCH, None)
}

/// All that was synced is there, what more is there is whole, and the log goes on.
fn check_features(folder: &Path, synced: u64) {
    let mut features = open(folder);
    let len = features.len();
    assert!((synced..=synced + BATCH).contains(&len), "{len} records, {synced} synced");
    assert_holds(&features, len);
    append(&mut features, len..len + BATCH).unwrap();
    features.sync().unwrap();
    drop(features);
    let features = open(folder);
    assert_eq!(features.repairs(), [], "a second opening finds nothing to repair");
    assert_holds(&features, len + BATCH);
    assert_finds(&features, len + BATCH);
}

#[test]
fn features_survive_a_full_disk() {
    break_everywhere(full_disks(211), write_features, |folder, synced, error| {
        if let Some(error) = error {
            assert!(matches!(error, StoreError::Full { .. }), "{error}");
        }
        check_features(folder, synced);
    });
}

#[test]
fn features_survive_a_disk_that_fails_anywhere() {
    for disks in failing_disks() {
        break_everywhere(disks, write_features, |folder, synced, _| check_features(folder, synced));
    }
}

/// Publishes checkpoints, each with the tile that it promises; answers how many were published.
fn publish(disk: Arc<dyn Disk>, folder: &Path) -> (u64, Option<StoreError>) {
    let tiles = TileFolder::open_on(disk, folder).unwrap();
    for size in 1..=8_u64 {
        let bytes = size.to_string().repeat(20);
        let written = tiles
            .write(&format!("tile/0/00{size}"), bytes.as_bytes())
            .and_then(|()| tiles.publish("checkpoint", bytes.as_bytes()));
        if let Err(error) = written {
            assert!(matches!(tiles.sync(), Err(StoreError::Stopped { .. })));
            return (size - 1, Some(error));
        }
    }
    (8, None)
}

/// The checkpoint is the last published one or its successor, and every tile that it promises is there.
fn check_tiles(folder: &Path, published: u64) {
    let tiles = TileFolder::open(folder).unwrap();
    let checkpoint = tiles.read("checkpoint").unwrap().map_or(0, |bytes| u64::from(bytes[0] - b'0'));
    assert!((published..=published + 1).contains(&checkpoint), "{checkpoint}, {published} published");
    for size in 1..=checkpoint {
        let expected = size.to_string().repeat(20).into_bytes();
        assert_eq!(tiles.read(&format!("tile/0/00{size}")).unwrap(), Some(expected));
    }
    tiles.publish("checkpoint", b"9").unwrap();
    assert_eq!(tiles.read("checkpoint").unwrap(), Some(b"9".to_vec()));
}

#[test]
fn tiles_survive_a_full_disk() {
    break_everywhere(full_disks(7), publish, |folder, published, _| check_tiles(folder, published));
}

#[test]
fn tiles_survive_a_disk_that_fails_anywhere() {
    for disks in failing_disks() {
        break_everywhere(disks, publish, |folder, published, _| check_tiles(folder, published));
    }
}

/// Appends and syncs salts two by two; answers how many were synced.
fn write_salts(disk: Arc<dyn Disk>, folder: &Path) -> (u64, Option<StoreError>) {
    let mut salts = SaltFile::open_on(&disk, &folder.join("salts")).unwrap();
    for pair in 0..6_u8 {
        let written = salts.append(&[salt(2 * pair), salt(2 * pair + 1)]).and_then(|()| salts.sync());
        if let Err(error) = written {
            assert!(matches!(salts.sync(), Err(StoreError::Stopped { .. })));
            return (u64::from(2 * pair), Some(error));
        }
    }
    (12, None)
}

fn salt(number: u8) -> Salt {
    [number + 1; 16]
}

fn check_salts(folder: &Path, synced: u64) {
    let mut salts = SaltFile::open(&folder.join("salts")).unwrap();
    assert!((synced..=synced + 2).contains(&salts.len()));
    salts.truncate(synced).unwrap();
    salts.append(&[salt(99)]).unwrap();
    for index in 0..synced {
        assert_eq!(salts.get(LeafIndex(index)).unwrap(), Some(salt(index as u8)));
    }
    assert_eq!(salts.get(LeafIndex(synced)).unwrap(), Some(salt(99)));
}

#[test]
fn salts_survive_a_full_disk() {
    break_everywhere(full_disks(1), write_salts, |folder, synced, _| check_salts(folder, synced));
}

#[test]
fn salts_survive_a_disk_that_fails_anywhere() {
    for disks in failing_disks() {
        break_everywhere(disks, write_salts, |folder, synced, _| check_salts(folder, synced));
    }
}

/// Seals blobs one by one; answers how many were acknowledged.
fn seal(disk: Arc<dyn Disk>, folder: &Path) -> (u64, Option<StoreError>) {
    let sealed = SealedBlobs::open_on(disk, folder, &SecretKey::new([7; 32]));
    let put = |blobs: &SealedBlobs, number: u64| blobs.put(number.to_string().as_bytes());
    match sealed {
        Err(error) => (0, Some(error)),
        Ok(blobs) => match (0..4).map(|number| put(&blobs, number)).enumerate().find(|(_, put)| put.is_err())
        {
            Some((number, error)) => (number as u64, error.err()),
            None => (4, None),
        },
    }
}

fn check_blobs(folder: &Path, acknowledged: u64) {
    let blobs = SealedBlobs::open(folder, &SecretKey::new([7; 32])).unwrap();
    let ids = blobs.list().unwrap();
    assert!(ids.len() as u64 >= acknowledged);
    for id in &ids {
        assert!(blobs.get(*id).unwrap().is_some(), "a listed blob is whole");
    }
    for number in 0..acknowledged {
        assert!(ids.contains(&blobs.put(number.to_string().as_bytes()).unwrap()));
    }
    assert_eq!(std::fs::read_dir(folder.join("new")).unwrap().count(), 0, "nothing is left over");
}

#[test]
fn blobs_survive_a_full_disk() {
    break_everywhere(full_disks(5), seal, |folder, acknowledged, _| check_blobs(folder, acknowledged));
}

#[test]
fn blobs_survive_a_disk_that_fails_anywhere() {
    for disks in failing_disks() {
        break_everywhere(disks, seal, |folder, acknowledged, _| check_blobs(folder, acknowledged));
    }
}

#[test]
fn erasing_on_a_failing_disk_is_done_again_and_harms_no_other_record() {
    for is_effective in [false, true] {
        for operation in 0.. {
            let dir = folder();
            erasure::append_all(&mut open(dir.path()));
            let disk = FailingDisk::at(operation, is_effective);
            let erased = Segments::open_on(disk, dir.path(), SMALL)
                .and_then(|mut features| erasure::erase_all(&mut features));
            let mut features = open(dir.path());
            erasure::erase_all(&mut features).unwrap();
            erasure::assert_erased(&features);
            if erased.is_ok() {
                break;
            }
        }
    }
}
