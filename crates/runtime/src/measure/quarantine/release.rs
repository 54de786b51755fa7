//! The release of a message: one letter to each of its recipients, as it came. Its bytes stay until none of them needs it.

use super::{ITEMS, Item, ItemState, check_kept, members_of, pass};
use crate::data::Data;
use crate::evidence_log::Entry;
use crate::ledger;
use crate::measure::decision::{Decision, Status};
use crate::measure::outbox::{self, Content, Draft, Kind, Letter};
use crate::measure::{MeasureError, Result, note};
use evidence::Value;
use model::{EventTime, LeafIndex};
use std::collections::BTreeSet;
use store::Batch;

/// Whether it can be released; `own` is the decision that may hold it already.
pub(in crate::measure) fn check_release(
    data: &Data,
    id: &str,
    own: Option<&str>,
    now: EventTime,
) -> Result<()> {
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
        _ => outbox::check_room(data, item.rcpt_to.len()),
    }
}

/// Whether its bytes will be there for as long as one more letter may take.
pub(in crate::measure) fn check_sendable(data: &Data, id: &str, now: EventTime) -> Result<()> {
    let item = ITEMS.get(data, id)?.ok_or(MeasureError::Unknown("message in quarantine"))?;
    check_kept(&item, now)
}

pub(in crate::measure) fn reserve(
    data: &Data,
    id: &str,
    decision: Option<&str>,
    batch: &mut Batch,
) -> Result<()> {
    let Some(item) = ITEMS.get(data, id)? else { return Ok(()) };
    ITEMS.put(batch, &Item { decision: decision.map(str::to_owned), ..item })
}

/// Queues it for each of its recipients, and registers that our own gate lets it pass.
pub(in crate::measure) fn release(
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
        key: format!("{}{rcpt_to}", key_prefix(&item.id)),
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

/// What the keys of the letters of one message begin with.
pub(super) fn key_prefix(id: &str) -> String {
    format!("release/{id}/")
}

/// The entry that proves that a mail server took it for a recipient.
pub(in crate::measure) fn released_entry(letter: &Letter, now: EventTime) -> Entry {
    let public = vec![("item", Value::from(letter.about.as_str()))];
    note::entry("quarantine.released", now, public, vec![("recipient", Value::from(letter.rcpt_to.as_str()))])
}

/// Adds to `batch` that a mail server took it for a recipient: the recipient, if a member, has it now.
pub(in crate::measure) fn note_delivered_to(data: &Data, batch: &mut Batch, letter: &Letter) -> Result<()> {
    let Some(item) = ITEMS.get(data, &letter.about)? else { return Ok(()) };
    let house = data.house()?;
    if let Ok(digest) = item.digest.parse() {
        ledger::put_released(batch, digest, &members_of(&house, std::iter::once(letter.rcpt_to.as_str())));
    }
    Ok(())
}

/// Adds to `batch` how far its release has come: it is released when no letter is left to send and at least one was taken.
pub(in crate::measure) fn note_progress(
    data: &Data,
    batch: &mut Batch,
    id: &str,
    decision: &Decision,
) -> Result<()> {
    let Some(item) = ITEMS.get(data, id)?.filter(|item| item.state != ItemState::Expired) else {
        return Ok(());
    };
    let is_ended = matches!(decision.status, Status::Done | Status::Failed);
    let state = if is_ended && decision.steps_done > 0 { ItemState::Released } else { ItemState::Releasing };
    ITEMS.put(batch, &Item { state, ..item })
}
