//! The laws of [`Keyed`].

use std::collections::BTreeMap;

use model::limit::{KEYED_KEY_BYTES_MAX, KEYED_VALUE_BYTES_MAX};
use proptest::prelude::*;
use store::memory::{Fault, Faults, MemoryKeyed};
use store::{Keyed, KeyedBatch, SqliteKeyed, StoreError};

use crate::sample::folder;

fn laws<P: Keyed, O: Fn() -> P>(make: impl Fn() -> O) {
    a_batch_is_made_in_order(&make()());
    a_batch_beyond_a_limit_changes_nothing(&make()());
    a_scan_has_its_range_in_byte_order(&make()());
    positions_and_values_are_committed_together_and_survive(&make());
    batches_do_what_a_map_does(&make);
}

fn commit(keyed: &impl Keyed, fill: impl FnOnce(&mut KeyedBatch)) -> store::Result<()> {
    let mut batch = KeyedBatch::new();
    fill(&mut batch);
    keyed.commit(&batch)
}

fn a_batch_is_made_in_order(keyed: &impl Keyed) {
    commit(keyed, |_| ()).unwrap();
    commit(keyed, |batch| {
        batch.put(b"a", *b"1").delete(b"a").put(b"b", *b"1").put(b"b", *b"2");
    })
    .unwrap();
    assert_eq!(keyed.get(b"a").unwrap(), None);
    assert_eq!(keyed.get(b"b").unwrap(), Some(b"2".to_vec()));
    commit(keyed, |batch| {
        batch.put(b"b", *b"").delete(b"absent");
    })
    .unwrap();
    assert_eq!(keyed.get(b"b").unwrap(), Some(Vec::new()));
}

fn a_batch_beyond_a_limit_changes_nothing(keyed: &impl Keyed) {
    let long = vec![b'k'; KEYED_KEY_BYTES_MAX + 1];
    let large = vec![0; KEYED_VALUE_BYTES_MAX + 1];
    for (key, value) in [(long.as_slice(), Vec::new()), (b"k", large)] {
        let refused = commit(keyed, |batch| {
            batch.position("s", *b"1").put(b"a", *b"1").put(key, value);
        });
        assert!(matches!(refused, Err(StoreError::Refused { .. })));
        assert_eq!(keyed.get(b"a").unwrap(), None);
        assert_eq!(keyed.source_position("s").unwrap(), None);
    }
}

fn a_scan_has_its_range_in_byte_order(keyed: &impl Keyed) {
    let keys: [&[u8]; 6] = [b"", b"\0", b"a", b"a\0", b"a\xff", b"\xff"];
    commit(keyed, |batch| {
        keys.iter().rev().for_each(|key| {
            batch.put(key, *key);
        })
    })
    .unwrap();
    let scan = |from: &[u8], to: &[u8], limit| -> Vec<Vec<u8>> {
        keyed
            .scan(from, to, limit)
            .unwrap()
            .into_iter()
            .map(|(key, value)| {
                assert_eq!(key, value);
                key
            })
            .collect()
    };
    assert_eq!(scan(b"", b"\xff\xff", 9), keys);
    assert_eq!(scan(b"a", b"b", 9), keys[2..5]);
    assert_eq!(scan(b"a", b"b", 2), keys[2..4]);
    assert_eq!(scan(b"a\0", b"a\xff", 9), keys[3..4]);
    assert_eq!(scan(b"b", b"a", 9), Vec::<Vec<u8>>::new());
    assert_eq!(scan(b"", b"\xff", 0), Vec::<Vec<u8>>::new());
}

fn positions_and_values_are_committed_together_and_survive<P: Keyed>(open: &impl Fn() -> P) {
    for number in 0..3_u8 {
        let keyed = open();
        let before = number.checked_sub(1).map(|before| vec![before]);
        assert_eq!(keyed.source_position("log").unwrap(), before);
        assert_eq!(keyed.get(b"read").unwrap(), before);
        assert_eq!(keyed.source_position("another").unwrap(), None);
        commit(&keyed, |batch| {
            batch.put(b"read", [number]).position("log", [number]);
        })
        .unwrap();
    }
}

