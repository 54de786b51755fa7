//! Accounts of the people who work with the console: who they are, what they may do, and how they prove it.
//!
//! An account is a document; what happens to it is evidence. Passwords are hashed, second factors are sealed, and whoever keeps
//! the accounts never learns either: a new account starts with a one-time link.

pub mod administration;
pub mod device;
pub mod handover;
pub mod invitation;
pub mod lockout;
pub mod password;
pub mod second_factor;
pub mod sign_in;
pub mod sign_on;

use crate::settings::Settings;
use anyhow::{Context, Result, anyhow};
use device::Device;
use evidence::Value;
use handover::Handover;
use lockout::Lockout;
use model::{AccountId, Actor, EventTime, Role};
use runtime::data::Data;
use runtime::evidence_log::Entry;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use store::{Batch, Blobs, Records};

/// Collection of accounts, by name.
const ACCOUNTS: &str = "account";
/// What the console itself is called where it acts.
pub const CONSOLE: &str = "console";

/// An account, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its name, with which people sign in.
    pub id: String,
    /// Words of its roles.
    pub roles: BTreeSet<String>,
    /// The member that a member-controller is.
    pub member: Option<String>,
    /// PHC string of the password; absent until the first sign-in, and for people who sign in elsewhere.
    pub password: Option<String>,
    /// The second factor, once it was confirmed.
    pub second_factor: Option<SecondFactor>,
    /// Digest of a sealed secret that was shown and waits for its first code.
    pub offered_factor: Option<String>,
    /// Who this is at the house's own sign-on.
    pub subject: Option<Subject>,
    /// Whether it may not sign in.
    pub is_disabled: bool,
    /// Failed sign-ins in browsers that are not known.
    pub lockout: Lockout,
    /// Browsers that are known.
    #[serde(default)]
    pub devices: Vec<Device>,
    /// When it was made, in seconds since 1970.
    pub created_secs: i64,
    /// When it last signed in, in seconds since 1970.
    pub last_sign_in_secs: Option<i64>,
    /// When others opened the way into it or widened it, the latest last.
    #[serde(default)]
    pub handovers: Vec<Handover>,
}

/// Who somebody is at a sign-on. A subject means nothing without its issuer (OpenID Connect Core 1.0, section 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// URL of the issuer.
    pub issuer: String,
    /// `sub` of its tokens.
    pub id: String,
}

/// A confirmed second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactor {
    /// Digest of the sealed secret.
    pub sealed: String,
    /// Time step of the last code that was used: it and earlier ones are refused.
    pub last_step: u64,
}

/// What an account must do before it may do anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    /// Choose a password.
    Password,
    /// Set up a second factor.
    SecondFactor,
}

impl Account {
    /// A new account that has proved nothing yet.
    pub fn new(id: &AccountId, roles: &BTreeSet<Role>, member: Option<String>, now: EventTime) -> Self {
        Self {
            id: id.0.clone(),
            roles: roles.iter().map(|role| role.word().to_owned()).collect(),
            member,
            password: None,
            second_factor: None,
            offered_factor: None,
            subject: None,
            is_disabled: false,
            lockout: Lockout::default(),
            devices: Vec::new(),
            created_secs: now.0,
            last_sign_in_secs: None,
            handovers: Vec::new(),
        }
    }

    /// Its name as a type of its own.
    pub fn account_id(&self) -> AccountId {
        AccountId(self.id.clone())
    }

    /// Its roles. A word that no role has, left by another version, allows nothing.
    pub fn roles(&self) -> BTreeSet<Role> {
        self.roles.iter().filter_map(|word| word.parse().ok()).collect()
    }

    /// The account as one who acts, with all its roles; what it may decide now is [`Account::actor_at`].
    pub fn actor(&self) -> Actor {
        Actor::new(&self.id, self.roles())
    }

    /// What is left to do after the first sign-in. Who signs in elsewhere proves everything there.
    pub fn unfinished(&self, settings: &Settings) -> Option<Unfinished> {
        if self.subject.is_some() {
            None
        } else if self.password.is_none() {
            Some(Unfinished::Password)
        } else if self.second_factor.is_none() && settings.requires_second_factor {
            Some(Unfinished::SecondFactor)
        } else {
            None
        }
    }
}

/// The account with this name.
///
/// # Errors
/// When the store fails or the document is damaged.
pub fn find(data: &Data, id: &AccountId) -> Result<Option<Account>> {
    // Its name stays out of the error, which is logged.
    let document = data.store.records.get(ACCOUNTS, &id.0)?;
    document.map(|bytes| parse(&bytes, "an account")).transpose()
}

