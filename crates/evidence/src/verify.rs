//! The offline verifier: given a copy of a log and its public key, finds every altered byte and says where it is.
//!
//! Every entry, every hash of every level and the checkpoint are recomputed and compared. Files that the checkpoint does not
//! cover, such as partial tiles of earlier checkpoints, are no evidence and are not read. One pass, one tile of each level in
//! memory.

use crate::{
    audit::Audit,
    checkpoint::{Checkpoint, SignedCheckpoint},
    cosignature::Witness,
    limit::{FAULTS_MAX, RESTARTS_MAX},
    note::{NoteError, Verifier},
    reader::{OpenError, read_checkpoint},
    source::{CHECKPOINT_PATH, ReadError, TileSource},
    tree::LeafIndex,
};
use std::ops::Range;

/// What a log was found to hold when nothing is wrong with it.
///
/// ```
/// use evidence::{Log, MemoryTiles, Signer, verify};
/// let signer = Signer::from_seed("log.example", &[7; 32])?;
/// let mut tiles = MemoryTiles::default();
/// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
/// log.append(&["four"])?;
/// log.commit(&mut tiles, &signer)?;
/// let report = verify(&tiles, &signer.verifier(), &[]).expect("nothing was altered");
/// assert_eq!((report.checkpoint.size.0, report.entry_bytes), (1, 4));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The signed checkpoint that everything was checked against.
    pub checkpoint: Checkpoint,
    /// The witnesses that were asked for, and when each cosigned, in seconds since the Unix epoch.
    pub cosignatures: Vec<(String, u64)>,
    /// Bytes of all entries, without their lengths.
    pub entry_bytes: u64,
}

/// One thing that is wrong with a log, as narrowly located as the files allow.
///
/// ```
/// use evidence::{Fault, LeafIndex, Log, MemoryTiles, Signer, verify};
/// let signer = Signer::from_seed("log.example", &[7; 32])?;
/// let mut tiles = MemoryTiles::default();
/// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
/// log.append(&["first", "second"])?;
/// log.commit(&mut tiles, &signer)?;
///
/// *tiles.files.get_mut("tile/entries/000.p/2").unwrap().last_mut().unwrap() ^= 1;
/// let faults = verify(&tiles, &signer.verifier(), &[]).expect_err("one byte is altered");
/// assert!(matches!(faults[..], [Fault::Entry { index: LeafIndex(1), .. }]));
/// assert_eq!(faults[0].path(), "tile/entries/000.p/2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The checkpoint is missing, is not one, or its signature does not hold. Nothing can be checked without it.
    #[error("{CHECKPOINT_PATH}: {}", with_source(.0))]
    Checkpoint(OpenError),
    /// A witness that was asked for has not cosigned, or its cosignature does not hold.
    #[error("{CHECKPOINT_PATH}: cosignature of {witness}: {reason}")]
    Cosignature {
        /// Name of the witness.
        witness: String,
        /// Whether it is missing or wrong.
        reason: NoteError,
    },
    /// A file is missing, has the wrong length or cannot be read.
    #[error("{reason}")]
    File {
        /// Path in the log.
        path: String,
        /// First entry that the file stands for.
        first: LeafIndex,
        /// What is wrong with it.
        reason: ReadError,
    },
    /// An entry is not the one that was logged.
    #[error("{path}: entry {index} is not the one that was logged")]
    Entry {
        /// Path of the bundle.
        path: String,
        /// Index of the entry in the log.
        index: LeafIndex,
    },
    /// The length of an entry was altered, or bytes were added or removed: from here on the bundle cannot be divided.
    #[error("{path}: from entry {index} on, the bundle is not divided as it was logged")]
    Framing {
        /// Path of the bundle.
        path: String,
        /// Index in the log of the first entry concerned.
        index: LeafIndex,
    },
    /// A stored hash is not that of what lies below it, which is as it was signed.
    #[error("{path}: hash {index} of level {level} is not the one that was logged")]
    Hash {
        /// Path of the tile.
        path: String,
        /// Level of the tile.
        level: u8,
        /// Index of the hash in its level.
        index: u64,
        /// First entry that the hash stands for.
        first: LeafIndex,
    },
    /// What was signed fits neither these entries nor the hashes over them: both were altered, perhaps to fit each other.
    #[error("{path}: entries {} to {} and the hashes over them do not lead to what was signed", .entries.start, .entries.end.0.saturating_sub(1))]
    Range {
        /// Path of the lowest file that they lead to, or of the checkpoint.
        path: String,
        /// The entries concerned.
        entries: Range<LeafIndex>,
    },
    /// There are more faults than [`FAULTS_MAX`]; the search was stopped.
    #[error("more than {FAULTS_MAX} faults were found; the search was stopped")]
    TooMany,
}

