//! Canaries: electors who do not exist, in supplied copies only, so that a leak names the copy that it came from.
//!
//! Each copy has entries of its own, enough that a small part of the copy holds one of them, and a share of entries that several
//! copies have in common, chosen by a Tardos code (Gabor Tardos, "Optimal probabilistic fingerprint codes", 2003; its length is that of
//! Škorić, Katzenbeisser and Celik, 2008). Who compares copies finds and removes the entries that differ; those that are in all of
//! them stay, and their pattern accuses whoever took part.

mod accuse;
mod chance;
mod code;
mod invent;
mod plant;
mod seek;

pub use accuse::{Accusation, Observed, accuse};
pub use chance::Chance;
pub use code::{Plan, bias, own_entries, shared_entries};
pub use invent::{Donors, Fictitious, Fields};
pub use plant::{PlantError, Planting, sample, sift, write_copy};
pub use seek::{Leak, Seeker, seek};
