//! The walk of the verifier through the tiles, from the signed root down to the entries.
//!
//! The hashes of a full tile fold into one hash of the tile above; those of the right edge fold into the signed root. So each
//! *group* of hashes (one full tile, or all partial tiles together) has one expected hash, known from above. If the stored
//! hashes lead to it they are genuine, and whatever below does not fit them is altered. If not, some stored hash is altered:
//! the hashes computed from one step below tell which.

use crate::{
    bundle::divide,
    hash::{Hash, empty_root, leaf_hash},
    limit::{FAULTS_MAX, REPAIR_DIFFERENCES_MAX, TILE_WIDTH},
    reader::{read_or_full, read_tile},
    source::{CHECKPOINT_PATH, ReadError, TileSource},
    tile::{TILE_HEIGHT, TileId, edge_tiles},
    tree::{LeafIndex, TreeSize, fold_right, perfect_root},
    verify::Fault,
};

pub(crate) struct Audit<'a, S: ?Sized> {
    source: &'a S,
    size: TreeSize,
    faults: Vec<Fault>,
    entries_checked: u64,
    entry_bytes: u64,
    progress: &'a mut dyn FnMut(u64, u64),
}

/// The hashes of one tile, as stored or as settled.
struct Tile {
    id: TileId,
    hashes: Vec<Hash>,
}

/// A stored hash that differs from the one computed from below.
struct Difference {
    tile: usize,
    offset: usize,
    computed: Hash,
}

impl<'a, S: TileSource + ?Sized> Audit<'a, S> {
    pub(crate) fn new(
        source: &'a S,
        size: TreeSize,
        faults: Vec<Fault>,
        progress: &'a mut dyn FnMut(u64, u64),
    ) -> Self {
        Self { source, size, faults, entries_checked: 0, entry_bytes: 0, progress }
    }

    /// Checks the whole log against the signed `root`.
    pub(crate) fn run(&mut self, root: &Hash) {
        let ids = edge_tiles(self.size);
        let mut edge: Vec<Tile> = ids.iter().filter_map(|id| self.load(*id)).collect();
        // Without one of its tiles the edge cannot be checked against the root; the lost tile is a fault already.
        if edge.len() == ids.len() {
            self.settle(&mut edge, root);
        }
        // Level 0 first: the partial bundle is what a running log replaces soonest.
        for tile in &edge {
            self.descend(tile);
        }
    }

    /// The faults found, and the bytes of all entries.
    pub(crate) fn finish(mut self) -> (Vec<Fault>, u64) {
        if self.is_full() {
            self.faults.truncate(FAULTS_MAX);
            self.faults.push(Fault::TooMany);
        }
        (self.faults, self.entry_bytes)
    }

    const fn is_full(&self) -> bool {
        self.faults.len() > FAULTS_MAX
    }

    fn report(&mut self, fault: Fault) {
        // One more than the limit is kept, to know that there were more.
        if !self.is_full() {
            self.faults.push(fault);
        }
    }

    fn report_file(&mut self, id: TileId, reason: ReadError) {
        self.report(Fault::File { path: id.path(), first: LeafIndex(id.leaves().start), reason });
    }

    /// Checks everything below a tile whose hashes are settled.
    fn descend(&mut self, tile: &Tile) {
        if tile.id.level() == 0 {
            return self.check_bundle(tile);
        }
        for (child, expected) in children(tile.id).zip(&tile.hashes) {
            if self.is_full() {
                return;
            }
            if let Some(child) = self.load(child) {
                let mut group = [child];
                self.settle(&mut group, expected);
                let [child] = &group;
                self.descend(child);
            }
        }
    }

    /// Checks the entries of a bundle against their leaf hashes.
    fn check_bundle(&mut self, tile: &Tile) {
        let id = bundle_under(tile.id);
        let (found, bytes) = match read_or_full(self.source, id) {
            Ok(found) => found,
            Err(reason) => return self.report_file(id, reason),
        };
        let divided = divide(&bytes, found.width());
        let entries = divided.entries.iter().take(id.width());
        let is_wrong = |(entry, hash): (&&[u8], &Hash)| leaf_hash(entry) != *hash;
        let mut wrong: Vec<u64> = (id.first()..)
            .zip(entries.clone().zip(&tile.hashes))
            .filter_map(|(index, pair)| is_wrong(pair).then_some(index))
            .collect();

        self.entries_checked += entries.len() as u64;
        self.entry_bytes += entries.map(|entry| entry.len() as u64).sum::<u64>();
        (self.progress)(self.entries_checked, self.size.0);

        let path = found.path();
        if divided.is_whole {
            for index in wrong {
                self.report(Fault::Entry { path: path.clone(), index: LeafIndex(index) });
            }
        } else {
            // With a wrong length, all that follows is read at wrong places: only the first place says something.
            wrong.push(id.first() + divided.entries.len() as u64);
            let index = LeafIndex(wrong.into_iter().min().unwrap_or(id.first()));
            self.report(Fault::Framing { path, index });
        }
    }

    /// The hashes of a tile; if the file cannot be used, that is a fault, and they are computed from what lies below.
    fn load(&mut self, id: TileId) -> Option<Tile> {
        let hashes = match read_tile(self.source, id) {
            Ok(hashes) => Some(hashes),
            Err(reason) => {
                self.report_file(id, reason);
                let computed = self.computed(id);
                computed.into_iter().collect()
            }
        };
        if hashes.is_none() {
            self.descend_without(id);
        }
        hashes.map(|hashes| Tile { id, hashes })
    }

