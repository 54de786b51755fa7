//! Tiles (C2SP tlog-tiles): which files a tree of a given size is stored in, what they are called, and what they hold.
//!
//! A full tile holds 256 hashes. Level 0 holds leaf hashes; each hash of a higher level stands for a whole full tile of the
//! level below. The rightmost tile of a level is usually partial, and its width is part of its name.

use crate::{
    hash::Hash,
    limit::TILE_WIDTH,
    tree::{LeafIndex, TreeSize},
};
use std::ops::Range;

/// Rows of the tree that one tile spans: it is 2^8 hashes wide.
pub const TILE_HEIGHT: u32 = 8;
/// Tile levels that a tree of at most 2^64 - 1 leaves can have.
pub const LEVELS_MAX: u8 = 8;
/// A directory holds at most a thousand tiles, so that it can be listed: numbers are written three digits at a time.
const PATH_BASE: u64 = 1000;

/// Names one tile of hashes or one bundle of entries.
///
/// ```
/// use evidence::tile::TileId;
/// assert_eq!(TileId::hashes(0, 1_234_067, 256).path(), "tile/0/x001/x234/067");
/// assert_eq!(TileId::hashes(1, 3, 17).path(), "tile/1/003.p/17");
/// assert_eq!(TileId::entries(67, 1).path(), "tile/entries/067.p/1");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Level of a tile of hashes; `None` for a bundle of entries, which lies under level 0.
    level: Option<u8>,
    index: u64,
    width: usize,
}

impl TileId {
    /// The tile of hashes `index` at `level`, `width` (1 to 256) hashes wide.
    ///
    /// ```
    /// let tile = evidence::tile::TileId::hashes(0, 2, 256);
    /// assert_eq!(tile.leaves(), 512..768);
    /// ```
    pub const fn hashes(level: u8, index: u64, width: usize) -> Self {
        Self { level: Some(level), index, width }
    }

    /// The bundle `index` of `width` (1 to 256) entries.
    ///
    /// ```
    /// let bundle = evidence::tile::TileId::entries(2, 10);
    /// assert_eq!(bundle.leaves(), 512..522);
    /// ```
    pub const fn entries(index: u64, width: usize) -> Self {
        Self { level: None, index, width }
    }

    /// The level of a tile of hashes, 0 for a bundle of entries.
    ///
    /// ```
    /// assert_eq!(evidence::tile::TileId::hashes(3, 0, 1).level(), 3);
    /// ```
    pub const fn level(&self) -> u8 {
        match self.level {
            Some(level) => level,
            None => 0,
        }
    }

    /// Hashes or entries in the file, 1 to 256.
    ///
    /// ```
    /// assert_eq!(evidence::tile::TileId::entries(2, 10).width(), 10);
    /// ```
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Index within its level of the first hash or entry of the file.
    ///
    /// ```
    /// assert_eq!(evidence::tile::TileId::hashes(1, 2, 256).first(), 512);
    /// ```
    pub const fn first(&self) -> u64 {
        self.index.saturating_mul(TILE_WIDTH as u64)
    }

    /// Indexes of the leaves that the file stands for.
    ///
    /// ```
    /// assert_eq!(evidence::tile::TileId::hashes(1, 0, 2).leaves(), 0..512);
    /// ```
    pub fn leaves(&self) -> Range<u64> {
        let span = 1_u64.checked_shl(TILE_HEIGHT * u32::from(self.level())).unwrap_or(u64::MAX);
        let start = self.first().saturating_mul(span);
        start..start.saturating_add(span.saturating_mul(self.width as u64))
    }

    /// The full tile that a partial one becomes in time; a full tile itself.
    ///
    /// ```
    /// use evidence::tile::TileId;
    /// assert_eq!(TileId::entries(2, 10).full(), TileId::entries(2, 256));
    /// ```
    pub const fn full(self) -> Self {
        Self { width: TILE_WIDTH, ..self }
    }

    /// Where the file lies below the log's folder or URL prefix.
    ///
    /// ```
    /// assert_eq!(evidence::tile::TileId::hashes(0, 999, 256).path(), "tile/0/999");
    /// assert_eq!(evidence::tile::TileId::hashes(0, 1000, 256).path(), "tile/0/x001/000");
    /// ```
    pub fn path(&self) -> String {
        let mut number = format!("{:03}", self.index % PATH_BASE);
        let mut rest = self.index / PATH_BASE;
        while rest > 0 {
            number = format!("x{:03}/{number}", rest % PATH_BASE);
            rest /= PATH_BASE;
        }
        let level = self.level.map_or_else(|| "entries".to_owned(), |level| level.to_string());
        let partial = if self.width < TILE_WIDTH { format!(".p/{}", self.width) } else { String::new() };
        format!("tile/{level}/{number}{partial}")
    }

    /// The tile that `path` names, or `None` when no tile has that name.
    ///
    /// ```
    /// use evidence::tile::TileId;
    /// assert_eq!(TileId::parse("tile/entries/x001/067.p/8"), Some(TileId::entries(1067, 8)));
    /// assert_eq!(TileId::parse("tile/entries/1067"), None);
    /// ```
    pub fn parse(path: &str) -> Option<Self> {
        let (level, number) = path.strip_prefix("tile/")?.split_once('/')?;
        let level =
            if level == "entries" { None } else { Some(level.parse().ok().filter(|level| *level < 64)?) };
        let (number, width) = match number.split_once(".p/") {
            Some((number, width)) => (number, width.parse().ok().filter(|w| (1..TILE_WIDTH).contains(w))?),
            None => (number, TILE_WIDTH),
        };
        let index = number.split('/').try_fold(0_u64, |index, digits| {
            let digits: u64 = digits.trim_start_matches('x').parse().ok()?;
            index.checked_mul(PATH_BASE)?.checked_add(digits)
        })?;
        let tile = Self { level, index, width };
        // Each tile has one name only; writing it again refuses every other spelling.
        (tile.path() == path).then_some(tile)
    }
}

