//! The shape of the Merkle tree: which complete subtrees a range of leaves is made of, and how they fold into a root.

use crate::{
    hash::{Hash, empty_root, node_hash},
    source::ReadError,
};
use std::fmt;

/// Number of leaves of a tree.
///
/// ```
/// assert!(evidence::TreeSize(3) < evidence::TreeSize(4));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeSize(pub u64);

/// Place of an entry in the log, counted from zero.
///
/// ```
/// assert_eq!(evidence::LeafIndex(12).to_string(), "12");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeafIndex(pub u64);

impl fmt::Display for TreeSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for LeafIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whoever knows the hashes of complete subtrees: a row of leaf hashes in memory, or tiles on a disk.
///
/// ```
/// use evidence::{hash, tree::{Nodes, subtree_root}};
/// let leaves: Vec<_> = ["a", "b", "c"].map(|e| hash::leaf_hash(e.as_bytes())).into();
/// let left = leaves.node(1, 0)?;
/// assert_eq!(subtree_root(&leaves, 0..3)?, hash::node_hash(&left, &leaves[2]));
/// # Ok::<(), evidence::ReadError>(())
/// ```
pub trait Nodes {
    /// The hash of the complete subtree over the leaves `index << level .. (index + 1) << level`.
    ///
    /// # Errors
    /// When the subtree is not there or cannot be read.
    fn node(&self, level: u32, index: u64) -> Result<Hash, ReadError>;
}

/// Leaf hashes in memory. Every node is computed anew: meant for small trees and tests.
impl Nodes for Vec<Hash> {
    fn node(&self, level: u32, index: u64) -> Result<Hash, ReadError> {
        let width = 1_usize.checked_shl(level);
        let start = width.and_then(|width| width.checked_mul(usize::try_from(index).ok()?));
        let leaves = start.zip(width).and_then(|(start, width)| self.get(start..start.checked_add(width)?));
        leaves
            .and_then(perfect_root)
            .ok_or_else(|| ReadError::Missing { path: format!("subtree {index} at height {level}") })
    }
}

/// The root of the leaves in `range`, which must start at a multiple of the first power of two that is not below its length
/// (every subtree of a tree, and every tree, does).
///
/// ```
/// use evidence::{CompactTree, hash::leaf_hash, tree::subtree_root};
/// let leaves: Vec<_> = (0..5_u8).map(|i| leaf_hash(&[i])).collect();
/// let mut tree = CompactTree::default();
/// leaves.iter().for_each(|leaf| tree.push(*leaf));
/// assert_eq!(subtree_root(&leaves, 0..5)?, tree.root());
/// # Ok::<(), evidence::ReadError>(())
/// ```
///
/// # Errors
/// When a node of it cannot be read.
pub fn subtree_root<N: Nodes + ?Sized>(nodes: &N, range: std::ops::Range<u64>) -> Result<Hash, ReadError> {
    let mut root = None;
    let mut end = range.end;
    while end > range.start {
        let length = end - range.start;
        // Right to left, the complete subtrees of a tree are the set bits of its size, lowest first.
        let level = length.trailing_zeros();
        let index = (end >> level) - 1;
        root = Some(join(nodes.node(level, index)?, root));
        end = index << level;
    }
    Ok(root.unwrap_or_else(empty_root))
}

/// A tree that only grows and remembers no leaf: one hash for each set bit of its size.
///
/// ```
/// use evidence::{CompactTree, TreeSize, hash::{leaf_hash, node_hash}};
/// let mut tree = CompactTree::default();
/// tree.push(leaf_hash(b"a"));
/// tree.push(leaf_hash(b"b"));
/// assert_eq!(tree.size(), TreeSize(2));
/// assert_eq!(tree.root(), node_hash(&leaf_hash(b"a"), &leaf_hash(b"b")));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompactTree {
    size: u64,
    /// Roots of the complete subtrees, from the left and largest to the right and smallest.
    peaks: Vec<Hash>,
}

impl CompactTree {
    /// Adds a leaf at the right, in amortised constant time.
    ///
    /// ```
    /// let mut tree = evidence::CompactTree::default();
    /// tree.push(evidence::hash::leaf_hash(b"entry"));
    /// assert_eq!(tree.root(), evidence::hash::leaf_hash(b"entry"));
    /// ```
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// Number of leaves.
    ///
    /// ```
    /// assert_eq!(evidence::CompactTree::default().size().0, 0);
    /// ```
    pub const fn size(&self) -> TreeSize {
        TreeSize(self.size)
    }

    /// The root over all leaves so far, in time proportional to the height.
    ///
    /// ```
    /// assert_eq!(evidence::CompactTree::default().root(), evidence::hash::empty_root());
    /// ```
    pub fn root(&self) -> Hash {
        let right_to_left = self.peaks.iter().rev().copied();
        right_to_left.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
    }
}

/// The root over `hashes`, a row whose length is a power of two; `None` for an empty row.
pub(crate) fn perfect_root(hashes: &[Hash]) -> Option<Hash> {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    row.first().copied()
}

/// Folds a row of hashes of one height onto the root of everything to their right, which is lower than any of them.
pub(crate) fn fold_right(right: Option<Hash>, hashes: &[Hash]) -> Option<Hash> {
    let (mut root, mut rest) = (right, hashes);
    while !rest.is_empty() {
        let width = 1_usize << rest.len().trailing_zeros();
        let (left, subtree) = rest.split_at(rest.len() - width);
        root = perfect_root(subtree).map(|peak| join(peak, root)).or(root);
        rest = left;
    }
    root
}

fn join(left: Hash, right: Option<Hash>) -> Hash {
    right.map_or(left, |right| node_hash(&left, &right))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::leaf_hash;

    /// Roots of the trees over the first n of the eight entries that Certificate Transparency implementations test
    /// with, computed here with `sha256sum` over the formula of RFC 6962, section 2.1.
    #[test]
    fn known_roots() {
        check(0, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        check(1, "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=");
        check(2, "+sVCA+fMaWzw38tCySodnbr3CtnmIfS9jZhmLwDjwSU=");
        check(3, "rra8/idLcKFPsGel5VeCZNsPqbUa9eC6FZFY8yngbnc=");
        check(5, "Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=");
        check(6, "duZ9rbzfHhDht03cYIq9L5jfsW+851J3tSMqEn8gh+8=");
        check(8, "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=");
    }

    #[track_caller]
    fn check(size: usize, expected: &str) {
        let entries: [&[u8]; 8] = [
            b"",
            b"\0",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let leaves: Vec<Hash> = entries.iter().take(size).map(|entry| leaf_hash(entry)).collect();
        let mut tree = CompactTree::default();
        leaves.iter().for_each(|leaf| tree.push(*leaf));
        assert_eq!(tree.root().to_string(), expected);
        assert_eq!(subtree_root(&leaves, 0..size as u64).unwrap().to_string(), expected);
        assert_eq!(fold_right(None, &leaves).unwrap_or_else(empty_root).to_string(), expected);
    }

    #[test]
    fn a_missing_node_is_named_and_not_a_panic() {
        let leaves = vec![leaf_hash(b"a")];
        for (level, index) in [(0, 1), (1, 0), (63, 0), (64, 0), (200, 7), (0, u64::MAX), (63, u64::MAX)] {
            assert!(matches!(leaves.node(level, index), Err(ReadError::Missing { .. })));
        }
    }
}
