//! The quarantine: messages that are kept from their readers, sealed, for 30 days. Two persons may release one, as it came,
//! to those whom it was sent to. Whoever reads one leaves a trace first.

mod digest;
mod item;
mod pass;

pub use digest::send_digests;
pub use item::{Item, ItemState};
pub use pass::is_released;

use super::access::{self, Act};
use super::outbox::{self, Content, Draft, Kind, Letter};
use super::series::{Page, Series};
use super::{MeasureError, Result, note};
use crate::data::Data;
use crate::detect::Envelope;
use crate::evidence_log::Entry;
use crate::ledger;
use crate::live::Judged;
use crate::row::ReasonRow;
use evidence::Value;
use mail::member::House;
use mail::message::{Reader, digest as digest_of};
use model::limit::EXPIRED_AT_ONCE_MAX;
use model::time::DAY_SECS;
use model::{Actor, EventTime, LeafIndex, Role, Sha256};
use std::collections::BTreeSet;
use store::{Batch, Blobs, Records};

/// How long a message is kept, in days.
pub const QUARANTINE_DAYS: i64 = 30;

const ITEMS: Series<Item> = Series::new("Q", "quarantine");
/// Index of messages whose bytes are kept, in order of arrival.
const KEPT: &str = "quarantine.kept";
/// Identifier by digest and recipients: a message that is handed over again is the same.
const BY_DIGEST: &str = "quarantine.digest";
/// Index by member.
const BY_MEMBER: &str = "quarantine.member";

/// A message that is to be kept, read beforehand: that takes a while, and the data folder is held for moments only.
pub struct Arrival<'a> {
    bytes: &'a [u8],
    digest: Sha256,
    envelope: &'a Envelope,
    from: String,
    subject: String,
    members: Vec<String>,
}

impl<'a> Arrival<'a> {
    /// Reads what lists show of a message.
    pub fn of(bytes: &'a [u8], envelope: &'a Envelope, house: &House) -> Self {
        let message = Reader::default().read(bytes);
        Self {
            bytes,
            digest: digest_of(bytes),
            envelope,
            from: message.from.address,
            subject: message.subject,
            members: members_of(house, envelope.rcpt_to.iter().map(String::as_str)),
        }
    }
}

/// Why a message is kept.
#[derive(Debug, Clone, Default)]
pub struct Grounds {
    /// 0 to 100.
    pub score: u8,
    /// What speaks for and against.
    pub reasons: Vec<ReasonRow>,
    /// The campaign of concern that it belongs to.
    pub campaign: Option<String>,
}

impl From<&Judged> for Grounds {
    fn from(judged: &Judged) -> Self {
        Self { score: judged.score, reasons: judged.reasons.clone(), campaign: judged.campaign.clone() }
    }
}

/// Keeps a message, and answers its identifier. When it returns, the message is sealed, durable and recorded, and whoever
/// handed it over may forget it. The same message for the same recipients is kept once.
///
/// # Errors
/// When the store fails: the message is then not safe here, and must stay where it is.
pub fn keep(data: &mut Data, arrival: &Arrival<'_>, grounds: Grounds, now: EventTime) -> Result<String> {
    let place = place_of(arrival);
    if let Some(id) = data.store.records.get(BY_DIGEST, &place)? {
        let id = String::from_utf8_lossy(&id).into_owned();
        if ITEMS.get(data, &id)?.is_some_and(|item| item.state != ItemState::Expired) {
            return Ok(id);
        }
    }
    data.store.blobs.put(arrival.bytes)?;
    let mut batch = Batch::new();
    let id = ITEMS.take_one(data, &mut batch)?;
    let leaf = note::record(data, kept_entry(&id, arrival, &grounds, now))?;
    let item = Item {
        id,
        digest: arrival.digest.to_string(),
        received: now,
        expires: now.plus_secs(QUARANTINE_DAYS * DAY_SECS),
        mail_from: arrival.envelope.mail_from.clone(),
        rcpt_to: arrival.envelope.rcpt_to.clone(),
        members: arrival.members.clone(),
        from: arrival.from.clone(),
        subject: arrival.subject.clone(),
        score: grounds.score,
        reasons: grounds.reasons,
        campaign: grounds.campaign,
        state: ItemState::Kept,
        decision: None,
        evidence: leaf.0,
    };
    batch.put(BY_DIGEST, &place, item.id.clone());
    batch.put(KEPT, &kept_key(&item), item.id.clone());
    item.members.iter().for_each(|member| ITEMS.index(&mut batch, BY_MEMBER, &prefix(member), &item.id));
    ledger::put_blocked(&mut batch, arrival.digest, &item.members);
    ITEMS.put(&mut batch, &item)?;
    data.store.records.apply(&batch)?;
    Ok(item.id)
}

