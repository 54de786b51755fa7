//! The sequencer's pure side: takes entries in, and turns them into tiles and a signed checkpoint.
//!
//! Only one sequencer may work on a log at a time; whoever opens a [`Log`] for writing holds the lock or lease that assures it.

use crate::{
    bundle::{self, LENGTH_BYTES},
    checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint},
    hash::{Hash, empty_root, leaf_hash},
    limit::{ENTRY_BYTES_MAX, PENDING_BYTES_MAX, TILE_WIDTH},
    note::{Signer, Verifier},
    reader::{OpenError, read_checkpoint, read_or_full, read_tile},
    source::{CHECKPOINT_PATH, ReadError, TileSink, TileSource, WriteError},
    tile::{TileId, bundle_of, edge_tiles, encode, row_length},
    tree::{LeafIndex, TreeSize, fold_right, perfect_root},
};
use std::ops::Range;

/// Why a log was not created.
///
/// ```
/// use evidence::{Log, MemoryTiles, Signer, log::CreateError};
/// let signer = Signer::from_seed("log.example", &[7; 32])?;
/// let mut tiles = MemoryTiles::default();
/// Log::create(&tiles.clone(), &mut tiles, &signer)?;
/// assert!(matches!(Log::create(&tiles.clone(), &mut tiles, &signer), Err(CreateError::Exists { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// A log is there already, or what is left of one: starting anew would overwrite evidence.
    #[error("{path} exists; a new log must not overwrite it")]
    Exists {
        /// Path of the file that was found.
        path: String,
    },
    /// It cannot be found out whether a log is there.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The first checkpoint was not signed or not made durable.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// Why entries were not taken in. None of a refused batch is in the log.
///
/// ```
/// use evidence::{Log, MemoryTiles, Signer, log::AppendError};
/// let signer = Signer::from_seed("log.example", &[7; 32])?;
/// let mut tiles = MemoryTiles::default();
/// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
/// let refused = log.append(&[vec![0; 10], vec![0; 70_000]]);
/// assert!(matches!(refused, Err(AppendError::TooLong { position: 1, .. })));
/// assert_eq!(log.size().0, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// An entry is longer than [`ENTRY_BYTES_MAX`].
    #[error("entry {position} of the batch has {length} bytes, more than an entry may have")]
    TooLong {
        /// Position in the batch, from zero.
        position: usize,
        /// Its length in bytes.
        length: usize,
    },
    /// More than [`PENDING_BYTES_MAX`] bytes would wait for a commit: commit first, or give smaller batches.
    #[error("too many entries wait for a commit")]
    Full,
}

/// Why a commit did not succeed. The entries stay in the log, and the next commit writes them.
///
/// ```
/// use evidence::{Log, MemoryTiles, Signer, log::CommitError};
/// let signer = Signer::from_seed("log.example", &[7; 32])?;
/// let mut tiles = MemoryTiles::default();
/// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
/// let other = Signer::from_seed("other.example", &[7; 32])?;
/// assert!(matches!(log.commit(&mut tiles, &other), Err(CommitError::Sign(_))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The signer is that of another log.
    #[error("the checkpoint was not signed")]
    Sign(#[from] CheckpointError),
    /// A file was not made durable. If it was the checkpoint, readers may see the old or the new one.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// What a commit did.
///
/// ```
/// use evidence::{Log, MemoryTiles, Signer};
/// let signer = Signer::from_seed("log.example", &[7; 32])?;
/// let mut tiles = MemoryTiles::default();
/// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
/// log.append(&["first"])?;
/// log.commit(&mut tiles, &signer)?;
/// log.append(&["second"])?;
/// let commit = log.commit(&mut tiles, &signer)?;
/// assert_eq!(commit.superseded, ["tile/0/000.p/1", "tile/entries/000.p/1"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The checkpoint that is now published.
    pub checkpoint: SignedCheckpoint,
    /// Partial tiles of the checkpoint before, which this one does not need. A log with readers elsewhere keeps each until its
    /// full tile is there (C2SP tlog-tiles, "Partial Tiles"); a log on a disk of its own may delete them at once.
    pub superseded: Vec<String>,
}

