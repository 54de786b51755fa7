//! Checkpoints (C2SP tlog-checkpoint): the size and root of the log, signed by the log and perhaps by witnesses.

use crate::{
    cosignature::Witness,
    hash::Hash,
    limit::SIGNATURES_MAX,
    note::{NoteError, SignedNote, Verifier},
    signer::Signer,
    tree::TreeSize,
};

/// Why a checkpoint was refused.
///
/// ```
/// use evidence::{Checkpoint, checkpoint::CheckpointError};
/// assert_eq!(Checkpoint::parse("log.example\n01\n"), Err(CheckpointError::Format));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note holds something else than a checkpoint.
    #[error("not a checkpoint")]
    Format,
    /// The checkpoint is of another log than the key.
    #[error("the checkpoint is of the log {found}, the key of {expected}")]
    Origin {
        /// The origin line.
        found: String,
        /// The name of the key.
        expected: String,
    },
    /// The note is not one, or a signature is missing or does not hold.
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// What a log commits itself to: that the first `size` entries have the root hash `root`.
///
/// ```
/// use evidence::{Checkpoint, TreeSize, hash::empty_root};
/// let checkpoint = Checkpoint::new("log.example", TreeSize(0), empty_root());
/// assert_eq!(checkpoint.to_text(), "log.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
/// assert_eq!(Checkpoint::parse(&checkpoint.to_text()), Ok(checkpoint));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, which is also the name of its key.
    pub origin: String,
    /// Number of entries.
    pub size: TreeSize,
    /// Root over them.
    pub root: Hash,
    /// Lines that other logs may add. We write none; what others wrote is kept, since it is signed.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// A checkpoint without extension lines.
    ///
    /// ```
    /// use evidence::{Checkpoint, TreeSize, hash::leaf_hash};
    /// assert_eq!(Checkpoint::new("log.example", TreeSize(1), leaf_hash(b"a")).size.0, 1);
    /// ```
    pub fn new(origin: &str, size: TreeSize, root: Hash) -> Self {
        Self { origin: origin.to_owned(), size, root, extensions: Vec::new() }
    }

    /// The text that is signed.
    ///
    /// ```
    /// # use evidence::{Checkpoint, TreeSize, hash::empty_root};
    /// let text = Checkpoint::new("log.example", TreeSize(0), empty_root()).to_text();
    /// assert_eq!(text.lines().count(), 3);
    /// ```
    pub fn to_text(&self) -> String {
        let Self { origin, size, root, extensions } = self;
        let mut text = format!("{origin}\n{size}\n{root}\n");
        text.extend(extensions.iter().map(|line| format!("{line}\n")));
        text
    }

    /// Reads the text of a checkpoint.
    ///
    /// ```
    /// use evidence::Checkpoint;
    /// let text = "log.example\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nmore\n";
    /// assert_eq!(Checkpoint::parse(text)?.extensions, ["more"]);
    /// # Ok::<(), evidence::checkpoint::CheckpointError>(())
    /// ```
    ///
    /// # Errors
    /// [`CheckpointError::Format`], also when a number or a hash is written in an unusual way: there is one spelling only.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        Self::read(text).filter(|checkpoint| checkpoint.to_text() == text).ok_or(CheckpointError::Format)
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let origin = lines.next().filter(|line| !line.is_empty())?.to_owned();
        let size = TreeSize(lines.next()?.parse().ok()?);
        let root = Hash::from_base64(lines.next()?)?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        let is_whole = extensions.iter().all(|line| !line.is_empty());
        is_whole.then_some(Self { origin, size, root, extensions })
    }
}

/// A checkpoint whose signature by its log was checked.
///
/// ```
/// use evidence::{Checkpoint, SignedCheckpoint, Signer, TreeSize, hash::empty_root};
/// let signer = Signer::from_seed("log.example", &[7; 32])?;
/// let signed = SignedCheckpoint::sign(Checkpoint::new("log.example", TreeSize(0), empty_root()), &signer)?;
/// assert_eq!(SignedCheckpoint::open(&signed.to_bytes(), &signer.verifier())?, signed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: SignedNote,
}

