//! Measures that touch a person: what one person proposes and another approves, and what is kept, sent, moved or shown then.
//!
//! Every page and every interface goes through here, so that none can go around the rules. Each step is an entry of the
//! evidence log before it is a document of the store: after a crash in between there may be an entry too many, never one too
//! few. Who did it and why stands in the private payload of the entry.

pub mod access;
pub mod decision;
mod error;
mod record;

pub use error::MeasureError;
