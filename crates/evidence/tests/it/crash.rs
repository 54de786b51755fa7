//! A sink that fails at any step, before or after the step took effect, loses nothing that was committed.

use crate::sample::{entry, log, signer};
use evidence::{
    Log, MemoryTiles, TileSink, TileSource, WriteError, limit, log::AppendError, reader::read_checkpoint,
    verify,
};

/// Fails at one step: either without having done it, or after having done it.
struct FailingSink<'a> {
    tiles: &'a mut MemoryTiles,
    steps_left: usize,
    is_persisted: bool,
}

impl FailingSink<'_> {
    fn step(&mut self, path: &str, effect: impl FnOnce(&mut MemoryTiles)) -> Result<(), WriteError> {
        let is_failing = self.steps_left == 0;
        if !is_failing || self.is_persisted {
            effect(self.tiles);
        }
        self.steps_left = self.steps_left.wrapping_sub(1);
        if is_failing {
            return Err(WriteError { path: path.into(), source: "the disk is full".into() });
        }
        Ok(())
    }
}

impl TileSink for FailingSink<'_> {
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), WriteError> {
        self.step(path, |tiles| tiles.write(path, bytes).unwrap())
    }

    fn sync(&mut self) -> Result<(), WriteError> {
        self.step("sync", |_| ())
    }

    fn publish(&mut self, checkpoint: &[u8]) -> Result<(), WriteError> {
        self.step("checkpoint", |tiles| tiles.publish(checkpoint).unwrap())
    }
}

fn entries(range: std::ops::Range<u64>) -> Vec<Vec<u8>> {
    range.map(entry).collect()
}

/// Commits 900 entries onto 300 through a sink that fails at `step`. Returns what is on disk then, and the log, or `None` when
/// the commit has fewer steps.
fn fail_at(step: usize, is_persisted: bool) -> Option<(MemoryTiles, Log)> {
    let mut tiles = log(300, &[]);
    let mut log = Log::open(&tiles, &signer().verifier()).unwrap();
    log.append(&entries(300..1_200)).unwrap();
    let mut sink = FailingSink { tiles: &mut tiles, steps_left: step, is_persisted };
    log.commit(&mut sink, &signer()).is_err().then_some((tiles, log))
}

fn committed(tiles: &MemoryTiles) -> u64 {
    let report = verify(tiles, &signer().verifier(), &[]).expect("what is published verifies");
    report.checkpoint.size.0
}

fn for_each_failure(test: impl Fn(usize, bool, MemoryTiles, Log)) {
    let mut failures = 0;
    for is_persisted in [false, true] {
        let steps = (0..).map_while(|step| fail_at(step, is_persisted).map(|state| (step, state)));
        for (step, (tiles, log)) in steps {
            test(step, is_persisted, tiles, log);
            failures += 1;
        }
    }
    assert!(failures > 16, "{failures} failures were tried");
}

#[test]
fn the_old_or_the_new_checkpoint_is_valid_after_any_failure() {
    for_each_failure(|step, is_persisted, tiles, _| {
        let size = committed(&tiles);
        let is_published = is_persisted && fail_at(step + 1, is_persisted).is_none();
        assert_eq!(size, if is_published { 1_200 } else { 300 }, "step {step}");
    });
}

#[test]
fn the_same_log_commits_again() {
    for_each_failure(|_, _, mut tiles, mut log| {
        log.append(&entries(1_200..1_201)).unwrap();
        log.commit(&mut tiles, &signer()).unwrap();
        assert_eq!(committed(&tiles), 1_201);
    });
}

#[test]
fn a_restarted_log_overwrites_what_was_left() {
    for_each_failure(|_, _, mut tiles, _| {
        let mut log = Log::open(&tiles, &signer().verifier()).unwrap();
        // Other entries than those that the crashed commit had begun to write, ending in another partial tile.
        let others = vec![b"other".to_vec(); 1_000];
        log.append(&others).unwrap();
        log.commit(&mut tiles, &signer()).unwrap();
        assert_eq!(committed(&tiles), log.size().0);
    });
}

#[test]
fn a_log_that_lost_its_checkpoint_is_not_started_anew() {
    let mut tiles = log(300, &[]);
    tiles.files.remove("checkpoint");
    let found = Log::create(&tiles.clone(), &mut tiles, &signer()).unwrap_err();
    assert_eq!(found.to_string(), "tile/entries/000 exists; a new log must not overwrite it");
}

