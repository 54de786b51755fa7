//! A flipped bit in any file is found and located; so are combinations of alterations, as far as the files allow.

use crate::sample::{entry, log, signer};
use evidence::{
    Fault, MemoryTiles, Signer, TileSink,
    tile::{TileId, encode},
    verify,
};
use proptest::prelude::*;

/// The faults of `tiles`, one a line.
fn faults(tiles: &MemoryTiles) -> String {
    match verify(tiles, &signer().verifier(), &[]) {
        Ok(report) => format!("no fault in {} entries", report.checkpoint.size),
        Err(faults) => faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n"),
    }
}

#[track_caller]
fn check(tiles: &MemoryTiles, expected: &str) {
    assert_eq!(faults(tiles), expected);
}

fn bytes<'a>(tiles: &'a mut MemoryTiles, path: &str) -> &'a mut Vec<u8> {
    tiles.files.get_mut(path).unwrap_or_else(|| panic!("no {path}"))
}

/// Where the content of entry `index` begins in its bundle.
fn offset(index: u64) -> usize {
    let before = index / 256 * 256..index;
    before.map(|index| 2 + entry(index).len()).sum::<usize>() + 2
}

/// What the verifier must say when the byte at `at` of the file at `path` is altered, and nothing else.
fn expected(tiles: &MemoryTiles, path: &str, at: usize) -> Vec<String> {
    let Some(tile) = TileId::parse(path) else { return vec!["checkpoint: ".into()] };
    if !path.starts_with("tile/entries/") {
        let (level, index) = (tile.level(), tile.first() + at as u64 / 32);
        return vec![format!("{path}: hash {index} of level {level} is not the one that was logged")];
    }
    let last = tile.first() + tile.width() as u64 - 1;
    let index = (tile.first()..=last).rfind(|index| offset(*index) - 2 <= at).unwrap();
    if at < offset(index) {
        return vec![format!("{path}: from entry {index} on, the bundle is not divided as it was logged")];
    }
    assert!(tiles.files.contains_key(path));
    vec![format!("{path}: entry {index} is not the one that was logged")]
}

#[track_caller]
fn check_flip(tiles: &MemoryTiles, path: &str, at: usize, bit: u8) {
    let mut altered = tiles.clone();
    bytes(&mut altered, path)[at] ^= 1 << bit;
    let found = faults(&altered);
    let found: Vec<&str> = found.lines().collect();
    let expected = expected(tiles, path, at);
    let is_located = found.len() == 1 && found[0].starts_with(&expected[0]);
    assert!(is_located, "{path} byte {at} bit {bit}: found {found:?}, expected {expected:?}");
}

#[test]
fn every_bit_of_a_small_log_counts() {
    for size in [1, 3] {
        let tiles = log(size, &[]);
        for (path, bytes) in &tiles.files {
            for at in 0..bytes.len() {
                (0..8).for_each(|bit| check_flip(&tiles, path, at, bit));
            }
        }
    }
}

#[test]
fn every_file_of_a_three_level_log_counts() {
    let tiles = log(66_000, &[]);
    for path in
        ["tile/0/000", "tile/0/257.p/208", "tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1", "checkpoint"]
    {
        check_flip(&tiles, path, 11, 3);
    }
    check_flip(&tiles, "tile/entries/100", 1000, 0);
    check_flip(&tiles, "tile/entries/257.p/208", 1, 0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_bit_flip_is_located(
        size in 1_u64..1_300,
        commits in prop::collection::btree_set(1_u64..1_300, 0..5),
        file in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let tiles = log(size, &Vec::from_iter(commits));
        prop_assert_eq!(faults(&tiles), format!("no fault in {size} entries"));
        let (path, bytes) = tiles.files.iter().nth(file.index(tiles.files.len())).unwrap();
        if !bytes.is_empty() {
            check_flip(&tiles, path, at.index(bytes.len()), bit);
        }
    }

    /// Unless entries and the hashes over them were both altered, so that the verifier says it cannot tell, exactly what was
    /// altered is listed.
    #[test]
    fn several_alterations_are_located_or_called_undecidable(
        size in 1_u64..1_300,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 2..6),
    ) {
        let tiles = log(size, &[]);
        let mut altered = tiles.clone();
        let mut expected = Vec::new();
        for (file, at) in flips {
            let (path, content) = tiles.files.iter().nth(file.index(tiles.files.len())).unwrap();
            if path != "checkpoint" && !content.is_empty() {
                let at = at.index(content.len());
                bytes(&mut altered, path)[at] = !content[at];
                expected.extend(self::expected(&tiles, path, at));
            }
        }
        expected.sort();
        expected.dedup();
        let found = faults(&altered);
        if expected.is_empty() || found.contains("do not lead to what was signed") {
            return Ok(());
        }
        let mut found: Vec<&str> = found.lines().collect();
        found.sort_unstable();
        // Behind a length that was altered, the rest of the bundle cannot be read.
        let is_readable = |line: &&String| {
            let framing = found.iter().filter(|found| found.contains("divided"));
            !framing.map(|found| found.split(':').next().unwrap()).any(|path| line.starts_with(path))
        };
        let (expected, lost): (Vec<&String>, Vec<&String>) = expected.iter().partition(is_readable);
        let entries: Vec<&str> = found.iter().copied().filter(|found| !found.contains("divided")).collect();
        prop_assert_eq!(entries, expected);
        prop_assert!(found.iter().filter(|found| found.contains("divided")).count() <= lost.len());
    }
}

