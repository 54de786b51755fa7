//! Retro-purge: the delivered copies of a campaign, found in what was recorded, are moved out of mailboxes when two persons
//! decided so, and can be brought back for 30 days.
//!
//! Nothing is ever deleted. Before a mailbox is touched the copy is noted as being moved, and after it as moved; whoever
//! moves finds a copy that was moved already and says so. So a crash at any step moves nothing twice and loses nothing.

mod carry;
mod plan;

pub use carry::{Carried, MailboxError, Mailboxes, carry_out};

use super::decision::{self, Status, Step, Steps};
use super::series::{self, Numbered, Page, Series};
use super::{MeasureError, Result, assessment, note, seconds};
use crate::data::Data;
use evidence::Value;
use model::EventTime;
use model::limit::MEASURE_PAGE_ROWS_MAX;
use model::time::DAY_SECS;
use serde::{Deserialize, Serialize};
use store::{Batch, Records};

/// How long a purge can be reversed, in days.
pub const PURGE_REVERSIBLE_DAYS: i64 = 30;
/// How often a mailbox that fails is tried.
const ATTEMPTS_MAX: u32 = 10;

const PURGES: Series<Purge> = Series::new("P", "purge");
/// Copies by purge and number.
const COPIES: &str = "purge.copy";
/// Index of copies that are to be moved or brought back.
const WORK: &str = "purge.work";
/// The latest purge of a campaign that was not discarded.
const BY_CAMPAIGN: &str = "purge.campaign";

/// How far a purge has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for a second person.
    Planned,
    /// It was refused, withdrawn, or nobody decided.
    Discarded,
    /// Two persons decided; copies are moved, or all were.
    Approved,
    /// Two persons decided to bring the copies back.
    Restoring,
}

/// A purge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purge {
    /// Identifier, such as `P-17`.
    pub id: String,
    /// The campaign.
    pub campaign: String,
    /// The decision to move.
    pub decision: String,
    /// The decision to bring back, open or taken.
    pub restore: Option<String>,
    /// How far it has come.
    pub state: State,
    /// When it was planned.
    #[serde(with = "seconds")]
    pub planned_at: EventTime,
    /// When it was approved.
    #[serde(with = "seconds::option")]
    pub approved_at: Option<EventTime>,
    /// Copies in the plan.
    pub copies: u64,
    /// Members whose mailboxes hold them.
    pub members: u64,
    /// Copies that were left out, because there were too many.
    pub left_out: u64,
    /// Copies that were moved and not brought back.
    pub moved: u64,
    /// Copies that were brought back.
    pub restored: u64,
    /// Copies that are not where they were recorded: their owners were faster.
    pub gone: u64,
    /// Copies that could not be moved or brought back.
    pub failed: u64,
}

impl Numbered for Purge {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Purge {
    /// Whether there are copies yet to be moved or brought back.
    fn is_under_way(&self) -> bool {
        let ended = self.restored + self.gone + self.failed;
        match self.state {
            State::Planned | State::Discarded => false,
            State::Approved => ended + self.moved < self.copies,
            State::Restoring => ended < self.copies,
        }
    }

    /// Counts a copy where it now is, and not any more where it was.
    fn recount(&mut self, before: CopyState, now: CopyState) {
        if let Some(count) = self.count_of(before) {
            *count = count.saturating_sub(1);
        }
        if let Some(count) = self.count_of(now) {
            *count += 1;
        }
    }

    /// A copy that is to be brought back counts as moved: perhaps it is.
    fn count_of(&mut self, state: CopyState) -> Option<&mut u64> {
        match state {
            CopyState::Planned | CopyState::Moving => None,
            CopyState::Moved | CopyState::ToRestore | CopyState::Restoring => Some(&mut self.moved),
            CopyState::Restored => Some(&mut self.restored),
            CopyState::Gone => Some(&mut self.gone),
            CopyState::Failed => Some(&mut self.failed),
        }
    }
}

/// How far a copy has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CopyState {
    /// It is to be moved.
    Planned,
    /// It is being moved, or was when the program ended.
    Moving,
    /// It is out of the mailbox.
    Moved,
    /// It is to be brought back.
    ToRestore,
    /// It is being brought back, or was when the program ended.
    Restoring,
    /// It is in the mailbox again.
    Restored,
    /// It was not there.
    Gone,
    /// It could not be moved or brought back.
    Failed,
}