/// Any batches, with a crash after some: what is there is what a map would hold.
fn batches_do_what_a_map_does<P: Keyed, O: Fn() -> P>(make: &impl Fn() -> O) {
    let key = prop::collection::vec(0..3_u8, 0..3);
    let change = (key, prop::option::of(prop::collection::vec(any::<u8>(), 0..4)));
    let batches = prop::collection::vec((prop::collection::vec(change, 0..6), any::<bool>()), 1..8);
    proptest!(ProptestConfig::with_cases(24), |(batches in batches)| {
        let open = make();
        let mut keyed = open();
        let mut model = BTreeMap::new();
        for (number, (changes, is_crashing)) in batches.into_iter().enumerate() {
            commit(&keyed, |batch| {
                batch.position("log", number.to_string());
                for (key, value) in &changes {
                    match value {
                        Some(value) => { batch.put(key, value.clone()); },
                        None => { batch.delete(key); },
                    }
                }
            }).unwrap();
            for (key, value) in changes {
                match value {
                    Some(value) => drop(model.insert(key, value)),
                    None => drop(model.remove(&key)),
                }
            }
            if is_crashing {
                drop(keyed);
                keyed = open();
            }
            prop_assert_eq!(keyed.scan(b"", b"\xff", 99).unwrap(), model.clone().into_iter().collect::<Vec<_>>());
            prop_assert_eq!(keyed.source_position("log").unwrap(), Some(number.to_string().into_bytes()));
        }
    });
}

#[test]
fn sqlite_obeys() {
    laws(|| {
        let dir = folder();
        move || SqliteKeyed::open(&dir.path().join("keyed.sqlite3")).unwrap()
    });
}

#[test]
fn the_double_obeys() {
    laws(|| {
        let double = MemoryKeyed::default();
        move || double.reopen(Faults::default())
    });
}

#[test]
fn a_commit_that_fails_is_made_as_a_whole_or_not_at_all() {
    for (fault, expected) in [(Fault::Before, None), (Fault::After, Some(b"1".to_vec()))] {
        let keyed = MemoryKeyed::default().reopen(Faults::at(0, fault));
        assert!(
            commit(&keyed, |batch| {
                batch.put(b"a", *b"1").position("log", *b"1");
            })
            .is_err()
        );
        let keyed = keyed.reopen(Faults::default());
        assert_eq!(keyed.get(b"a").unwrap(), expected);
        assert_eq!(keyed.source_position("log").unwrap(), expected);
    }
}

/// SQLite's promise on our settings: whatever the log of the last commit lost, values and position are both there or both not.
#[test]
fn a_torn_commit_is_all_or_nothing() {
    let (before, after) = (folder(), folder());
    let names = ["keyed.sqlite3", "keyed.sqlite3-wal"];
    let keyed = SqliteKeyed::open(&before.path().join(names[0])).unwrap();
    commit(&keyed, |batch| {
        batch.put(b"first", *b"1").position("log", *b"1");
    })
    .unwrap();
    let bytes = || std::fs::metadata(before.path().join(names[1])).unwrap().len();
    let start = bytes();
    commit(&keyed, |batch| {
        batch.position("log", *b"2");
        (0..40_u8).for_each(|key| {
            batch.put(&[key], vec![b'x'; 500]);
        });
    })
    .unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for end in (start..bytes()).step_by(997).chain([bytes()]) {
        for name in names {
            std::fs::copy(before.path().join(name), after.path().join(name)).unwrap();
        }
        let log = std::fs::OpenOptions::new().write(true).open(after.path().join(names[1])).unwrap();
        log.set_len(end).unwrap();
        let keyed = SqliteKeyed::open(&after.path().join(names[0])).unwrap();
        let values = keyed.scan(b"", b"\xff", 99).unwrap().len();
        seen.insert((keyed.source_position("log").unwrap().unwrap(), values));
        drop(keyed);
        std::fs::remove_file(after.path().join("keyed.sqlite3-shm")).unwrap_or_default();
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [(b"1".to_vec(), 1), (b"2".to_vec(), 41)]);
}