#[test]
fn hashes_altered_to_fit_each_other_are_told_from_the_entries() {
    let mut tiles = log(66_000, &[]);
    let lie = evidence::hash::leaf_hash(b"never logged");
    bytes(&mut tiles, "tile/0/002")[..32].copy_from_slice(lie.as_bytes());
    let hashes = evidence::tile::decode(&tiles.files["tile/0/002"]).unwrap();
    let lie = evidence::tree::subtree_root(&hashes, 0..256).unwrap();
    bytes(&mut tiles, "tile/1/000")[64..96].copy_from_slice(lie.as_bytes());
    check(
        &tiles,
        "tile/1/000: hash 2 of level 1 is not the one that was logged\n\
         tile/0/002: hash 512 of level 0 is not the one that was logged",
    );
}

#[test]
fn an_untouched_log_has_no_fault() {
    for size in [0, 1, 255, 256, 257, 512, 66_000] {
        check(&log(size, &[]), &format!("no fault in {size} entries"));
    }
}

#[test]
fn alterations_in_different_places_are_all_found() {
    let mut tiles = log(1_000, &[]);
    bytes(&mut tiles, "tile/entries/000")[offset(3)] ^= 1;
    bytes(&mut tiles, "tile/0/000")[32 * 200] ^= 1;
    bytes(&mut tiles, "tile/entries/001")[offset(259)] ^= 1;
    bytes(&mut tiles, "tile/entries/001")[offset(511)] ^= 1;
    bytes(&mut tiles, "tile/0/003.p/232")[0] ^= 1;
    bytes(&mut tiles, "tile/1/000.p/3")[64] ^= 1;
    check(
        &tiles,
        "tile/entries/000: entry 3 is not the one that was logged\n\
         tile/0/000: hash 200 of level 0 is not the one that was logged\n\
         tile/entries/001: entry 259 is not the one that was logged\n\
         tile/entries/001: entry 511 is not the one that was logged\n\
         tile/1/000.p/3: hash 2 of level 1 is not the one that was logged\n\
         tile/0/003.p/232: hash 768 of level 0 is not the one that was logged",
    );
}

#[test]
fn an_entry_replaced_together_with_its_hash_is_located_to_its_tile() {
    let mut tiles = log(1_000, &[]);
    bytes(&mut tiles, "tile/entries/001")[offset(259)] = b'!';
    let mut altered = entry(259);
    altered[0] = b'!';
    let hash = evidence::hash::leaf_hash(&altered);
    bytes(&mut tiles, "tile/0/001")[32 * 3..32 * 4].copy_from_slice(hash.as_bytes());
    check(&tiles, "tile/0/001: entries 256 to 511 and the hashes over them do not lead to what was signed");
}

