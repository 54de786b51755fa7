//! The right edge of a growing log: the partial tile of each level and the partial bundle.

use crate::{
    bundle::{self, divide},
    hash::{Hash, empty_root, leaf_hash},
    limit::TILE_WIDTH,
    reader::{OpenError, read_or_full, read_tile},
    source::{ReadError, TileSource},
    tile::{TileId, bundle_of, edge_tiles, encode, row_length},
    tree::{LeafIndex, TreeSize, fold_right, perfect_root},
};

/// Everything that is needed to add entries to a log and to know its root: O(height) tiles, whatever the log's size.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    size: TreeSize,
    /// The hashes of the partial tile of each level, level 0 first. Rows are shorter than [`TILE_WIDTH`].
    rows: Vec<Vec<Hash>>,
    /// The partial bundle. Holds as many entries as the first row has hashes.
    bundle: Vec<u8>,
}

impl Edge {
    /// Reads the hashes at the edge of a log of `size` entries, as they stand in the files.
    pub(crate) fn read<S: TileSource + ?Sized>(source: &S, size: TreeSize) -> Result<Self, ReadError> {
        let mut rows = Vec::new();
        for id in edge_tiles(size) {
            rows.resize(usize::from(id.level()), Vec::new());
            rows.push(read_tile(source, id)?);
        }
        Ok(Self { size, rows, bundle: Vec::new() })
    }

    /// Adds the partial bundle, if its entries are those that the hashes stand for.
    pub(crate) fn with_bundle<S: TileSource + ?Sized>(mut self, source: &S) -> Result<Self, OpenError> {
        let (Some(id), Some(leaves)) = (partial_bundle(self.size), self.rows.first()) else {
            return Ok(self);
        };
        let (found, bytes) = read_or_full(source, id)?;
        let divided = divide(&bytes, found.width());
        let entries = || divided.entries.iter().take(id.width());
        if !divided.is_whole || !entries().map(|entry| leaf_hash(entry)).eq(leaves.iter().copied()) {
            return Err(OpenError::Bundle { path: found.path() });
        }
        for entry in entries() {
            push_checked(&mut self.bundle, entry);
        }
        Ok(self)
    }

    pub(crate) const fn size(&self) -> TreeSize {
        self.size
    }

    pub(crate) fn root(&self) -> Hash {
        let rows = self.rows.iter();
        rows.fold(None, |right, row| fold_right(right, row)).unwrap_or_else(empty_root)
    }

    /// Adds an entry whose length was checked. The tiles and bundle that it makes full are added to `full`.
    pub(crate) fn push(&mut self, entry: &[u8], full: &mut Vec<(TileId, Vec<u8>)>) {
        push_checked(&mut self.bundle, entry);
        self.size.0 += 1;
        if self.size.0.is_multiple_of(TILE_WIDTH as u64) {
            let id = TileId::entries(self.size.0 / TILE_WIDTH as u64 - 1, TILE_WIDTH);
            full.push((id, std::mem::take(&mut self.bundle)));
        }
        self.push_hash(leaf_hash(entry), full);
    }

    /// Adds a leaf hash to level 0. Each tile that becomes full is put aside, and its root goes to the level above.
    fn push_hash(&mut self, leaf: Hash, full: &mut Vec<(TileId, Vec<u8>)>) {
        let mut carry = Some(leaf);
        for level in 0_u8.. {
            let Some(hash) = carry.take() else { break };
            if self.rows.len() <= usize::from(level) {
                self.rows.push(Vec::with_capacity(TILE_WIDTH));
            }
            let Some(row) = self.rows.get_mut(usize::from(level)) else { break };
            row.push(hash);
            if row.len() == TILE_WIDTH {
                let index = row_length(level, self.size) / TILE_WIDTH as u64 - 1;
                full.push((TileId::hashes(level, index, TILE_WIDTH), encode(row)));
                carry = perfect_root(row);
                row.clear();
            }
        }
    }

    /// The partial tiles and the partial bundle that differ from those of the log when it had `committed` entries.
    pub(crate) fn partial_since(&self, committed: TreeSize) -> Vec<(TileId, Vec<u8>)> {
        let rows = edge_tiles(self.size).into_iter().filter_map(|id| {
            let row = self.rows.get(usize::from(id.level()))?;
            Some((id, encode(row)))
        });
        let bundle = partial_bundle(self.size).map(|id| (id, self.bundle.clone()));
        let is_new = |id: &TileId| row_length(id.level(), committed) != row_length(id.level(), self.size);
        rows.chain(bundle).filter(|(id, _)| is_new(id)).collect()
    }
}

/// The partial tiles and the partial bundle of a log of `size` entries.
pub(crate) fn partial_files(size: TreeSize) -> Vec<TileId> {
    edge_tiles(size).into_iter().chain(partial_bundle(size)).collect()
}

fn partial_bundle(size: TreeSize) -> Option<TileId> {
    let last = LeafIndex(size.0.checked_sub(1)?);
    bundle_of(last, size).filter(|id| *id != id.full())
}

fn push_checked(bundle: &mut Vec<u8>, entry: &[u8]) {
    let is_pushed = bundle::push(bundle, entry);
    debug_assert!(is_pushed, "the length of each entry was checked before");
}
