//! Inclusion and consistency proofs: how they are made (RFC 6962 sections 2.1.1 and 2.1.2). The checks are in
//! [`crate::subtree`].

use crate::{
    hash::Hash,
    source::ReadError,
    subtree::{check_subtree_consistency, check_subtree_inclusion},
    tree::{LeafIndex, Nodes, TreeSize, subtree_root},
};
use std::ops::Range;

/// Why a proof was not made, or not accepted.
///
/// ```
/// use evidence::{InclusionProof, LeafIndex, TreeSize, proof::ProofError};
/// let leaves = vec![evidence::hash::leaf_hash(b"a")];
/// let outside = InclusionProof::generate(&leaves, LeafIndex(1), TreeSize(1));
/// assert!(matches!(outside, Err(ProofError::Range)));
/// ```
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// The index or the sizes do not fit each other.
    #[error("the index or range does not lie in the tree")]
    Range,
    /// The path is longer or shorter than the tree is high.
    #[error("the proof has {found} hashes, which the tree has no place for")]
    Length {
        /// Hashes of the proof.
        found: usize,
    },
    /// The path leads to another root.
    #[error("the proof leads to another root")]
    Root,
    /// The path leads to another root for the smaller tree.
    #[error("the proof leads to another root for the smaller tree")]
    SmallerRoot,
    /// A hash that the proof needs cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Proof that one leaf is in a tree.
///
/// ```
/// use evidence::{InclusionProof, LeafIndex, TreeSize, hash::leaf_hash, tree::subtree_root};
/// let leaves: Vec<_> = (0..6_u8).map(|i| leaf_hash(&[i])).collect();
/// let proof = InclusionProof::generate(&leaves, LeafIndex(4), TreeSize(6))?;
/// let root = subtree_root(&leaves, 0..6)?;
/// assert!(proof.check(&leaves[4], &root).is_ok());
/// assert!(proof.check(&leaves[5], &root).is_err());
/// # Ok::<(), evidence::proof::ProofError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// The leaf that is proven.
    pub index: LeafIndex,
    /// Size of the tree that it is proven to be in.
    pub size: TreeSize,
    /// Hashes beside the way from the leaf to the root, the leaf's sibling first.
    pub path: Vec<Hash>,
}

impl InclusionProof {
    /// Makes the proof for the leaf `index` of the tree over the first `size` leaves.
    ///
    /// ```
    /// use evidence::{InclusionProof, LeafIndex, TreeSize, hash::leaf_hash};
    /// let leaves = vec![leaf_hash(b"a"), leaf_hash(b"b")];
    /// let proof = InclusionProof::generate(&leaves, LeafIndex(0), TreeSize(2))?;
    /// assert_eq!(proof.path, [leaf_hash(b"b")]);
    /// # Ok::<(), evidence::proof::ProofError>(())
    /// ```
    ///
    /// # Errors
    /// [`ProofError::Range`] when the tree has no such leaf, [`ProofError::Read`] when a node cannot be read.
    pub fn generate<N: Nodes>(nodes: &N, index: LeafIndex, size: TreeSize) -> Result<Self, ProofError> {
        if index.0 >= size.0 {
            return Err(ProofError::Range);
        }
        let mut path = Vec::new();
        let mut range = 0..size.0;
        while let Some(middle) = split(&range) {
            let (near, far) = if index.0 < middle {
                (range.start..middle, middle..range.end)
            } else {
                (middle..range.end, range.start..middle)
            };
            path.push(subtree_root(nodes, far)?);
            range = near;
        }
        path.reverse();
        Ok(Self { index, size, path })
    }

    /// Checks that the path leads from `leaf` to `root`.
    ///
    /// ```
    /// use evidence::{InclusionProof, LeafIndex, TreeSize, hash::leaf_hash};
    /// let leaf = leaf_hash(b"only");
    /// let proof = InclusionProof { index: LeafIndex(0), size: TreeSize(1), path: vec![] };
    /// assert!(proof.check(&leaf, &leaf).is_ok());
    /// ```
    ///
    /// # Errors
    /// Says what does not fit: the index, the length of the path or the root.
    pub fn check(&self, leaf: &Hash, root: &Hash) -> Result<(), ProofError> {
        check_subtree_inclusion(self.index.0, 0..self.size.0, &self.path, leaf, root)
    }
}