    /// Looks for further faults below a tile that is lost and cannot be computed.
    fn descend_without(&mut self, id: TileId) {
        if id.level() == 0 {
            // The only reason why leaf hashes cannot be computed is that the bundle cannot be used either.
            let path = bundle_under(id);
            match read_or_full(self.source, path) {
                Err(reason) => self.report_file(path, reason),
                Ok((found, _)) => {
                    let index = LeafIndex(id.leaves().start);
                    self.report(Fault::Framing { path: found.path(), index });
                }
            }
            return;
        }
        for child in children(id) {
            if self.is_full() {
                return;
            }
            if let Some(child) = self.load(child) {
                self.descend(&child);
            }
        }
    }

    /// What the hashes of tile `id` should be, from what is stored one step below; `None` where that is unusable.
    fn computed(&self, id: TileId) -> Vec<Option<Hash>> {
        if id.level() > 0 {
            return children(id).map(|child| perfect_root(&read_tile(self.source, child).ok()?)).collect();
        }
        let bundle = read_or_full(self.source, bundle_under(id));
        let (found, bytes) = bundle.unwrap_or((id, Vec::new()));
        let divided = divide(&bytes, found.width());
        let leaves = divided.entries.iter().map(|entry| Some(leaf_hash(entry)));
        // In a bundle that is not whole, the last entries may have been read at wrong places; settling weighs them anyway.
        leaves.chain(std::iter::repeat(None)).take(id.width()).collect()
    }

    /// Makes the hashes of `group` lead to `expected`, by taking altered ones from below, and reports those.
    fn settle(&mut self, group: &mut [Tile], expected: &Hash) {
        if root_of(group) == *expected {
            return;
        }
        let differences = self.differences(group);
        let Some(altered) = find_altered(group, &differences, expected) else {
            self.report(range_fault(group, self.size));
            // No side can be trusted. What was computed from below at least spares further faults from this one's cause.
            return apply(group, differences.iter());
        };
        for Difference { tile, offset, .. } in &altered {
            if let Some(Tile { id, .. }) = group.get(*tile) {
                let index = id.first() + *offset as u64;
                let first = LeafIndex(index << (TILE_HEIGHT * u32::from(id.level())));
                self.report(Fault::Hash { path: id.path(), level: id.level(), index, first });
            }
        }
        apply(group, altered.into_iter());
    }

    fn differences(&self, group: &[Tile]) -> Vec<Difference> {
        let mut differences = Vec::new();
        for (tile, Tile { id, hashes }) in group.iter().enumerate() {
            for (offset, (computed, stored)) in self.computed(*id).into_iter().zip(hashes).enumerate() {
                if let Some(computed) = computed.filter(|computed| computed != stored) {
                    differences.push(Difference { tile, offset, computed });
                }
            }
        }
        differences
    }
}

/// Which of the stored hashes must be replaced by the computed ones so that the group leads to `expected`.
///
/// Usually all: only hashes were altered. When something below was altered too, its hash must stay; a few differences are told
/// apart by trying, in 2^8 steps at most. `None` when no choice fits, and when nothing differs at all.
fn find_altered<'d>(
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
    let choices = (1_u32..1 << all.len()).map(|mask| {
        let is_chosen = |(position, difference): (usize, &'d Difference)| {
            (mask >> position & 1 == 1).then_some(difference)
        };
        differences.iter().enumerate().filter_map(is_chosen).collect::<Vec<_>>()
    });
    choices.into_iter().find(|chosen| leads_to_expected(chosen))
}

fn apply<'d>(group: &mut [Tile], differences: impl Iterator<Item = &'d Difference>) {
    for Difference { tile, offset, computed } in differences {
        if let Some(hash) = group.get_mut(*tile).and_then(|tile| tile.hashes.get_mut(*offset)) {
            *hash = *computed;
        }
    }
}

/// What the hashes of a group lead to. Its tiles are ordered from level 0, at the right, upwards and to the left.
fn root_of(group: &[Tile]) -> Hash {
    let folded = group.iter().fold(None, |right, tile| fold_right(right, &tile.hashes));
    folded.unwrap_or_else(empty_root)
}

fn range_fault(group: &[Tile], size: TreeSize) -> Fault {
    let (path, leaves) = match group {
        [tile] if tile.id == tile.id.full() => (tile.id.path(), tile.id.leaves()),
        _ => (CHECKPOINT_PATH.to_owned(), 0..size.0),
    };
    Fault::Range { path, entries: LeafIndex(leaves.start)..LeafIndex(leaves.end) }
}

/// The full tiles, one level below, that the hashes of tile `id` stand for.
fn children(id: TileId) -> impl Iterator<Item = TileId> {
    let level = id.level().saturating_sub(1);
    (id.first()..).take(id.width()).map(move |index| TileId::hashes(level, index, TILE_WIDTH))
}

/// The bundle of the entries whose leaf hashes are in tile `id`.
fn bundle_under(id: TileId) -> TileId {
    TileId::entries(id.first() / TILE_WIDTH as u64, id.width())
}
