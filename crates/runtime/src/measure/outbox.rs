//! What is to be sent: warnings, released mail, digests. A queue that survives a crash, in which nothing stands twice.
//!
//! Between a server's acceptance and our note of it the program may end. What was being sent then is in doubt when it is
//! started again. Released mail and digests are sent again, since a second copy does little harm and a lost one much. A
//! warning that may have been sent is held for a person: members who get it twice take it for a trick.

mod letter;
mod trouble;

pub use letter::{Content, Kind, Letter, State};
pub use trouble::{Trouble, trouble};

use super::decision;
use super::series::{Page, Series};
use super::{MeasureError, Result, note, quarantine, warning};
use crate::data::Data;
use crate::evidence_log::Entry;
use evidence::Value;
use model::limit::OUTBOX_OPEN_MAX;
use model::{Actor, EventTime, LeafIndex, Role, Sha256};
use store::{Batch, Blobs, Records};

/// How long a server is tried again: as long as RFC 5321 section 4.5.4.1 asks for at least.
pub const GIVE_UP_SECS: i64 = 5 * 86_400;
/// The first wait after a failure.
const BACKOFF_MIN_SECS: i64 = 60;
/// The longest wait between two attempts.
const BACKOFF_MAX_SECS: i64 = 4 * 3_600;

const LETTERS: Series<Letter> = Series::new("O", "outbox");
/// Index of letters that are neither sent nor given up.
const OPEN: &str = "outbox.open";
/// Index of letters that wait for their time, by that time.
const DUE: &str = "outbox.due";
/// Identifier by key, so that nothing is queued twice.
const BY_KEY: &str = "outbox.key";

/// What is to be queued.
pub(super) struct Draft {
    pub(super) key: String,
    pub(super) kind: Kind,
    pub(super) mail_from: Option<String>,
    pub(super) rcpt_to: String,
    pub(super) content: Content,
    pub(super) decision: Option<String>,
    pub(super) about: String,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The server took it.
    Accepted,
    /// The server did not take it, and may later.
    Later(String),
    /// The server refused it for good.
    Refused(String),
    /// The connection broke when the server may have had all of it.
    Unknown(String),
}

/// What a person says of a letter that is held or was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// It did not arrive: it is sent again.
    SendAgain,
    /// It did arrive.
    WasSent,
}

/// How long to wait after so many attempts, in seconds: a minute, then twice as long each time, up to four hours.
///
/// ```
/// use runtime::measure::outbox::backoff_secs;
/// assert_eq!([1, 2, 3, 20].map(backoff_secs), [60, 120, 240, 14_400]);
/// ```
pub fn backoff_secs(attempts: u32) -> i64 {
    let doublings = attempts.saturating_sub(1).min(16);
    (BACKOFF_MIN_SECS << doublings).min(BACKOFF_MAX_SECS)
}

/// Adds letters to a batch, and answers how many; one whose key is known stands in the queue already.
pub(super) fn enqueue(data: &Data, batch: &mut Batch, drafts: Vec<Draft>, now: EventTime) -> Result<u64> {
    let mut fresh = Vec::new();
    for draft in drafts {
        if data.store.records.get(BY_KEY, &draft.key)?.is_none() {
            fresh.push(draft);
        }
    }
    check_room(data, fresh.len())?;
    let ids = LETTERS.take(data, fresh.len())?;
    let count = ids.len() as u64;
    for (id, draft) in ids.into_iter().zip(fresh) {
        let Draft { key, kind, mail_from, rcpt_to, content, decision, about } = draft;
        let letter = Letter {
            id,
            key,
            kind,
            mail_from,
            rcpt_to,
            content,
            state: State::Queued,
            attempts: 0,
            due_at: now,
            created_at: now,
            since: now,
            problem: String::new(),
            decision,
            about,
            token: random_hex::<16>()?,
        };
        batch.put(BY_KEY, &letter.key, letter.id.clone());
        write(batch, None, &letter)?;
    }
    Ok(count)
}

/// Letters whose time has come, the longest waiting first.
///
/// # Errors
/// When the store fails.
pub fn due(data: &Data, now: EventTime, limit: usize) -> Result<Vec<Letter>> {
    let rows = data.store.records.scan(DUE, None, limit)?;
    let end = due_prefix(now.plus_secs(1));
    let ids = rows.iter().take_while(|(key, _)| *key < end).map(|(_, id)| String::from_utf8_lossy(id));
    ids.filter_map(|id| LETTERS.get(data, &id).transpose()).collect()
}

/// Notes that a server is about to be asked; `None` where the letter does not wait any more.
///
/// # Errors
/// When the store fails.
pub fn begin(data: &mut Data, id: &str, now: EventTime) -> Result<Option<Letter>> {
    let Some(before) = LETTERS.get(data, id)?.filter(|letter| letter.state == State::Queued) else {
        return Ok(None);
    };
    if before.kind == Kind::Warning
        && let Err(MeasureError::Conflict(why)) = check_sendable(data, &before, now)
    {
        give_up(data, &before, why.to_owned(), now)?;
        return Ok(None);
    }
    let letter =
        Letter { state: State::Sending, since: now, attempts: before.attempts + 1, ..before.clone() };
    store(data, &before, &letter)?;
    Ok(Some(letter))
}

