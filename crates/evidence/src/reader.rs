//! Reading a log: its checkpoint, single entries, and proofs about them.
//!
//! Everything that a [`LogReader`] hands out was checked against the signed checkpoint first.

use crate::{
    bundle::divide,
    checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint},
    hash::{Hash, leaf_hash},
    limit::TILE_WIDTH,
    note::Verifier,
    proof::{ConsistencyProof, InclusionProof, ProofError},
    source::{CHECKPOINT_PATH, ReadError, TileSource},
    tile::{TILE_HEIGHT, TileId, bundle_of, decode, tile_of},
    tlog_proof::TlogProof,
    tree::{LeafIndex, Nodes, TreeSize, perfect_root},
};
use std::{cell::RefCell, collections::BTreeMap};

/// Why a log cannot be opened for reading.
///
/// ```
/// use evidence::{LogReader, MemoryTiles, Signer, reader::OpenError};
/// let key = Signer::from_seed("log.example", &[1; 32])?.verifier();
/// assert!(matches!(LogReader::open(&MemoryTiles::default(), &key), Err(OpenError::NoCheckpoint)));
/// # Ok::<(), evidence::note::KeyError>(())
/// ```
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no checkpoint, so there is no log here.
    #[error("there is no checkpoint")]
    NoCheckpoint,
    /// The checkpoint is not one, or is not signed by the given key.
    #[error("the checkpoint is not acceptable")]
    Checkpoint(#[from] CheckpointError),
    /// A file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The tiles at the right edge are not those of the signed tree.
    #[error("the tiles at the right edge do not lead to the signed root; verify the log to find out which")]
    Edge,
    /// The partial bundle does not hold the entries that the signed tree covers.
    #[error("{path} does not hold the entries that were signed; verify the log to find out which")]
    Bundle {
        /// Path of the bundle.
        path: String,
    },
}

/// The signed checkpoint of the log in `source`.
///
/// ```
/// use evidence::{Log, MemoryTiles, Signer, reader::read_checkpoint};
/// let signer = Signer::from_seed("log.example", &[1; 32])?;
/// let mut tiles = MemoryTiles::default();
/// Log::create(&tiles.clone(), &mut tiles, &signer)?;
/// assert_eq!(read_checkpoint(&tiles, &signer.verifier())?.checkpoint().size.0, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When there is none, or it is not signed by `verifier`.
pub fn read_checkpoint<S: TileSource + ?Sized>(
    source: &S,
    verifier: &Verifier,
) -> Result<SignedCheckpoint, OpenError> {
    let bytes = source.read(CHECKPOINT_PATH)?.ok_or(OpenError::NoCheckpoint)?;
    Ok(SignedCheckpoint::open(&bytes, verifier)?)
}

/// The hashes of a tile, not checked against anything but the tile's width.
///
/// When a partial tile is gone, its beginning is taken from the full tile, which a log may replace it by (C2SP tlog-tiles,
/// "Partial Tiles").
///
/// ```
/// use evidence::{MemoryTiles, TileSink, reader::read_tile, tile::TileId};
/// let mut tiles = MemoryTiles::default();
/// tiles.write("tile/0/000.p/2", &[5; 64])?;
/// assert_eq!(read_tile(&tiles, TileId::hashes(0, 0, 2))?.len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// When the file is missing, has the wrong length or cannot be read.
pub fn read_tile<S: TileSource + ?Sized>(source: &S, id: TileId) -> Result<Vec<Hash>, ReadError> {
    let (id_found, bytes) = read_or_full(source, id)?;
    let (found, expected) = (bytes.len(), id_found.width() * Hash::LEN);
    let mut hashes = decode(&bytes)
        .filter(|hashes| hashes.len() == id_found.width())
        .ok_or_else(|| ReadError::Length { path: id_found.path(), found, expected })?;
    hashes.truncate(id.width());
    Ok(hashes)
}

/// The bytes of the bundle `id`, or of the full bundle that has replaced it, and which of the two it is.
pub(crate) fn read_or_full<S: TileSource + ?Sized>(
    source: &S,
    id: TileId,
) -> Result<(TileId, Vec<u8>), ReadError> {
    if let Some(bytes) = source.read(&id.path())? {
        return Ok((id, bytes));
    }
    let missing = || ReadError::Missing { path: id.path() };
    if id == id.full() {
        return Err(missing());
    }
    Ok((id.full(), source.read(&id.full().path())?.ok_or_else(missing)?))
}

/// The nodes of a tree that is stored as tiles. Remembers the last tile of each level, so that one proof reads each tile once.
///
/// The hashes are those that stand in the files: whoever uses them checks what they lead to.
///
/// ```
/// use evidence::{Log, MemoryTiles, Signer, TreeSize, hash::leaf_hash, reader::TileNodes, tree::Nodes};
/// let signer = Signer::from_seed("log.example", &[1; 32])?;
/// let mut tiles = MemoryTiles::default();
/// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
/// log.append(&["a", "b"])?;
/// log.commit(&mut tiles, &signer)?;
/// assert_eq!(TileNodes::new(&tiles, TreeSize(2)).node(0, 1)?, leaf_hash(b"b"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TileNodes<'a, S: ?Sized> {
    source: &'a S,
    size: TreeSize,
    /// The tile read last, by level.
    read: RefCell<BTreeMap<u8, (TileId, Vec<Hash>)>>,
}

