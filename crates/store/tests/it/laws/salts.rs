//! The laws of [`Salts`].

use model::LeafIndex;
use store::memory::{Faults, MemorySalts};
use store::{Salt, SaltFile, Salts, StoreError};

use crate::sample::folder;

fn laws<P: Salts, O: Fn() -> P>(make: impl Fn() -> O) {
    salts_are_found_by_leaf(make()());
    an_erased_salt_is_gone_for_good(&make());
    a_salt_of_zeros_is_refused(make()());
    leftovers_are_truncated(&make());
}

fn salt(number: u8) -> Salt {
    [number + 1; 16]
}

/// Asserts which salts there are; `None` for an erased one.
#[track_caller]
fn assert_holds(salts: &impl Salts, expected: &[Option<Salt>]) {
    assert_eq!(salts.len(), expected.len() as u64);
    for (index, salt) in (0..).map(LeafIndex).zip(expected) {
        assert_eq!(salts.get(index).unwrap(), *salt, "leaf {index}");
    }
    assert_eq!(salts.get(LeafIndex(salts.len())).unwrap(), None);
    assert_eq!(salts.get(LeafIndex(u64::MAX)).unwrap(), None);
}

fn salts_are_found_by_leaf(mut salts: impl Salts) {
    assert!(salts.is_empty());
    salts.append(&[salt(0), salt(1)]).unwrap();
    salts.append(&[]).unwrap();
    salts.append(&[salt(2)]).unwrap();
    assert_holds(&salts, &[Some(salt(0)), Some(salt(1)), Some(salt(2))]);
}

fn an_erased_salt_is_gone_for_good<P: Salts>(open: &impl Fn() -> P) {
    let mut salts = open();
    salts.append(&[salt(0), salt(1), salt(2)]).unwrap();
    salts.sync().unwrap();
    for _ in 0..2 {
        salts.erase(&[LeafIndex(1)]).unwrap();
        assert_holds(&salts, &[Some(salt(0)), None, Some(salt(2))]);
    }
    assert!(matches!(salts.erase(&[LeafIndex(0), LeafIndex(3)]), Err(StoreError::Refused { .. })));
    drop(salts);
    assert_holds(&open(), &[Some(salt(0)), None, Some(salt(2))]);
}

fn a_salt_of_zeros_is_refused(mut salts: impl Salts) {
    assert!(matches!(salts.append(&[salt(0), [0; 16]]), Err(StoreError::Refused { .. })));
    assert_holds(&salts, &[]);
}

fn leftovers_are_truncated<P: Salts>(open: &impl Fn() -> P) {
    let mut salts = open();
    salts.append(&[salt(0), salt(1), salt(2)]).unwrap();
    salts.truncate(9).unwrap();
    salts.truncate(1).unwrap();
    salts.append(&[salt(7)]).unwrap();
    salts.sync().unwrap();
    drop(salts);
    assert_holds(&open(), &[Some(salt(0)), Some(salt(7))]);
}

#[test]
fn a_salt_file_obeys() {
    laws(|| {
        let dir = folder();
        move || SaltFile::open(&dir.path().join("salts")).unwrap()
    });
}

#[test]
fn the_double_obeys() {
    laws(|| {
        let double = MemorySalts::default();
        move || double.reopen(Faults::default())
    });
}
