//! Warnings: what a member is told of a campaign of concern. A draft is written for each member as soon as there is
//! concern; two persons have to decide before it is sent. Holding one back needs a reason and ends by itself, since
//! a warning that nobody sends is how members were left in the dark before.

mod drafting;
mod letter;
mod receipt;

pub use drafting::draft;
pub use letter::{Letter, harmless, nameless, write};
pub use receipt::{acknowledge, acknowledge_with_code};

use super::decision::may_propose;
use super::outbox::{self, Content, Draft, Kind};
use super::series::{Numbered, Page, Series};
use super::{MeasureError, Result, assessment, note, seconds};
use crate::data::Data;
use crate::evidence_log::Entry;
use crate::ledger;
use evidence::Value;
use mail::member::Member;
use model::limit::WARNINGS_PER_DECISION_MAX;
use model::time::DAY_SECS;
use model::{Actor, EventTime, LeafIndex, MailboxKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::{Batch, Records};

/// Longest hold of a warning, in days.
pub const HOLD_DAYS_MAX: i64 = 14;

const WARNINGS: Series<Warning> = Series::new("W", "warning");
/// Identifier by campaign and member.
const BY_CAMPAIGN: &str = "warning.campaign";
/// Index by member.
const BY_MEMBER: &str = "warning.member";
/// Index of those that wait for two persons, held ones among them.
const WAITING: &str = "warning.waiting";
/// Drafts that nobody has proposed to send, by campaign: the second in which each was drafted.
const UNPROPOSED: &str = "warning.unproposed";
/// Index of held ones.
const HELD: &str = "warning.held";

/// How far a warning has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Written, and waiting for two persons.
    Drafted,
    /// Held back for a reason, for a time.
    Held,
    /// Two persons decided to send it.
    Approved,
    /// A mail server took it.
    Sent,
    /// The member has read it.
    Acknowledged,
}

/// Why a warning is held back, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Why.
    pub reason: String,
    /// Account that holds it.
    pub by: String,
    /// Since when.
    #[serde(with = "seconds")]
    pub since: EventTime,
    /// When it ends by itself.
    #[serde(with = "seconds")]
    pub until: EventTime,
}

/// A warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Identifier, such as `W-17`.
    pub id: String,
    /// The campaign.
    pub campaign: String,
    /// The member.
    pub member: String,
    /// Where it is sent to; empty where the list of members has no address.
    pub address: String,
    /// Subject.
    pub subject: String,
    /// What is told. When it is sent, a line with a code is added by which the member can say that it was read.
    pub text: String,
    /// How far the campaign had come with the member when this was written.
    pub reached: String,
    /// How far it has come.
    pub state: State,
    /// Since when it is in this state.
    #[serde(with = "seconds")]
    pub since: EventTime,
    /// When it was drafted first.
    #[serde(with = "seconds")]
    pub drafted_at: EventTime,
    /// When its text was written last.
    #[serde(with = "seconds")]
    pub written_at: EventTime,
    /// The hold, or the last one when it has ended.
    pub hold: Option<Hold>,
    /// The decision to send it, open or taken.
    pub decision: Option<String>,
    /// Entry of the evidence log that shows the state.
    pub evidence: u64,
    /// Digest of the code in hexadecimal digits.
    pub code_digest: Option<String>,
}

impl Numbered for Warning {
    fn id(&self) -> &str {
        &self.id
    }
}

/// Holds a warning back for some days, 14 at most. Whoever held it before cannot do so again: a hold that is to go on needs
/// somebody else.
///
/// # Errors
/// [`MeasureError`]: by analysts and approvers only, with a reason, and not when its sending is proposed or decided.
pub fn hold(
    data: &mut Data,
    actor: &Actor,
    id: &str,
    reason: &str,
    days: i64,
    now: EventTime,
) -> Result<Warning> {
    may_propose(actor)?;
    let reason = note::required(reason)?;
    if !(1..=HOLD_DAYS_MAX).contains(&days) {
        return Err(MeasureError::Invalid("a hold lasts from 1 to 14 days"));
    }
    let warning = WARNINGS.get(data, id)?.ok_or(MeasureError::Unknown("warning"))?;
    if warning.state != State::Drafted || warning.decision.is_some() {
        return Err(MeasureError::Conflict("only a draft that nobody proposed to send can be held"));
    }
    let by = actor.account.0.trim().to_lowercase();
    if warning.hold.as_ref().is_some_and(|last| last.by.trim().to_lowercase() == by) {
        return Err(MeasureError::Conflict("whoever held it before cannot hold it again"));
    }
    let until = now.plus_secs(days * DAY_SECS);
    let private = vec![("account", Value::from(actor.account.0.as_str())), ("reason", Value::from(reason))];
    let leaf = note::record(data, entry("warning.held", &warning, private, now))?;
    let hold = Hold { reason: reason.to_owned(), by: actor.account.0.clone(), since: now, until };
    let held = Warning { state: State::Held, since: now, hold: Some(hold), evidence: leaf.0, ..warning };
    let mut batch = Batch::new();
    WARNINGS.index(&mut batch, HELD, "", id);
    put(&mut batch, &held)?;
    data.store.records.apply(&batch)?;
    Ok(held)
}