/// A log opened for writing: its right edge, and what was appended since the last commit.
///
/// ```
/// use evidence::{LeafIndex, Log, MemoryTiles, Signer};
/// let signer = Signer::from_seed("log.example", &[7; 32])?;
/// let mut tiles = MemoryTiles::default();
/// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
/// assert_eq!(log.append(&["first", "second"])?, LeafIndex(0)..LeafIndex(2));
/// log.commit(&mut tiles, &signer)?;
///
/// let mut log = Log::open(&tiles, &signer.verifier())?;
/// assert_eq!(log.append(&["third"])?, LeafIndex(2)..LeafIndex(3));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Log {
    origin: String,
    size: TreeSize,
    /// Size at the last commit that succeeded.
    committed: TreeSize,
    /// The hashes of the partial tile of each level, level 0 first. Rows are shorter than [`TILE_WIDTH`].
    edge: Vec<Vec<Hash>>,
    /// The partial bundle. Holds as many entries as the first row of `edge` has hashes.
    bundle: Vec<u8>,
    /// Full tiles and bundles that no successful commit has written yet.
    full: Vec<(TileId, Vec<u8>)>,
    /// Bytes of the entries appended since the last commit.
    pending_bytes: usize,
}

impl Log {
    /// Starts an empty log and publishes its first checkpoint. `source` and `sink` are the same place; it must be empty. The
    /// log takes its origin from the signer's name.
    ///
    /// ```
    /// use evidence::{Log, MemoryTiles, Signer};
    /// let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// let mut tiles = MemoryTiles::default();
    /// let log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
    /// assert_eq!(log.size().0, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CreateError::Exists`] when there is a checkpoint or a first tile; otherwise what reading or writing says.
    pub fn create<R: TileSource + ?Sized, W: TileSink + ?Sized>(
        source: &R,
        sink: &mut W,
        signer: &Signer,
    ) -> Result<Self, CreateError> {
        // An empty checkpoint is published before any tile, so a crash in the first commit leaves a log that can be opened.
        let first = TileId::entries(0, TILE_WIDTH).path();
        for path in [CHECKPOINT_PATH.to_owned(), first] {
            if source.read(&path)?.is_some() {
                return Err(CreateError::Exists { path });
            }
        }
        let log = Self::at(signer.name(), TreeSize(0));
        sink.publish(&log.sign(signer)?.to_bytes()).map_err(CommitError::Write)?;
        Ok(log)
    }

    /// Opens a log at its checkpoint. What a crashed commit left behind is ignored, and overwritten by later commits.
    ///
    /// ```
    /// use evidence::{Log, MemoryTiles, Signer};
    /// let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// let mut tiles = MemoryTiles::default();
    /// Log::create(&tiles.clone(), &mut tiles, &signer)?;
    /// assert!(Log::open(&tiles, &signer.verifier()).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When the checkpoint is missing or not signed by `verifier`, or the right edge is not that of the signed tree: appending
    /// to such a log would sign what was never logged.
    pub fn open<S: TileSource + ?Sized>(source: &S, verifier: &Verifier) -> Result<Self, OpenError> {
        let signed = read_checkpoint(source, verifier)?;
        let checkpoint = signed.checkpoint();
        let mut log = Self::at(&checkpoint.origin, checkpoint.size);
        for id in edge_tiles(checkpoint.size) {
            log.edge.resize(usize::from(id.level()) + 1, Vec::new());
            if let Some(row) = log.edge.last_mut() {
                *row = read_tile(source, id)?;
            }
        }
        if log.root() != checkpoint.root {
            return Err(OpenError::Edge);
        }
        log.bundle = read_edge_bundle(source, checkpoint.size, log.edge.first().map_or(&[], Vec::as_slice))?;
        Ok(log)
    }

