//! A proof that travels alone (C2SP tlog-proof): index, path and signed checkpoint in one small text file.

use crate::{
    checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint},
    cosignature::Witness,
    hash::{Hash, leaf_hash},
    limit::{PROOF_HASHES_MAX, PROOF_TEXT_BYTES_MAX},
    note::{NoteError, SignedNote, Verifier},
    proof::{InclusionProof, ProofError},
    tree::LeafIndex,
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// First line of the format.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Why a proof in text form was refused.
///
/// ```
/// use evidence::{TlogProof, tlog_proof::TlogProofError};
/// assert!(matches!(TlogProof::parse("something else"), Err(TlogProofError::Format)));
/// ```
#[derive(Debug, thiserror::Error)]
pub enum TlogProofError {
    /// The text is not a proof, or breaks a limit.
    #[error("not a tlog-proof")]
    Format,
    /// The checkpoint in the proof is not acceptable.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A witness that was asked for has not cosigned the checkpoint, or its cosignature does not hold.
    #[error("no valid cosignature of {witness}")]
    Cosignature {
        /// Name of the witness.
        witness: String,
        /// Whether it is missing or wrong.
        source: NoteError,
    },
    /// The entry is not the one that the proof is about, or the path was altered.
    #[error("the entry is not proven")]
    Proof(#[from] ProofError),
}

/// Proof that an entry is in a log, checkable with the log's public key and nothing else. Files of it end in `.tlog-proof`.
///
/// ```
/// use evidence::{LeafIndex, Log, LogReader, MemoryTiles, Signer, TlogProof};
/// let signer = Signer::from_seed("log.example", &[7; 32])?;
/// let mut tiles = MemoryTiles::default();
/// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
/// log.append(&["first", "second"])?;
/// log.commit(&mut tiles, &signer)?;
///
/// let text = LogReader::open(&tiles, &signer.verifier())?.prove(LeafIndex(0))?.to_text();
/// let checkpoint = TlogProof::parse(&text)?.check(b"first", &signer.verifier(), &[])?;
/// assert_eq!(checkpoint.size.0, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// Bytes that the proof's maker added. They are not proven by anything.
    pub extra: Option<Vec<u8>>,
    /// The entry that is proven.
    pub index: LeafIndex,
    /// Hashes beside the way from the leaf to the root, the leaf's sibling first.
    pub path: Vec<Hash>,
    /// The signed checkpoint that the path leads to.
    pub checkpoint: SignedNote,
}

impl TlogProof {
    /// The proof as text.
    ///
    /// ```
    /// # use evidence::{LeafIndex, Signer, TlogProof};
    /// let checkpoint = Signer::from_seed("log.example", &[7; 32])?.sign("text\n")?;
    /// let proof = TlogProof { extra: None, index: LeafIndex(3), path: vec![], checkpoint };
    /// assert!(proof.to_text().starts_with("c2sp.org/tlog-proof@v1\nindex 3\n\ntext\n\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_text(&self) -> String {
        let mut text = format!("{HEADER}\n");
        if let Some(extra) = &self.extra {
            text.push_str(&format!("extra {}\n", STANDARD.encode(extra)));
        }
        text.push_str(&format!("index {}\n", self.index));
        text.extend(self.path.iter().map(|hash| format!("{hash}\n")));
        text.push('\n');
        text.push_str(&String::from_utf8_lossy(&self.checkpoint.to_bytes()));
        text
    }

    /// Reads a proof, without believing it.
    ///
    /// ```
    /// # use evidence::{LeafIndex, Signer, TlogProof};
    /// let checkpoint = Signer::from_seed("log.example", &[7; 32])?.sign("text\n")?;
    /// let proof = TlogProof { extra: Some(vec![1]), index: LeafIndex(3), path: vec![], checkpoint };
    /// assert_eq!(TlogProof::parse(&proof.to_text())?, proof);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`TlogProofError::Format`], also when a number or a hash is written in an unusual way.
    pub fn parse(text: &str) -> Result<Self, TlogProofError> {
        if text.len() > PROOF_TEXT_BYTES_MAX {
            return Err(TlogProofError::Format);
        }
        Self::read(text).filter(|proof| proof.to_text() == text).ok_or(TlogProofError::Format)
    }

    fn read(text: &str) -> Option<Self> {
        let (head, checkpoint) = text.split_once("\n\n")?;
        let mut lines = head.split('\n').peekable();
        lines.next().filter(|line| *line == HEADER)?;
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            Some(line) => Some(STANDARD.decode(line.strip_prefix("extra ")?).ok()?),
            None => None,
        };
        let index = LeafIndex(lines.next()?.strip_prefix("index ")?.parse().ok()?);
        let path: Vec<Hash> =
            lines.take(PROOF_HASHES_MAX + 1).map(Hash::from_base64).collect::<Option<_>>()?;
        let checkpoint = SignedNote::parse(checkpoint.as_bytes()).ok()?;
        (path.len() <= PROOF_HASHES_MAX).then_some(Self { extra, index, path, checkpoint })
    }

    /// Checks that `entry` is in the log of `verifier`, and that each of `witnesses` has cosigned that log. Returns the
    /// checkpoint that vouches for it.
    ///
    /// ```
    /// # use evidence::{LeafIndex, Log, LogReader, MemoryTiles, Signer};
    /// # let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// # let mut tiles = MemoryTiles::default();
    /// # let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
    /// # log.append(&["entry"])?;
    /// # log.commit(&mut tiles, &signer)?;
    /// let proof = LogReader::open(&tiles, &signer.verifier())?.prove(LeafIndex(0))?;
    /// assert!(proof.check(b"entry", &signer.verifier(), &[]).is_ok());
    /// assert!(proof.check(b"Entry", &signer.verifier(), &[]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Says what does not hold: the checkpoint, a cosignature, or the path from this entry to its root.
    pub fn check(
        &self,
        entry: &[u8],
        verifier: &Verifier,
        witnesses: &[Witness],
    ) -> Result<Checkpoint, TlogProofError> {
        let signed = SignedCheckpoint::from_note(self.checkpoint.clone(), verifier)?;
        for witness in witnesses {
            witness.verify(&signed).map_err(|source| TlogProofError::Cosignature {
                witness: witness.name().to_owned(),
                source,
            })?;
        }
        let checkpoint = signed.checkpoint();
        let proof = InclusionProof { index: self.index, size: checkpoint.size, path: self.path.clone() };
        proof.check(&leaf_hash(entry), &checkpoint.root)?;
        Ok(checkpoint.clone())
    }
}
