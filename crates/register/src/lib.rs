//! Register, a part: electoral registers as canonical rows, sealed under a Merkle tree, so that it can be proved whether
//! anybody altered them.
//!
//! This crate must not know files, sockets, the clock, chance or any other part: readers, writers and a key come in, values go
//! out. What does not fit into memory goes to a [`sort::Scratch`] that the caller owns.

pub mod canary;
pub mod canonical;
pub mod certificate;
pub mod compare;
pub mod layout;
pub mod leaf;
pub mod lookup;
pub mod patch;
pub mod proof;
pub mod reader;
pub mod seal;
pub mod sort;
mod spelling;

pub use canonical::{Key, Row};
pub use compare::{Change, Comparison, Difference};
pub use layout::{Columns, Layout, LayoutError};
pub use leaf::{Record, RegisterKey, SealingKey};
pub use patch::{Opening, PatchError, PatchReader, PatchWriter};
pub use proof::{Proof, ProofError};
pub use reader::{ReadFailure, read_rows};
pub use seal::{Heading, SealError, SealReader, SealWriter, Summary};
pub use sort::{Item, Scratch, SortError, Sorter};
