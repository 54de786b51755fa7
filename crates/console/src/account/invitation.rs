//! One-time links: how somebody gets into a new account, or back into one whose password is lost.
//!
//! Whoever makes the account passes the link on, and never learns the password that is chosen behind it.

use super::handover::Way;
use super::{Account, find, keep};
use crate::{account, secret};
use anyhow::Result;
use model::{AccountId, EventTime};
use runtime::data::Data;
use serde::{Deserialize, Serialize};
use store::{Batch, Records};

/// Collection of open invitations, by hash of their code.
const INVITATIONS: &str = "invitation";
/// Seconds for which a link can be used: three days, for a weekend in between.
pub const VALID_SECS: i64 = 3 * model::time::DAY_SECS;

#[derive(Debug, Serialize, Deserialize)]
struct Invitation {
    account: String,
    until_secs: i64,
}

/// Makes the code of a one-time link to an account; earlier ones to it end.
///
/// # Errors
/// When the store fails or the system has no randomness.
pub fn invite(data: &Data, id: &AccountId, now: EventTime) -> Result<String> {
    let code = secret::draw()?;
    let invitation = Invitation { account: id.0.clone(), until_secs: now.plus_secs(VALID_SECS).0 };
    let mut batch = Batch::new();
    end_stale(data, &mut batch, id, now)?;
    batch.put(INVITATIONS, &secret::hash_text(&code), serde_json::to_vec(&invitation)?);
    data.store.records.apply(&batch)?;
    Ok(code)
}

/// Ends every link to an account: somebody is in it now.
///
/// # Errors
/// When the store fails.
pub fn end(data: &Data, id: &AccountId, now: EventTime) -> Result<()> {
    let mut batch = Batch::new();
    end_stale(data, &mut batch, id, now)?;
    Ok(data.store.records.apply(&batch)?)
}

fn end_stale(data: &Data, batch: &mut Batch, id: &AccountId, now: EventTime) -> Result<()> {
    for (key, bytes) in data.collection(INVITATIONS)? {
        if parse(&bytes).is_ok_and(|open| open.account == id.0 || open.until_secs < now.0) {
            batch.delete(INVITATIONS, &key);
        }
    }
    Ok(())
}

/// Whom a code is for, if it can still be used. Looking does not use it: programs that fetch links from mail do that too.
///
/// # Errors
/// When the store fails.
pub fn invited(data: &Data, code: &str, now: EventTime) -> Result<Option<Account>> {
    let Some(bytes) = data.store.records.get(INVITATIONS, &secret::hash_text(code))? else { return Ok(None) };
    let invitation = parse(&bytes)?;
    if invitation.until_secs < now.0 {
        return Ok(None);
    }
    Ok(find(data, &AccountId(invitation.account))?.filter(|account| !account.is_disabled))
}

/// Uses a code up. It opens a session, and ends a lock-out.
///
/// # Errors
/// When the store fails.
pub fn redeem(data: &Data, code: &str, now: EventTime) -> Result<Option<Account>> {
    let Some(mut account) = invited(data, code, now)? else { return Ok(None) };
    let mut batch = Batch::new();
    batch.delete(INVITATIONS, &secret::hash_text(code));
    data.store.records.apply(&batch)?;
    account.lockout = super::Lockout::default();
    account.last_sign_in_secs = Some(now.0);
    let who = account.id.clone();
    account.handed_over(Way::Entered, &who, now);
    keep(data, &account)?;
    Ok(Some(account))
}

fn parse(bytes: &[u8]) -> Result<Invitation> {
    account::parse(bytes, "an invitation")
}