/// Notes that a message is going to be kept, whatever it looks like, before it is recorded: in between the ledger would say
/// that it was delivered.
///
/// # Errors
/// When the store fails.
pub fn note_blocked(data: &Data, arrival: &Arrival<'_>) -> Result<()> {
    let mut batch = Batch::new();
    ledger::put_blocked(&mut batch, arrival.digest, &arrival.members);
    Ok(data.store.records.apply(&batch)?)
}

/// Notes that a message which looks as if it should be kept is delivered all the same, because the configuration says so.
///
/// # Errors
/// When the store fails.
pub fn note_delivered(data: &Data, arrival: &Arrival<'_>) -> Result<()> {
    let mut batch = Batch::new();
    ledger::put_released(&mut batch, arrival.digest, &arrival.members);
    Ok(data.store.records.apply(&batch)?)
}

/// One message.
///
/// # Errors
/// When the store fails.
pub fn get(data: &Data, id: &str) -> Result<Option<Item>> {
    ITEMS.get(data, id)
}

/// Messages, the latest first, after the one with the identifier `after`.
///
/// # Errors
/// When the store fails.
pub fn list(data: &Data, after: Option<&str>, limit: usize) -> Result<Page<Item>> {
    ITEMS.page(data, after, limit)
}

/// Messages for one member, the latest first. The caller has made sure who asks.
///
/// # Errors
/// When the store fails.
pub fn of_member(data: &Data, member: &str, after: Option<&str>, limit: usize) -> Result<Page<Item>> {
    ITEMS.indexed(data, BY_MEMBER, &prefix(member), after, limit)
}

/// The bytes of a message, for a person with a purpose. That it was looked at is evidence before this answers.
///
/// # Errors
/// [`MeasureError`]: by analysts and approvers only, and not when its time is over.
pub fn view(data: &mut Data, actor: &Actor, id: &str, purpose: &str, now: EventTime) -> Result<Vec<u8>> {
    if !actor.has(Role::Analyst) && !actor.has(Role::Approver) {
        return Err(MeasureError::RoleMissing("analyst"));
    }
    let item = ITEMS.get(data, id)?.ok_or(MeasureError::Unknown("message in quarantine"))?;
    check_kept(&item, now)?;
    access::record(data, actor, (Act::ViewedBody, id), &item.members, purpose, now)?;
    outbox::original(data, &item.digest)
}

/// Forgets messages whose time is over, a bounded number at once, and says how many. What proves them stays.
///
/// # Errors
/// When the store fails; the others are still due.
pub fn expire(data: &mut Data, now: EventTime) -> Result<usize> {
    let rows = data.store.records.scan(KEPT, None, EXPIRED_AT_ONCE_MAX)?;
    let mut count = 0;
    for (key, id) in rows {
        let Some(item) = ITEMS.get(data, &String::from_utf8_lossy(&id))? else { continue };
        if item.expires > now {
            break;
        }
        // What two persons released has as long as its letters need.
        if item.state == ItemState::Releasing && now.secs_since(item.expires) < outbox::GIVE_UP_SECS {
            continue;
        }
        forget(data, item, &key, now)?;
        count += 1;
    }
    Ok(count)
}

fn forget(data: &mut Data, item: Item, key: &str, now: EventTime) -> Result<()> {
    let public = vec![("item", Value::from(item.id.as_str()))];
    note::record(data, note::entry("quarantine.expired", now, public, Vec::new()))?;
    delete_original(data, &item)?;
    let mut batch = Batch::new();
    batch.delete(KEPT, key);
    item.members.iter().for_each(|member| ITEMS.unindex(&mut batch, BY_MEMBER, &prefix(member), &item.id));
    let state = if item.state == ItemState::Released { ItemState::Released } else { ItemState::Expired };
    let bare = Item {
        mail_from: String::new(),
        rcpt_to: Vec::new(),
        members: Vec::new(),
        from: String::new(),
        subject: String::new(),
        reasons: Vec::new(),
        state,
        ..item
    };
    ITEMS.put(&mut batch, &bare)?;
    Ok(data.store.records.apply(&batch)?)
}

/// Deletes the bytes, unless the same message is kept for others or is the original of a disarmed one.
fn delete_original(data: &Data, item: &Item) -> Result<()> {
    let Ok(digest) = item.digest.parse::<Sha256>() else { return Ok(()) };
    if ledger::is_disarmed(data, digest)? {
        return Ok(());
    }
    let prefix = format!("{digest}/");
    for (_, id) in data
        .store
        .records
        .scan(BY_DIGEST, Some(&prefix), EXPIRED_AT_ONCE_MAX)?
        .iter()
        .take_while(|(key, _)| key.starts_with(&prefix))
    {
        let other = ITEMS.get(data, &String::from_utf8_lossy(id))?;
        let is_needed = |other: &Item| {
            other.id != item.id && matches!(other.state, ItemState::Kept | ItemState::Releasing)
        };
        if other.as_ref().is_some_and(is_needed) {
            return Ok(());
        }
    }
    Ok(data.store.blobs.delete(digest)?)
}