impl<'a, S: TileSource + ?Sized> TileNodes<'a, S> {
    /// The nodes of the tree over the first `size` leaves.
    ///
    /// ```
    /// use evidence::{MemoryTiles, TreeSize, reader::TileNodes, tree::Nodes};
    /// assert!(TileNodes::new(&MemoryTiles::default(), TreeSize(1)).node(0, 0).is_err());
    /// ```
    pub const fn new(source: &'a S, size: TreeSize) -> Self {
        Self { source, size, read: RefCell::new(BTreeMap::new()) }
    }
}

impl<S: TileSource + ?Sized> Nodes for TileNodes<'_, S> {
    fn node(&self, level: u32, index: u64) -> Result<Hash, ReadError> {
        let missing = || ReadError::Missing { path: format!("subtree {index} at height {level}") };
        // A node between two tile levels is the root of a run of hashes in the tile below it.
        let tile_level = u8::try_from(level / TILE_HEIGHT).map_err(|_| missing())?;
        let width = 1_usize << (level % TILE_HEIGHT);
        let first = index.checked_mul(width as u64).ok_or_else(missing)?;
        let id = tile_of(tile_level, first, self.size).ok_or_else(missing)?;

        let mut read = self.read.borrow_mut();
        if read.get(&tile_level).is_none_or(|(last, _)| *last != id) {
            read.insert(tile_level, (id, read_tile(self.source, id)?));
        }
        let hashes = read.get(&tile_level).map(|(_, hashes)| hashes.as_slice()).unwrap_or_default();
        let start = usize::try_from(first % TILE_WIDTH as u64).map_err(|_| missing())?;
        hashes.get(start..start + width).and_then(perfect_root).ok_or_else(missing)
    }
}

/// A log opened for reading.
///
/// ```
/// use evidence::{LeafIndex, Log, LogReader, MemoryTiles, Signer};
/// let signer = Signer::from_seed("log.example", &[1; 32])?;
/// let mut tiles = MemoryTiles::default();
/// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
/// log.append(&["first", "second"])?;
/// log.commit(&mut tiles, &signer)?;
/// let reader = LogReader::open(&tiles, &signer.verifier())?;
/// assert_eq!(reader.entry(LeafIndex(1))?, b"second");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct LogReader<'a, S: ?Sized> {
    source: &'a S,
    checkpoint: SignedCheckpoint,
}

impl<'a, S: TileSource + ?Sized> LogReader<'a, S> {
    /// Opens the log in `source` at its current checkpoint.
    ///
    /// ```
    /// use evidence::{Log, LogReader, MemoryTiles, Signer};
    /// let signer = Signer::from_seed("log.example", &[1; 32])?;
    /// let mut tiles = MemoryTiles::default();
    /// Log::create(&tiles.clone(), &mut tiles, &signer)?;
    /// let other = Signer::from_seed("other.example", &[1; 32])?;
    /// assert!(LogReader::open(&tiles, &signer.verifier()).is_ok());
    /// assert!(LogReader::open(&tiles, &other.verifier()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When there is no checkpoint, or it is not signed by `verifier`.
    pub fn open(source: &'a S, verifier: &Verifier) -> Result<Self, OpenError> {
        Ok(Self { source, checkpoint: read_checkpoint(source, verifier)? })
    }

    /// The signed checkpoint that the log was opened at.
    ///
    /// ```
    /// # use evidence::{Log, LogReader, MemoryTiles, Signer};
    /// # let signer = Signer::from_seed("log.example", &[1; 32])?;
    /// # let mut tiles = MemoryTiles::default();
    /// # Log::create(&tiles.clone(), &mut tiles, &signer)?;
    /// let reader = LogReader::open(&tiles, &signer.verifier())?;
    /// assert_eq!(reader.checkpoint().checkpoint().origin, "log.example");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// The bytes of one entry, proven to be in the signed tree.
    ///
    /// ```
    /// # use evidence::{LeafIndex, Log, LogReader, MemoryTiles, Signer};
    /// # let signer = Signer::from_seed("log.example", &[1; 32])?;
    /// # let mut tiles = MemoryTiles::default();
    /// # let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
    /// # log.append(&["first"])?;
    /// # log.commit(&mut tiles, &signer)?;
    /// let reader = LogReader::open(&tiles, &signer.verifier())?;
    /// assert_eq!(reader.entry(LeafIndex(0))?, b"first");
    /// assert!(reader.entry(LeafIndex(1)).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such entry, a file cannot be read, or the entry does not lead to the signed root.
    pub fn entry(&self, index: LeafIndex) -> Result<Vec<u8>, ProofError> {
        let size = self.checkpoint.checkpoint().size;
        let id = bundle_of(index, size).ok_or(ProofError::Range)?;
        let (id_found, bundle) = read_or_full(self.source, id)?;
        let offset = usize::try_from(index.0 - id.first()).map_err(|_| ProofError::Range)?;
        let entry = *divide(&bundle, id_found.width())
            .entries
            .get(offset)
            .ok_or_else(|| ReadError::Framing { path: id_found.path(), index: index.0 })?;
        self.inclusion(index)?.check(&leaf_hash(entry), &self.checkpoint.checkpoint().root)?;
        Ok(entry.to_vec())
    }

