//! How the quarantine forgets: the bytes, addresses and subject of a message go when its time is over. That it was here, and
//! what became of it, stays.

use super::{BY_DIGEST, BY_MEMBER, HOLDERS, ITEMS, Item, ItemState, KEPT, holder_key, keeping, prefix};
use crate::data::Data;
use crate::ledger;
use crate::measure::decision::{self, Status};
use crate::measure::{Result, note, outbox};
use evidence::Value;
use model::limit::EXPIRED_AT_ONCE_MAX;
use model::{EventTime, Sha256};
use store::{Batch, Blobs, Records};

/// Forgets messages whose time is over, a bounded number at once, and says how many. What two persons released has as long
/// as its letters may be sent.
///
/// # Errors
/// When the store fails; the others are still due.
pub fn expire(data: &mut Data, now: EventTime) -> Result<usize> {
    let mut after = None;
    let mut count = 0;
    while count < EXPIRED_AT_ONCE_MAX {
        let rows = data.store.records.scan(KEPT, after.as_deref(), EXPIRED_AT_ONCE_MAX)?;
        let Some((last, _)) = rows.last() else { break };
        after = Some(last.clone());
        for (key, id) in rows {
            let Some(item) = ITEMS.get(data, &String::from_utf8_lossy(&id))? else { continue };
            if item.expires > now {
                return Ok(count);
            }
            if !is_being_sent(data, &item, now)? {
                forget(data, item, &key, now)?;
                count += 1;
            }
        }
    }
    Ok(count)
}

/// Whether letters still need the bytes. Those that wait longer than letters may are given up first.
fn is_being_sent(data: &mut Data, item: &Item, now: EventTime) -> Result<bool> {
    let decision = item.decision.as_deref().map_or(Ok(None), |id| decision::get(data, id))?;
    if decision.is_none_or(|decision| decision.status != Status::Approved) {
        return Ok(false);
    }
    outbox::give_up_late(data, &super::release::key_prefix(&item.id), now)
}

fn forget(data: &mut Data, item: Item, key: &str, now: EventTime) -> Result<()> {
    // Its letters may have been given up a moment ago.
    let item = ITEMS.get(data, &item.id)?.unwrap_or(item);
    let public = vec![("item", Value::from(item.id.as_str()))];
    note::record(data, note::entry("quarantine.expired", now, public, Vec::new()))?;
    delete_original(data, &item)?;
    let mut batch = Batch::new();
    batch.delete(KEPT, key);
    batch.delete(HOLDERS, &holder_key(&item));
    let place = keeping::place(&item.digest, &item.mail_from, &item.rcpt_to);
    if data.store.records.get(BY_DIGEST, &place)?.is_some_and(|id| id == item.id.as_bytes()) {
        batch.delete(BY_DIGEST, &place);
    }
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

/// Deletes the bytes, unless another message with the same ones needs them or they are the original of a disarmed one.
fn delete_original(data: &Data, item: &Item) -> Result<()> {
    let Ok(digest) = item.digest.parse::<Sha256>() else { return Ok(()) };
    let own = holder_key(item);
    let is_other = |holder: &String| *holder != own;
    if holders(data, digest)?.iter().any(is_other) || ledger::original_leaf(data, digest)?.is_some() {
        return Ok(());
    }
    Ok(data.store.blobs.delete(digest)?)
}

/// Whether a message with these bytes is in quarantine.
pub(in crate::measure) fn holds(data: &Data, digest: Sha256) -> Result<bool> {
    Ok(!holders(data, digest)?.is_empty())
}

/// Two of the messages that need these bytes, if there are so many.
fn holders(data: &Data, digest: Sha256) -> Result<Vec<String>> {
    let prefix = format!("{digest}/");
    let rows = data.store.records.scan(HOLDERS, Some(&prefix), 2)?;
    Ok(rows.into_iter().map(|(key, _)| key).take_while(|key| key.starts_with(&prefix)).collect())
}
