//! Decisions: what one person proposes and another approves or refuses.
//!
//! Who proposed a measure never decides about it, whatever further roles the account has. A proposal that nobody decides
//! lapses, so that none is approved when the reasons for it are forgotten.

mod kind;
mod steps;

pub use kind::Measure;
pub(super) use steps::{Step, Steps, note_step};

use super::series::{Numbered, Page, Series};
use super::{MeasureError, Result, effect, note, seconds};
use crate::data::Data;
use evidence::Value;
use model::limit::PROPOSALS_OPEN_MAX;
use model::time::DAY_SECS;
use model::{Actor, EventTime, LeafIndex, Role};
use serde::{Deserialize, Serialize};
use store::{Batch, Records};

/// How long a proposal waits for a second person, in days.
pub const PROPOSAL_DAYS: i64 = 7;

const DECISIONS: Series<Decision> = Series::new("D", "decision");
/// Index of those that wait for a second person.
const OPEN: &str = "decision.open";
/// Index by what they are about.
const ABOUT: &str = "decision.about";

/// How far a decision has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It waits for a second person.
    Proposed,
    /// A second person approved it; it is being carried out.
    Approved,
    /// A second person refused it.
    Refused,
    /// Who proposed it took it back.
    Withdrawn,
    /// Nobody decided in time.
    Expired,
    /// It was carried out.
    Done,
    /// It was carried out as far as that was possible.
    Failed,
}

impl Status {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// A proposal and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Identifier, such as `D-17`.
    pub id: String,
    /// What is to be done.
    pub measure: Measure,
    /// Why it was proposed.
    pub reason: String,
    /// How far it has come.
    pub status: Status,
    /// Account that proposed it.
    pub proposed_by: String,
    /// When.
    #[serde(with = "seconds")]
    pub proposed_at: EventTime,
    /// When it lapses.
    #[serde(with = "seconds")]
    pub lapses_at: EventTime,
    /// Account that decided; `None` where nobody did.
    pub decided_by: Option<String>,
    /// When it was decided, taken back or lapsed.
    #[serde(with = "seconds::option")]
    pub decided_at: Option<EventTime>,
    /// What was said with the decision; may be empty.
    pub answer: String,
    /// Entries of the evidence log: the proposal, then the decision.
    pub evidence: Vec<u64>,
    /// How many mails are sent or moved to carry it out.
    pub steps: u64,
    /// How many of them are done.
    pub steps_done: u64,
    /// How many of them cannot be done.
    pub steps_failed: u64,
}

impl Numbered for Decision {
    fn id(&self) -> &str {
        &self.id
    }
}

/// Which decisions are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which<'a> {
    /// All, the latest first.
    All,
    /// Those that wait for a second person, the latest first.
    Open,
    /// Those about one thing, by [`Measure::about`], the latest first.
    About(&'a str),
}

/// Proposes a measure.
///
/// # Errors
/// [`MeasureError`]: who is neither analyst nor approver proposes nothing, and what cannot be carried out is refused at once.
pub fn propose(
    data: &mut Data,
    actor: &Actor,
    measure: Measure,
    reason: &str,
    now: EventTime,
) -> Result<Decision> {
    may_propose(actor)?;
    let reason = note::required(reason)?;
    let waiting = data.store.records.scan(OPEN, None, PROPOSALS_OPEN_MAX)?.len();
    if waiting >= PROPOSALS_OPEN_MAX {
        return Err(MeasureError::Conflict("too many proposals wait for a second person"));
    }
    let measure = effect::check(data, measure, now)?;
    let id = DECISIONS.take_one(data)?;
    let mut decision = Decision {
        id,
        measure,
        reason: reason.to_owned(),
        status: Status::Proposed,
        proposed_by: actor.account.0.clone(),
        proposed_at: now,
        lapses_at: now.plus_secs(PROPOSAL_DAYS * DAY_SECS),
        decided_by: None,
        decided_at: None,
        answer: String::new(),
        evidence: Vec::new(),
        steps: 0,
        steps_done: 0,
        steps_failed: 0,
    };
    let mut batch = Batch::new();
    effect::reserve(data, &mut decision, now, &mut batch)?;
    let leaf = record(data, "decision.proposed", &decision, &actor.account.0, reason, now)?;
    decision.evidence.push(leaf.0);
    DECISIONS.index(&mut batch, OPEN, "", &decision.id);
    DECISIONS.index(&mut batch, ABOUT, &about_prefix(decision.measure.about()), &decision.id);
    DECISIONS.put(&mut batch, &decision)?;
    data.store.records.apply(&batch)?;
    Ok(decision)
}

/// Approves a proposal of somebody else. What it decides takes effect with it.
///
/// # Errors
/// [`MeasureError`]: who is no approver or proposed it cannot approve, and neither can anybody once it is decided or lapsed.
pub fn approve(data: &mut Data, actor: &Actor, id: &str, now: EventTime) -> Result<Decision> {
    let mut decision = open_for(data, actor, id, now)?;
    let mut batch = Batch::new();
    effect::check_again(data, &decision, now)?;
    let leaf = record(data, "decision.approved", &decision, &actor.account.0, "", now)?;
    close(&mut decision, Status::Approved, Some(actor), "", leaf, now);
    effect::carry_out(data, &mut decision, leaf, now, &mut batch)?;
    if decision.steps == 0 {
        decision.status = Status::Done;
    }
    store_closed(data, &decision, batch)?;
    Ok(decision)
}

/// Refuses a proposal of somebody else.
///
/// # Errors
/// As [`approve`], and without a reason.
pub fn refuse(data: &mut Data, actor: &Actor, id: &str, reason: &str, now: EventTime) -> Result<Decision> {
    let decision = open_for(data, actor, id, now)?;
    let reason = note::required(reason)?.to_owned();
    end(data, decision, (Status::Refused, "decision.refused"), Some(actor), &reason, now)
}

