//! Who looked at what, and for what purpose. Every view of a body and every unmasking is written here before anything is
//! shown, so that nobody can look without leaving a trace.

use super::series::{Numbered, Page, Series};
use super::{MeasureError, Result, note, seconds};
use crate::data::Data;
use evidence::Value;
use model::{Actor, EventTime, LeafIndex, Role};
use serde::{Deserialize, Serialize};
use store::{Batch, Records};

const ACCESSES: Series<Access> = Series::new("A", "access");
/// Index by member whose mail or name was looked at.
const BY_MEMBER: &str = "access.member";
/// Index by account.
const BY_ACCOUNT: &str = "access.account";

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Read a message in quarantine.
    ViewedBody,
    /// Was shown who a member is.
    Unmasked,
}

impl Act {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::ViewedBody => "viewed_body",
            Self::Unmasked => "unmasked",
        }
    }
}

/// One look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Identifier, such as `A-17`.
    pub id: String,
    /// When.
    #[serde(with = "seconds")]
    pub at: EventTime,
    /// Account.
    pub account: String,
    /// What was done.
    pub act: Act,
    /// At what: the id of a message in quarantine or of a member.
    pub about: String,
    /// Members whose mail or name it is.
    pub members: Vec<String>,
    /// The purpose that was given.
    pub purpose: String,
    /// Entry of the evidence log.
    pub evidence: u64,
}

impl Numbered for Access {
    fn id(&self) -> &str {
        &self.id
    }
}

/// Writes down that somebody is about to look.
pub(super) fn record(
    data: &mut Data,
    actor: &Actor,
    (act, about): (Act, &str),
    members: &[String],
    purpose: &str,
    now: EventTime,
) -> Result<Access> {
    let purpose = note::required(purpose)?;
    let private = vec![
        ("account", Value::from(actor.account.0.as_str())),
        ("about", Value::from(about)),
        ("members", note::texts(members.iter().map(String::as_str))),
        ("purpose", Value::from(purpose)),
    ];
    let public = vec![("act", Value::from(act.word()))];
    let LeafIndex(evidence) = note::record(data, note::entry("access.recorded", now, public, private))?;
    let mut batch = Batch::new();
    let access = Access {
        id: ACCESSES.take_one(data)?,
        at: now,
        account: actor.account.0.clone(),
        act,
        about: about.to_owned(),
        members: members.to_vec(),
        purpose: purpose.to_owned(),
        evidence,
    };
    ACCESSES.put(&mut batch, &access)?;
    ACCESSES.index(&mut batch, BY_ACCOUNT, &prefix(&access.account), &access.id);
    for member in members {
        ACCESSES.index(&mut batch, BY_MEMBER, &prefix(member), &access.id);
    }
    data.store.records.apply(&batch)?;
    Ok(access)
}

/// Every look, or those of one account, the latest first, after the one with the identifier `after`.
///
/// # Errors
/// [`MeasureError`]: only an auditor may ask.
pub fn list(
    data: &Data,
    actor: &Actor,
    account: Option<&str>,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Access>> {
    if !actor.has(Role::Auditor) {
        return Err(MeasureError::RoleMissing("auditor"));
    }
    match account {
        Some(account) => ACCESSES.indexed(data, BY_ACCOUNT, &prefix(account), after, limit),
        None => ACCESSES.page(data, after, limit),
    }
}

/// Looks at the mail or name of one member, the latest first. The caller has made sure that the actor is this member.
///
/// # Errors
/// [`MeasureError`]: only an auditor or a member may ask.
pub fn of_member(
    data: &Data,
    actor: &Actor,
    member: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Access>> {
    if !actor.has(Role::MemberController) && !actor.has(Role::Auditor) {
        return Err(MeasureError::RoleMissing("member-controller"));
    }
    ACCESSES.indexed(data, BY_MEMBER, &prefix(member), after, limit)
}

fn prefix(of: &str) -> String {
    format!("{of}\n")
}