/// Proof that a tree holds an earlier tree as its beginning: nothing was removed or changed.
///
/// ```
/// use evidence::{ConsistencyProof, TreeSize, hash::leaf_hash, tree::subtree_root};
/// let leaves: Vec<_> = (0..7_u8).map(|i| leaf_hash(&[i])).collect();
/// let proof = ConsistencyProof::generate(&leaves, TreeSize(3), TreeSize(7))?;
/// let (earlier, later) = (subtree_root(&leaves, 0..3)?, subtree_root(&leaves, 0..7)?);
/// assert!(proof.check(&earlier, &later).is_ok());
/// assert!(proof.check(&later, &earlier).is_err());
/// # Ok::<(), evidence::proof::ProofError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// Size of the earlier tree, at least 1: every tree holds the empty one, so there is nothing to prove.
    pub smaller: TreeSize,
    /// Size of the later tree.
    pub larger: TreeSize,
    /// The hashes, in the order of RFC 6962 section 2.1.2.
    pub path: Vec<Hash>,
}

impl ConsistencyProof {
    /// Makes the proof from the tree of `smaller` leaves to that of `larger` leaves.
    ///
    /// ```
    /// use evidence::{ConsistencyProof, TreeSize, hash::leaf_hash};
    /// let leaves = vec![leaf_hash(b"a"), leaf_hash(b"b")];
    /// let proof = ConsistencyProof::generate(&leaves, TreeSize(1), TreeSize(2))?;
    /// assert_eq!(proof.path, [leaf_hash(b"b")]);
    /// # Ok::<(), evidence::proof::ProofError>(())
    /// ```
    ///
    /// # Errors
    /// [`ProofError::Range`] unless `1 <= smaller <= larger`, [`ProofError::Read`] when a node cannot be read.
    pub fn generate<N: Nodes>(nodes: &N, smaller: TreeSize, larger: TreeSize) -> Result<Self, ProofError> {
        if smaller.0 == 0 || smaller > larger {
            return Err(ProofError::Range);
        }
        let mut path = Vec::new();
        let mut range = 0..larger.0;
        while range.end != smaller.0 {
            let Some(middle) = split(&range) else { break };
            let (near, far) = if smaller.0 <= middle {
                (range.start..middle, middle..range.end)
            } else {
                (middle..range.end, range.start..middle)
            };
            path.push(subtree_root(nodes, far)?);
            range = near;
        }
        // The checker knows the root of the smaller tree, so it is only sent when it is a part of it.
        if range.start != 0 {
            path.push(subtree_root(nodes, range)?);
        }
        path.reverse();
        Ok(Self { smaller, larger, path })
    }

    /// Checks that the tree with `larger_root` begins with the tree with `smaller_root`.
    ///
    /// ```
    /// use evidence::{ConsistencyProof, TreeSize, hash::leaf_hash};
    /// let root = leaf_hash(b"only");
    /// let proof = ConsistencyProof { smaller: TreeSize(1), larger: TreeSize(1), path: vec![] };
    /// assert!(proof.check(&root, &root).is_ok());
    /// ```
    ///
    /// # Errors
    /// Says what does not fit: the sizes, the length of the path or one of the roots.
    pub fn check(&self, smaller_root: &Hash, larger_root: &Hash) -> Result<(), ProofError> {
        if self.smaller.0 == 0 && self.larger.0 != 0 {
            return Err(ProofError::Range);
        }
        check_subtree_consistency(0..self.smaller.0, self.larger.0, &self.path, smaller_root, larger_root)
    }
}

/// Where a tree over `range` divides: at the largest power of two below its length. `None` for a single leaf.
fn split(range: &Range<u64>) -> Option<u64> {
    let length = range.end - range.start;
    (length > 1).then(|| range.start + (1 << (length - 1).ilog2()))
}