/// Takes the own proposal back.
///
/// # Errors
/// [`MeasureError`]: only who proposed it can, and only as long as it is not decided.
pub fn withdraw(data: &mut Data, actor: &Actor, id: &str, now: EventTime) -> Result<Decision> {
    let decision = open(data, id, now)?;
    if !is_same(actor, &decision.proposed_by) {
        return Err(MeasureError::Conflict("only who proposed this can take it back"));
    }
    end(data, decision, (Status::Withdrawn, "decision.withdrawn"), Some(actor), "", now)
}

/// Ends the proposals that nobody decided in time, and says how many they are.
///
/// # Errors
/// When the store fails.
pub fn lapse(data: &mut Data, now: EventTime) -> Result<usize> {
    let waiting: Vec<Decision> = DECISIONS.all_indexed(data, OPEN)?;
    let late: Vec<Decision> = waiting.into_iter().filter(|decision| decision.lapses_at <= now).collect();
    let count = late.len();
    for decision in late {
        end(data, decision, (Status::Expired, "decision.expired"), None, "", now)?;
    }
    Ok(count)
}

/// One decision.
///
/// # Errors
/// When the store fails.
pub fn get(data: &Data, id: &str) -> Result<Option<Decision>> {
    DECISIONS.get(data, id)
}

/// Decisions, the latest first, after the one with the identifier `after`.
///
/// # Errors
/// When the store fails.
pub fn list(data: &Data, which: Which<'_>, after: Option<&str>, limit: usize) -> Result<Page<Decision>> {
    match which {
        Which::All => DECISIONS.page(data, after, limit),
        Which::Open => DECISIONS.indexed(data, OPEN, "", after, limit),
        Which::About(about) => DECISIONS.indexed(data, ABOUT, &about_prefix(about), after, limit),
    }
}

/// Whether this actor proposed it.
pub fn is_own(actor: &Actor, decision: &Decision) -> bool {
    is_same(actor, &decision.proposed_by)
}

/// Whoever proposes must be there to look at mail: an analyst, or an approver who acts as one.
pub(crate) fn may_propose(actor: &Actor) -> Result<()> {
    if actor.has(Role::Analyst) || actor.has(Role::Approver) {
        Ok(())
    } else {
        Err(MeasureError::RoleMissing("analyst"))
    }
}

/// Names of accounts differ by more than the case of their letters.
fn is_same(actor: &Actor, account: &str) -> bool {
    actor.account.0.trim().to_lowercase() == account.trim().to_lowercase()
}

fn open(data: &Data, id: &str, now: EventTime) -> Result<Decision> {
    let decision = DECISIONS.get(data, id)?.ok_or(MeasureError::Unknown("decision"))?;
    if decision.status != Status::Proposed {
        return Err(MeasureError::Conflict("this is decided already"));
    }
    if decision.lapses_at <= now {
        return Err(MeasureError::Conflict("this proposal has lapsed"));
    }
    Ok(decision)
}

/// The proposal, where this actor may decide about it.
fn open_for(data: &Data, actor: &Actor, id: &str, now: EventTime) -> Result<Decision> {
    if !actor.has(Role::Approver) {
        return Err(MeasureError::RoleMissing("approver"));
    }
    let decision = open(data, id, now)?;
    if is_same(actor, &decision.proposed_by) {
        return Err(MeasureError::OwnProposal);
    }
    Ok(decision)
}

/// Ends a proposal without carrying it out.
fn end(
    data: &mut Data,
    mut decision: Decision,
    (status, kind): (Status, &'static str),
    actor: Option<&Actor>,
    answer: &str,
    now: EventTime,
) -> Result<Decision> {
    let by = actor.map(|actor| actor.account.0.as_str()).unwrap_or_default();
    let leaf = record(data, kind, &decision, by, answer, now)?;
    close(&mut decision, status, actor, answer, leaf, now);
    let mut batch = Batch::new();
    effect::free(data, &decision, &mut batch)?;
    store_closed(data, &decision, batch)?;
    Ok(decision)
}

fn close(
    decision: &mut Decision,
    status: Status,
    actor: Option<&Actor>,
    answer: &str,
    leaf: LeafIndex,
    now: EventTime,
) {
    decision.status = status;
    decision.decided_by = actor.map(|actor| actor.account.0.clone());
    decision.decided_at = Some(now);
    answer.clone_into(&mut decision.answer);
    decision.evidence.push(leaf.0);
}

fn store_closed(data: &Data, decision: &Decision, mut batch: Batch) -> Result<()> {
    DECISIONS.unindex(&mut batch, OPEN, "", &decision.id);
    DECISIONS.put(&mut batch, decision)?;
    Ok(data.store.records.apply(&batch)?)
}

fn about_prefix(about: &str) -> String {
    format!("{about}\n")
}

fn record(
    data: &mut Data,
    kind: &'static str,
    decision: &Decision,
    account: &str,
    reason: &str,
    now: EventTime,
) -> Result<LeafIndex> {
    let mut public = vec![
        ("decision", Value::from(decision.id.as_str())),
        ("measure", Value::from(decision.measure.word())),
    ];
    if let Some(campaign) = decision.measure.campaign() {
        public.push(("campaign", Value::from(campaign)));
    }
    let mut private = vec![
        ("account", Value::from(account)),
        ("reason", Value::from(reason)),
        ("about", Value::from(decision.measure.about())),
    ];
    if let Measure::Warn { warnings, .. } = &decision.measure {
        private.push(("warnings", note::texts(warnings.iter().map(String::as_str))));
    }
    note::record(data, note::entry(kind, now, public, private))
}

#[cfg(test)]
mod tests;
