//! The quarantine: messages that are kept from their readers, sealed, for 30 days. Two persons may release one, as it came,
//! to those whom it was sent to. Whoever reads one leaves a trace first.

mod digest;
mod expiry;
mod item;
mod pass;
mod release;

pub use digest::send_digests;
pub use expiry::expire;
pub use item::{Item, ItemState};
pub use pass::is_released;
pub(super) use release::{
    check_release, check_sendable, note_delivered_to, note_progress, release, released_entry, reserve,
};

use super::access::{self, Act};
use super::outbox;
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
use model::time::DAY_SECS;
use model::{Actor, EventTime, Role, Sha256};
use std::collections::BTreeSet;
use store::{Batch, Blobs, Records};

/// How long a message is kept, in days.
pub const QUARANTINE_DAYS: i64 = 30;

const ITEMS: Series<Item> = Series::new("Q", "quarantine");
/// Index of messages whose bytes are kept, in order of arrival.
const KEPT: &str = "quarantine.kept";
/// Identifier by digest and recipients: a message that is handed over again is the same.
const BY_DIGEST: &str = "quarantine.digest";
/// Index by digest of messages that need its bytes: several may have the same ones.
const HOLDERS: &str = "quarantine.holder";
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
    let digest = arrival.digest.to_string();
    let place = place_of(&digest, &arrival.envelope.mail_from, &arrival.envelope.rcpt_to);
    // Whatever is known of it: who is told that it is kept forgets it, so its bytes have to be here.
    data.store.blobs.put(arrival.bytes)?;
    if let Some(id) = kept_before(data, &place, now)? {
        return Ok(id);
    }
    let id = ITEMS.take_one(data)?;
    let leaf = note::record(data, kept_entry(&id, arrival, &grounds, now))?;
    let item = Item {
        id,
        digest,
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
    let mut batch = Batch::new();
    batch.put(BY_DIGEST, &place, item.id.clone());
    batch.put(HOLDERS, &holder_key(&item), item.id.clone());
    batch.put(KEPT, &kept_key(&item), item.id.clone());
    item.members.iter().for_each(|member| ITEMS.index(&mut batch, BY_MEMBER, &prefix(member), &item.id));
    ledger::put_blocked(data, &mut batch, arrival.digest, &item.members)?;
    ITEMS.put(&mut batch, &item)?;
    data.store.records.apply(&batch)?;
    Ok(item.id)
}

/// The same message, if it came before and is still kept. One that was released or whose time is over is not kept: what comes
/// now is another copy.
fn kept_before(data: &Data, place: &str, now: EventTime) -> Result<Option<String>> {
    let Some(id) = data.store.records.get(BY_DIGEST, place)? else { return Ok(None) };
    let item = ITEMS.get(data, &String::from_utf8_lossy(&id))?;
    let is_kept =
        |item: &Item| matches!(item.state, ItemState::Kept | ItemState::Releasing) && now < item.expires;
    Ok(item.filter(is_kept).map(|item| item.id))
}

/// Notes that a message is going to be kept, whatever it looks like, before it is recorded: in between the ledger would say
/// that it was delivered.
///
/// # Errors
/// When the store fails.
pub fn note_blocked(data: &Data, arrival: &Arrival<'_>) -> Result<()> {
    let mut batch = Batch::new();
    ledger::put_blocked(data, &mut batch, arrival.digest, &arrival.members)?;
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
fn place_of(digest: &str, mail_from: &str, rcpt_to: &[String]) -> String {
    let mut recipients: Vec<&str> = rcpt_to.iter().map(String::as_str).collect();
    recipients.sort_unstable();
    let envelope = format!("{mail_from}\n{}", recipients.join("\n"));
    format!("{digest}/{}", digest_of(envelope.as_bytes()))
}

fn holder_key(item: &Item) -> String {
    format!("{}/{}", item.digest, item.id)
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