/// Ends the holds whose time is over, and says how many: these warnings are due again.
///
/// # Errors
/// When the store fails.
pub fn end_holds(data: &mut Data, now: EventTime) -> Result<usize> {
    let held: Vec<Warning> = WARNINGS.all_indexed(data, HELD)?;
    let is_over = |warning: &Warning| warning.hold.as_ref().is_none_or(|hold| hold.until <= now);
    let over: Vec<Warning> = held.into_iter().filter(is_over).collect();
    let count = over.len();
    for warning in over {
        let leaf = note::record(data, entry("warning.hold_ended", &warning, Vec::new(), now))?;
        let mut batch = Batch::new();
        WARNINGS.unindex(&mut batch, HELD, "", &warning.id);
        put(&mut batch, &Warning { state: State::Drafted, since: now, evidence: leaf.0, ..warning })?;
        data.store.records.apply(&batch)?;
    }
    Ok(count)
}

/// One warning.
///
/// # Errors
/// When the store fails.
pub fn get(data: &Data, id: &str) -> Result<Option<Warning>> {
    WARNINGS.get(data, id)
}

/// Warnings, the latest first, after the one with the identifier `after`.
///
/// # Errors
/// When the store fails.
pub fn list(data: &Data, after: Option<&str>, limit: usize) -> Result<Page<Warning>> {
    WARNINGS.page(data, after, limit)
}

/// Warnings that wait for two persons, held ones among them, the latest first.
///
/// # Errors
/// When the store fails.
pub fn waiting(data: &Data, after: Option<&str>, limit: usize) -> Result<Page<Warning>> {
    WARNINGS.indexed(data, WAITING, "", after, limit)
}

/// Held warnings, the latest first.
///
/// # Errors
/// When the store fails.
pub fn held(data: &Data, after: Option<&str>, limit: usize) -> Result<Page<Warning>> {
    WARNINGS.indexed(data, HELD, "", after, limit)
}

/// Drafts about one campaign that nobody has proposed to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unproposed {
    /// How many.
    pub drafts: usize,
    /// When the first of them was drafted.
    pub since: EventTime,
}

/// The drafts about one campaign that nobody has proposed to send, of `members` at most; `None` where there is none.
///
/// # Errors
/// When the store fails.
pub fn unproposed(data: &Data, campaign: &str, members: usize) -> Result<Option<Unproposed>> {
    let prefix = prefix(campaign);
    let rows = data.store.records.scan(UNPROPOSED, Some(&prefix), members)?;
    let times = rows
        .iter()
        .take_while(|(key, _)| key.starts_with(&prefix))
        .filter_map(|(_, second)| std::str::from_utf8(second).ok()?.parse().ok().map(EventTime));
    let times: Vec<EventTime> = times.collect();
    Ok(times.iter().min().map(|since| Unproposed { drafts: times.len(), since: *since }))
}

/// Warnings to one member, the latest first.
///
/// # Errors
/// When the store fails.
pub fn of_member(data: &Data, member: &str, after: Option<&str>, limit: usize) -> Result<Page<Warning>> {
    WARNINGS.indexed(data, BY_MEMBER, &prefix(member), after, limit)
}

/// The warnings about one campaign, by member.
///
/// # Errors
/// When the store fails.
pub fn of_campaign(data: &Data, campaign: &str) -> Result<Vec<Warning>> {
    let prefix = prefix(campaign);
    let ids = data.store.records.scan(BY_CAMPAIGN, Some(&prefix), WARNINGS_PER_DECISION_MAX)?;
    let ids =
        ids.iter().take_while(|(key, _)| key.starts_with(&prefix)).map(|(_, id)| String::from_utf8_lossy(id));
    ids.filter_map(|id| WARNINGS.get(data, &id).transpose()).collect()
}

/// The warnings of a campaign that can be proposed to be sent now: for a decision about all of them.
///
/// # Errors
/// When the store fails.
pub fn sendable(data: &Data, campaign: &str) -> Result<Vec<String>> {
    Ok(of_campaign(data, campaign)?.into_iter().filter(is_sendable).map(|one| one.id).collect())
}

/// The address at which a member is told: the house's mailbox before the member's own.
pub(super) fn address_of(member: &Member) -> Option<&str> {
    let of_house = member.addresses.iter().find(|(_, kind)| *kind == MailboxKind::House);
    of_house.or_else(|| member.addresses.first()).map(|(address, _)| address.as_str())
}

fn is_sendable(warning: &Warning) -> bool {
    warning.state == State::Drafted && warning.decision.is_none() && !warning.address.is_empty()
}

