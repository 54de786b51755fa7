//! A message on its way into quarantine. What is recorded of it is prepared first, so that the gate can make it durable
//! together with everything else that it records at the time.

use super::{
    Arrival, BY_DIGEST, BY_MEMBER, Grounds, HOLDERS, ITEMS, Item, ItemState, KEPT, QUARANTINE_DAYS,
    holder_key, kept_key, prefix,
};
use crate::data::Data;
use crate::evidence_log::Entry;
use crate::ledger;
use crate::measure::{Result, note};
use evidence::Value;
use mail::message::digest as digest_of;
use model::time::DAY_SECS;
use model::{EventTime, LeafIndex, Sha256};
use std::collections::HashSet;
use store::{Batch, Blobs, Records};

/// Keeps a message, and answers its identifier. When it returns, the message is sealed, durable and recorded, and whoever
/// handed it over may forget it. The same message for the same recipients is kept once.
///
/// # Errors
/// When the store fails: the message is then not safe here, and must stay where it is.
pub fn keep(data: &mut Data, arrival: &Arrival<'_>, grounds: Grounds, now: EventTime) -> Result<String> {
    // Whatever is known of it: who is told that it is kept forgets it, so its bytes have to be here.
    data.store.blobs.put(&arrival.bytes)?;
    let place = place_of(arrival);
    let Some(keeping) = prepare(data, vec![(arrival, grounds)], now)?.pop() else {
        return Ok(kept_before(data, &place, now)?.unwrap_or_default());
    };
    let leaf = note::record(data, keeping.entry())?;
    let id = keeping.item.id.clone();
    let mut batch = Batch::new();
    keeping.put(data, &mut batch, leaf)?;
    data.store.records.apply(&batch)?;
    Ok(id)
}

/// What is to be recorded of messages that are to be kept; nothing of those that are kept already. Their originals are to be
/// sealed all the same.
///
/// # Errors
/// When the store fails.
pub(crate) fn prepare(
    data: &Data,
    arrivals: Vec<(&Arrival<'_>, Grounds)>,
    now: EventTime,
) -> Result<Vec<Keeping>> {
    let mut places = HashSet::new();
    let mut fresh = Vec::new();
    for (arrival, grounds) in arrivals {
        let place = place_of(arrival);
        if kept_before(data, &place, now)?.is_none() && places.insert(place.clone()) {
            fresh.push((arrival, grounds, place));
        }
    }
    let ids = ITEMS.take(data, fresh.len())?;
    let keeping = |((arrival, grounds, place), id): ((&Arrival<'_>, Grounds, String), String)| Keeping {
        item: item(id, arrival, grounds, now),
        digest: arrival.digest,
        place,
    };
    Ok(fresh.into_iter().zip(ids).map(keeping).collect())
}

/// A message that is about to be kept.
pub(crate) struct Keeping {
    item: Item,
    digest: Sha256,
    place: String,
}

impl Keeping {
    /// The entry that proves that it is kept.
    pub(crate) fn entry(&self) -> Entry {
        let mut public = vec![("item", Value::from(self.item.id.as_str()))];
        if let Some(campaign) = &self.item.campaign {
            public.push(("campaign", Value::from(campaign.as_str())));
        }
        let private = vec![
            ("digest", Value::from(self.item.digest.as_str())),
            ("members", note::texts(self.item.members.iter().map(String::as_str))),
            ("reasons", note::texts(self.item.reasons.iter().map(|reason| reason.code.as_str()))),
        ];
        note::entry("quarantine.kept", self.item.received, public, private)
    }

    /// Adds to `batch` what is stored of it, with the leaf of its entry.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) fn put(self, data: &Data, batch: &mut Batch, leaf: LeafIndex) -> Result<()> {
        let item = Item { evidence: leaf.0, ..self.item };
        batch.put(BY_DIGEST, &self.place, item.id.clone());
        batch.put(HOLDERS, &holder_key(&item), item.id.clone());
        batch.put(KEPT, &kept_key(&item), item.id.clone());
        item.members.iter().for_each(|member| ITEMS.index(batch, BY_MEMBER, &prefix(member), &item.id));
        ledger::put_blocked(data, batch, self.digest, &item.members)?;
        ITEMS.put(batch, &item)
    }
}

fn item(id: String, arrival: &Arrival<'_>, grounds: Grounds, now: EventTime) -> Item {
    Item {
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
        evidence: 0,
    }
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

fn place_of(arrival: &Arrival<'_>) -> String {
    place(&arrival.digest.to_string(), &arrival.envelope.mail_from, &arrival.envelope.rcpt_to)
}

/// The same bytes for other recipients are another message.
pub(super) fn place(digest: &str, mail_from: &str, rcpt_to: &[String]) -> String {
    let mut recipients: Vec<&str> = rcpt_to.iter().map(String::as_str).collect();
    recipients.sort_unstable();
    let envelope = format!("{mail_from}\n{}", recipients.join("\n"));
    format!("{digest}/{}", digest_of(envelope.as_bytes()))
}
