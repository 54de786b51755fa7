//! How a mailbox does, for people who look after it.

use model::EventTime;

/// How the work on one account goes. Counts are since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Whether the server has accepted us and answers.
    pub is_connected: bool,
    /// Times that every folder was looked through to its end.
    pub rounds: u64,
    /// Messages that were judged and recorded.
    pub recorded: u64,
    /// Messages that were replaced by their disarmed copies.
    pub disarmed: u64,
    /// Messages that were moved to the folder for quarantine.
    pub moved: u64,
    /// Messages that members reported.
    pub reported: u64,
    /// Messages that could not be read, are too large, or that the server did not let us replace or move.
    pub failed: u64,
    /// When the server was last heard of.
    pub last_seen: Option<EventTime>,
    /// Why it is not connected, until it is.
    pub last_error: Option<String>,
}
