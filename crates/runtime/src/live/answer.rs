//! What a sensor is answered.

use crate::row::ReasonRow;
use mail::authentication::Authentication;
use mail::disarm::Disarmed;
use model::{Defect, Ordinal, Sha256, Verdict};

/// A message that was recorded, and what is proposed for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// What is proposed: by the message alone, or by the campaign that it belongs to.
    pub verdict: Verdict,
    /// How certain, 0 to 100.
    pub score: u8,
    /// What speaks for and against, heaviest first.
    pub reasons: Vec<ReasonRow>,
    /// The campaign of concern that it belongs to.
    pub campaign: Option<String>,
    /// What is known of its sender's authentication: found out by ourselves, or written by servers that are trusted.
    pub authentication: Authentication,
    /// SHA-256 of the message as it was handed over.
    pub digest: Sha256,
    /// Its feature record.
    pub ordinal: Ordinal,
    /// Whether it had been recorded before.
    pub is_known: bool,
}

/// What becomes of a message on its way to its recipients. It is durable before this is said.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// Two persons had released it; it is delivered as it is, and not judged a second time.
    Released,
    /// It is delivered.
    Delivered(Judged),
    /// It is delivered without its loads, and its original is sealed.
    Disarmed(Judged, Disarmed),
    /// It is kept in quarantine, and the mail server may forget it.
    Kept,
}

/// Why a message was not judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LiveError {
    /// The queue is full: the sender is to keep the message and to try again.
    #[error("too many messages are waiting; try again")]
    Busy,
    /// No answer in time. The message may be recorded; handing it over again does not count it twice.
    #[error("no answer within the deadline; try again")]
    Deadline,
    /// It is no message at all.
    #[error("{}, {}: {}", .0.source, .0.position, .0.reason)]
    Unreadable(Defect),
    /// The data folder cannot be written, for instance because the disk is full.
    #[error("the data folder failed: {0}")]
    Store(String),
    /// The program is ending.
    #[error("the program is ending")]
    Stopped,
}
