//! The words of Portcullis: ids, time, limits, likelihood terms, defects, and the values that parts hand each other.
//!
//! This crate must not know any part, any file format, any store or any wire format: nothing here is serialisable,
//! because what is serialisable is a promise to strangers. It imports nothing of ours and nothing from elsewhere.

pub mod account;
pub mod defect;
pub mod id;
pub mod limit;
pub mod member;
pub mod phia;
pub mod time;
pub mod verdict;

pub use account::{AccountId, Actor, Role};
pub use defect::{Defect, Defects};
pub use id::{CampaignId, GroupId, LeafIndex, MemberId, Ordinal, Sha256};
pub use member::{MailboxKind, MemberState};
pub use phia::Likelihood;
pub use time::{EventMillis, EventTime};
pub use verdict::{Reason, Verdict};