#[test]
fn a_log_with_an_altered_edge_is_not_appended_to() {
    let tiles = log(300, &[]);
    for path in ["tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44", "checkpoint"] {
        let mut altered = tiles.clone();
        altered.files.get_mut(path).unwrap()[5] ^= 1;
        assert!(Log::open(&altered, &signer().verifier()).is_err(), "{path}");
        altered.files.insert(path.into(), [tiles.files[path].as_slice(), &[0]].concat());
        assert!(Log::open(&altered, &signer().verifier()).is_err(), "{path}");
        altered.files.remove(path);
        assert!(Log::open(&altered, &signer().verifier()).is_err(), "{path}");
    }
}

#[test]
fn batches_and_commits_do_not_change_the_log() {
    let whole = log(1_030, &[]);
    for commits in [vec![1, 2, 3], vec![255, 256, 257], vec![512, 768, 1_024], (1..1_030).collect()] {
        assert_eq!(log(1_030, &commits), whole);
    }
}

#[test]
fn reopening_between_batches_does_not_change_the_log() {
    let mut tiles = log(0, &[]);
    for start in (0..1_030).step_by(103) {
        let mut log = Log::open(&tiles, &signer().verifier()).unwrap();
        log.append(&entries(start..start + 103)).unwrap();
        for path in log.commit(&mut tiles, &signer()).unwrap().superseded {
            tiles.files.remove(&path);
        }
    }
    assert_eq!(tiles, log(1_030, &[]));
}

/// Notes what it was asked to do.
#[derive(Default)]
struct RecordingSink(Vec<String>);

impl TileSink for RecordingSink {
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), WriteError> {
        self.0.push(format!("{path} {}", bytes.len()));
        Ok(())
    }

    fn sync(&mut self) -> Result<(), WriteError> {
        self.0.push("sync".into());
        Ok(())
    }

    fn publish(&mut self, _checkpoint: &[u8]) -> Result<(), WriteError> {
        self.0.push("publish".into());
        Ok(())
    }
}

/// Tiles must be durable before the checkpoint that covers them is seen.
#[test]
fn a_commit_writes_what_is_new_and_publishes_last() {
    let mut log = Log::open(&log(250, &[]), &signer().verifier()).unwrap();
    let mut commit = |count| {
        log.append(&vec![b"x"; count]).unwrap();
        let mut sink = RecordingSink::default();
        log.commit(&mut sink, &signer()).unwrap();
        sink.0.join(", ")
    };
    assert_eq!(commit(1), "tile/0/000.p/251 8032, tile/entries/000.p/251 1832, sync, publish");
    assert_eq!(
        commit(6),
        "tile/entries/000 1847, tile/0/000 8192, tile/0/001.p/1 32, tile/1/000.p/1 32, tile/entries/001.p/1 3, sync, publish"
    );
    assert_eq!(commit(2), "tile/0/001.p/3 96, tile/entries/001.p/3 9, sync, publish");
    assert_eq!(commit(0), "sync, publish");
}

#[test]
fn a_commit_makes_room_for_more() {
    let batch =
        vec![vec![0; limit::ENTRY_BYTES_MAX]; limit::PENDING_BYTES_MAX / limit::ENTRY_BYTES_MAX * 2 / 3];
    let mut log = Log::open(&log(0, &[]), &signer().verifier()).unwrap();
    assert!(log.append(&batch).is_ok());
    assert_eq!(log.append(&batch), Err(AppendError::Full));
    log.commit(&mut RecordingSink::default(), &signer()).unwrap();
    assert!(log.append(&batch).is_ok());
    assert_eq!(log.size().0, 2 * batch.len() as u64);
}

/// A reader that starts just before a commit: the first checkpoint it reads is replaced under its eyes.
struct MovingSource {
    before: MemoryTiles,
    after: MemoryTiles,
    reads: std::cell::Cell<usize>,
}

impl TileSource for MovingSource {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, evidence::ReadError> {
        let reads = self.reads.replace(self.reads.get() + 1);
        if reads == 0 { self.before.read(path) } else { self.after.read(path) }
    }
}

#[test]
fn a_commit_during_verification_is_not_a_fault() {
    let source = MovingSource { before: log(300, &[]), after: log(310, &[300]), reads: 0.into() };
    assert_eq!(read_checkpoint(&source.before, &signer().verifier()).unwrap().checkpoint().size.0, 300);
    let report = verify(&source, &signer().verifier(), &[]).unwrap();
    assert_eq!(report.checkpoint.size.0, 310);
}