    /// The entries from `index` to the end of its bundle, all proven at once: the fast way to read many.
    ///
    /// ```
    /// # use evidence::{LeafIndex, Log, LogReader, MemoryTiles, Signer};
    /// # let signer = Signer::from_seed("log.example", &[1; 32])?;
    /// # let mut tiles = MemoryTiles::default();
    /// # let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
    /// # log.append(&["first", "second", "third"])?;
    /// # log.commit(&mut tiles, &signer)?;
    /// let reader = LogReader::open(&tiles, &signer.verifier())?;
    /// assert_eq!(reader.entries_from(LeafIndex(1))?, [b"second".to_vec(), b"third".to_vec()]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`LogReader::entry`], also when another entry of the bundle is altered.
    pub fn entries_from(&self, index: LeafIndex) -> Result<Vec<Vec<u8>>, ProofError> {
        let Checkpoint { size, root, .. } = self.checkpoint.checkpoint();
        let id = bundle_of(index, *size).ok_or(ProofError::Range)?;
        let (found, bundle) = read_or_full(self.source, id)?;
        let entries: Vec<&[u8]> =
            divide(&bundle, found.width()).entries.into_iter().take(id.width()).collect();
        let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();

        // The way from the first leaf to the root passes all others of its bundle. Up to the root of the bundle its hashes are
        // computed from the entries; if it still ends at the signed root, every entry is the one that was signed.
        let mut proof = self.inclusion(LeafIndex(id.first()))?;
        let inner = InclusionProof::generate(&leaves, LeafIndex(0), TreeSize(id.width() as u64))?.path;
        proof.path.splice(..inner.len().min(proof.path.len()), inner);
        proof.check(leaves.first().ok_or(ProofError::Range)?, root)?;

        let skipped = usize::try_from(index.0 - id.first()).map_err(|_| ProofError::Range)?;
        Ok(entries.into_iter().skip(skipped).map(<[u8]>::to_vec).collect())
    }

    /// A proof for one entry that can be checked without the log: see [`TlogProof::check`].
    ///
    /// ```
    /// # use evidence::{LeafIndex, Log, LogReader, MemoryTiles, Signer};
    /// # let signer = Signer::from_seed("log.example", &[1; 32])?;
    /// # let mut tiles = MemoryTiles::default();
    /// # let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
    /// # log.append(&["first", "second"])?;
    /// # log.commit(&mut tiles, &signer)?;
    /// let proof = LogReader::open(&tiles, &signer.verifier())?.prove(LeafIndex(1))?;
    /// assert!(proof.check(b"second", &signer.verifier(), &[]).is_ok());
    /// assert!(proof.check(b"altered", &signer.verifier(), &[]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When there is no such entry, a tile cannot be read, or the log is altered so that no proof holds.
    pub fn prove(&self, index: LeafIndex) -> Result<TlogProof, ProofError> {
        let proof = self.inclusion(index)?;
        let leaf = TileNodes::new(self.source, proof.size).node(0, index.0)?;
        proof.check(&leaf, &self.checkpoint.checkpoint().root)?;
        Ok(TlogProof { extra: None, index, path: proof.path, checkpoint: self.checkpoint.note().clone() })
    }

    /// Proof that the log still begins with an earlier tree whose size and root someone noted down.
    ///
    /// ```
    /// # use evidence::{Log, LogReader, MemoryTiles, Signer, TreeSize, hash::leaf_hash};
    /// # let signer = Signer::from_seed("log.example", &[1; 32])?;
    /// # let mut tiles = MemoryTiles::default();
    /// # let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
    /// # log.append(&["first", "second"])?;
    /// # log.commit(&mut tiles, &signer)?;
    /// let reader = LogReader::open(&tiles, &signer.verifier())?;
    /// let proof = reader.prove_consistency(TreeSize(1), &leaf_hash(b"first"))?;
    /// assert!(proof.check(&leaf_hash(b"first"), &reader.checkpoint().checkpoint().root).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the log does not begin with that tree, or a tile cannot be read.
    pub fn prove_consistency(&self, smaller: TreeSize, root: &Hash) -> Result<ConsistencyProof, ProofError> {
        let larger = self.checkpoint.checkpoint();
        let proof =
            ConsistencyProof::generate(&TileNodes::new(self.source, larger.size), smaller, larger.size)?;
        proof.check(root, &larger.root)?;
        Ok(proof)
    }

    fn inclusion(&self, index: LeafIndex) -> Result<InclusionProof, ProofError> {
        let size = self.checkpoint.checkpoint().size;
        InclusionProof::generate(&TileNodes::new(self.source, size), index, size)
    }
}
