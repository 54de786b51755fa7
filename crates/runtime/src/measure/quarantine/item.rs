//! A message in quarantine, as lists show it.

use crate::measure::seconds;
use crate::measure::series::Numbered;
use crate::row::ReasonRow;
use model::EventTime;
use serde::{Deserialize, Serialize};

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// It is kept.
    Kept,
    /// Two persons decided to release it; it is still to be sent to some recipients, or could be sent to none.
    Releasing,
    /// A mail server took it for at least one recipient, and it is to be sent to no other any more.
    Released,
    /// Its time is over: its bytes, addresses and subject are deleted.
    Expired,
}

/// A message in quarantine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Identifier, such as `Q-17`.
    pub id: String,
    /// SHA-256 of its bytes in hexadecimal digits.
    pub digest: String,
    /// When it came.
    #[serde(with = "seconds")]
    pub received: EventTime,
    /// When it is deleted.
    #[serde(with = "seconds")]
    pub expires: EventTime,
    /// Envelope sender.
    pub mail_from: String,
    /// Envelope recipients.
    pub rcpt_to: Vec<String>,
    /// Members among them.
    pub members: Vec<String>,
    /// Author's address.
    pub from: String,
    /// Subject.
    pub subject: String,
    /// 0 to 100.
    pub score: u8,
    /// Why it is kept.
    pub reasons: Vec<ReasonRow>,
    /// The campaign of concern that it belongs to.
    pub campaign: Option<String>,
    /// What became of it.
    pub state: ItemState,
    /// The decision to release it, open or taken.
    pub decision: Option<String>,
    /// Entry of the evidence log that commits to it.
    pub evidence: u64,
}

impl Numbered for Item {
    fn id(&self) -> &str {
        &self.id
    }
}