/// Whether what two persons decided to send still stands: things may have changed while it waited.
fn check_sendable(data: &Data, letter: &Letter, now: EventTime) -> Result<()> {
    match letter.kind {
        Kind::Warning => warning::check_sendable(data, &letter.about),
        Kind::Release => quarantine::check_sendable(data, &letter.about, now),
        Kind::Digest => Ok(()),
    }
}

/// Whether there is room for so many letters more.
pub(super) fn check_room(data: &Data, letters: usize) -> Result<()> {
    if letters + data.store.records.scan(OPEN, None, OUTBOX_OPEN_MAX)?.len() > OUTBOX_OPEN_MAX {
        return Err(MeasureError::Conflict("too much mail waits to be sent"));
    }
    Ok(())
}

/// The bytes of a released message.
///
/// # Errors
/// When the store fails, or they are not there any more.
pub fn original(data: &Data, digest: &str) -> Result<Vec<u8>> {
    let digest: Sha256 = digest.parse().map_err(|_| MeasureError::Invalid("this is no digest"))?;
    data.store.blobs.get(digest)?.ok_or(MeasureError::Unknown("sealed original"))
}

/// Notes how the attempt ended that [`begin`] began.
///
/// # Errors
/// When the store fails; after the next start the letter is then in doubt.
pub fn finish(data: &mut Data, id: &str, delivery: Delivery, now: EventTime) -> Result<()> {
    let Some(before) = LETTERS.get(data, id)?.filter(|letter| letter.state == State::Sending) else {
        return Ok(());
    };
    match delivery {
        Delivery::Accepted => note_sent(data, &before, Vec::new(), now),
        Delivery::Refused(problem) => give_up(data, &before, problem, now),
        Delivery::Later(problem) => postpone(data, &before, problem, now),
        Delivery::Unknown(problem) if before.kind == Kind::Warning => hold(data, &before, problem, now),
        Delivery::Unknown(problem) => postpone(data, &before, problem, now),
    }
}

/// After a start: whatever was being sent is in doubt. Answers how many letters were.
///
/// # Errors
/// When the store fails.
pub fn recover(data: &mut Data, now: EventTime) -> Result<usize> {
    let open = LETTERS.all_indexed(data, OPEN)?;
    let in_doubt: Vec<Letter> = open.into_iter().filter(|letter| letter.state == State::Sending).collect();
    for letter in &in_doubt {
        let why = "the program ended while this was being sent".to_owned();
        finish(data, &letter.id, Delivery::Unknown(why), now)?;
    }
    Ok(in_doubt.len())
}

/// Says what became of a letter that is held or was given up.
///
/// # Errors
/// [`MeasureError`]: by approvers only, with a reason.
pub fn resolve(
    data: &mut Data,
    actor: &Actor,
    id: &str,
    resolution: Resolution,
    reason: &str,
    now: EventTime,
) -> Result<()> {
    if !actor.has(Role::Approver) {
        return Err(MeasureError::RoleMissing("approver"));
    }
    let reason = note::required(reason)?;
    let before = LETTERS.get(data, id)?.ok_or(MeasureError::Unknown("letter"))?;
    if !matches!(before.state, State::Held | State::GivenUp) {
        return Err(MeasureError::Conflict("this letter needs nobody"));
    }
    let is_sent = resolution == Resolution::WasSent;
    if !is_sent {
        check_sendable(data, &before, now)?;
    }
    let public = vec![("letter", Value::from(id)), ("was_sent", Value::from(is_sent))];
    let private = vec![("account", Value::from(actor.account.0.as_str())), ("reason", Value::from(reason))];
    let entry = note::entry("outbox.resolved", now, public, private);
    if is_sent {
        return note_sent(data, &before, vec![entry], now);
    }
    note::record(data, entry)?;
    let letter = Letter {
        state: State::Queued,
        since: now,
        created_at: now,
        due_at: now,
        attempts: 0,
        ..before.clone()
    };
    store(data, &before, &letter)
}

/// Gives up those letters whose key begins with `prefix` that wait although their time is over, such as where no relay is
/// configured. Answers whether others of them are still to be sent.
pub(super) fn give_up_late(data: &mut Data, prefix: &str, now: EventTime) -> Result<bool> {
    let mut is_any_open = false;
    for (_, id) in data.collection_under(BY_KEY, prefix)? {
        let Some(letter) = LETTERS.get(data, &String::from_utf8_lossy(&id))? else { continue };
        let is_late = now.secs_since(letter.created_at) >= GIVE_UP_SECS;
        match letter.state {
            State::Sent | State::GivenUp => {}
            State::Queued if is_late => give_up(data, &letter, "no relay took it in time".to_owned(), now)?,
            State::Queued | State::Sending | State::Held => is_any_open = true,
        }
    }
    Ok(is_any_open)
}