/// A copy of a message in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// The purge.
    pub purge: String,
    /// Its number there, from 0.
    pub number: u64,
    /// The member.
    pub member: String,
    /// The address that it was delivered to.
    pub mailbox: String,
    /// `Message-ID` without brackets; empty where it has none.
    pub message_id: String,
    /// SHA-256 of it as it was recorded, in hexadecimal digits.
    pub digest: String,
    /// When it arrived.
    #[serde(with = "seconds")]
    pub received: EventTime,
    /// Which sensor had it from where.
    pub source: String,
    /// How far it has come.
    pub state: CopyState,
    /// How often its mailbox failed.
    pub attempts: u32,
    /// When it is tried next.
    #[serde(with = "seconds")]
    pub due_at: EventTime,
    /// Why it failed last, without anything of the message; empty where it did not.
    pub problem: String,
    /// Entry of the evidence log that shows that it was moved or brought back.
    pub evidence: Option<u64>,
}

/// One purge.
///
/// # Errors
/// When the store fails.
pub fn get(data: &Data, id: &str) -> Result<Option<Purge>> {
    PURGES.get(data, id)
}

/// The latest purge of a campaign that was not discarded.
///
/// # Errors
/// When the store fails.
pub fn of_campaign(data: &Data, campaign: &str) -> Result<Option<Purge>> {
    let Some(id) = data.store.records.get(BY_CAMPAIGN, campaign)? else { return Ok(None) };
    PURGES.get(data, &String::from_utf8_lossy(&id))
}

/// Purges, the latest first, after the one with the identifier `after`.
///
/// # Errors
/// When the store fails.
pub fn list(data: &Data, after: Option<&str>, limit: usize) -> Result<Page<Purge>> {
    PURGES.page(data, after, limit)
}

/// Copies of a purge by number, after the one with the number `after`.
///
/// # Errors
/// When the store fails.
pub fn copies(data: &Data, id: &str, after: Option<u64>, limit: usize) -> Result<Page<Copy>> {
    let Some(key) = PURGES.key(id) else { return Ok(Page { rows: Vec::new(), next: None }) };
    let limit = limit.clamp(1, MEASURE_PAGE_ROWS_MAX);
    let prefix = format!("{key}/");
    let from = after.map_or_else(|| prefix.clone(), |after| copy_key(&key, after));
    let rows: Vec<Copy> = series::scan(data, COPIES, Some(&from), limit + 1)?;
    let rows = rows.into_iter().take_while(|copy| copy.purge == id).collect();
    Ok(Page::of(rows, limit, |last: &Copy| last.number.to_string()))
}

pub(super) use plan::plan;

/// Whether the messages of a campaign can be moved.
pub(super) fn check(data: &Data, campaign: &str) -> Result<()> {
    assessment::check_concern(data, campaign)?;
    match of_campaign(data, campaign)? {
        Some(purge) if purge.state == State::Planned => {
            Err(MeasureError::Conflict("a purge is proposed already"))
        }
        Some(purge) if purge.is_under_way() => {
            Err(MeasureError::Conflict("a purge of this campaign is under way"))
        }
        _ => Ok(()),
    }
}

/// Gives a plan up that was not approved.
pub(super) fn discard(data: &Data, campaign: &str, batch: &mut Batch) -> Result<()> {
    let Some(purge) = of_campaign(data, campaign)?.filter(|purge| purge.state == State::Planned) else {
        return Ok(());
    };
    for copy in all_copies(data, &purge.id)? {
        batch.delete(COPIES, &key_of(&copy)?);
    }
    batch.delete(BY_CAMPAIGN, campaign);
    PURGES.put(batch, &Purge { state: State::Discarded, copies: 0, ..purge })
}

/// Lets the plan be carried out; answers how many copies it moves.
pub(super) fn approve(data: &Data, campaign: &str, now: EventTime, batch: &mut Batch) -> Result<u64> {
    let purge = of_campaign(data, campaign)?.ok_or(MeasureError::Unknown("purge"))?;
    let copies = all_copies(data, &purge.id)?;
    for copy in &copies {
        batch.put(WORK, &key_of(copy)?, Vec::new());
    }
    PURGES.put(batch, &Purge { state: State::Approved, approved_at: Some(now), ..purge })?;
    Ok(copies.len() as u64)
}

/// Whether a purge can be reversed; `own` is the decision that may hold it already.
///
/// # Errors
/// [`MeasureError`] says why not.
pub fn check_restore(data: &Data, id: &str, own: Option<&str>, now: EventTime) -> Result<()> {
    let purge = PURGES.get(data, id)?.ok_or(MeasureError::Unknown("purge"))?;
    let is_to_be_tried_again = purge.state == State::Restoring && !purge.is_under_way() && purge.failed > 0;
    let can_be_restored = purge.state == State::Approved || is_to_be_tried_again;
    let Some(approved) = purge.approved_at.filter(|_| can_be_restored) else {
        return Err(MeasureError::Conflict("nothing of this purge can be brought back"));
    };
    if now.secs_since(approved) > PURGE_REVERSIBLE_DAYS * DAY_SECS {
        return Err(MeasureError::Conflict("a purge can be reversed for 30 days"));
    }
    if purge.moved == 0 && !purge.is_under_way() && !is_to_be_tried_again {
        return Err(MeasureError::Conflict("nothing was moved"));
    }
    let other = purge.restore.as_deref().filter(|decision| Some(*decision) != own);
    let other = other.map_or(Ok(None), |id| decision::get(data, id))?;
    match other {
        Some(other) if matches!(other.status, Status::Proposed | Status::Approved) => {
            Err(MeasureError::Conflict("its reversal is proposed already"))
        }
        _ => Ok(()),
    }
}

