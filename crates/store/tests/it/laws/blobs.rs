//! The laws of [`Blobs`].

use model::Sha256;
use store::memory::{Faults, MemoryBlobs};
use store::{Blobs, SealedBlobs, SecretKey, StoreError};

use crate::sample::folder;

const KEY: [u8; 32] = [7; 32];

fn laws<P: Blobs, O: Fn() -> P>(make: impl Fn() -> O) {
    a_blob_is_found_by_its_digest(&make()());
    a_blob_is_listed_until_deleted(&make()());
    many_are_kept_together(&make()());
    too_large_a_blob_is_refused(&make()());
    what_was_put_is_there_after_a_crash(&make());
}

/// The digest of "abc" is that of FIPS 180-4, appendix.
fn a_blob_is_found_by_its_digest(blobs: &impl Blobs) {
    let abc: Sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".parse().unwrap();
    assert_eq!(blobs.get(abc).unwrap(), None);
    assert_eq!(blobs.put(b"abc").unwrap(), abc);
    assert_eq!(blobs.put(b"abc").unwrap(), abc);
    assert_eq!(blobs.get(abc).unwrap(), Some(b"abc".to_vec()));
}

fn a_blob_is_listed_until_deleted(blobs: &impl Blobs) {
    let mut ids: Vec<_> =
        (0..40_u8).map(|number| blobs.put(&vec![number; usize::from(number)]).unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(blobs.list().unwrap(), ids);
    let deleted = ids.remove(9);
    for _ in 0..2 {
        blobs.delete(deleted).unwrap();
        assert_eq!(blobs.get(deleted).unwrap(), None);
        assert_eq!(blobs.list().unwrap(), ids);
    }
}

fn many_are_kept_together(blobs: &impl Blobs) {
    let large = vec![7; model::limit::PACKED_BLOB_BYTES_MAX + 1];
    let first = blobs.put(b"first").unwrap();
    let ids = blobs.put_all(&[b"second", b"first", b"second", &large]).unwrap();
    assert_eq!((ids.len(), ids[1], ids[2]), (4, first, ids[0]));
    assert_eq!(blobs.get(ids[0]).unwrap(), Some(b"second".to_vec()));
    assert!(blobs.get(ids[3]).unwrap() == Some(large));
    blobs.delete(ids[0]).unwrap();
    assert_eq!(blobs.get(ids[0]).unwrap(), None);
    assert_eq!(blobs.list().unwrap().len(), 2);
}

fn too_large_a_blob_is_refused(blobs: &impl Blobs) {
    let answer = blobs.put(&vec![0; model::limit::MESSAGE_BYTES_MAX + 1]);
    assert!(matches!(answer, Err(StoreError::Refused { .. })));
    assert_eq!(blobs.list().unwrap(), vec![]);
}

fn what_was_put_is_there_after_a_crash<P: Blobs>(open: &impl Fn() -> P) {
    let kept = open().put(b"kept").unwrap();
    let deleted = open().put(b"deleted").unwrap();
    open().delete(deleted).unwrap();
    assert_eq!(open().get(kept).unwrap(), Some(b"kept".to_vec()));
    assert_eq!(open().list().unwrap(), [kept]);
    let together = open().put_all(&[b"together"]).unwrap();
    assert_eq!(open().get(together[0]).unwrap(), Some(b"together".to_vec()));
}

#[test]
fn sealed_blobs_obey() {
    laws(|| {
        let dir = folder();
        move || SealedBlobs::open(dir.path(), &SecretKey::new(KEY)).unwrap()
    });
}

#[test]
fn the_double_obeys() {
    laws(|| {
        let double = MemoryBlobs::default();
        move || double.reopen(Faults::default())
    });
}
