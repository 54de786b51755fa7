//! Lookup instead of a copy: is this name at this place on the register? The answer is a word, never a row.

mod entry;
mod index;
mod query;

pub use entry::Entry;
pub use index::{IndexError, IndexReader, IndexWriter, Key};
pub use query::{Answer, Query};
