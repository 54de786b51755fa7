//! SHA-256 as RFC 6962 section 2.1 uses it: leaves and nodes are kept apart by their first byte.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use std::fmt;

/// First byte of what a leaf hash is computed over.
const LEAF_PREFIX: [u8; 1] = [0];
/// First byte of what a node hash is computed over. Without it a node could be passed off as an entry.
const NODE_PREFIX: [u8; 1] = [1];

/// A SHA-256 hash: of a leaf, of a node, of a whole tree. Shown in base64, as the C2SP formats write it.
///
/// ```
/// use evidence::Hash;
/// let hash = evidence::hash::empty_root();
/// assert_eq!(hash.to_string(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
/// assert_eq!(Hash::from_base64(&hash.to_string()), Some(hash));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// Length of a hash in bytes.
    ///
    /// ```
    /// assert_eq!(evidence::Hash::LEN, 32);
    /// ```
    pub const LEN: usize = 32;

    /// A hash from its bytes.
    ///
    /// ```
    /// let hash = evidence::Hash::from_bytes([9; 32]);
    /// assert_eq!(hash.as_bytes(), &[9; 32]);
    /// ```
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes of the hash.
    ///
    /// ```
    /// assert_eq!(evidence::hash::leaf_hash(b"entry").as_bytes().len(), 32);
    /// ```
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A hash from standard base64 with padding, or `None` when `text` is anything else.
    ///
    /// ```
    /// assert_eq!(evidence::Hash::from_base64("not a hash"), None);
    /// ```
    pub fn from_base64(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok()?.try_into().ok().map(Self)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// The hash of an entry as a leaf of the tree: SHA-256(0x00 || entry).
///
/// ```
/// let hash = evidence::hash::leaf_hash(b"");
/// assert_eq!(hash.to_string(), "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=");
/// ```
pub fn leaf_hash(entry: &[u8]) -> Hash {
    digest(&[&LEAF_PREFIX, entry])
}

/// The hash of an inner node: SHA-256(0x01 || left || right).
///
/// ```
/// use evidence::hash::{leaf_hash, node_hash};
/// let (a, b) = (leaf_hash(b"a"), leaf_hash(b"b"));
/// assert_ne!(node_hash(&a, &b), node_hash(&b, &a));
/// ```
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    digest(&[&NODE_PREFIX, &left.0, &right.0])
}

/// The root of the tree without leaves: SHA-256 of nothing.
///
/// ```
/// assert_eq!(evidence::hash::empty_root(), evidence::CompactTree::default().root());
/// ```
pub fn empty_root() -> Hash {
    digest(&[])
}

/// SHA-256 over `parts`, one after the other.
pub(crate) fn digest(parts: &[&[u8]]) -> Hash {
    let mut state = Sha256::new();
    for part in parts {
        state.update(part);
    }
    Hash(state.finalize().into())
}
