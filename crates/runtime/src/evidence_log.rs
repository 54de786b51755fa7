//! The evidence log on its store: entries with salted commitments go in, in one group commit.

use crate::clock::rfc3339;
use anyhow::{Context, Result};
use evidence::{Log, LogReader, ReadError, Signer, TileSink, TileSource, Value, Verifier, WriteError};
use model::{EventTime, LeafIndex, Sha256};
use store::{Salts, Tiles};

/// Bytes of a salt.
pub const SALT_BYTES: usize = 16;

/// What is to be proved later: public facts, and a payload of which only a salted commitment is published.
#[derive(Debug, Clone)]
pub struct Entry {
    /// `part.verb`, such as `mail.observed`.
    pub kind: &'static str,
    /// When it happened.
    pub time: EventTime,
    /// Facts without personal data.
    pub public: Vec<(&'static str, Value)>,
    /// Canonical JSON with the personal data; it stays in the store.
    pub private: Vec<u8>,
}

impl Entry {
    /// The entry as it stands in the log: canonical JSON (RFC 8785) with a commitment to the private payload.
    pub fn to_leaf(&self, salt: &[u8; SALT_BYTES]) -> Vec<u8> {
        let commitment = Sha256(evidence::commit(salt, &self.private)).to_string();
        let mut members = vec![
            ("v".to_owned(), Value::from(1)),
            ("kind".to_owned(), Value::from(self.kind)),
            ("time".to_owned(), Value::from(rfc3339(self.time))),
            ("commitment".to_owned(), Value::from(commitment)),
        ];
        members.extend(self.public.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Value::Object(members.into_iter().collect()).to_canonical().into_bytes()
    }
}

/// The log. One process at a time has it open for writing: the store's lock sees to that.
pub struct EvidenceLog {
    access: Access,
    /// The public key.
    vkey: String,
    /// Set by a failed write: entries of it may wait in `log`, without what must be there when they are published.
    is_in_doubt: bool,
}

/// What may be done with the log.
enum Access {
    Writing(Box<Writer>),
    Reading { size: u64 },
}

/// What a writer has and a reader has not.
struct Writer {
    log: Log,
    signer: Signer,
}

impl EvidenceLog {
    /// Opens the log in `tiles`, or starts it. Salts beyond the last checkpoint are leftovers of a crash and go.
    ///
    /// # Errors
    /// When the log was not signed by this signer, its right edge was altered, or salts of published entries are missing.
    pub fn open(tiles: &dyn Tiles, salts: &mut dyn Salts, signer: Signer) -> Result<Self> {
        let mut store = TileStore(tiles);
        let is_new = tiles.read(evidence::source::CHECKPOINT_PATH)?.is_none();
        let log = if is_new {
            Log::create(&TileStore(tiles), &mut store, &signer).context("cannot start the evidence log")?
        } else {
            Log::open(&store, &signer.verifier()).context("cannot open the evidence log")?
        };
        let published = log.size().0;
        // Salts lie by position: appended after a gap, each would stand behind an entry that is not its own.
        anyhow::ensure!(
            salts.len() >= published,
            "the evidence log has {published} entries, but only {} salts are left: restore them from a copy",
            salts.len()
        );
        salts.truncate(published)?;
        let vkey = signer.verifier().to_vkey();
        Ok(Self { access: Access::Writing(Box::new(Writer { log, signer })), vkey, is_in_doubt: false })
    }

    /// Opens the log for reading, as its checkpoint says now.
    ///
    /// # Errors
    /// When the checkpoint was not signed with this key.
    pub fn open_reading(tiles: &dyn Tiles, verifier: &Verifier) -> Result<Self> {
        let tiles = TileStore(tiles);
        let reader = LogReader::open(&tiles, verifier).context("cannot open the evidence log")?;
        let size = reader.checkpoint().checkpoint().size.0;
        Ok(Self { access: Access::Reading { size }, vkey: verifier.to_vkey(), is_in_doubt: false })
    }