pub(super) fn reserve_restore(
    data: &Data,
    id: &str,
    decision: Option<&str>,
    batch: &mut Batch,
) -> Result<()> {
    let Some(purge) = PURGES.get(data, id)? else { return Ok(()) };
    PURGES.put(batch, &Purge { restore: decision.map(str::to_owned), ..purge })
}

/// Lets the moved copies be brought back, and those that wait stay where they are: for the decision to move them, these are
/// steps that were not done. Answers how many there are to bring back.
pub(super) fn approve_restore(data: &Data, id: &str, now: EventTime, batch: &mut Batch) -> Result<u64> {
    let mut purge = PURGES.get(data, id)?.ok_or(MeasureError::Unknown("purge"))?;
    let mut steps = Steps::of(data, Some(&purge.decision))?;
    let mut count = 0;
    for copy in all_copies(data, id)? {
        let key = key_of(&copy)?;
        let state = match copy.state {
            // A copy that is being moved may be out of the mailbox: bringing it back finds it in either place.
            CopyState::Moved | CopyState::Moving => CopyState::ToRestore,
            // One that failed on its way back is tried again.
            CopyState::Failed if purge.state == State::Restoring => CopyState::ToRestore,
            CopyState::Planned => CopyState::Restored,
            _ => continue,
        };
        if matches!(copy.state, CopyState::Moving | CopyState::Planned) {
            steps.change(Step::Open, Step::Failed);
        }
        if state == CopyState::ToRestore {
            count += 1;
            batch.put(WORK, &key, Vec::new());
        } else {
            batch.delete(WORK, &key);
        }
        purge.recount(copy.state, state);
        let copy = Copy { state, attempts: 0, due_at: now, ..copy };
        series::put(batch, COPIES, &key, &copy)?;
    }
    steps.put(batch)?;
    PURGES.put(batch, &Purge { state: State::Restoring, ..purge })?;
    Ok(count)
}

/// How work on a copy ended.
pub(super) fn note_copy(
    data: &mut Data,
    before: &Copy,
    outcome: CopyState,
    problem: &str,
    now: EventTime,
) -> Result<()> {
    let mut evidence = before.evidence;
    if matches!(outcome, CopyState::Moved | CopyState::Restored) {
        let kind = if outcome == CopyState::Moved { "purge.moved" } else { "purge.restored" };
        let public = vec![("purge", Value::from(before.purge.as_str()))];
        let private = vec![
            ("member", Value::from(before.member.as_str())),
            ("digest", Value::from(before.digest.as_str())),
            ("message_id", Value::from(before.message_id.as_str())),
        ];
        evidence = Some(note::record(data, note::entry(kind, now, public, private))?.0);
    }
    let copy = Copy { state: outcome, problem: problem.to_owned(), evidence, ..before.clone() };
    let mut batch = Batch::new();
    batch.delete(WORK, &key_of(&copy)?);
    series::put(&mut batch, COPIES, &key_of(&copy)?, &copy)?;
    count(data, &mut batch, &copy, before.state)?;
    Ok(data.store.records.apply(&batch)?)
}

/// Adds to `batch` what the end of work on a copy means for its purge and its decision.
fn count(data: &Data, batch: &mut Batch, copy: &Copy, before: CopyState) -> Result<()> {
    let Some(mut purge) = PURGES.get(data, &copy.purge)? else { return Ok(()) };
    purge.recount(before, copy.state);
    let was_out = before == CopyState::Restoring;
    let decision = if was_out { purge.restore.as_deref() } else { Some(purge.decision.as_str()) };
    let step = if copy.state == CopyState::Failed { Step::Failed } else { Step::Done };
    decision::note_step(data, batch, decision, (Step::Open, step))?;
    PURGES.put(batch, &purge)
}

fn all_copies(data: &Data, id: &str) -> Result<Vec<Copy>> {
    let Some(key) = PURGES.key(id) else { return Ok(Vec::new()) };
    Ok(data.documents_under(COPIES, &format!("{key}/"))?)
}

fn key_of(copy: &Copy) -> Result<String> {
    let key = PURGES.key(&copy.purge).ok_or(MeasureError::Unknown("purge"))?;
    Ok(copy_key(&key, copy.number))
}

fn copy_key(purge: &str, number: u64) -> String {
    format!("{purge}/{number:08}")
}

#[cfg(test)]
mod tests;
