//! What becomes of a message, and who decides.

use milter::{Message, Path, Reply, ReplyCode, edit};
use runtime::live::{Over, Wait};
use std::sync::Arc;

/// What becomes of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// These bytes are delivered in its stead; they may be its own.
    Deliver(Vec<u8>),
    /// The mail server forgets it: it is in our store.
    Discard,
    /// The sender keeps it and tries again.
    Tempfail,
    /// The sender is told that it is refused.
    Reject,
}

/// A message that could not be judged, and why in words for a log; they name nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failed(pub String);

impl From<Over> for Failed {
    fn from(over: Over) -> Self {
        Self(over.to_string())
    }
}

/// What becomes of messages that cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnFailure {
    /// They are delivered without our marks ("fail open").
    Accept,
    /// Their senders keep them ("fail closed").
    Tempfail,
}

/// Decides about messages.
pub trait Filter: Send + Sync + 'static {
    /// What becomes of a message. It may block, and it may be asked again about a message that it has seen. `wait` is told
    /// before the message is kept and before anything is written down about it, and does not allow it any more when the
    /// deadline is over.
    ///
    /// # Errors
    /// [`Failed`], after which [`Filter::on_failure`] holds, unless `wait` was told that the message is to be kept.
    fn decide(&self, message: &Message, wait: &Arc<Wait>) -> Result<Action, Failed>;

    /// What becomes of a message for these recipients that was not judged. It must not block.
    fn on_failure(&self, rcpt_to: &[Path]) -> OnFailure;

    /// The message as it is delivered where it was not judged. It must not block.
    fn unjudged(&self, message: &Message) -> Vec<u8>;
}

impl Action {
    /// Its word in logs.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Deliver(_) => "deliver",
            Self::Discard => "discard",
            Self::Tempfail => "tempfail",
            Self::Reject => "reject",
        }
    }

    /// As a mail server is told.
    pub(super) fn replies(&self, message: &Message) -> Vec<Reply> {
        match self {
            Self::Deliver(target) => {
                let mut replies = edit::edits(message, target);
                replies.push(Reply::Continue);
                replies
            }
            Self::Discard => vec![Reply::Discard],
            Self::Tempfail => vec![code(451, "4.7.1", "The message cannot be checked now, try again later")],
            Self::Reject => vec![code(550, "5.7.1", "The message is refused by the policy of this house")],
        }
    }
}

/// A refusal in our own words.
pub(super) fn code(code: u16, enhanced: &str, text: &str) -> Reply {
    Reply::Code(
        ReplyCode::new(code, enhanced, text).expect("our own texts are printable and their codes agree"),
    )
}
