//! Signing in with a password and a second factor.

use super::{Account, find, keep, password, record, second_factor, unseal};
use crate::settings::Settings;
use anyhow::Result;
use model::{AccountId, Actor, EventTime};
use runtime::data::Data;
use store::{Batch, Records};

/// Collection with the time of the last sign-in that was tried at no account, or at one that was paused.
const FAILURES_OF_NOBODY: &str = "sign-in.nobody";

/// What somebody typed.
pub struct Credentials {
    /// Name of the account.
    pub account: AccountId,
    /// Password.
    pub password: String,
    /// Code of the second factor, empty without one.
    pub code: String,
    /// What the browser keeps from its last sign-in, empty without one.
    pub device: String,
    /// What it keeps from now on, if this sign-in works: a new secret each time, so that nobody can plant one.
    pub next_device: String,
}

/// Why nobody is signed in. All are answered alike, so that nobody learns which accounts exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The account, the password or the code is wrong.
    Wrong,
    /// Too many failures in a row; it was not tried.
    Paused {
        /// Seconds to wait.
        secs: i64,
    },
}

/// The hash that the password is to be compared with.
pub struct Stored {
    hash: Option<String>,
}

/// Before the password is hashed, which takes long and is done while nobody waits for the data folder. An account that is
/// paused or not there has no hash, and takes as long as any other.
///
/// # Errors
/// When the store fails.
pub fn begin(data: &Data, credentials: &Credentials, now: EventTime) -> Result<Stored> {
    let is_tried = |account: &Account| {
        !account.is_disabled && account.lockout_of(&credentials.device, now).pause(now).is_none()
    };
    let account = find(data, &credentials.account)?.filter(is_tried);
    Ok(Stored { hash: account.and_then(|account| account.password) })
}

/// What hashing found.
pub struct Checked {
    is_right: bool,
    /// The password at the cost of the settings, where it was stored at another one.
    renewed: Option<String>,
}

/// Compares the password. Takes as long for an account that is not there.
///
/// # Errors
/// When the cost in the settings cannot be used or the system has no randomness.
pub fn compare(stored: &Stored, typed: &str, settings: &Settings) -> Result<Checked> {
    let cost = settings.password_cost;
    let is_right = password::is_right(typed, stored.hash.as_deref(), cost)?;
    let is_outdated = stored.hash.as_deref().is_some_and(|hash| password::is_outdated(hash, cost));
    let renewed = (is_right && is_outdated).then(|| password::hash(typed, cost)).transpose()?;
    Ok(Checked { is_right, renewed })
}

/// After the password was compared: the code is checked and noted in one step, so that two requests cannot both use it.
///
/// # Errors
/// When the store fails.
pub fn finish(
    data: &mut Data,
    credentials: &Credentials,
    checked: Checked,
    settings: &Settings,
    now: EventTime,
) -> Result<Result<Account, Refused>> {
    let Some(mut account) = find(data, &credentials.account)?.filter(|account| !account.is_disabled) else {
        note_nobody(data, now)?;
        return Ok(Err(Refused::Wrong));
    };
    if let Some(secs) = account.lockout_of(&credentials.device, now).pause(now) {
        note_nobody(data, now)?;
        return Ok(Err(Refused::Paused { secs }));
    }
    if !checked.is_right || !accept_code(data, &mut account, &credentials.code, now)? {
        note_failure(data, account, &credentials.device, settings, now)?;
        return Ok(Err(Refused::Wrong));
    }
    *account.lockout_of_mut(&credentials.device, now) = super::Lockout::default();
    account.remember(&credentials.device, &credentials.next_device, now);
    account.password = checked.renewed.or(account.password);
    account.last_sign_in_secs = Some(now.0);
    keep(data, &account)?;
    Ok(Ok(account))
}

pub(super) fn accept_code(data: &Data, account: &mut Account, code: &str, now: EventTime) -> Result<bool> {
    let Some(factor) = &mut account.second_factor else { return Ok(true) };
    let Some(secret) = unseal(data, &factor.sealed)? else { return Ok(false) };
    let accepted = second_factor::accept(&secret, code, Some(factor.last_step), now);
    factor.last_step = accepted.unwrap_or(factor.last_step);
    Ok(accepted.is_some())
}

/// Writes what a failure at an account writes, so that the disk does not tell either which accounts there are.
fn note_nobody(data: &Data, now: EventTime) -> Result<()> {
    let mut batch = Batch::new();
    batch.put(FAILURES_OF_NOBODY, "last", now.0.to_string().into_bytes());
    Ok(data.store.records.apply(&batch)?)
}

/// Counts a failure. The first one that makes others wait is evidence: somebody may be guessing.
fn note_failure(
    data: &mut Data,
    mut account: Account,
    device: &str,
    settings: &Settings,
    now: EventTime,
) -> Result<()> {
    let counted = account.lockout_of_mut(device, now);
    let before = *counted;
    *counted = before.failed(settings.lockout, now);
    if before.until_secs == 0 && counted.until_secs != 0 {
        let by = Actor::new(super::CONSOLE, []);
        record(data, "account.locked", &by, &account.id, "too many failed sign-ins", now)?;
    }
    keep(data, &account)
}