impl Fault {
    /// Path in the log of the file at fault; empty for [`Fault::TooMany`].
    ///
    /// ```
    /// assert_eq!(evidence::Fault::TooMany.path(), "");
    /// ```
    pub fn path(&self) -> &str {
        match self {
            Self::Checkpoint(_) | Self::Cosignature { .. } => CHECKPOINT_PATH,
            Self::File { path, .. }
            | Self::Entry { path, .. }
            | Self::Framing { path, .. }
            | Self::Hash { path, .. }
            | Self::Range { path, .. } => path,
            Self::TooMany => "",
        }
    }

    /// First entry that the fault concerns, which faults are listed in the order of.
    ///
    /// ```
    /// use evidence::{Fault, LeafIndex};
    /// let fault = Fault::Entry { path: "tile/entries/000".into(), index: LeafIndex(7) };
    /// assert_eq!(fault.first_entry(), LeafIndex(7));
    /// ```
    pub const fn first_entry(&self) -> LeafIndex {
        match self {
            Self::Checkpoint(_) | Self::Cosignature { .. } => LeafIndex(0),
            Self::Entry { index, .. } | Self::Framing { index, .. } => *index,
            Self::File { first, .. } | Self::Hash { first, .. } => *first,
            Self::Range { entries, .. } => entries.start,
            Self::TooMany => LeafIndex(u64::MAX),
        }
    }
}

/// Verifies the log in `source` against its public key, and that each of `witnesses` has cosigned its checkpoint.
///
/// ```
/// use evidence::{Log, MemoryTiles, Signer, WitnessSigner, verify};
/// let signer = Signer::from_seed("log.example", &[7; 32])?;
/// let mut tiles = MemoryTiles::default();
/// Log::create(&tiles.clone(), &mut tiles, &signer)?;
/// assert!(verify(&tiles, &signer.verifier(), &[]).is_ok());
///
/// let witness = WitnessSigner::from_seed("w1", &[3; 32])?.witness();
/// assert!(verify(&tiles, &signer.verifier(), &[witness]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// All faults that were found, at most [`FAULTS_MAX`] and one, in the order of the entries that they concern.
pub fn verify<S: TileSource + ?Sized>(
    source: &S,
    verifier: &Verifier,
    witnesses: &[Witness],
) -> Result<Report, Vec<Fault>> {
    verify_with_progress(source, verifier, witnesses, &mut |_, _| ())
}

/// Does what [`verify`] does, and calls `progress` after each bundle with the entries checked so far and those there are.
///
/// ```
/// use evidence::{Log, MemoryTiles, Signer, verify_with_progress};
/// let signer = Signer::from_seed("log.example", &[7; 32])?;
/// let mut tiles = MemoryTiles::default();
/// let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
/// log.append(&["first", "second"])?;
/// log.commit(&mut tiles, &signer)?;
/// let mut seen = vec![];
/// let report = verify_with_progress(&tiles, &signer.verifier(), &[], &mut |done, of| seen.push((done, of)));
/// assert!(report.is_ok());
/// assert_eq!(seen, [(2, 2)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`verify`].
pub fn verify_with_progress<S: TileSource + ?Sized>(
    source: &S,
    verifier: &Verifier,
    witnesses: &[Witness],
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Report, Vec<Fault>> {
    let open = || read_checkpoint(source, verifier).map_err(|error| vec![Fault::Checkpoint(error)]);
    let mut signed = open()?;
    for _ in 0..RESTARTS_MAX {
        let outcome = verify_at(source, &signed, witnesses, progress);
        // A commit may have replaced the partial tiles that we were about to read. Then there is a newer checkpoint.
        let is_file_lost =
            outcome.as_ref().is_err_and(|faults| faults.iter().any(|f| matches!(f, Fault::File { .. })));
        let now = if is_file_lost { open()? } else { return outcome };
        if now == signed {
            return outcome;
        }
        signed = now;
    }
    verify_at(source, &signed, witnesses, progress)
}

fn verify_at<S: TileSource + ?Sized>(
    source: &S,
    signed: &SignedCheckpoint,
    witnesses: &[Witness],
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Report, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut cosignatures = Vec::new();
    for witness in witnesses {
        let name = witness.name().to_owned();
        match witness.verify(signed) {
            Ok(unix_secs) => cosignatures.push((name, unix_secs)),
            Err(reason) => faults.push(Fault::Cosignature { witness: name, reason }),
        }
    }
    let checkpoint = signed.checkpoint().clone();
    let mut audit = Audit::new(source, checkpoint.size, faults, progress);
    audit.run(&checkpoint.root);
    let (mut faults, entry_bytes) = audit.finish();
    faults.sort_by_key(Fault::first_entry);
    if faults.is_empty() { Ok(Report { checkpoint, cosignatures, entry_bytes }) } else { Err(faults) }
}

/// The checkpoint's error with its cause, since a fault is printed as one line.
fn with_source(error: &OpenError) -> String {
    match error {
        OpenError::Checkpoint(source) => format!("{error}: {source}"),
        _ => error.to_string(),
    }
}
