//! The ports through which Portcullis keeps things, and their embedded adapters.
//!
//! A port is a trait that says what is promised; an adapter keeps the promise with one engine. Nothing above this
//! crate knows which engine is used, and this crate must not know what the kept bytes mean: no mail, no campaign, no
//! Merkle tree. It imports only `model`.
//!
//! | port | promise | embedded adapter | double for tests |
//! |---|---|---|---|
//! | [`Records`] | documents, changed in all-or-nothing batches | [`Sqlite`] | [`memory::MemoryRecords`] |
//! | [`Features`] | an append-only log with search terms | [`Segments`] | [`memory::MemoryFeatures`] |
//! | [`Blobs`] | sealed originals by digest | [`SealedBlobs`] | [`memory::MemoryBlobs`] |
//! | [`Tiles`] | the files of the evidence log | [`TileFolder`] | [`memory::MemoryTiles`] |
//! | [`Salts`] | erasable salts by leaf index | [`SaltFile`] | [`memory::MemorySalts`] |
//! | [`Keyed`] | values by key, committed with how far logs are read | [`SqliteKeyed`] | [`memory::MemoryKeyed`] |
//!
//! [`Embedded`] opens the first five under one folder; whoever reads logs opens the last.

pub mod blobs;
pub mod disk;
pub mod embedded;
pub mod error;
pub mod features;
pub mod inspection;
pub mod key;
pub mod keyed;
mod lock;
pub mod memory;
mod reading;
pub mod records;
pub mod salt_file;
pub mod salts;
pub mod sealed_blobs;
pub mod segments;
pub mod sqlite;
pub mod tile_folder;
pub mod tiles;

pub use blobs::Blobs;
pub use embedded::Embedded;
pub use error::{Result, StoreError};
pub use features::{Damage, FeatureRow, Features, Scanned};
pub use inspection::{Flaw, Inspector};
pub use key::{KeyError, SecretKey};
pub use keyed::{Keyed, KeyedBatch, KeyedPage};
pub use records::{Batch, Change, Page, Records};
pub use salt_file::SaltFile;
pub use salts::{Salt, Salts};
pub use sealed_blobs::SealedBlobs;
pub use segments::{Repair, Segments};
pub use sqlite::{Sqlite, SqliteKeyed};
pub use tile_folder::TileFolder;
pub use tiles::Tiles;
