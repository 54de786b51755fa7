//! One new message in a folder: judged, recorded, and where the account says so, replaced or moved.
//!
//! Every step can be the last one before the connection breaks. The whole is then done again from the start, and each step
//! finds what it did before: the message is known by its digest, the original is sealed, the copy is found by a field that
//! names the original. Only when the copy was read back is the original deleted.

use super::account::{Account, Mode};
use super::budget::Budget;
use super::command::Command;
use super::cursor::key;
use super::error::ImapError;
use super::house::Desk;
use super::locate::{Wanted, message_id};
use super::purge::is_restored;
use super::relocate::{Way, relocate};
use super::report_mailbox;
use super::session::{Deletion, Listed, Session};
use mail::disarm::remaining_loads;
use mail::message::digest;
use model::limit::{IMAP_CANDIDATES_MAX, MESSAGE_BYTES_MAX};
use model::time::DAY_SECS;
use model::{EventTime, Sha256, Verdict};
use runtime::live::{Delivery, Incoming, LiveError};
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;

/// Header field of a disarmed copy that names its original by its SHA-256.
pub const ORIGINAL_FIELD: &str = "X-Portcullis-Original";
/// Collection of the copies that this program put into folders, by account and digest. The field alone proves nothing: whoever
/// sends mail can write it.
pub(super) const COPIES: &str = "imap.copy";

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was recorded and left as it is.
    Recorded,
    /// Its disarmed copy is in its place.
    Disarmed,
    /// It is in the folder for quarantine.
    Moved,
    /// Its harmless copy, or the one in the other folder, is there, but the server could only mark it as deleted.
    Marked,
    /// It is a copy that this program made.
    OwnCopy,
    /// It was a report of this many messages.
    Reported(usize),
    /// It is larger than any message that is read.
    TooLarge,
    /// It is no message.
    Unreadable,
    /// Its owner was faster.
    Gone,
}

/// A folder of an account that is being worked on.
pub(super) struct Arrivals<'a> {
    pub(super) account: &'a Account,
    pub(super) desk: &'a Desk,
    pub(super) budget: &'a Budget,
    pub(super) session: &'a mut Session,
    pub(super) folder: &'a str,
    pub(super) uid_validity: u32,
}

/// A message as it was fetched.
struct Fetched<'a> {
    listed: &'a Listed,
    bytes: Vec<u8>,
    digest: Sha256,
    received: EventTime,
    /// What `bytes` take of the room for all accounts. It is given back before more is asked for: accounts that each hold some
    /// and wait for more would wait for each other.
    room: Option<OwnedSemaphorePermit>,
}

/// What is kept of a copy.
#[derive(Serialize, Deserialize)]
struct Copied {
    original: String,
    /// When it was seen last, in seconds since 1970-01-01T00:00:00Z.
    noted_secs: i64,
}

/// A copy that is met again is noted anew when that was not done for so long: what still lies in a folder is not forgotten.
const NOTED_ANEW_SECS: i64 = 30 * DAY_SECS;

