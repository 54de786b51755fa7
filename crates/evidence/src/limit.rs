//! Every length, depth and count that outside input can fill, named in one place.
//!
//! This crate imports nothing of ours, so its limits stand here and not in `model`.
//!
//! ```
//! use evidence::{Log, MemoryTiles, Signer, limit};
//!
//! let signer = Signer::from_seed("log.example", &[1; 32])?;
//! let mut tiles = MemoryTiles::default();
//! let mut log = Log::create(&tiles.clone(), &mut tiles, &signer)?;
//! assert!(log.append(&[vec![0; limit::ENTRY_BYTES_MAX]]).is_ok());
//! assert!(log.append(&[vec![0; limit::ENTRY_BYTES_MAX + 1]]).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

/// Longest entry, in bytes: a bundle gives each entry's length in 16 bits (C2SP tlog-tiles, "Log entries").
pub const ENTRY_BYTES_MAX: usize = u16::MAX as usize;
/// Entries of a full bundle, and hashes of a full tile (C2SP tlog-tiles, "Merkle Tree").
pub const TILE_WIDTH: usize = 256;
/// Largest entry bundle, in bytes. A [`crate::TileSource`] need not read further than this.
pub const BUNDLE_BYTES_MAX: usize = TILE_WIDTH * (2 + ENTRY_BYTES_MAX);
/// Bytes of entries that a log holds before it must be committed.
pub const PENDING_BYTES_MAX: usize = 64 << 20;
/// Largest signed note, in bytes: a checkpoint and its cosignatures.
pub const NOTE_BYTES_MAX: usize = 64 << 10;
/// Signature lines of one note. The specification asks for at least 16.
pub const SIGNATURES_MAX: usize = 64;
/// Nesting of arrays and objects in an entry.
pub const JSON_DEPTH_MAX: usize = 32;
/// Hashes of one proof: a tree of 2^64 leaves has paths of 64, and a consistency proof one more.
pub const PROOF_HASHES_MAX: usize = 65;
/// Largest proof in text form, in bytes: its checkpoint, its hashes, and as much extra data as a note may have.
pub const PROOF_TEXT_BYTES_MAX: usize = 3 * NOTE_BYTES_MAX;
/// Faults that one verification lists before it stops.
pub const FAULTS_MAX: usize = 100;
/// Differing hashes of one tile of which the verifier tries every combination, to tell which side was altered.
pub const REPAIR_DIFFERENCES_MAX: usize = 8;
/// Times that a verification starts over because the log was committed to while it read the right edge.
pub const RESTARTS_MAX: usize = 3;
