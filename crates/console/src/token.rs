//! Tokens for programs: each acts for one account, within its roles and within the scopes that it was given.
//!
//! A token is never more than its account. If it were an actor of its own, a person could propose in the browser and approve
//! by token. For the same reason nobody makes a token for another: whoever keeps accounts could have one that proposes for
//! an analyst, and one that approves for an approver.

use crate::account::{self, Account};
use crate::{route, secret};
use anyhow::{Context, Result};
use model::limit::{API_TOKENS_MAX, API_TOKENS_OF_ACCOUNT_MAX};
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
    /// Read who looked at what.
    Audit,
    /// Read what is reported on domains.
    Domains,
    /// Read cases, sources of logs and rules.
    Watch,
    /// Ask registers, one question at a time.
    Register,
    /// Read how the house does.
    Health,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 13] = [
        Self::Campaigns,
        Self::Members,
        Self::Quarantine,
        Self::Hunt,
        Self::Decisions,
        Self::Propose,
        Self::Approve,
        Self::Evidence,
        Self::Audit,
        Self::Domains,
        Self::Watch,
        Self::Register,
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
            Self::Audit => "audit:read",
            Self::Domains => "domains:read",
            Self::Watch => "watch:read",
            Self::Register => "register:lookup",
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
    /// The account that made it. A token that another account made is none.
    #[serde(default)]
    pub made_by: String,
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

/// Why there is no new token, or why one does not end.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// It is somebody else's.
    #[error("only its owner or an administrator ends a token")]
    NotOwner,
    /// The account's roles do not reach so far.
    #[error("the scope `{0}` is for other roles than yours")]
    Scope(Scope),
    /// There is no such token.
    #[error("there is no such token")]
    Missing,
    /// Too many tokens.
    #[error("there are too many tokens already: end some")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] anyhow::Error),
}

/// Makes a token that acts for its owner, which is shown this once. With evidence. The caller has made sure that it is the
/// owner who asks.
///
/// # Errors
/// As [`TokenError`] says.
pub fn create(
    data: &mut Data,
    owner: &Actor,
    name: &str,
    scopes: &BTreeSet<Scope>,
    until: EventTime,
    now: EventTime,
) -> Result<String, TokenError> {
    if let Some(scope) = scopes.iter().find(|scope| !route::is_open_to(**scope, &owner.roles)) {
        return Err(TokenError::Scope(*scope));
    }
    let tokens = all(data)?;
    let own = tokens.iter().filter(|(_, token)| token.account == owner.account.0).count();
    if tokens.len() >= API_TOKENS_MAX || own >= API_TOKENS_OF_ACCOUNT_MAX {
        return Err(TokenError::TooMany);
    }
    let token = Token {
        name: name.to_owned(),
        account: owner.account.0.clone(),
        made_by: owner.account.0.clone(),
        scopes: scopes.iter().map(|scope| scope.word().to_owned()).collect(),
        until_secs: until.0,
    };
    let secret = format!("{PREFIX}{}", secret::draw().context("cannot draw a token")?);
    account::record(data, "token.created", owner, &owner.account.0, name, now)?;
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
    let found = data.store.records.get(TOKENS, key).context("cannot read a token")?;
    let token = parse(&found.ok_or(TokenError::Missing)?)?;
    if token.account != by.account.0 && !by.has(Role::Admin) {
        return Err(TokenError::NotOwner);
    }
    account::record(data, "token.revoked", by, &token.account, &token.name, now)?;
    let mut batch = Batch::new();
    batch.delete(TOKENS, key);
    Ok(data.store.records.apply(&batch).context("cannot end a token")?)
}

/// Ends every token of an account; the caller keeps evidence of why.
///
/// # Errors
/// When the store fails or a document is damaged.
pub fn end_all_of(data: &Data, id: &AccountId) -> Result<()> {
    let mut batch = Batch::new();
    for (key, _) in all(data)?.into_iter().filter(|(_, token)| token.account == id.0) {
        batch.delete(TOKENS, &key);
    }
    Ok(data.store.records.apply(&batch)?)
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
    if token.until_secs < now.0 || token.made_by != token.account {
        return Ok(None);
    }
    let account = account::find(data, &AccountId(token.account.clone()))?;
    Ok(account.filter(|account| !account.is_disabled).map(|account| (token, account)))
}

