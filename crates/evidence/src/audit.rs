//! The walk of the verifier through the tiles, from the signed root down to the entries.
//!
//! The hashes of a full tile fold into one hash of the tile above; those of the right edge fold into the signed root. So each
//! *group* of hashes (one full tile, or all partial tiles together) has one expected hash, known from above. If the stored
//! hashes lead to it they are genuine, and whatever below does not fit them is altered. If not, some stored hash is altered:
//! the hashes computed from below tell which. If those do not help either, entries and hashes were both altered: that range is
//! reported, and faults listed within it say where its files contradict each other, not which of them is right.

use crate::{
    bundle::divide,
    group::{Difference, Tile, apply, find_altered, root_of},
    hash::{Hash, leaf_hash},
    limit::{FAULTS_MAX, TILE_WIDTH},
    reader::{read_or_full, read_tile},
    source::{CHECKPOINT_PATH, ReadError, TileSource},
    tile::{TILE_HEIGHT, TileId, edge_tiles},
    tree::{LeafIndex, TreeSize, perfect_root},
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

/// How far down the hashes are computed that stored ones are compared with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// From the hashes stored one step below, or the entries themselves below level 0.
    Step,
    /// From the entries, whatever hashes are stored between. Slower; needed when hashes of several levels were altered.
    Entries,
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
                self.computed(id, Depth::Step).into_iter().collect()
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

    /// What the hashes of tile `id` should be; `None` where what lies below is unusable.
    fn computed(&self, id: TileId, depth: Depth) -> Vec<Option<Hash>> {
        if id.level() == 0 {
            return self.leaf_hashes(id);
        }
        let below = |child| match depth {
            Depth::Step => read_tile(self.source, child).ok(),
            Depth::Entries => self.computed_from_entries(child),
        };
        children(id).map(|child| perfect_root(&below(child)?)).collect()
    }

    /// The hashes of tile `id` from the entries below it. Ends at the first that is lost, so that a log without its files
    /// costs no more than one with them.
    fn computed_from_entries(&self, id: TileId) -> Option<Vec<Hash>> {
        if id.level() == 0 {
            return self.leaf_hashes(id).into_iter().collect();
        }
        children(id).map(|child| perfect_root(&self.computed_from_entries(child)?)).collect()
    }

    fn leaf_hashes(&self, id: TileId) -> Vec<Option<Hash>> {
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
        for depth in [Depth::Step, Depth::Entries] {
            let differences = self.differences(group, depth);
            if let Some(altered) = find_altered(group, &differences, expected) {
                altered.iter().for_each(|altered| self.report_hash(group, altered));
                return apply(group, altered);
            }
        }
        self.report(range_fault(group, self.size));
    }

    fn differences(&self, group: &[Tile], depth: Depth) -> Vec<Difference> {
        let mut differences = Vec::new();
        for (tile, Tile { id, hashes }) in group.iter().enumerate() {
            for (offset, (computed, stored)) in self.computed(*id, depth).into_iter().zip(hashes).enumerate()
            {
                if let Some(computed) = computed.filter(|computed| computed != stored) {
                    differences.push(Difference { tile, offset, computed });
                }
            }
        }
        differences
    }

    fn report_hash(&mut self, group: &[Tile], altered: &Difference) {
        let Some(Tile { id, .. }) = group.get(altered.tile) else { return };
        let index = id.first() + altered.offset as u64;
        let first = LeafIndex(index << (TILE_HEIGHT * u32::from(id.level())));
        self.report(Fault::Hash { path: id.path(), level: id.level(), index, first });
    }
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