    /// Entries under the last checkpoint; for a reader, under that at which the log was opened.
    pub fn len(&self) -> u64 {
        match &self.access {
            Access::Writing(writer) => writer.log.committed_size().0,
            Access::Reading { size } => *size,
        }
    }

    /// Whether nothing was recorded yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The public key, as a C2SP signed-note verifier key.
    pub fn vkey(&self) -> String {
        self.vkey.clone()
    }

    /// Takes entries in, and says where they will stand. `before_commit` makes durable what must be there when the
    /// checkpoint is; then the checkpoint is published. When this returns, the entries are evidence.
    ///
    /// # Errors
    /// When the store fails. The log takes nothing more then, until it is opened anew.
    pub fn record(
        &mut self,
        tiles: &dyn Tiles,
        salts: &mut dyn Salts,
        entries: &[Entry],
        before_commit: impl FnOnce(LeafIndex) -> Result<()>,
    ) -> Result<LeafIndex> {
        anyhow::ensure!(!self.is_in_doubt, "the evidence log must be opened anew after a failed write");
        let recorded = self.write(tiles, salts, entries, before_commit);
        self.is_in_doubt = recorded.is_err();
        recorded
    }

    /// Whether a write failed, so that the log must be opened anew.
    pub fn is_in_doubt(&self) -> bool {
        self.is_in_doubt
    }

    fn write(
        &mut self,
        tiles: &dyn Tiles,
        salts: &mut dyn Salts,
        entries: &[Entry],
        before_commit: impl FnOnce(LeafIndex) -> Result<()>,
    ) -> Result<LeafIndex> {
        let Access::Writing(writer) = &mut self.access else {
            anyhow::bail!("the evidence log is open for reading only");
        };
        let fresh = fresh_salts(entries.len())?;
        let leaves: Vec<Vec<u8>> =
            entries.iter().zip(&fresh).map(|(entry, salt)| entry.to_leaf(salt)).collect();
        let range = writer.log.append(&leaves)?;
        let first = LeafIndex(range.start.0);
        salts.append(&fresh)?;
        // Both wait for the disk, and neither for the other.
        std::thread::scope(|scope| {
            let synced = scope.spawn(|| salts.sync());
            before_commit(first)?;
            synced.join().expect("syncing a file does not panic").map_err(anyhow::Error::from)
        })?;
        let commit = writer.log.commit(&mut TileStore(tiles), &writer.signer)?;
        for path in &commit.superseded {
            tiles.delete(path)?;
        }
        Ok(first)
    }
}

/// One draw for a whole batch: the kernel's generator costs more per call than per byte.
fn fresh_salts(count: usize) -> Result<Vec<[u8; SALT_BYTES]>> {
    let mut bytes = vec![0; count * SALT_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("the system has no randomness for salts: {error}"))?;
    Ok(bytes.as_chunks().0.to_vec())
}

/// The store's tiles as the evidence crate sees them.
pub struct TileStore<'a>(pub &'a dyn Tiles);

impl TileSource for TileStore<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
        self.0.read(path).map_err(|error| ReadError::Io { path: path.to_owned(), source: Box::new(error) })
    }
}

impl TileSink for TileStore<'_> {
    fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), WriteError> {
        self.0
            .write(path, bytes)
            .map_err(|error| WriteError { path: path.to_owned(), source: Box::new(error) })
    }

    fn sync(&mut self) -> Result<(), WriteError> {
        self.0.sync().map_err(|error| WriteError { path: "the tiles".to_owned(), source: Box::new(error) })
    }

    fn publish(&mut self, checkpoint: &[u8]) -> Result<(), WriteError> {
        let path = evidence::source::CHECKPOINT_PATH;
        self.0
            .publish(path, checkpoint)
            .map_err(|error| WriteError { path: path.to_owned(), source: Box::new(error) })
    }
}
