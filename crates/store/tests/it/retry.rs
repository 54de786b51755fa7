//! The doubles fail before and after each write; whoever then opens anew and goes on ends where nobody failed.

use model::LeafIndex;
use store::memory::{Fault, Faults, MemoryBlobs, MemoryFeatures, MemoryRecords, MemorySalts, MemoryTiles};
use store::{Batch, Blobs, Features, Records, Result, Salts, Tiles};

use crate::sample::{append, assert_finds, assert_holds};

/// Tries a scenario with each of its writes failing, before and after. `scenario` goes on where the store stands, and
/// `reopen` answers the store as the next process finds it.
fn fail_at_every_step<P>(
    make: impl Fn(Faults) -> P,
    reopen: impl Fn(&P) -> P,
    scenario: impl Fn(&mut P) -> Result<()>,
    check: impl Fn(&P),
) {
    let faults = Faults::default();
    scenario(&mut make(faults.clone())).unwrap();
    assert!(faults.writes() > 1);
    for write in 0..faults.writes() {
        for fault in [Fault::Before, Fault::After] {
            let mut store = make(Faults::at(write, fault));
            assert!(scenario(&mut store).is_err(), "write {write} fails {fault:?}");
            let mut store = reopen(&store);
            scenario(&mut store).unwrap();
            check(&reopen(&store));
        }
    }
}

#[test]
fn records() {
    fail_at_every_step(
        |faults| MemoryRecords::default().reopen(faults),
        |records| records.reopen(Faults::default()),
        |records| {
            records.apply(Batch::new().put("c", "a", "1").put("c", "b", "1"))?;
            records.apply(Batch::new().put("c", "a", "2").delete("c", "b"))
        },
        |records| assert_eq!(records.scan("c", None, 9).unwrap(), [("a".to_owned(), b"2".to_vec())]),
    );
}

#[test]
fn features() {
    fail_at_every_step(
        |faults| MemoryFeatures::default().reopen(faults),
        |features| features.reopen(Faults::default()),
        |features| {
            while features.len() < 12 {
                let len = features.len();
                append(features, len..len + 3)?;
                features.sync()?;
            }
            Ok(())
        },
        |features| {
            assert_holds(features, 12);
            assert_finds(features, 12);
        },
    );
}

#[test]
fn blobs() {
    fail_at_every_step(
        |faults| MemoryBlobs::default().reopen(faults),
        |blobs| blobs.reopen(Faults::default()),
        |blobs| {
            let deleted = blobs.put(b"deleted")?;
            blobs.put(b"kept")?;
            blobs.delete(deleted)
        },
        |blobs| assert_eq!(blobs.list().unwrap().len(), 1),
    );
}

#[test]
fn tiles() {
    fail_at_every_step(
        |faults| MemoryTiles::default().reopen(faults),
        |tiles| tiles.reopen(Faults::default()),
        |tiles| {
            tiles.write("tile/0/000.p/1", b"1")?;
            tiles.publish("checkpoint", b"1")?;
            tiles.write("tile/0/000", b"256")?;
            tiles.publish("checkpoint", b"256")?;
            tiles.delete("tile/0/000.p/1")?;
            tiles.sync()
        },
        |tiles| {
            assert_eq!(tiles.read("checkpoint").unwrap(), Some(b"256".to_vec()));
            assert_eq!(tiles.read("tile/0/000").unwrap(), Some(b"256".to_vec()));
            assert_eq!(tiles.read("tile/0/000.p/1").unwrap(), None);
        },
    );
}

#[test]
fn salts() {
    fail_at_every_step(
        |faults| MemorySalts::default().reopen(faults),
        |salts| salts.reopen(Faults::default()),
        |salts| {
            salts.truncate(1)?;
            let missing: Vec<_> = (salts.len()..3).map(|index| [index as u8 + 1; 16]).collect();
            salts.append(&missing)?;
            salts.sync()?;
            salts.erase(&[LeafIndex(1)])
        },
        |salts| {
            let found: Vec<_> = (0..3).map(|index| salts.get(LeafIndex(index)).unwrap()).collect();
            assert_eq!(found, [Some([1; 16]), None, Some([3; 16])]);
        },
    );
}
