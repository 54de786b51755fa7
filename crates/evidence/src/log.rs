//! The sequencer's pure side: takes entries in, and turns them into tiles and a signed checkpoint.
//!
//! Only one sequencer may work on a log at a time; whoever opens a [`Log`] for writing holds the lock or lease that assures it.

use crate::{
    bundle::LENGTH_BYTES,
    checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint},
    edge::{Edge, partial_files},
    hash::Hash,
    limit::{ENTRY_BYTES_MAX, PENDING_BYTES_MAX, TILE_WIDTH},
    note::Verifier,
    reader::{OpenError, read_checkpoint},
    signer::Signer,
    source::{CHECKPOINT_PATH, ReadError, TileSink, TileSource, WriteError},
    tile::TileId,
    tree::{LeafIndex, TreeSize},
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
    edge: Edge,
    /// Size at the last commit that succeeded.
    committed: TreeSize,
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
        let log = Self::at(signer.name(), Edge::default());
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
        let edge = Edge::read(source, checkpoint.size)?;
        if edge.root() != checkpoint.root {
            return Err(OpenError::Edge);
        }
        Ok(Self::at(&checkpoint.origin, edge.with_bundle(source)?))
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
        self.edge.size()
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
        self.edge.root()
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
        let start = LeafIndex(self.size().0);
        for entry in entries {
            self.edge.push(entry.as_ref(), &mut self.full);
        }
        Ok(start..LeafIndex(self.size().0))
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
        for (id, bytes) in self.edge.partial_since(self.committed) {
            sink.write(&id.path(), &bytes)?;
        }
        sink.sync()?;
        sink.publish(&checkpoint.to_bytes())?;

        let superseded = superseded(self.committed, self.size());
        self.committed = self.size();
        self.full.clear();
        self.pending_bytes = 0;
        Ok(Commit { checkpoint, superseded })
    }

    fn at(origin: &str, edge: Edge) -> Self {
        Self { origin: origin.to_owned(), committed: edge.size(), edge, full: Vec::new(), pending_bytes: 0 }
    }

    fn sign(&self, signer: &Signer) -> Result<SignedCheckpoint, CommitError> {
        let checkpoint = Checkpoint::new(&self.origin, self.size(), self.root());
        Ok(SignedCheckpoint::sign(checkpoint, signer)?)
    }
}

/// Paths of the partial tiles and bundle that a tree of size `before` has and one of size `after` has not.
fn superseded(before: TreeSize, after: TreeSize) -> Vec<String> {
    let kept = partial_files(after);
    partial_files(before).into_iter().filter(|id| !kept.contains(id)).map(|id| id.path()).collect()
}
