//! The laws of [`Features`].

use std::ops::ControlFlow;

use model::limit::{RECORD_BYTES_MAX, RECORD_TERMS_MAX};
use model::{EventTime, Ordinal};
use store::memory::{Faults, MemoryFeatures};
use store::{FeatureRow, Features, Segments, StoreError};

use crate::erasure::{append_all, assert_erased, erase_all};
use crate::sample::{SMALL, append, assert_finds, assert_holds, folder, open};

fn laws<P: Features, O: Fn() -> P>(make: impl Fn() -> O) {
    an_empty_log_answers_nothing(&make()());
    what_was_appended_is_read_at_once(make()());
    a_scan_keeps_to_its_range_and_stops_when_told(make()());
    a_row_at_its_limits_is_kept_and_beyond_refused(make()());
    what_was_synced_is_there_after_a_crash(&make());
    what_was_erased_is_empty_and_the_rest_stays(make()());
}

fn an_empty_log_answers_nothing(features: &impl Features) {
    assert_holds(features, 0);
    assert_finds(features, 0);
    assert!(features.is_empty());
}

fn what_was_appended_is_read_at_once(mut features: impl Features) {
    let mut len = 0;
    for batch in [1, 0, 2, 5, 13, 40] {
        assert_eq!(append(&mut features, len..len + batch).unwrap(), Ordinal(len)..Ordinal(len + batch));
        len += batch;
        assert_holds(&features, len);
        assert_finds(&features, len);
    }
}

fn a_scan_keeps_to_its_range_and_stops_when_told(mut features: impl Features) {
    append(&mut features, 0..30).unwrap();
    let visited = |start, end, stop_at| {
        let mut visited = Vec::new();
        let visit = &mut |ordinal: Ordinal, _: EventTime, _: &[u8]| {
            visited.push(ordinal.0);
            if ordinal.0 == stop_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let scanned = features.scan(Ordinal(start)..Ordinal(end), visit).unwrap();
        assert_eq!(scanned.visited, visited.len() as u64);
        visited
    };
    assert_eq!(visited(3, 6, 99), [3, 4, 5]);
    assert_eq!(visited(27, u64::MAX, 99), [27, 28, 29]);
    assert_eq!(visited(3, 20, 4), [3, 4]);
    assert_eq!(visited(6, 6, 99), [0; 0]);
    assert_eq!(visited(40, 50, 99), [0; 0]);
}

fn a_row_at_its_limits_is_kept_and_beyond_refused(mut features: impl Features) {
    let bytes = vec![b'x'; RECORD_BYTES_MAX + 1];
    let terms: Vec<_> = (0..=RECORD_TERMS_MAX as u64).collect();
    let largest = FeatureRow { time: EventTime(i64::MIN), bytes: &bytes[1..], terms: &terms[1..] };
    let too_large = FeatureRow { bytes: &bytes, ..largest };
    let too_many = FeatureRow { terms: &terms, ..largest };
    for refused in [too_large, too_many] {
        let answer = features.append(&[largest, refused]);
        assert!(matches!(answer, Err(StoreError::Refused { .. })));
        assert_eq!(features.len(), 0);
    }
    features.append(&[largest; 3]).unwrap();
    assert_eq!(features.get(Ordinal(2)).unwrap(), largest.bytes);
    assert_eq!(features.lookup(RECORD_TERMS_MAX as u64).unwrap().len(), 3);
}

fn what_was_synced_is_there_after_a_crash<P: Features>(open: &impl Fn() -> P) {
    for number in 0..20 {
        let mut features = open();
        assert_holds(&features, 5 * number);
        assert_finds(&features, 5 * number);
        append(&mut features, 5 * number..5 * number + 5).unwrap();
        features.sync().unwrap();
    }
}

fn what_was_erased_is_empty_and_the_rest_stays(mut features: impl Features) {
    append_all(&mut features);
    erase_all(&mut features).unwrap();
    assert_erased(&features);
}

#[test]
fn segments_obey() {
    laws(|| {
        let dir = folder();
        move || open(dir.path())
    });
}

#[test]
fn segments_of_the_default_sizes_obey() {
    laws(|| {
        let dir = folder();
        move || Segments::open(dir.path()).unwrap()
    });
}

#[test]
fn the_double_obeys() {
    laws(|| {
        let double = MemoryFeatures::default();
        move || double.reopen(Faults::default())
    });
}

/// A file for sixteen flushes and a few more, and small sizes do roll, or the laws would not try what they should.
#[test]
fn small_sizes_roll_flush_and_merge() {
    let dir = folder();
    let mut features = open(dir.path());
    let count = |extension: &str| {
        let files = std::fs::read_dir(dir.path()).unwrap();
        files.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|e| e == extension)).count()
    };
    let mut runs_max = 0;
    for number in 0..1_500 {
        append(&mut features, number..number + 1).unwrap();
        runs_max = runs_max.max(count("run"));
    }
    let flushes = 1_500 * 4 / SMALL.postings_max;
    assert!((flushes / 16..=flushes / 16 + 9).contains(&runs_max), "{runs_max} runs of {flushes}");
    assert!(count("seg") >= 2, "{} segments of at most {}", count("seg"), SMALL.segment_bytes_max);
    assert_finds(&features, 1_500);
}
