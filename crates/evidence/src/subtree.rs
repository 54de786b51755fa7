//! Checking proofs (RFC 9162 sections 2.1.3.2 and 2.1.4.2), for *subtrees* (draft-ietf-plants-merkle-tree-certs) as well.
//!
//! A whole tree is the subtree that begins with leaf 0, so there is one check of each kind. Mirrors and witnesses exchange
//! proofs about other subtrees too.

use crate::{
    hash::{Hash, empty_root, node_hash},
    proof::ProofError,
};
use std::ops::Range;

/// Checks that the leaf `index` is in the subtree over `range` whose root is `root`.
///
/// ```
/// use evidence::{hash::{leaf_hash, node_hash}, subtree::check_subtree_inclusion};
/// let (a, b) = (leaf_hash(b"a"), leaf_hash(b"b"));
/// // Leaves 6 and 7 of some larger tree.
/// assert!(check_subtree_inclusion(7, 6..8, &[a], &b, &node_hash(&a, &b)).is_ok());
/// ```
///
/// # Errors
/// Says what does not fit: the range, the length of the path or the root.
pub fn check_subtree_inclusion(
    index: u64,
    range: Range<u64>,
    path: &[Hash],
    leaf: &Hash,
    root: &Hash,
) -> Result<(), ProofError> {
    if !is_subtree(&range) || !range.contains(&index) {
        return Err(ProofError::Range);
    }
    let too_long = ProofError::Length { found: path.len() };
    // Positions of our node and of the last node, in the row that the walk has come to.
    let (mut ours, mut last) = (index - range.start, range.end - range.start - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return Err(too_long);
        }
        if ours & 1 == 1 || ours == last {
            hash = node_hash(sibling, &hash);
            // A node at the right edge may be without sibling for several rows.
            while ours & 1 == 0 && ours != 0 {
                (ours, last) = (ours >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        (ours, last) = (ours >> 1, last >> 1);
    }
    if last != 0 {
        return Err(too_long);
    }
    if hash == *root { Ok(()) } else { Err(ProofError::Root) }
}

/// Checks that the subtree over `range` with root `subtree_root` is a part of the tree of `size` leaves with root `root`.
///
/// The empty subtree is part of every tree: it needs no hashes, and its root must be that of the empty tree.
///
/// ```
/// use evidence::{hash::{leaf_hash, node_hash}, subtree::check_subtree_consistency};
/// let (a, b) = (leaf_hash(b"a"), leaf_hash(b"b"));
/// assert!(check_subtree_consistency(1..2, 2, &[a], &b, &node_hash(&a, &b)).is_ok());
/// ```
///
/// # Errors
/// Says what does not fit: the range, the length of the path or one of the roots.
pub fn check_subtree_consistency(
    range: Range<u64>,
    size: u64,
    path: &[Hash],
    subtree_root: &Hash,
    root: &Hash,
) -> Result<(), ProofError> {
    if !is_subtree(&range) || range.end > size {
        return Err(ProofError::Range);
    }
    if range.is_empty() {
        return check_empty(size, path, subtree_root, root);
    }
    // Positions of the subtree's first and last node and of the tree's last node, in the row that the walk has come to.
    let mut row = Row { first: range.start, end: range.end - 1, last: size - 1 };
    row.climb_to_start();
    let (seed, rest) = if row.first == row.end {
        (*subtree_root, path)
    } else {
        let (seed, rest) = path.split_first().ok_or(ProofError::Length { found: 0 })?;
        (*seed, rest)
    };
    let (mut smaller, mut larger) = (seed, seed);
    for hash in rest {
        if row.last == 0 {
            return Err(ProofError::Length { found: path.len() });
        }
        if row.end & 1 == 1 || row.end == row.last {
            if row.first < row.end {
                smaller = node_hash(hash, &smaller);
            }
            larger = node_hash(hash, &larger);
            while row.end & 1 == 0 && row.end != 0 {
                row.climb();
            }
        } else {
            larger = node_hash(&larger, hash);
        }
        row.climb();
    }
    if row.last != 0 {
        return Err(ProofError::Length { found: path.len() });
    }
    if smaller != *subtree_root {
        return Err(ProofError::SmallerRoot);
    }
    if larger == *root { Ok(()) } else { Err(ProofError::Root) }
}

struct Row {
    first: u64,
    end: u64,
    last: u64,
}

impl Row {
    const fn climb(&mut self) {
        self.first >>= 1;
        self.end >>= 1;
        self.last >>= 1;
    }

    /// Climbs to the largest complete subtree that ends where the subtree ends: that is what the proof starts from.
    const fn climb_to_start(&mut self) {
        let ends_with_tree = self.end == self.last;
        while self.first != self.end && (ends_with_tree || self.end & 1 == 1) {
            self.climb();
        }
    }
}

fn check_empty(size: u64, path: &[Hash], subtree_root: &Hash, root: &Hash) -> Result<(), ProofError> {
    if !path.is_empty() {
        return Err(ProofError::Length { found: path.len() });
    }
    if *subtree_root != empty_root() {
        return Err(ProofError::SmallerRoot);
    }
    if size == 0 && *root != empty_root() { Err(ProofError::Root) } else { Ok(()) }
}

/// Whether a tree may have a subtree over `range`: it starts at a multiple of the power of two that holds its length.
fn is_subtree(range: &Range<u64>) -> bool {
    range.end.checked_sub(range.start).is_some_and(|length| {
        length.checked_next_power_of_two().map_or(range.start == 0, |width| range.start.is_multiple_of(width))
    })
}