/// All accounts, by name.
///
/// # Errors
/// When the store fails or a document is damaged.
pub fn all(data: &Data) -> Result<Vec<Account>> {
    data.collection(ACCOUNTS)?.into_iter().map(|(_, bytes)| parse(&bytes, "an account")).collect()
}

/// A record of the console. What is wrong with a damaged one stays out of the error, which is logged: parsers quote what they
/// read, and that may name somebody.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8], what: &'static str) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|_| anyhow!("the record of {what} is damaged"))
}

/// Stores an account as it is now.
///
/// # Errors
/// When the store fails.
pub fn keep(data: &Data, account: &Account) -> Result<()> {
    let mut batch = Batch::new();
    batch.put(ACCOUNTS, &account.id, serde_json::to_vec(account)?);
    Ok(data.store.records.apply(&batch)?)
}

/// Records that something happened to an account. Names are in the private payload only.
///
/// # Errors
/// When the store fails.
pub fn record(
    data: &mut Data,
    kind: &'static str,
    by: &Actor,
    account: &str,
    detail: &str,
    now: EventTime,
) -> Result<()> {
    let private = Value::object([
        ("account", Value::from(account)),
        ("by", Value::from(by.account.0.as_str())),
        ("detail", Value::from(detail)),
    ]);
    let private = private.to_canonical().into_bytes();
    data.record(&[Entry { kind, time: now, public: Vec::new(), private }])?;
    Ok(())
}

/// Chooses a password. It says nothing of who may: the caller has checked the former one or a one-time link.
///
/// # Errors
/// When the store fails.
pub fn set_password(data: &mut Data, mut account: Account, hashed: String, now: EventTime) -> Result<()> {
    record(data, "account.password", &account.actor(), &account.id, "chosen", now)?;
    account.password = Some(hashed);
    keep(data, &account)
}

/// Draws a secret for a second factor and keeps it until its first code arrives.
///
/// # Errors
/// When the store fails or the system has no randomness.
pub fn offer_second_factor(data: &Data, mut account: Account) -> Result<[u8; second_factor::SECRET_BYTES]> {
    let secret = second_factor::draw()?;
    let sealed = data.store.blobs.put(&secret)?;
    forget_secret(data, account.offered_factor.as_deref())?;
    account.offered_factor = Some(sealed.to_string());
    keep(data, &account)?;
    Ok(secret)
}

/// The secret that was offered last and not confirmed yet.
///
/// # Errors
/// When the store fails.
pub fn offered_secret(data: &Data, account: &Account) -> Result<Option<Vec<u8>>> {
    account.offered_factor.as_deref().map_or(Ok(None), |sealed| unseal(data, sealed))
}

/// Confirms the offered second factor by its first code; says whether the code was right.
///
/// # Errors
/// When the store fails.
pub fn confirm_second_factor(
    data: &mut Data,
    mut account: Account,
    code: &str,
    now: EventTime,
) -> Result<bool> {
    let Some(secret) = offered_secret(data, &account)? else { return Ok(false) };
    let Some(last_step) = second_factor::accept(&secret, code, None, now) else { return Ok(false) };
    record(data, "account.second-factor", &account.actor(), &account.id, "set up", now)?;
    let former = account.second_factor.take();
    account.second_factor = account.offered_factor.take().map(|sealed| SecondFactor { sealed, last_step });
    keep(data, &account)?;
    forget_secret(data, former.as_ref().map(|factor| factor.sealed.as_str()))?;
    Ok(true)
}

/// Whether a code proves that its owner asks, and uses it up. An account without a second factor has nothing more to prove
/// than its session.
///
/// # Errors
/// When the store fails.
pub fn prove(data: &Data, id: &AccountId, code: &str, now: EventTime) -> Result<bool> {
    let Some(mut account) = find(data, id)? else { return Ok(false) };
    let is_proved = sign_in::accept_code(data, &mut account, code, now)?;
    keep(data, &account)?;
    Ok(is_proved)
}

fn forget_secret(data: &Data, sealed: Option<&str>) -> Result<()> {
    match sealed.and_then(|sealed| sealed.parse().ok()) {
        Some(digest) => Ok(data.store.blobs.delete(digest)?),
        None => Ok(()),
    }
}

fn unseal(data: &Data, sealed: &str) -> Result<Option<Vec<u8>>> {
    let digest = sealed.parse().ok().context("the record of an account is damaged")?;
    Ok(data.store.blobs.get(digest)?)
}

#[cfg(test)]
mod tests;
