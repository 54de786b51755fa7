//! Tokens for programs: each acts for one account, within its roles and within the scopes that it was given.
//!
//! A token is never more than its account. If it were an actor of its own, a person could propose in the browser and approve
//! by token.

use crate::account::{self, Account};
use crate::secret;
use anyhow::{Context, Result};
use model::limit::API_TOKENS_MAX;
use model::{AccountId, Actor, EventTime, Role};
use runtime::data::Data;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use store::{Batch, Records};

/// Collection of tokens, by hash.
const TOKENS: &str = "token";
/// What tokens begin with, so that programs which look for leaked secrets recognise one.
const PREFIX: &str = "pct_";

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Read campaigns.
    Campaigns,
    /// Read the member ledger and warnings.
    Members,
    /// Read the list of quarantined messages.
    Quarantine,
    /// Hunt in recorded messages.
    Hunt,
    /// Read decisions.
    Decisions,
    /// Propose and take back.
    Propose,
    /// Approve and refuse.
    Approve,
    /// Read the evidence log.
    Evidence,
    /// Read how the house does.
    Health,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 9] = [
        Self::Campaigns,
        Self::Members,
        Self::Quarantine,
        Self::Hunt,
        Self::Decisions,
        Self::Propose,
        Self::Approve,
        Self::Evidence,
        Self::Health,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Campaigns => "campaigns:read",
            Self::Members => "members:read",
            Self::Quarantine => "quarantine:read",
            Self::Hunt => "hunt",
            Self::Decisions => "decisions:read",
            Self::Propose => "decisions:propose",
            Self::Approve => "decisions:approve",
            Self::Evidence => "evidence:read",
            Self::Health => "health:read",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl std::str::FromStr for Scope {
    type Err = model::id::InvalidId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|scope| scope.word() == text).ok_or(model::id::InvalidId)
    }
}

/// A token, as it is stored: without itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// What it is for, in a few words.
    pub name: String,
    /// The account for which it acts.
    pub account: String,
    /// Words of its scopes.
    pub scopes: BTreeSet<String>,
    /// Until when it can be used, in seconds since 1970.
    pub until_secs: i64,
}

impl Token {
    /// Whether it has `scope`.
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.contains(scope.word())
    }
}

/// Why there is no new token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Only an administrator may.
    #[error("only an administrator makes and ends tokens")]
    NotAdministrator,
    /// There is no such account.
    #[error("there is no such account")]
    Missing,
    /// Too many tokens.
    #[error("there are {API_TOKENS_MAX} tokens already: end some")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] anyhow::Error),
}

/// Makes a token, which is shown this once. With evidence.
///
/// # Errors
/// As [`TokenError`] says.
pub fn create(
    data: &mut Data,
    by: &Actor,
    name: &str,
    id: &AccountId,
    scopes: &BTreeSet<Scope>,
    until: EventTime,
    now: EventTime,
) -> Result<String, TokenError> {
    check_administrator(by)?;
    account::find(data, id)?.ok_or(TokenError::Missing)?;
    if all(data)?.len() >= API_TOKENS_MAX {
        return Err(TokenError::TooMany);
    }
    let token = Token {
        name: name.to_owned(),
        account: id.0.clone(),
        scopes: scopes.iter().map(|scope| scope.word().to_owned()).collect(),
        until_secs: until.0,
    };
    let secret = format!("{PREFIX}{}", secret::draw().context("cannot draw a token")?);
    account::record(data, "token.created", by, &id.0, name, now)?;
    let mut batch = Batch::new();
    batch.put(TOKENS, &secret::hash_text(&secret), serde_json::to_vec(&token).context("a token")?);
    data.store.records.apply(&batch).context("cannot store a token")?;
    Ok(secret)
}

/// Ends the token with this key. With evidence.
///
/// # Errors
/// As [`TokenError`] says.
pub fn revoke(data: &mut Data, by: &Actor, key: &str, now: EventTime) -> Result<(), TokenError> {
    check_administrator(by)?;
    let found = data.store.records.get(TOKENS, key).context("cannot read a token")?;
    let token = parse(&found.ok_or(TokenError::Missing)?)?;
    account::record(data, "token.revoked", by, &token.account, &token.name, now)?;
    let mut batch = Batch::new();
    batch.delete(TOKENS, key);
    Ok(data.store.records.apply(&batch).context("cannot end a token")?)
}

/// All tokens with their keys.
///
/// # Errors
/// When the store fails or a document is damaged.
pub fn all(data: &Data) -> Result<Vec<(String, Token)>> {
    data.collection(TOKENS)?.into_iter().map(|(key, bytes)| Ok((key, parse(&bytes)?))).collect()
}

/// The token behind what a program sent, with the account for which it acts.
///
/// # Errors
/// When the store fails.
pub fn find(data: &Data, sent: &str, now: EventTime) -> Result<Option<(Token, Account)>> {
    let Some(bytes) = data.store.records.get(TOKENS, &secret::hash_text(sent))? else { return Ok(None) };
    let token = parse(&bytes)?;
    if token.until_secs < now.0 {
        return Ok(None);
    }
    let account = account::find(data, &AccountId(token.account.clone()))?;
    Ok(account.filter(|account| !account.is_disabled).map(|account| (token, account)))
}

fn check_administrator(by: &Actor) -> Result<(), TokenError> {
    if by.has(Role::Admin) { Ok(()) } else { Err(TokenError::NotAdministrator) }
}

fn parse(bytes: &[u8]) -> Result<Token> {
    serde_json::from_slice(bytes).context("the record of a token is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: EventTime = EventTime(1_610_960_400);

    #[test]
    fn a_token_acts_for_its_account_until_it_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut data = Data::open(folder.path()).expect("a new folder");
        let admin = Actor::new("admin-1", [Role::Admin]);
        let id = AccountId("analyst-1".into());
        let scopes = BTreeSet::from([Scope::Hunt]);
        let until = NOW.plus_secs(60);
        let nobody = create(&mut data, &admin, "siem", &id, &scopes, until, NOW);
        assert!(matches!(nobody, Err(TokenError::Missing)));
        account::administration::create(&mut data, &admin, &id, &[Role::Analyst].into(), None, NOW)
            .expect("an administrator may");
        let secret =
            create(&mut data, &admin, "siem", &id, &scopes, until, NOW).expect("an administrator may");
        let (token, account) = find(&data, &secret, NOW).expect("the store works").expect("it is there");
        assert!(token.allows(Scope::Hunt) && !token.allows(Scope::Approve));
        assert_eq!(account.id, "analyst-1");
        assert_eq!(find(&data, &secret, until.plus_secs(1)).expect("the store works"), None);
        assert_eq!(find(&data, "pct_guess", NOW).expect("the store works"), None);
        let keys = all(&data).expect("the store works");
        let key = keys.first().map(|(key, _)| key.clone()).expect("one token");
        assert_ne!(key, secret, "only its hash is kept");
        let analyst = Actor::new("analyst-1", [Role::Analyst]);
        assert!(matches!(revoke(&mut data, &analyst, &key, NOW), Err(TokenError::NotAdministrator)));
        revoke(&mut data, &admin, &key, NOW).expect("an administrator may");
        assert_eq!(find(&data, &secret, NOW).expect("the store works"), None);
    }
}