/// Number of hashes that level `level` has in a tree of `size` leaves.
///
/// ```
/// use evidence::{TreeSize, tile::row_length};
/// assert_eq!(row_length(1, TreeSize(70_000)), 273);
/// ```
pub fn row_length(level: u8, size: TreeSize) -> u64 {
    size.0.checked_shr(TILE_HEIGHT * u32::from(level)).unwrap_or(0)
}

/// The tile of level `level` that holds hash `index` of that level, as wide as a tree of `size` leaves has it; `None` when
/// the tree has no such hash.
///
/// ```
/// use evidence::{TreeSize, tile::{TileId, tile_of}};
/// assert_eq!(tile_of(0, 69_999, TreeSize(70_000)), Some(TileId::hashes(0, 273, 112)));
/// assert_eq!(tile_of(0, 70_000, TreeSize(70_000)), None);
/// ```
pub fn tile_of(level: u8, index: u64, size: TreeSize) -> Option<TileId> {
    let length = row_length(level, size);
    let tile = index / TILE_WIDTH as u64;
    let left = length.checked_sub(tile.checked_mul(TILE_WIDTH as u64)?)?;
    let width = usize::try_from(left).map_or(TILE_WIDTH, |left| left.min(TILE_WIDTH));
    (index < length).then_some(TileId::hashes(level, tile, width))
}

/// The bundle that holds the entry `index`, as wide as a log of `size` entries has it.
///
/// ```
/// use evidence::{LeafIndex, TreeSize, tile::{TileId, bundle_of}};
/// assert_eq!(bundle_of(LeafIndex(300), TreeSize(301)), Some(TileId::entries(1, 45)));
/// ```
pub fn bundle_of(index: LeafIndex, size: TreeSize) -> Option<TileId> {
    let tile = tile_of(0, index.0, size)?;
    Some(TileId { level: None, ..tile })
}

/// The partial tiles of hashes at the right edge of a tree of `size` leaves, level 0 first. Together they fold into the root.
///
/// ```
/// use evidence::{TreeSize, tile::{TileId, edge_tiles}};
/// let edge = [TileId::hashes(0, 273, 112), TileId::hashes(1, 1, 17), TileId::hashes(2, 0, 1)];
/// assert_eq!(edge_tiles(TreeSize(70_000)), edge);
/// ```
pub fn edge_tiles(size: TreeSize) -> Vec<TileId> {
    let widths = (0..LEVELS_MAX).map(|level| (level, row_length(level, size)));
    widths
        .filter_map(|(level, length)| {
            let width = usize::try_from(length % TILE_WIDTH as u64).ok().filter(|width| *width > 0)?;
            Some(TileId::hashes(level, length / TILE_WIDTH as u64, width))
        })
        .collect()
}

/// The bytes of a tile of hashes.
///
/// ```
/// use evidence::{hash::leaf_hash, tile::{decode, encode}};
/// let hashes = [leaf_hash(b"a"), leaf_hash(b"b")];
/// assert_eq!(decode(&encode(&hashes)), Some(hashes.to_vec()));
/// ```
pub fn encode(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// The hashes of a tile, or `None` when its length is not a whole number of them.
///
/// ```
/// assert_eq!(evidence::tile::decode(&[0; 33]), None);
/// ```
pub fn decode(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<{ Hash::LEN }>();
    rest.is_empty().then(|| hashes.iter().copied().map(Hash::from_bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Option<TileId>) {
        assert_eq!(TileId::parse(path), expected);
        if let Some(tile) = expected {
            assert_eq!(tile.path(), path);
        }
    }

    #[test]
    fn each_tile_has_one_name() {
        check("tile/0/000", Some(TileId::hashes(0, 0, 256)));
        check("tile/63/x999/x999/999", Some(TileId::hashes(63, 999_999_999, 256)));
        check("tile/entries/x001/x234/067.p/255", Some(TileId::entries(1_234_067, 255)));
        check("tile/0/x018/x446/x744/x073/x709/x551/615", Some(TileId::hashes(0, u64::MAX, 256)));
    }

    #[test]
    fn every_other_spelling_is_refused() {
        for path in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "tile/00/000",
            "tile/64/000",
            "tile/-1/000",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/x000/000",
            "tile/0/001/000",
            "tile/0/x001",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/+1",
            "tile/0/000.p",
            "tile/data/000",
            "/tile/0/000",
            "tile/0/000/",
            "tile/0/../0",
            "tile/0/x019/x446/x744/x073/x709/x551/615",
            "tile/0/xx01/000",
        ] {
            check(path, None);
        }
    }

    #[test]
    fn a_full_tree_has_no_edge_below_its_top() {
        assert_eq!(edge_tiles(TreeSize(0)), []);
        assert_eq!(edge_tiles(TreeSize(256)), [TileId::hashes(1, 0, 1)]);
        assert_eq!(edge_tiles(TreeSize(u64::MAX)).len(), 8);
    }
}
