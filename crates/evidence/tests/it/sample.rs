//! Logs to test with.

use evidence::{Log, MemoryTiles, Signer};

/// The key that signs the sample logs.
pub(crate) fn signer() -> Signer {
    Signer::from_seed("log.example/evidence", &[7; 32]).unwrap()
}

/// The entry at `index` of every sample log; lengths differ, and some are empty.
pub(crate) fn entry(index: u64) -> Vec<u8> {
    format!("{index}:").repeat((index % 4) as usize).into_bytes()
}

/// A log of `size` entries, committed each time that one of `commits` is reached, and at the end. What a commit supersedes is
/// deleted, so that every file left is covered by the last checkpoint.
pub(crate) fn log(size: u64, commits: &[u64]) -> MemoryTiles {
    let signer = signer();
    let mut tiles = MemoryTiles::default();
    let mut log = Log::create(&tiles.clone(), &mut tiles, &signer).unwrap();
    let mut start = 0;
    for end in commits.iter().copied().filter(|end| *end < size).chain([size]) {
        let entries: Vec<_> = (start..end).map(entry).collect();
        log.append(&entries).unwrap();
        let commit = log.commit(&mut tiles, &signer).unwrap();
        for path in commit.superseded {
            tiles.files.remove(&path).expect("what is superseded was there");
        }
        start = end;
    }
    tiles
}
