//! Inputs: files, folders and streams, opened and read as messages, as fetches of a proxy log, or as a list of members.
//!
//! What a file is, is told by its content. Everything may be compressed with gzip or zstd. Nothing here judges; what
//! cannot be read is a [`Defect`] with its position, and the rest goes on.

mod content;
mod folder;
mod logs;
mod mailbox;
mod members;
mod progress;
mod proxy_logs;
mod stream;

pub use logs::{Log, Logs, logs};
pub use mailbox::{Messages, RawMessage, open};
pub use members::{MembersError, members, members_csv};
use model::Defect;
pub use progress::Progress;
pub use proxy_logs::{ProxyLogs, proxy_logs};
use std::path::{Path, PathBuf};

/// The path that stands for standard input.
const STDIN: &str = "-";

/// Whether a file that is said to be one message begins like one: with a header field, perhaps behind a byte order mark.
pub fn is_message(bytes: &[u8]) -> bool {
    let content = bytes.get(content::preamble_len(bytes)..).unwrap_or_default();
    content::of(content, content::Trust::SaidToBeMail) == content::Content::Message
}

/// The files below `paths`, in a fixed order: folders are walked by name.
pub(crate) fn files(paths: &[PathBuf]) -> impl Iterator<Item = Result<PathBuf, Defect>> {
    folder::Inputs::new(paths).map(|input| input.map(|input| input.path))
}

/// The name under which an input appears in messages and defects: as the user wrote it.
pub(crate) fn name_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

pub(crate) fn defect_at_byte(source: &str, byte: u64, reason: impl Into<String>) -> Defect {
    Defect { source: source.to_owned(), position: format!("byte {byte}"), reason: reason.into() }
}

#[cfg(test)]
mod tests;