#[test]
fn a_log_rewritten_without_the_key_is_refused_as_a_whole() {
    let mut tiles = log(700, &[]);
    let other = log(701, &[]);
    let checkpoint = tiles.files["checkpoint"].clone();
    tiles.files.clone_from(&other.files);
    tiles.publish(&checkpoint).unwrap();
    // The signed size asks for partial tiles that the rewritten log has not.
    check(&tiles, "tile/0/002.p/188 is missing\ntile/entries/002.p/188 is missing");

    let mut tiles = log(3, &[]);
    let entries: Vec<_> = [b"a", b"b", b"c"].map(|entry| evidence::hash::leaf_hash(entry)).into();
    tiles.write("tile/entries/000.p/3", b"\0\x01a\0\x01b\0\x01c").unwrap();
    tiles.write("tile/0/000.p/3", &encode(&entries)).unwrap();
    check(&tiles, "checkpoint: entries 0 to 2 and the hashes over them do not lead to what was signed");
}

#[test]
fn lost_and_cut_files_are_named_and_the_rest_is_still_checked() {
    let mut tiles = log(1_000, &[]);
    tiles.files.remove("tile/0/000");
    tiles.files.remove("tile/entries/001");
    bytes(&mut tiles, "tile/1/000.p/3").truncate(70);
    bytes(&mut tiles, "tile/entries/003.p/232").push(0);
    bytes(&mut tiles, "tile/entries/002")[offset(515)] ^= 1;
    check(
        &tiles,
        "tile/1/000.p/3 has 70 bytes instead of 96\n\
         tile/0/000 is missing\n\
         tile/entries/001 is missing\n\
         tile/entries/002: entry 515 is not the one that was logged\n\
         tile/entries/003.p/232: from entry 1000 on, the bundle is not divided as it was logged",
    );
}

#[test]
fn a_bundle_lost_with_its_hashes_is_named_too() {
    let mut tiles = log(600, &[]);
    tiles.files.remove("tile/0/000");
    tiles.files.remove("tile/entries/000");
    check(&tiles, "tile/0/000 is missing\ntile/entries/000 is missing");
}

#[test]
fn a_tile_of_altered_hashes_does_not_flood_the_list() {
    let mut tiles = log(600, &[]);
    bytes(&mut tiles, "tile/0/000").iter_mut().for_each(|byte| *byte = !*byte);
    let faults = verify(&tiles, &signer().verifier(), &[]).unwrap_err();
    assert_eq!(faults.len(), 101);
    assert!(matches!(faults[0], Fault::Hash { index: 0, .. }));
    assert!(matches!(faults[100], Fault::TooMany));
}

#[test]
fn a_partial_tile_may_have_been_replaced_by_the_full_one() {
    let mut tiles = log(300, &[]);
    let full = log(512, &[]);
    for (part, whole) in [("tile/0/001.p/44", "tile/0/001"), ("tile/entries/001.p/44", "tile/entries/001")] {
        tiles.files.remove(part);
        tiles.write(whole, &full.files[whole]).unwrap();
    }
    check(&tiles, "no fault in 300 entries");
}

#[test]
fn another_key_opens_nothing() {
    let tiles = log(3, &[]);
    let same_name = Signer::from_seed("log.example/evidence", &[8; 32]).unwrap();
    let faults = verify(&tiles, &same_name.verifier(), &[]).unwrap_err();
    assert_eq!(
        faults[0].to_string(),
        "checkpoint: the checkpoint is not acceptable: no signature of the given key"
    );
    assert_eq!(faults[0].path(), "checkpoint");
}

/// The specification's cosignature line, in its place and altered.
#[test]
fn a_witness_that_is_asked_for_must_have_signed() {
    let witness = evidence::WitnessSigner::from_seed("witness.example/w1", &[3; 32]).unwrap();
    let mut tiles = log(3, &[]);
    let mut signed =
        evidence::SignedCheckpoint::open(&tiles.files["checkpoint"], &signer().verifier()).unwrap();
    let line = witness.cosign(&signed, 1_679_315_147);
    signed.add_cosignature(&line, &witness.witness()).unwrap();
    tiles.publish(&signed.to_bytes()).unwrap();
    let report = verify(&tiles, &signer().verifier(), &[witness.witness()]).unwrap();
    assert_eq!(report.cosignatures, [("witness.example/w1".to_owned(), 1_679_315_147)]);

    let length = tiles.files["checkpoint"].len();
    for at in length - line.len()..length {
        let mut altered = tiles.clone();
        bytes(&mut altered, "checkpoint")[at] ^= 1;
        assert!(verify(&altered, &signer().verifier(), &[witness.witness()]).is_err(), "byte {at}");
    }
}
