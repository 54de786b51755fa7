//! Carrying a purge out: each copy is noted before and after its mailbox is touched, and mailboxes are touched while nobody
//! waits for the data folder.

use super::{ATTEMPTS_MAX, COPIES, Copy, CopyState, WORK, key_of, note_copy};
use crate::data::Data;
use crate::measure::outbox::backoff_secs;
use crate::measure::{Folder, Result, series};
use model::EventTime;
use store::{Batch, Records};

/// Who can move messages between a mailbox and the place where purged ones lie.
pub trait Mailboxes {
    /// Moves a copy out of its mailbox. Doing so again finds it moved, and is no error.
    ///
    /// # Errors
    /// [`MailboxError`].
    fn move_away(&mut self, copy: &Copy) -> std::result::Result<(), MailboxError>;

    /// Brings a copy back. Doing so again finds it there, and is no error.
    ///
    /// # Errors
    /// [`MailboxError`].
    fn put_back(&mut self, copy: &Copy) -> std::result::Result<(), MailboxError>;
}

/// Why a copy was not moved. The texts hold nothing of the message and of its owner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailboxError {
    /// It is in neither place.
    #[error("it is not there")]
    Gone,
    /// It can be tried again.
    #[error("{0}")]
    Later(String),
    /// It will never work, such as for a mailbox that nobody configured.
    #[error("{0}")]
    Never(String),
}

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Carried {
    /// Copies that were moved or brought back.
    pub done: usize,
    /// Copies that were not there.
    pub gone: usize,
    /// Copies that are tried again.
    pub postponed: usize,
    /// Copies that cannot be moved.
    pub failed: usize,
}

/// Works on at most `limit` copies whose time has come. Whatever was begun before a crash is done again, which finds what
/// was done already.
///
/// # Errors
/// When the store fails; what was not noted is done again.
pub fn carry_out(
    folder: &impl Folder,
    mailboxes: &mut dyn Mailboxes,
    limit: usize,
    now: EventTime,
) -> Result<Carried> {
    let mut carried = Carried::default();
    for copy in folder.with(|data| due(data, limit, now))? {
        // It may have been given up, or be wanted back, since the list was made.
        let Some(copy) = folder.with(|data| begin(data, &copy))? else { continue };
        let moved = match copy.state {
            CopyState::Restoring => mailboxes.put_back(&copy),
            _ => mailboxes.move_away(&copy),
        };
        folder.with(|data| finish(data, &copy, moved, &mut carried, now))?;
    }
    Ok(carried)
}

/// Copies that are looked at when the first ones wait for their time.
const LOOKED_AT_MAX: usize = 10_000;

fn due(data: &Data, limit: usize, now: EventTime) -> Result<Vec<Copy>> {
    let mut found = Vec::new();
    for (key, _) in data.store.records.scan(WORK, None, LOOKED_AT_MAX)? {
        let Some(copy) = series::document::<Copy>(data, COPIES, &key)? else { continue };
        if copy.due_at <= now {
            found.push(copy);
        }
        if found.len() >= limit {
            break;
        }
    }
    Ok(found)
}

fn begin(data: &mut Data, listed: &Copy) -> Result<Option<Copy>> {
    let key = key_of(listed)?;
    if data.store.records.get(WORK, &key)?.is_none() {
        return Ok(None);
    }
    let Some(copy) = series::document::<Copy>(data, COPIES, &key)? else { return Ok(None) };
    let state = match copy.state {
        CopyState::Planned | CopyState::Moving => CopyState::Moving,
        CopyState::ToRestore | CopyState::Restoring => CopyState::Restoring,
        _ => return Ok(None),
    };
    let copy = Copy { state, attempts: copy.attempts + 1, ..copy };
    let mut batch = Batch::new();
    series::put(&mut batch, COPIES, &key, &copy)?;
    data.store.records.apply(&batch)?;
    Ok(Some(copy))
}

fn finish(
    data: &mut Data,
    begun: &Copy,
    moved: std::result::Result<(), MailboxError>,
    carried: &mut Carried,
    now: EventTime,
) -> Result<()> {
    // While the mailbox was touched two persons may have decided to bring it back: then that is what is to be done.
    let current = series::document::<Copy>(data, COPIES, &key_of(begun)?)?;
    if current.is_none_or(|current| current.state != begun.state) {
        return Ok(());
    }
    let is_restoring = begun.state == CopyState::Restoring;
    match moved {
        Ok(()) => {
            carried.done += 1;
            note_copy(data, begun, if is_restoring { CopyState::Restored } else { CopyState::Moved }, "", now)
        }
        Err(MailboxError::Gone) => {
            carried.gone += 1;
            note_copy(data, begun, CopyState::Gone, "", now)
        }
        Err(MailboxError::Never(problem)) => {
            carried.failed += 1;
            note_copy(data, begun, CopyState::Failed, &problem, now)
        }
        Err(MailboxError::Later(problem)) if begun.attempts >= ATTEMPTS_MAX => {
            carried.failed += 1;
            note_copy(data, begun, CopyState::Failed, &problem, now)
        }
        Err(MailboxError::Later(problem)) => {
            carried.postponed += 1;
            postpone(data, begun, problem, now)
        }
    }
}

fn postpone(data: &mut Data, begun: &Copy, problem: String, now: EventTime) -> Result<()> {
    let due_at = now.plus_secs(backoff_secs(begun.attempts));
    let mut batch = Batch::new();
    series::put(&mut batch, COPIES, &key_of(begun)?, &Copy { due_at, problem, ..begun.clone() })?;
    Ok(data.store.records.apply(&batch)?)
}
