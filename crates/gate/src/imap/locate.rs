//! One certain message, found in a folder: asked for by what servers can search, then compared by its digest.

use super::arrival::names_original;
use super::budget::Budget;
use super::command::Command;
use super::date::search_day;
use super::error::ImapError;
use super::session::Session;
use mail::message::{Reader, digest, other_digest};
use model::limit::{HEADER_BYTES_MAX, IMAP_CANDIDATES_MAX, MESSAGE_BYTES_MAX};
use model::time::DAY_SECS;
use model::{EventTime, Sha256};

/// Header fields that a mail server may have put before a message after it was recorded: of each hop behind the point
/// where it was read, and of filters.
const PREPENDED_FIELDS_MAX: usize = 16;

/// What is known of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// SHA-256 of it as it was recorded.
    pub(super) digest: Sha256,
    /// Its `Message-ID` without angle brackets; empty where it has none.
    pub(super) message_id: &'a str,
    /// SHA-256 of the body that disarming it leaves, where its original is sealed: a mail server may have delivered that.
    pub(super) disarmed_body: Option<Sha256>,
    /// About when it arrived.
    pub(super) received: EventTime,
}

/// A message that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Located {
    pub(super) uid: u32,
    /// SHA-256 of it as it lies there.
    pub(super) digest: Sha256,
}

/// Where the message, or a disarmed copy that names it, lies in the selected folder, by ascending UID.
///
/// # Errors
/// [`ImapError::Candidates`] where it was not found among as many as are looked at: whoever knows its `Message-ID` can send
/// any number of others under it.
pub(super) async fn locate(
    session: &mut Session,
    budget: &Budget,
    wanted: Wanted<'_>,
) -> Result<Vec<Located>, ImapError> {
    let is_wanted = |bytes: &[u8]| {
        is_copy(bytes, wanted.digest)
            || names_original(bytes, wanted.digest)
            || wanted.disarmed_body.is_some_and(|disarmed| body_digest(bytes) == disarmed)
    };
    find(session, budget, wanted, is_wanted).await
}

/// Whether the selected folder holds these very bytes.
///
/// # Errors
/// As [`locate`].
pub(super) async fn holds_exactly(
    session: &mut Session,
    budget: &Budget,
    wanted: Wanted<'_>,
) -> Result<bool, ImapError> {
    let found = find(session, budget, wanted, |bytes| is_same(bytes, wanted.digest)).await?;
    Ok(!found.is_empty())
}

async fn find(
    session: &mut Session,
    budget: &Budget,
    wanted: Wanted<'_>,
    is_wanted: impl Fn(&[u8]) -> bool,
) -> Result<Vec<Located>, ImapError> {
    let candidates = candidates(session, wanted).await?;
    let mut found = Vec::new();
    for &uid in candidates.iter().take(IMAP_CANDIDATES_MAX) {
        let Some(listed) = session.look_up(uid).await? else { continue };
        if listed.size > MESSAGE_BYTES_MAX as u64 {
            continue;
        }
        let _room = budget.room_for(listed.size).await;
        let bytes = session.fetch(uid).await?.unwrap_or_default();
        if is_wanted(&bytes) {
            found.push(Located { uid, digest: digest(&bytes) });
        }
    }
    if found.is_empty() && candidates.len() > IMAP_CANDIDATES_MAX {
        return Err(ImapError::Candidates);
    }
    Ok(found)
}

/// Messages that may be it. Servers search for parts of a field, and by whole days in their own time zone.
async fn candidates(session: &mut Session, wanted: Wanted<'_>) -> Result<Vec<u32>, ImapError> {
    let criteria = Command::new("UID SEARCH");
    let id = wanted.message_id;
    if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return session.search(criteria.words("HEADER Message-ID").string(id.as_bytes())).await;
    }
    let day = |days: i64| search_day(wanted.received.plus_secs(days * DAY_SECS));
    let (Some(since), Some(before)) = (day(-1), day(2)) else { return Ok(Vec::new()) };
    session.search(criteria.words(&format!("SINCE {since} BEFORE {before}"))).await
}

/// The `Message-ID` of a message without angle brackets; empty where it has none.
pub(super) fn message_id(bytes: &[u8]) -> String {
    Reader::default().read(bytes).message_id
}

/// SHA-256 of what follows the header of a message.
pub(super) fn body_digest(bytes: &[u8]) -> Sha256 {
    let body = memchr::memmem::find(bytes, b"\r\n\r\n").and_then(|end| bytes.get(end + 4..));
    digest(body.unwrap_or_default())
}

/// Whether these bytes are the message with this digest, or that message behind header fields which were put before it
/// on its further way.
fn is_copy(bytes: &[u8], wanted: Sha256) -> bool {
    field_starts(bytes)
        .take(PREPENDED_FIELDS_MAX + 1)
        .any(|start| bytes.get(start..).is_some_and(|message| is_same(message, wanted)))
}

/// Whether this is the message with that digest. Servers send lines that end by CRLF, also of what was stored and scanned
/// with LF.
fn is_same(message: &[u8], wanted: Sha256) -> bool {
    digest(message) == wanted || other_digest(message) == wanted
}

/// Where the header fields of a message begin. A line that begins with white space belongs to the field before it.
fn field_starts(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let header = bytes.get(..HEADER_BYTES_MAX).unwrap_or(bytes);
    let after_lines = memchr::memchr_iter(b'\n', header).map(|end| end + 1);
    let is_field = |start: &usize| bytes.get(*start).is_some_and(|byte| byte.is_ascii_graphic());
    let is_end = |start: &usize| !matches!(bytes.get(*start), None | Some(b'\r' | b'\n'));
    std::iter::once(0).chain(after_lines).take_while(is_end).filter(is_field)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = "From: a@b.example\r\nSubject: x\r\n\r\nFrom: not a field\r\n";

    #[track_caller]
    fn check(prepended: &str, expected: bool) {
        let bytes = format!("{prepended}{MESSAGE}");
        assert_eq!(is_copy(bytes.as_bytes(), digest(MESSAGE.as_bytes())), expected);
    }

    #[test]
    fn fields_before_a_message_do_not_hide_it() {
        check("", true);
        check(
            "Return-Path: <a@b.example>\r\nReceived: by mx.house.example\r\n\tfor m@house.example\r\n",
            true,
        );
        check(&"X: y\r\n".repeat(PREPENDED_FIELDS_MAX), true);
    }

    #[test]
    fn what_was_scanned_from_a_maildir_is_found() {
        let stored = MESSAGE.replace("\r\n", "\n");
        assert!(is_copy(MESSAGE.as_bytes(), digest(stored.as_bytes())));
    }

    #[test]
    fn another_message_that_carries_it_is_another_message() {
        check("Subject: forwarded\r\n\r\n", false);
        check(&"X: y\r\n".repeat(PREPENDED_FIELDS_MAX + 1), false);
        assert!(!is_copy(b"", digest(MESSAGE.as_bytes())));
    }
}
