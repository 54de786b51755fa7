//! Hashes that together lead to one expected hash, and which of them were altered when they do not.

use crate::{
    hash::{Hash, empty_root},
    limit::REPAIR_DIFFERENCES_MAX,
    tile::TileId,
    tree::fold_right,
};

/// The hashes of one tile, as stored or as settled.
pub(crate) struct Tile {
    pub(crate) id: TileId,
    pub(crate) hashes: Vec<Hash>,
}

/// A stored hash that differs from the one computed from what lies below it.
pub(crate) struct Difference {
    /// Position of the tile in its group.
    pub(crate) tile: usize,
    /// Position of the hash in the tile.
    pub(crate) offset: usize,
    pub(crate) computed: Hash,
}

/// What the hashes of a group lead to. Its tiles are ordered from level 0, at the right, upwards and to the left.
pub(crate) fn root_of(group: &[Tile]) -> Hash {
    let folded = group.iter().fold(None, |right, tile| fold_right(right, &tile.hashes));
    folded.unwrap_or_else(empty_root)
}

/// Puts the computed hashes in the place of the stored ones.
pub(crate) fn apply<'d>(group: &mut [Tile], differences: impl IntoIterator<Item = &'d Difference>) {
    for Difference { tile, offset, computed } in differences {
        if let Some(hash) = group.get_mut(*tile).and_then(|tile| tile.hashes.get_mut(*offset)) {
            *hash = *computed;
        }
    }
}

/// Which of the stored hashes must be replaced by the computed ones so that the group leads to `expected`; `None` when no
/// choice does.
///
/// Usually all: only hashes were altered. When something below was altered too, its hash must stay; a few differences are told
/// apart by trying, in 2^8 steps at most.
pub(crate) fn find_altered<'d>(
    group: &mut [Tile],
    differences: &'d [Difference],
    expected: &Hash,
) -> Option<Vec<&'d Difference>> {
    let stored: Vec<Vec<Hash>> = group.iter().map(|tile| tile.hashes.clone()).collect();
    let mut leads_to_expected = |chosen: &[&Difference]| {
        apply(group, chosen.iter().copied());
        let is_found = root_of(group) == *expected;
        for (tile, hashes) in group.iter_mut().zip(&stored) {
            tile.hashes.clone_from(hashes);
        }
        is_found
    };
    let all: Vec<&Difference> = differences.iter().collect();
    if leads_to_expected(&all) {
        return Some(all);
    }
    if all.len() > REPAIR_DIFFERENCES_MAX {
        return None;
    }
    (1_u32..1 << all.len()).map(|mask| chosen_by(mask, &all)).find(|chosen| leads_to_expected(chosen))
}

fn chosen_by<'d>(mask: u32, all: &[&'d Difference]) -> Vec<&'d Difference> {
    let positions = all.iter().enumerate().filter(|(position, _)| mask >> position & 1 == 1);
    positions.map(|(_, difference)| *difference).collect()
}
