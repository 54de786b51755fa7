//! Erased feature records: empty by every way to read them, in no file, and their neighbours as they were.

use std::path::Path;

use model::{EventTime, Ordinal};
use store::{FeatureRow, Features, StoreError};

use crate::sample::{Sample, append, folder, open, with_term};

const COUNT: u64 = 200;
const ERASED: [u64; 4] = [3, 20, 21, 199];

fn erased() -> [Ordinal; 4] {
    ERASED.map(Ordinal)
}

/// Asserts that the samples of [`ERASED`] are empty and all others as they were written.
#[track_caller]
pub(crate) fn assert_erased(features: &impl Features) {
    assert_eq!(features.len(), COUNT);
    for number in 0..COUNT {
        let bytes = features.get(Ordinal(number)).unwrap();
        let expected = if ERASED.contains(&number) { Vec::new() } else { Sample::new(number).bytes };
        assert_eq!(bytes, expected, "{number}");
    }
    let times = features.times().map(Result::unwrap).map(|(time, _)| time);
    assert!(times.eq((0..COUNT).map(|number| Sample::new(number).time)));
}

/// Appends the samples, durably.
pub(crate) fn append_all(features: &mut impl Features) {
    append(features, 0..COUNT).unwrap();
    features.sync().unwrap();
}

/// Erases, and again, which changes nothing.
pub(crate) fn erase_all(features: &mut impl Features) -> store::Result<()> {
    features.erase(&erased())?;
    features.erase(&erased())
}

#[test]
fn what_is_erased_is_empty_and_the_rest_stays_also_after_a_restart() {
    let dir = folder();
    let mut features = open(dir.path());
    append_all(&mut features);
    erase_all(&mut features).unwrap();
    assert_erased(&features);
    append(&mut features, COUNT..COUNT + 50).unwrap();
    drop(features);
    let features = open(dir.path());
    for term in [7, 100, 101, 102, 1_003, 1_199, 1_198] {
        let mut expected = with_term(features.len(), term);
        expected.retain(|ordinal| !ERASED.contains(&ordinal.0));
        assert_eq!(features.lookup(term).unwrap(), expected, "term {term}");
    }
}

#[test]
fn what_is_not_there_is_refused_and_nothing_is_erased() {
    let dir = folder();
    let mut features = open(dir.path());
    append(&mut features, 0..9).unwrap();
    let refused = features.erase(&[Ordinal(1), Ordinal(9)]);
    assert!(matches!(refused, Err(StoreError::Refused { .. })));
    assert_eq!(features.get(Ordinal(1)).unwrap(), Sample::new(1).bytes);
}

fn is_in_a_file(dir: &Path, wanted: &[u8]) -> bool {
    std::fs::read_dir(dir).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        bytes.windows(wanted.len()).any(|window| window == wanted)
    })
}

/// Terms tell of whom a record is to whoever can guess: they go from the index too, at once and for good.
#[test]
fn no_file_holds_bytes_or_terms_of_what_was_erased() {
    const TERM: u64 = 0x1122_3344_5566_7788;
    let dir = folder();
    let mut features = open(dir.path());
    append(&mut features, 0..20).unwrap();
    let row = FeatureRow { time: EventTime(0), bytes: b"ada@north.example", terms: &[TERM] };
    features.append(&[row]).unwrap();
    append(&mut features, 21..200).unwrap();
    features.sync().unwrap();
    assert!(is_in_a_file(dir.path(), row.bytes) && is_in_a_file(dir.path(), &TERM.to_le_bytes()));
    features.erase(&[Ordinal(20)]).unwrap();
    let check = || {
        assert!(!is_in_a_file(dir.path(), row.bytes));
        assert!(!is_in_a_file(dir.path(), &TERM.to_le_bytes()));
    };
    check();
    // Enough to flush and merge what is left.
    append(&mut features, 200..1_200).unwrap();
    features.sync().unwrap();
    check();
    drop(features);
    assert_eq!(open(dir.path()).lookup(TERM).unwrap(), []);
    check();
}