impl Arrivals<'_> {
    /// Works on one message of the selected folder.
    pub(super) async fn handle(&mut self, listed: &Listed) -> Result<Outcome, ImapError> {
        if listed.size > MESSAGE_BYTES_MAX as u64 {
            return Ok(Outcome::TooLarge);
        }
        let room = self.budget.room_for(listed.size).await;
        let Some(bytes) = self.session.fetch(listed.uid).await? else { return Ok(Outcome::Gone) };
        let digest = digest(&bytes);
        let received = listed.internal_date.as_ref().map_or_else(runtime::clock::now, |date| date.time());
        let fetched = Fetched { listed, bytes, digest, received, room };
        if let Some(copied) = self.copied(digest).await? {
            self.note_anew(digest, copied).await?;
            return Ok(Outcome::OwnCopy);
        }
        if self.account.mode == Mode::Reports {
            let source = self.source(listed.uid);
            let count = report_mailbox::take(self.desk, fetched.bytes, &source, received).await?;
            return Ok(Outcome::Reported(count));
        }
        match self.judge(&fetched).await {
            Ok(Verdict::Pass) => Ok(Outcome::Recorded),
            Ok(_) if is_restored(self.desk, &self.account.name, digest).await? => Ok(Outcome::Recorded),
            Ok(_) => self.act(fetched).await,
            Err(ImapError::House(LiveError::Unreadable(_))) => Ok(Outcome::Unreadable),
            Err(error) => Err(error),
        }
    }

    async fn judge(&self, fetched: &Fetched<'_>) -> Result<Verdict, ImapError> {
        let incoming = Incoming {
            bytes: fetched.bytes.clone(),
            source: self.source(fetched.listed.uid),
            mailbox: self.account.owner.clone(),
            delivery: Delivery { received: fetched.received, envelope: None },
        };
        Ok(self.desk.ask(move |house| house.observe(incoming)).await?.verdict)
    }

    async fn act(&mut self, fetched: Fetched<'_>) -> Result<Outcome, ImapError> {
        match &self.account.mode {
            Mode::Observe | Mode::Reports => Ok(Outcome::Recorded),
            Mode::Disarm => self.replace(fetched).await,
            // What lies there already stays there.
            Mode::Quarantine { folder } if folder == self.folder => Ok(Outcome::Recorded),
            Mode::Quarantine { folder } => {
                let Fetched { listed, bytes, digest, received, room } = fetched;
                let (uid, message_id) = (listed.uid, message_id(&bytes));
                drop((bytes, room));
                let wanted = Wanted { digest, message_id: &message_id, disarmed_body: None, received };
                let way = Way { from: self.folder, uid_validity: self.uid_validity, to: folder };
                let deletion = relocate(self.session, self.budget, uid, wanted, way).await?;
                Ok(if deletion == Deletion::Expunged { Outcome::Moved } else { Outcome::Marked })
            }
        }
    }

    /// Puts the disarmed copy into the folder, reads it back, and deletes the original, which was sealed before.
    async fn replace(&mut self, fetched: Fetched<'_>) -> Result<Outcome, ImapError> {
        let Fetched { listed, bytes, digest: original, room: _room, .. } = fetched;
        let disarming = self.desk.ask(move |house| house.disarm(&bytes, original));
        let Some(disarmed) = disarming.await? else { return Ok(Outcome::Recorded) };
        // Flags may have changed since, and the message may be gone.
        let Some(listed) = self.session.look_up(listed.uid).await? else { return Ok(Outcome::Gone) };
        let copy = [format!("{ORIGINAL_FIELD}: {original}\r\n").as_bytes(), &disarmed].concat();
        self.remember_copy(digest(&copy), original).await?;
        if !self.has_copy(&listed, original).await? {
            self.put_copy(&listed, original, copy).await?;
        }
        let deletion = self.session.delete(listed.uid).await?;
        Ok(if deletion == Deletion::Expunged { Outcome::Disarmed } else { Outcome::Marked })
    }

    async fn put_copy(&mut self, listed: &Listed, original: Sha256, copy: Vec<u8>) -> Result<(), ImapError> {
        let date = listed.internal_date.as_ref();
        let told = self.session.append(self.folder, &listed.flags, date, copy).await?;
        self.session.refresh().await?;
        // With another UIDVALIDITY, or a UID that was given already, it would be any message.
        let is_new = |uid_validity, uid| uid_validity == self.uid_validity && uid > listed.uid;
        let uid = told.filter(|(uid_validity, uid)| is_new(*uid_validity, *uid)).map(|(_, uid)| uid);
        let is_there = match uid {
            Some(uid) => self.is_copy(uid, original).await?,
            None => self.has_copy(listed, original).await?,
        };
        if is_there {
            return Ok(());
        }
        if let Some(uid) = uid {
            // It is ours, and of no use to anybody.
            self.session.delete(uid).await?;
        }
        Err(ImapError::Altered)
    }

    /// Whether a copy of this original lies in the folder, by an earlier attempt or by this one.
    async fn has_copy(&mut self, listed: &Listed, original: Sha256) -> Result<bool, ImapError> {
        let criteria = Command::new("UID SEARCH")
            .words(&format!("HEADER {ORIGINAL_FIELD}"))
            .string(original.to_string().as_bytes());
        for uid in self.session.search(criteria).await?.into_iter().take(IMAP_CANDIDATES_MAX) {
            if uid != listed.uid && self.is_copy(uid, original).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether this message is a copy of that original. Some servers write messages anew when they take them in; such a
    /// copy counts where it still names its original and loads nothing.
    async fn is_copy(&mut self, uid: u32, original: Sha256) -> Result<bool, ImapError> {
        let Some(bytes) = self.session.fetch(uid).await? else { return Ok(false) };
        let digest = digest(&bytes);
        if self.copied(digest).await?.is_some_and(|copied| copied.original == original.to_string()) {
            return Ok(true);
        }
        let is_harmless = names_original(&bytes, original) && remaining_loads(&bytes).is_empty();
        if is_harmless {
            self.remember_copy(digest, original).await?;
        }
        Ok(is_harmless)
    }

    /// What this program copied, where these bytes are such a copy.
    async fn copied(&self, digest: Sha256) -> Result<Option<Copied>, ImapError> {
        self.desk.read(COPIES, &self.copy_key(digest)).await
    }

    async fn remember_copy(&self, digest: Sha256, original: Sha256) -> Result<(), ImapError> {
        let copied = Copied { original: original.to_string(), noted_secs: runtime::clock::now().0 };
        self.desk.write(COPIES, &self.copy_key(digest), &copied).await
    }

    async fn note_anew(&self, digest: Sha256, copied: Copied) -> Result<(), ImapError> {
        let now = runtime::clock::now();
        if now.secs_since(EventTime(copied.noted_secs)) < NOTED_ANEW_SECS {
            return Ok(());
        }
        self.desk.write(COPIES, &self.copy_key(digest), &Copied { noted_secs: now.0, ..copied }).await
    }

    fn copy_key(&self, digest: Sha256) -> String {
        key(&self.account.name, &digest.to_string())
    }

    /// Where a message was read, for its record.
    fn source(&self, uid: u32) -> String {
        format!("imap:{}/{}/{}/{uid}", self.account.name, self.folder, self.uid_validity)
    }
}

/// Whether the first of these fields in a message's header names this original. Any further one was in the original.
pub(super) fn names_original(bytes: &[u8], original: Sha256) -> bool {
    let header_end = memchr::memmem::find(bytes, b"\r\n\r\n").unwrap_or(bytes.len());
    let header = bytes.get(..header_end).unwrap_or_default();
    let value = |line: &[u8]| {
        let (name, value) = line.split_at_checked(ORIGINAL_FIELD.len())?;
        name.eq_ignore_ascii_case(ORIGINAL_FIELD.as_bytes()).then(|| value.trim_ascii().to_vec())
    };
    let first = header.split(|byte| *byte == b'\n').find_map(value);
    first.is_some_and(|value| value == format!(": {original}").into_bytes())
}