    /// Number of entries, with those that wait for a commit.
    ///
    /// ```
    /// # use evidence::{Log, MemoryTiles, Signer};
    /// # let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// # let mut tiles = MemoryTiles::default();
    /// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
    /// log.append(&["first"])?;
    /// assert_eq!(log.size().0, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn size(&self) -> TreeSize {
        self.size
    }

    /// Number of entries under the last checkpoint that was published.
    ///
    /// ```
    /// # use evidence::{Log, MemoryTiles, Signer};
    /// # let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// # let mut tiles = MemoryTiles::default();
    /// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
    /// log.append(&["first"])?;
    /// assert_eq!(log.committed_size().0, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn committed_size(&self) -> TreeSize {
        self.committed
    }

    /// The root over all entries, with those that wait for a commit.
    ///
    /// ```
    /// # use evidence::{Log, MemoryTiles, Signer, hash::leaf_hash};
    /// # let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// # let mut tiles = MemoryTiles::default();
    /// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
    /// log.append(&["first"])?;
    /// assert_eq!(log.root(), leaf_hash(b"first"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn root(&self) -> Hash {
        let rows = self.edge.iter();
        rows.fold(None, |right, row| fold_right(right, row)).unwrap_or_else(empty_root)
    }

    /// Takes entries in, all or none, and says at which indexes. They are evidence only once [`Log::commit`] has returned.
    ///
    /// ```
    /// # use evidence::{LeafIndex, Log, MemoryTiles, Signer};
    /// # let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// # let mut tiles = MemoryTiles::default();
    /// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
    /// assert_eq!(log.append(&["first"])?, LeafIndex(0)..LeafIndex(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`AppendError::TooLong`] for an entry, [`AppendError::Full`] for the batch.
    pub fn append<E: AsRef<[u8]>>(&mut self, entries: &[E]) -> Result<Range<LeafIndex>, AppendError> {
        let mut bytes = self.pending_bytes;
        for (position, entry) in entries.iter().enumerate() {
            let length = entry.as_ref().len();
            if length > ENTRY_BYTES_MAX {
                return Err(AppendError::TooLong { position, length });
            }
            bytes += length + LENGTH_BYTES;
        }
        if bytes > PENDING_BYTES_MAX {
            return Err(AppendError::Full);
        }
        self.pending_bytes = bytes;
        let start = LeafIndex(self.size.0);
        for entry in entries {
            self.push(entry.as_ref());
        }
        Ok(start..LeafIndex(self.size.0))
    }

    /// Signs the log as it is now, writes what is new of it, and publishes the checkpoint last.
    ///
    /// ```
    /// # use evidence::{Log, MemoryTiles, Signer};
    /// # let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// # let mut tiles = MemoryTiles::default();
    /// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
    /// log.append(&["first"])?;
    /// assert_eq!(log.commit(&mut tiles, &signer)?.checkpoint.checkpoint().size.0, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When signing or writing fails. Nothing is lost: commit again, or open the log again and append again whatever
    /// [`Log::size`] shows to be missing.
    pub fn commit<W: TileSink + ?Sized>(
        &mut self,
        sink: &mut W,
        signer: &Signer,
    ) -> Result<Commit, CommitError> {
        let checkpoint = self.sign(signer)?;
        for (id, bytes) in &self.full {
            sink.write(&id.path(), bytes)?;
        }
        for (id, bytes) in self.partial() {
            sink.write(&id.path(), &bytes)?;
        }
        sink.sync()?;
        sink.publish(&checkpoint.to_bytes())?;

        let superseded = superseded(self.committed, self.size);
        self.committed = self.size;
        self.full.clear();
        self.pending_bytes = 0;
        Ok(Commit { checkpoint, superseded })
    }

    fn at(origin: &str, size: TreeSize) -> Self {
        Self {
            origin: origin.to_owned(),
            size,
            committed: size,
            edge: Vec::new(),
            bundle: Vec::new(),
            full: Vec::new(),
            pending_bytes: 0,
        }
    }

    fn sign(&self, signer: &Signer) -> Result<SignedCheckpoint, CommitError> {
        let checkpoint = Checkpoint::new(&self.origin, self.size, self.root());
        Ok(SignedCheckpoint::sign(checkpoint, signer)?)
    }

    fn push(&mut self, entry: &[u8]) {
        let is_pushed = bundle::push(&mut self.bundle, entry);
        debug_assert!(is_pushed, "append checks the length of each entry");
        self.size.0 += 1;
        if self.size.0.is_multiple_of(TILE_WIDTH as u64) {
            let id = TileId::entries(self.size.0 / TILE_WIDTH as u64 - 1, TILE_WIDTH);
            self.full.push((id, std::mem::take(&mut self.bundle)));
        }
        self.push_hash(leaf_hash(entry));
    }

    /// Adds a leaf hash to level 0. Each tile that becomes full is put aside, and its root goes to the level above.
    fn push_hash(&mut self, leaf: Hash) {
        let mut carry = Some(leaf);
        for level in 0_u8.. {
            let Some(hash) = carry.take() else { break };
            if self.edge.len() <= usize::from(level) {
                self.edge.push(Vec::with_capacity(TILE_WIDTH));
            }
            let Some(row) = self.edge.get_mut(usize::from(level)) else { break };
            row.push(hash);
            if row.len() == TILE_WIDTH {
                let index = row_length(level, self.size) / TILE_WIDTH as u64 - 1;
                self.full.push((TileId::hashes(level, index, TILE_WIDTH), encode(row)));
                carry = perfect_root(row);
                row.clear();
            }
        }
    }

    /// The partial tiles, and the partial bundle, that differ from those of the last commit.
    fn partial(&self) -> Vec<(TileId, Vec<u8>)> {
        let is_new =
            |id: &TileId| row_length(id.level(), self.committed) != row_length(id.level(), self.size);
        let rows = edge_tiles(self.size).into_iter().filter_map(|id| {
            let row = self.edge.get(usize::from(id.level()))?;
            Some((id, encode(row)))
        });
        let bundle = edge_bundle(self.size).map(|id| (id, self.bundle.clone()));
        rows.chain(bundle).filter(|(id, _)| is_new(id)).collect()
    }
}

