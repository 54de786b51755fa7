//! A letter that is to be sent, or was.

use crate::measure::decision::Step;
use crate::measure::seconds;
use crate::measure::series::Numbered;
use model::EventTime;
use serde::{Deserialize, Serialize};

/// What kind of letter it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A warning to a member.
    Warning,
    /// A message from quarantine, as it came.
    Release,
    /// A list of what is in quarantine for a member.
    Digest,
}

/// What a letter says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Plain text.
    Text {
        /// Subject.
        subject: String,
        /// Lines that end with a line feed.
        text: String,
    },
    /// A sealed original, by its digest in hexadecimal digits.
    Original(String),
    /// It was sent, and nothing of it is kept.
    Gone,
}

/// How far a letter has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for its time.
    Queued,
    /// A server is being asked to take it.
    Sending,
    /// A server took it.
    Sent,
    /// Nobody knows whether a server took it; a person has to say.
    Held,
    /// It was refused for good, or too often.
    GivenUp,
}

impl State {
    /// What it means for the decision that the letter carries out.
    pub(super) fn step(self) -> Step {
        match self {
            Self::Queued | Self::Sending | Self::Held => Step::Open,
            Self::Sent => Step::Done,
            Self::GivenUp => Step::Failed,
        }
    }
}

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Identifier, such as `O-17`.
    pub id: String,
    /// What makes it one of its kind, such as `warning/W-17`.
    pub key: String,
    /// What kind it is.
    pub kind: Kind,
    /// Envelope sender; `None` for our own address. Empty for a released bounce.
    pub mail_from: Option<String>,
    /// Envelope recipient: one for each letter, so that one refusal stops no other.
    pub rcpt_to: String,
    /// What it says.
    pub content: Content,
    /// How far it has come.
    pub state: State,
    /// How often a server was asked.
    pub attempts: u32,
    /// When it is tried next.
    #[serde(with = "seconds")]
    pub due_at: EventTime,
    /// When it was queued.
    #[serde(with = "seconds")]
    pub created_at: EventTime,
    /// Since when it is in this state.
    #[serde(with = "seconds")]
    pub since: EventTime,
    /// Why the last attempt failed, without anything of the message; empty where none did.
    pub problem: String,
    /// The decision that it carries out, if any.
    pub decision: Option<String>,
    /// The warning or message in quarantine that it is.
    pub about: String,
    /// 32 hexadecimal digits, drawn once: the left part of the `Message-ID`, so that every attempt has the same.
    pub token: String,
}

impl Numbered for Letter {
    fn id(&self) -> &str {
        &self.id
    }
}
