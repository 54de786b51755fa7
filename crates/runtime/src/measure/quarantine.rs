//! The quarantine: messages that are kept from their readers, sealed, for 30 days. Two persons may release one, as it came,
//! to those whom it was sent to. Whoever reads one leaves a trace first.

mod digest;
mod expiry;
mod item;
mod keeping;
mod pass;
mod release;

pub use digest::send_digests;
pub use expiry::expire;
pub(super) use expiry::holds;
pub use item::{Item, ItemState};
pub use keeping::keep;
pub(crate) use keeping::{Keeping, prepare};
pub use pass::is_released;
pub(super) use release::{
    check_release, check_sendable, note_delivered_to, note_progress, release, released_entry, reserve,
};

use super::access::{self, Act};
use super::outbox;
use super::series::{Page, Series};
use super::{MeasureError, Result};
use crate::data::Data;
use crate::detect::Envelope;
use crate::ledger;
use crate::live::Judged;
use crate::row::ReasonRow;
use mail::member::House;
use mail::message::{Reader, digest as digest_of};
use model::{Actor, EventTime, Role, Sha256};
use std::borrow::Cow;
use std::collections::BTreeSet;
use store::Batch;

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
    bytes: Cow<'a, [u8]>,
    digest: Sha256,
    envelope: Cow<'a, Envelope>,
    from: String,
    subject: String,
    members: Vec<String>,
}

impl<'a> Arrival<'a> {
    /// Reads what lists show of a message.
    pub fn of(bytes: &'a [u8], envelope: &'a Envelope, house: &House) -> Self {
        Self::read(Cow::Borrowed(bytes), Cow::Borrowed(envelope), house)
    }

    /// As [`Arrival::of`], for whoever hands it on.
    pub(crate) fn owned(bytes: Vec<u8>, envelope: Envelope, house: &House) -> Self {
        Self::read(Cow::Owned(bytes), Cow::Owned(envelope), house)
    }

    fn read(bytes: Cow<'a, [u8]>, envelope: Cow<'a, Envelope>, house: &House) -> Self {
        let message = Reader::default().read(&bytes);
        Self {
            digest: digest_of(&bytes),
            from: message.from.address,
            subject: message.subject,
            members: members_of(house, envelope.rcpt_to.iter().map(String::as_str)),
            bytes,
            envelope,
        }
    }

    /// The message itself.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of it.
    pub(crate) fn digest(&self) -> Sha256 {
        self.digest
    }

    /// The SMTP session that it came by.
    pub(crate) fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// The address in `From`; empty where there is none.
    pub(crate) fn author(&self) -> &str {
        &self.from
    }

    /// Adds to a batch that it is delivered, although it looks as if it should be kept.
    pub(crate) fn put_delivered(&self, batch: &mut Batch) {
        ledger::put_released(batch, self.digest, &self.members);
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

fn holder_key(item: &Item) -> String {
    format!("{}/{}", item.digest, item.id)
}

fn kept_key(item: &Item) -> String {
    format!("{:016}/{}", item.received.0.max(0), item.id)
}

fn prefix(member: &str) -> String {
    format!("{member}\n")
}

#[cfg(test)]
mod tests;