/// Whether it can be released; `own` is the decision that may hold it already.
pub(super) fn check_release(data: &Data, id: &str, own: Option<&str>, now: EventTime) -> Result<()> {
    let item = ITEMS.get(data, id)?.ok_or(MeasureError::Unknown("message in quarantine"))?;
    check_kept(&item, now)?;
    if item.state != ItemState::Kept {
        return Err(MeasureError::Conflict("this message is released already"));
    }
    if item.rcpt_to.is_empty() {
        return Err(MeasureError::Conflict("this message has no recipients"));
    }
    match item.decision.as_deref() {
        Some(decision) if Some(decision) != own => {
            Err(MeasureError::Conflict("its release is proposed already"))
        }
        _ => Ok(()),
    }
}

pub(super) fn reserve(data: &Data, id: &str, decision: Option<&str>, batch: &mut Batch) -> Result<()> {
    let Some(item) = ITEMS.get(data, id)? else { return Ok(()) };
    ITEMS.put(batch, &Item { decision: decision.map(str::to_owned), ..item })
}

/// Queues it for each of its recipients, and registers that our own gate lets it pass.
pub(super) fn release(
    data: &Data,
    id: &str,
    decision: &str,
    leaf: LeafIndex,
    now: EventTime,
    batch: &mut Batch,
) -> Result<u64> {
    let item = ITEMS.get(data, id)?.ok_or(MeasureError::Unknown("message in quarantine"))?;
    let bytes = outbox::original(data, &item.digest)?;
    pass::register(batch, &bytes, &item, leaf, now)?;
    let recipients: BTreeSet<&String> = item.rcpt_to.iter().collect();
    let letters = recipients.into_iter().map(|rcpt_to| Draft {
        key: format!("release/{}/{rcpt_to}", item.id),
        kind: Kind::Release,
        mail_from: Some(item.mail_from.clone()),
        rcpt_to: rcpt_to.clone(),
        content: Content::Original(item.digest.clone()),
        decision: Some(decision.to_owned()),
        about: item.id.clone(),
    });
    let count = outbox::enqueue(data, batch, letters.collect(), now)?;
    ITEMS.put(batch, &Item { state: ItemState::Releasing, ..item })?;
    Ok(count)
}

/// The entry that proves that a mail server took it for a recipient.
pub(super) fn released_entry(letter: &Letter, now: EventTime) -> Entry {
    let public = vec![("item", Value::from(letter.about.as_str()))];
    note::entry("quarantine.released", now, public, vec![("recipient", Value::from(letter.rcpt_to.as_str()))])
}

/// Adds to `batch` that a mail server took it for a recipient: the recipient, if a member, has it now.
pub(super) fn note_released(data: &Data, batch: &mut Batch, letter: &Letter) -> Result<()> {
    let Some(item) = ITEMS.get(data, &letter.about)? else { return Ok(()) };
    let house = data.house()?;
    if let Ok(digest) = item.digest.parse() {
        ledger::put_released(batch, digest, &members_of(&house, std::iter::once(letter.rcpt_to.as_str())));
    }
    ITEMS.put(batch, &Item { state: ItemState::Released, ..item })
}

fn check_kept(item: &Item, now: EventTime) -> Result<()> {
    if item.state == ItemState::Expired || item.expires <= now {
        return Err(MeasureError::Conflict("its time in quarantine is over"));
    }
    Ok(())
}

fn members_of<'a>(house: &House, addresses: impl Iterator<Item = &'a str>) -> Vec<String> {
    let members: BTreeSet<String> = addresses
        .filter_map(|address| house.by_address(address).and_then(|index| house.member(index)))
        .map(|member| member.id.to_string())
        .collect();
    members.into_iter().collect()
}

/// The same bytes for other recipients are another message.
fn place_of(arrival: &Arrival<'_>) -> String {
    let mut recipients: Vec<&str> = arrival.envelope.rcpt_to.iter().map(String::as_str).collect();
    recipients.sort_unstable();
    let envelope = format!("{}\n{}", arrival.envelope.mail_from, recipients.join("\n"));
    format!("{}/{}", arrival.digest, digest_of(envelope.as_bytes()))
}

fn kept_entry(id: &str, arrival: &Arrival<'_>, grounds: &Grounds, now: EventTime) -> Entry {
    let mut public = vec![("item", Value::from(id))];
    if let Some(campaign) = &grounds.campaign {
        public.push(("campaign", Value::from(campaign.as_str())));
    }
    let private = vec![
        ("digest", Value::from(arrival.digest.to_string())),
        ("members", note::texts(arrival.members.iter().map(String::as_str))),
        ("reasons", note::texts(grounds.reasons.iter().map(|reason| reason.code.as_str()))),
    ];
    note::entry("quarantine.kept", now, public, private)
}

fn kept_key(item: &Item) -> String {
    format!("{:016}/{}", item.received.0.max(0), item.id)
}

fn prefix(member: &str) -> String {
    format!("{member}\n")
}

#[cfg(test)]
mod tests;