fn parse(bytes: &[u8]) -> Result<Token> {
    account::parse(bytes, "a token")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: EventTime = EventTime(1_610_960_400);

    #[test]
    fn a_token_acts_for_who_made_it_until_it_ends() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut data = Data::open(folder.path()).expect("a new folder");
        let admin = Actor::new("admin-1", [Role::Admin]);
        let analyst = Actor::new("analyst-1", [Role::Analyst]);
        account::administration::create(&mut data, &admin, &analyst.account, &analyst.roles, None, NOW)
            .expect("an administrator may");
        let until = NOW.plus_secs(60);
        let mut make = |owner: &Actor, scope| create(&mut data, owner, "siem", &[scope].into(), until, NOW);
        assert!(matches!(make(&analyst, Scope::Approve), Err(TokenError::Scope(Scope::Approve))));
        assert!(matches!(make(&admin, Scope::Campaigns), Err(TokenError::Scope(Scope::Campaigns))));
        let secret = make(&analyst, Scope::Hunt).expect("its own");
        let (token, account) = find(&data, &secret, NOW).expect("the store works").expect("it is there");
        assert!(token.allows(Scope::Hunt) && !token.allows(Scope::Approve));
        assert_eq!(account.id, "analyst-1");
        assert_eq!(find(&data, &secret, until.plus_secs(1)).expect("the store works"), None);
        assert_eq!(find(&data, "pct_guess", NOW).expect("the store works"), None);
        let keys = all(&data).expect("the store works");
        let key = keys.first().map(|(key, _)| key.clone()).expect("one token");
        assert_ne!(key, secret, "only its hash is kept");
        let other = Actor::new("analyst-2", [Role::Analyst]);
        assert!(matches!(revoke(&mut data, &other, &key, NOW), Err(TokenError::NotOwner)));
        revoke(&mut data, &admin, &key, NOW).expect("an administrator may");
        assert_eq!(find(&data, &secret, NOW).expect("the store works"), None);
    }

    #[test]
    fn a_token_that_somebody_else_made_is_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut data = Data::open(folder.path()).expect("a new folder");
        let admin = Actor::new("admin-1", [Role::Admin]);
        let approver = Actor::new("approver-1", [Role::Approver]);
        account::administration::create(&mut data, &admin, &approver.account, &approver.roles, None, NOW)
            .expect("an administrator may");
        let secret = create(&mut data, &approver, "x", &[Scope::Approve].into(), NOW.plus_secs(60), NOW);
        let secret = secret.expect("its own");
        let (key, token) = all(&data).expect("the store works").pop().expect("one token");
        for made_by in ["admin-1", ""] {
            let mut batch = Batch::new();
            let foreign = Token { made_by: made_by.into(), ..token.clone() };
            batch.put(TOKENS, &key, serde_json::to_vec(&foreign).expect("JSON"));
            data.store.records.apply(&batch).expect("the store works");
            assert_eq!(find(&data, &secret, NOW).expect("the store works"), None, "made by {made_by:?}");
        }
    }

    #[test]
    fn one_account_has_so_many_tokens_and_another_still_gets_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut data = Data::open(folder.path()).expect("a new folder");
        let until = NOW.plus_secs(60);
        let mut make = |owner: &str| {
            let owner = Actor::new(owner, [Role::Analyst]);
            create(&mut data, &owner, "x", &[Scope::Hunt].into(), until, NOW)
        };
        for _ in 0..API_TOKENS_OF_ACCOUNT_MAX {
            make("analyst-1").expect("not too many yet");
        }
        assert!(matches!(make("analyst-1"), Err(TokenError::TooMany)));
        assert!(make("analyst-2").is_ok());
    }
}
