//! Feature records that tests write and find again, all derived from their number.

use std::ops::{ControlFlow, Range};
use std::path::Path;

use model::{EventTime, Ordinal};
use store::segments::Sizes;
use store::{FeatureRow, Features, Segments};

/// Files so small that a few dozen records roll, flush and merge many times.
pub(crate) const SMALL: Sizes = Sizes { segment_bytes_max: 60_000, postings_max: 12 };

/// A record with its number in it: of 0 to 40 bytes, found by its number, by its number modulo 3, and by 7 (twice).
pub(crate) struct Sample {
    pub(crate) time: EventTime,
    pub(crate) bytes: Vec<u8>,
    pub(crate) terms: Vec<u64>,
}

impl Sample {
    pub(crate) fn new(number: u64) -> Self {
        Self {
            time: EventTime(1_000 - number as i64),
            bytes: number.to_string().into_bytes().repeat(number as usize % 21),
            terms: vec![7, 1_000 + number, 100 + number % 3, 7],
        }
    }

    pub(crate) fn row(&self) -> FeatureRow<'_> {
        FeatureRow { time: self.time, bytes: &self.bytes, terms: &self.terms }
    }
}

/// Appends the samples with these numbers as one batch.
pub(crate) fn append(features: &mut impl Features, numbers: Range<u64>) -> store::Result<Range<Ordinal>> {
    let samples: Vec<_> = numbers.map(Sample::new).collect();
    let rows: Vec<_> = samples.iter().map(Sample::row).collect();
    features.append(&rows)
}

/// A new folder, in memory where the system has such a place: the tests cut no power, so they need not wait for a disk.
pub(crate) fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// Opens small files in `folder`.
pub(crate) fn open(folder: &Path) -> Segments {
    Segments::open_on(store::disk::LocalDisk::shared(), folder, SMALL).unwrap()
}

/// The numbers whose sample has `term`, in ascending order.
pub(crate) fn with_term(len: u64, term: u64) -> Vec<Ordinal> {
    (0..len).filter(|number| Sample::new(*number).terms.contains(&term)).map(Ordinal).collect()
}

/// Asserts that a log holds the first `len` samples, by every way there is to ask.
#[track_caller]
pub(crate) fn assert_holds(features: &impl Features, len: u64) {
    assert_holds_but(features, len, &[]);
}

/// As [`assert_holds`], but the records `damaged` must be reported as damaged by every way to read them.
#[track_caller]
pub(crate) fn assert_holds_but(features: &impl Features, len: u64, damaged: &[u64]) {
    assert_eq!(features.len(), len);
    let sound: Vec<_> = (0..len).filter(|number| !damaged.contains(number)).collect();
    let mut visited = Vec::new();
    let scanned = features
        .scan(Ordinal(0)..Ordinal(u64::MAX), &mut |ordinal, time, bytes| {
            assert_eq!((time, bytes), (Sample::new(ordinal.0).time, &Sample::new(ordinal.0).bytes[..]));
            visited.push(ordinal.0);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(visited, sound);
    assert_eq!(scanned.visited, sound.len() as u64);
    assert_eq!(scanned.damage.iter().map(|damage| damage.ordinal.0).collect::<Vec<_>>(), damaged);
    for number in 0..len {
        match features.get(Ordinal(number)) {
            Ok(bytes) => assert_eq!(bytes, Sample::new(number).bytes),
            Err(error) => assert!(damaged.contains(&number), "{number}: {error}"),
        }
    }
    assert!(features.get(Ordinal(len)).is_err());
    let times = features.times().map(Result::unwrap).filter(|(_, ordinal)| !damaged.contains(&ordinal.0));
    let expected = sound.iter().map(|number| (Sample::new(*number).time, Ordinal(*number)));
    assert_eq!(times.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
}

/// Asserts that every term of the first `len` samples finds exactly the records that have it.
#[track_caller]
pub(crate) fn assert_finds(features: &impl Features, len: u64) {
    for term in
        [7, 100, 101, 102, 103, 0, u64::MAX, 1_000 + len].into_iter().chain((0..len).map(|n| 1_000 + n))
    {
        assert_eq!(features.lookup(term).unwrap(), with_term(len, term), "term {term}");
    }
}