/// The partial bundle of a log of `size` entries, if it has one.
pub(crate) fn edge_bundle(size: TreeSize) -> Option<TileId> {
    let last = LeafIndex(size.0.checked_sub(1)?);
    bundle_of(last, size).filter(|id| *id != id.full())
}

/// Paths of the partial tiles and bundle that a tree of size `before` has and one of size `after` has not.
fn superseded(before: TreeSize, after: TreeSize) -> Vec<String> {
    let partials = |size| edge_tiles(size).into_iter().chain(edge_bundle(size));
    let kept: Vec<TileId> = partials(after).collect();
    partials(before).filter(|id| !kept.contains(id)).map(|id| id.path()).collect()
}

/// The bytes of the partial bundle, checked against the leaf hashes of the signed tree.
fn read_edge_bundle<S: TileSource + ?Sized>(
    source: &S,
    size: TreeSize,
    leaves: &[Hash],
) -> Result<Vec<u8>, OpenError> {
    let Some(id) = edge_bundle(size) else { return Ok(Vec::new()) };
    let (id_found, bytes) = read_or_full(source, id)?;
    let divided = bundle::divide(&bytes, id_found.width());
    let entries: Vec<&[u8]> = divided.entries.into_iter().take(id.width()).collect();
    let is_signed =
        divided.is_whole && entries.iter().map(|entry| leaf_hash(entry)).eq(leaves.iter().copied());
    if !is_signed {
        return Err(OpenError::Bundle { path: id_found.path() });
    }
    let mut bundle = Vec::with_capacity(bytes.len());
    let is_pushed = entries.iter().all(|entry| bundle::push(&mut bundle, entry));
    debug_assert!(is_pushed, "what was read from a bundle fits into one");
    Ok(bundle)
}