impl SignedCheckpoint {
    /// Signs `checkpoint`.
    ///
    /// ```
    /// # use evidence::{Checkpoint, SignedCheckpoint, Signer, TreeSize, hash::empty_root};
    /// let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// let other = Checkpoint::new("other.example", TreeSize(0), empty_root());
    /// assert!(SignedCheckpoint::sign(other, &signer).is_err());
    /// # Ok::<(), evidence::note::KeyError>(())
    /// ```
    ///
    /// # Errors
    /// [`CheckpointError::Origin`] when it is of another log than the key.
    pub fn sign(checkpoint: Checkpoint, signer: &Signer) -> Result<Self, CheckpointError> {
        check_origin(&checkpoint, signer.name())?;
        let note = signer.sign(&checkpoint.to_text())?;
        Ok(Self { checkpoint, note })
    }

    /// Reads a signed checkpoint and checks the signature of its log. The key's name and the origin must be the same.
    ///
    /// ```
    /// # use evidence::{Checkpoint, SignedCheckpoint, Signer, TreeSize, hash::empty_root};
    /// let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// assert!(SignedCheckpoint::open(b"", &signer.verifier()).is_err());
    /// # Ok::<(), evidence::note::KeyError>(())
    /// ```
    ///
    /// # Errors
    /// Says what is wrong with the note, its signature or its text.
    pub fn open(bytes: &[u8], verifier: &Verifier) -> Result<Self, CheckpointError> {
        Self::from_note(SignedNote::parse(bytes)?, verifier)
    }

    /// Checks a note that has been read already.
    pub(crate) fn from_note(note: SignedNote, verifier: &Verifier) -> Result<Self, CheckpointError> {
        note.verify(verifier)?;
        let checkpoint = Checkpoint::parse(&note.text)?;
        check_origin(&checkpoint, verifier.name())?;
        Ok(Self { checkpoint, note })
    }

    /// What is signed.
    ///
    /// ```
    /// # use evidence::{Checkpoint, SignedCheckpoint, Signer, TreeSize, hash::empty_root};
    /// # let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// let checkpoint = Checkpoint::new("log.example", TreeSize(0), empty_root());
    /// assert_eq!(SignedCheckpoint::sign(checkpoint.clone(), &signer)?.checkpoint(), &checkpoint);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note, with the signatures of the log and of witnesses.
    ///
    /// ```
    /// # use evidence::{Checkpoint, SignedCheckpoint, Signer, TreeSize, hash::empty_root};
    /// # let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// let checkpoint = Checkpoint::new("log.example", TreeSize(0), empty_root());
    /// assert_eq!(SignedCheckpoint::sign(checkpoint, &signer)?.note().signatures.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn note(&self) -> &SignedNote {
        &self.note
    }

    /// The note as it is stored and sent.
    ///
    /// ```
    /// # use evidence::{Checkpoint, SignedCheckpoint, Signer, TreeSize, hash::empty_root};
    /// # let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// let checkpoint = Checkpoint::new("log.example", TreeSize(0), empty_root());
    /// assert!(SignedCheckpoint::sign(checkpoint, &signer)?.to_bytes().starts_with(b"log.example\n0\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        self.note.to_bytes()
    }

    /// Adds the signature line of a witness, after checking that it is `witness`'s over this checkpoint. A line that is there
    /// already is not added twice.
    ///
    /// ```
    /// # use evidence::{Checkpoint, SignedCheckpoint, Signer, TreeSize, WitnessSigner, hash::empty_root};
    /// # let signer = Signer::from_seed("log.example", &[7; 32])?;
    /// # let checkpoint = Checkpoint::new("log.example", TreeSize(0), empty_root());
    /// # let mut signed = SignedCheckpoint::sign(checkpoint, &signer)?;
    /// let witness = WitnessSigner::from_seed("w1", &[3; 32])?;
    /// let line = witness.cosign(&signed, 1_700_000_000);
    /// signed.add_cosignature(&line, &witness.witness())?;
    /// assert_eq!(signed.note().signatures.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Says whether the line, its key or its signature is wrong; [`NoteError::Format`] also when the note is full.
    pub fn add_cosignature(&mut self, line: &str, witness: &Witness) -> Result<(), NoteError> {
        let signature = witness.accept(&self.note.text, line)?;
        if self.note.signatures.contains(&signature) {
            return Ok(());
        }
        if self.note.signatures.len() >= SIGNATURES_MAX {
            return Err(NoteError::Format);
        }
        self.note.signatures.push(signature);
        Ok(())
    }
}

fn check_origin(checkpoint: &Checkpoint, name: &str) -> Result<(), CheckpointError> {
    if checkpoint.origin == name {
        return Ok(());
    }
    Err(CheckpointError::Origin { found: checkpoint.origin.clone(), expected: name.to_owned() })
}