/// The warnings, each once, if all of them can be proposed together.
pub(super) fn check(data: &Data, campaign: &str, warnings: Vec<String>) -> Result<Vec<String>> {
    assessment::check_confirmed(data, campaign)?;
    let warnings: BTreeSet<String> = warnings.into_iter().collect();
    if warnings.is_empty() || warnings.len() > WARNINGS_PER_DECISION_MAX {
        return Err(MeasureError::Invalid("one decision sends from 1 to 2,000 warnings"));
    }
    for id in &warnings {
        let warning = WARNINGS.get(data, id)?.ok_or(MeasureError::Unknown("warning"))?;
        if warning.campaign != campaign {
            return Err(MeasureError::Invalid("these warnings are about several campaigns"));
        }
        if !is_sendable(&warning) {
            return Err(MeasureError::Conflict("a warning is held, proposed, sent, or has no address"));
        }
    }
    Ok(warnings.into_iter().collect())
}

/// Whether nobody decided meanwhile that its campaign is harmless.
pub(super) fn check_sendable(data: &Data, id: &str) -> Result<()> {
    let warning = WARNINGS.get(data, id)?.ok_or(MeasureError::Unknown("warning"))?;
    assessment::check_not_dismissed(data, &warning.campaign)
}

/// While its sending is proposed, a warning is neither held nor written anew: what is approved is what was read.
pub(super) fn reserve(data: &Data, ids: &[String], decision: Option<&str>, batch: &mut Batch) -> Result<()> {
    for id in ids {
        let Some(warning) = WARNINGS.get(data, id)? else { continue };
        if decision.is_none() {
            // Things may have changed meanwhile.
            drafting::look_again(batch, &warning.campaign);
        }
        put(batch, &Warning { decision: decision.map(str::to_owned), ..warning })?;
    }
    Ok(())
}

/// Queues the warnings.
pub(super) fn approve(
    data: &Data,
    ids: &[String],
    decision: &str,
    leaf: LeafIndex,
    now: EventTime,
    batch: &mut Batch,
) -> Result<u64> {
    let mut letters = Vec::new();
    for id in ids {
        let warning = WARNINGS.get(data, id)?.ok_or(MeasureError::Unknown("warning"))?;
        let (text, code_digest) = receipt::with_code(&warning.id, &warning.text)?;
        letters.push(Draft {
            key: format!("warning/{}", warning.id),
            kind: Kind::Warning,
            mail_from: None,
            rcpt_to: warning.address.clone(),
            content: Content::Text { subject: warning.subject.clone(), text },
            decision: Some(decision.to_owned()),
            about: warning.id.clone(),
        });
        WARNINGS.unindex(batch, WAITING, "", &warning.id);
        let approved = Warning {
            state: State::Approved,
            since: now,
            evidence: leaf.0,
            code_digest: Some(code_digest),
            ..warning
        };
        put(batch, &approved)?;
    }
    outbox::enqueue(data, batch, letters, now)
}

/// The entries that prove that a member was told.
pub(super) fn sent_entries(data: &Data, id: &str, now: EventTime) -> Result<Vec<Entry>> {
    let warning = WARNINGS.get(data, id)?.ok_or(MeasureError::Unknown("warning"))?;
    let private =
        vec![("member", Value::from(warning.member.as_str())), ("text", Value::from(warning.text.as_str()))];
    let sent = entry("warning.sent", &warning, private, now);
    Ok(vec![sent, ledger::warned_entry(&warning.campaign, &warning.member, now)])
}

/// Adds to `batch` that a member was told; `first` is the leaf of the first of [`sent_entries`].
pub(super) fn note_sent(
    data: &Data,
    batch: &mut Batch,
    id: &str,
    first: LeafIndex,
    now: EventTime,
) -> Result<()> {
    let Some(warning) = WARNINGS.get(data, id)? else { return Ok(()) };
    ledger::put_warned(data, batch, &warning.campaign, &warning.member, LeafIndex(first.0 + 1), now)?;
    put(batch, &Warning { state: State::Sent, since: now, evidence: first.0, ..warning })
}

/// Adds a warning to a batch, and whether it waits for somebody to propose it.
fn put(batch: &mut Batch, warning: &Warning) -> Result<()> {
    let key = format!("{}{}", prefix(&warning.campaign), warning.id);
    if warning.state == State::Drafted && warning.decision.is_none() {
        batch.put(UNPROPOSED, &key, warning.drafted_at.0.to_string());
    } else {
        batch.delete(UNPROPOSED, &key);
    }
    WARNINGS.put(batch, warning)
}

fn store(data: &Data, warning: &Warning) -> Result<()> {
    let mut batch = Batch::new();
    put(&mut batch, warning)?;
    Ok(data.store.records.apply(&batch)?)
}

fn entry(
    kind: &'static str,
    warning: &Warning,
    private: Vec<(&'static str, Value)>,
    now: EventTime,
) -> Entry {
    let public = vec![
        ("warning", Value::from(warning.id.as_str())),
        ("campaign", Value::from(warning.campaign.as_str())),
    ];
    note::entry(kind, now, public, private)
}

fn prefix(of: &str) -> String {
    format!("{of}\n")
}

#[cfg(test)]
mod tests;
