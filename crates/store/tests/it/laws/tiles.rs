//! The laws of [`Tiles`].

use store::memory::{Faults, MemoryTiles};
use store::{StoreError, TileFolder, Tiles};

use crate::sample::folder;

fn laws<P: Tiles, O: Fn() -> P>(make: impl Fn() -> O) {
    a_written_file_is_read_at_once(&make()());
    a_path_that_leaves_is_refused(&make()());
    too_large_a_file_is_refused(&make()());
    only_what_was_synced_is_there_after_a_crash(&make());
    publishing_syncs_what_was_written_before(&make());
    a_deleted_file_stays_deleted(&make());
}

fn a_written_file_is_read_at_once(tiles: &impl Tiles) {
    for path in ["checkpoint", "tile/0/x001/067", "tile/0/000.p/12"] {
        assert_eq!(tiles.read(path).unwrap(), None);
        for bytes in [b"1".as_slice(), b"", b"22"] {
            tiles.write(path, bytes).unwrap();
            assert_eq!(tiles.read(path).unwrap().as_deref(), Some(bytes));
        }
        tiles.sync().unwrap();
        assert_eq!(tiles.read(path).unwrap().as_deref(), Some(b"22".as_slice()));
    }
}

fn a_path_that_leaves_is_refused(tiles: &impl Tiles) {
    for path in ["..", "../x", "/etc/x", "tile/../../x", "", ".x"] {
        let answers = [
            tiles.read(path).map(drop),
            tiles.write(path, b"x"),
            tiles.delete(path),
            tiles.publish(path, b"x"),
        ];
        for answer in answers {
            assert!(matches!(answer, Err(StoreError::Refused { .. })), "{path:?}");
        }
    }
}

fn too_large_a_file_is_refused(tiles: &impl Tiles) {
    let bytes = vec![0; model::limit::TILE_BYTES_MAX as usize + 1];
    assert!(matches!(tiles.write("tile/0/000", &bytes), Err(StoreError::Refused { .. })));
    assert!(matches!(tiles.publish("tile/0/000", &bytes), Err(StoreError::Refused { .. })));
    assert_eq!(tiles.read("tile/0/000").unwrap(), None);
}

fn only_what_was_synced_is_there_after_a_crash<P: Tiles>(open: &impl Fn() -> P) {
    let tiles = open();
    tiles.write("a", b"1").unwrap();
    tiles.sync().unwrap();
    tiles.write("a", b"2").unwrap();
    tiles.write("b", b"2").unwrap();
    drop(tiles);
    let tiles = open();
    assert_eq!(tiles.read("a").unwrap(), Some(b"1".to_vec()));
    assert_eq!(tiles.read("b").unwrap(), None);
}

fn publishing_syncs_what_was_written_before<P: Tiles>(open: &impl Fn() -> P) {
    let tiles = open();
    tiles.write("tile/0/000", b"tile").unwrap();
    tiles.publish("checkpoint", b"1").unwrap();
    tiles.publish("checkpoint", b"2").unwrap();
    drop(tiles);
    assert_eq!(open().read("tile/0/000").unwrap(), Some(b"tile".to_vec()));
    assert_eq!(open().read("checkpoint").unwrap(), Some(b"2".to_vec()));
}

fn a_deleted_file_stays_deleted<P: Tiles>(open: &impl Fn() -> P) {
    let tiles = open();
    tiles.delete("none/there").unwrap();
    tiles.write("synced", b"1").unwrap();
    tiles.sync().unwrap();
    tiles.write("staged", b"1").unwrap();
    for path in ["synced", "staged"] {
        tiles.delete(path).unwrap();
        assert_eq!(tiles.read(path).unwrap(), None);
    }
    tiles.sync().unwrap();
    drop(tiles);
    assert_eq!(open().read("synced").unwrap(), None);
    assert_eq!(open().read("staged").unwrap(), None);
}

#[test]
fn a_tile_folder_obeys() {
    laws(|| {
        let dir = folder();
        move || TileFolder::open(dir.path()).unwrap()
    });
}

#[test]
fn the_double_obeys() {
    laws(|| {
        let double = MemoryTiles::default();
        move || double.reopen(Faults::default())
    });
}