/// One letter.
///
/// # Errors
/// When the store fails.
pub fn get(data: &Data, id: &str) -> Result<Option<Letter>> {
    LETTERS.get(data, id)
}

/// The letter with a key, if there is one.
///
/// # Errors
/// When the store fails.
pub fn by_key(data: &Data, key: &str) -> Result<Option<Letter>> {
    let Some(id) = data.store.records.get(BY_KEY, key)? else { return Ok(None) };
    LETTERS.get(data, &String::from_utf8_lossy(&id))
}

/// Letters, the latest first, after the one with the identifier `after`; perhaps only those that are neither sent nor given up.
///
/// # Errors
/// When the store fails.
pub fn list(data: &Data, open_only: bool, after: Option<&str>, limit: usize) -> Result<Page<Letter>> {
    if open_only { LETTERS.indexed(data, OPEN, "", after, limit) } else { LETTERS.page(data, after, limit) }
}

fn note_sent(data: &mut Data, before: &Letter, mut entries: Vec<Entry>, now: EventTime) -> Result<()> {
    let told = entries.len() as u64;
    entries.extend(match before.kind {
        Kind::Warning => warning::sent_entries(data, &before.about, now)?,
        Kind::Release => vec![quarantine::released_entry(before, now)],
        Kind::Digest => vec![note::entry(
            "digest.sent",
            now,
            Vec::new(),
            vec![("member", Value::from(before.about.as_str()))],
        )],
    });
    let first = LeafIndex(data.record(&entries)?.0 + told);
    let mut batch = Batch::new();
    match before.kind {
        Kind::Warning => warning::note_sent(data, &mut batch, &before.about, first, now)?,
        Kind::Release => quarantine::note_delivered_to(data, &mut batch, before)?,
        Kind::Digest => {}
    }
    let letter = Letter {
        state: State::Sent,
        since: now,
        content: Content::Gone,
        problem: String::new(),
        ..before.clone()
    };
    change(data, &mut batch, before, &letter)?;
    Ok(data.store.records.apply(&batch)?)
}

fn give_up(data: &mut Data, before: &Letter, problem: String, now: EventTime) -> Result<()> {
    let public = vec![("letter", Value::from(before.id.as_str()))];
    let private =
        vec![("about", Value::from(before.about.as_str())), ("problem", Value::from(problem.as_str()))];
    note::record(data, note::entry("outbox.given_up", now, public, private))?;
    let letter = Letter { state: State::GivenUp, since: now, problem, ..before.clone() };
    store(data, before, &letter)
}

fn postpone(data: &mut Data, before: &Letter, problem: String, now: EventTime) -> Result<()> {
    if now.secs_since(before.created_at) >= GIVE_UP_SECS {
        return give_up(data, before, problem, now);
    }
    let due_at = now.plus_secs(backoff_secs(before.attempts));
    store(data, before, &Letter { state: State::Queued, since: now, due_at, problem, ..before.clone() })
}

fn hold(data: &mut Data, before: &Letter, problem: String, now: EventTime) -> Result<()> {
    store(data, before, &Letter { state: State::Held, since: now, problem, ..before.clone() })
}

fn store(data: &Data, before: &Letter, letter: &Letter) -> Result<()> {
    let mut batch = Batch::new();
    change(data, &mut batch, before, letter)?;
    Ok(data.store.records.apply(&batch)?)
}

/// Adds to `batch` that a letter changed, and what this means for the decision that it carries out.
fn change(data: &Data, batch: &mut Batch, before: &Letter, letter: &Letter) -> Result<()> {
    write(batch, Some(before), letter)?;
    let (from, to) = (before.state.step(), letter.state.step());
    if from == to {
        return Ok(());
    }
    let decision = decision::note_step(data, batch, letter.decision.as_deref(), (from, to))?;
    match (letter.kind, decision) {
        (Kind::Release, Some(decision)) => quarantine::note_progress(data, batch, &letter.about, &decision),
        _ => Ok(()),
    }
}

/// Adds a letter with its places in the indexes.
fn write(batch: &mut Batch, before: Option<&Letter>, letter: &Letter) -> Result<()> {
    if let Some(before) = before {
        batch.delete(DUE, &due_key(before));
    }
    if letter.state == State::Queued {
        batch.put(DUE, &due_key(letter), letter.id.clone());
    }
    if matches!(letter.state, State::Sent | State::GivenUp) {
        LETTERS.unindex(batch, OPEN, "", &letter.id);
    } else {
        LETTERS.index(batch, OPEN, "", &letter.id);
    }
    trouble::note(batch, letter);
    LETTERS.put(batch, letter)
}

fn due_key(letter: &Letter) -> String {
    format!("{}{}", due_prefix(letter.due_at), letter.id)
}

fn due_prefix(time: EventTime) -> String {
    format!("{:016}/", time.0.max(0))
}

/// Random hexadecimal digits, two for each byte.
pub(super) fn random_hex<const BYTES: usize>() -> Result<String> {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("the system has no randomness: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests;
