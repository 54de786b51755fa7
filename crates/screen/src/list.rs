//! Sanctions lists: one entry as every list has it, and the readers of the published formats.

mod date;
mod draft;
pub mod entry;
mod eu;
mod ofac;
pub mod read;
mod table;
mod uk;
mod un;
mod xml;

pub use entry::{Birth, Entry, Identifier, Kind, ListId, Name, NameParts, NameRole, PartialDate};
pub use read::{Edition, File, ReadError, read};
