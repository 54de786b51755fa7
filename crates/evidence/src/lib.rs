//! One append-only, signed Merkle log, and everything that a stranger needs to check it.
//!
//! The formats are public ones: RFC 6962 hashing over SHA-256, C2SP `tlog-tiles` for the files, C2SP `signed-note`,
//! `checkpoint` and `cosignature/v1` for the signatures, C2SP `tlog-proof` for a proof that travels alone, and RFC 8785
//! for the text of an entry. The crate does no I/O and knows no clock: bytes come in through [`TileSource`], leave through
//! [`TileSink`], and seeds and times are arguments. It must not know what an entry means, nor import any crate of ours, so
//! that an outsider can audit it in an hour.
//!
//! Reading order: [`hash`], [`tree`], [`proof`], [`subtree`] (the mathematics); [`tile`], [`bundle`], [`note`], [`checkpoint`],
//! [`cosignature`] (the files); [`log`] (writing), [`reader`] (proving), [`mod@verify`] (checking).
//!
//! ```
//! use evidence::{Log, LogReader, MemoryTiles, Signer, verify};
//!
//! let signer = Signer::from_seed("log.example/evidence", &[7; 32])?;
//! let mut tiles = MemoryTiles::default();
//! let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
//! log.append(&[r#"{"kind":"example","v":1}"#])?;
//! log.commit(&mut tiles, &signer)?;
//!
//! let report = verify(&tiles, &signer.verifier(), &[]).expect("nothing was altered");
//! assert_eq!(report.checkpoint.size.0, 1);
//!
//! let reader = LogReader::open(&tiles, &signer.verifier())?;
//! let proof = reader.prove(evidence::LeafIndex(0))?;
//! proof.check(&reader.entry(evidence::LeafIndex(0))?, &signer.verifier(), &[])?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod audit;
pub mod bundle;
pub mod canonical;
pub mod checkpoint;
pub mod commitment;
pub mod cosignature;
mod edge;
mod group;
pub mod hash;
pub mod json;
mod key;
pub mod limit;
pub mod log;
pub mod note;
pub mod proof;
pub mod reader;
pub mod signer;
pub mod source;
pub mod subtree;
pub mod tile;
pub mod tlog_proof;
pub mod tree;
pub mod verify;

pub use canonical::Value;
pub use checkpoint::{Checkpoint, SignedCheckpoint};
pub use commitment::{commit, opens};
pub use cosignature::{Witness, WitnessSigner};
pub use hash::Hash;
pub use log::{Commit, Log};
pub use note::{SignedNote, Verifier};
pub use proof::{ConsistencyProof, InclusionProof};
pub use reader::LogReader;
pub use signer::Signer;
pub use source::{MemoryTiles, ReadError, TileSink, TileSource, WriteError};
pub use tlog_proof::TlogProof;
pub use tree::{CompactTree, LeafIndex, TreeSize};
pub use verify::{Fault, Report, verify, verify_with_progress};
