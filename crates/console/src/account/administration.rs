//! What an administrator does to accounts. Everything is evidence before it is in force.

use super::handover::{WATCHED, Way};
use super::{Account, all, find, forget_secret, invitation, keep, record};
use crate::token;
use model::limit::{ACCOUNT_NAME_BYTES_MAX, ACCOUNTS_MAX};
use model::{AccountId, Actor, EventTime, Role};
use runtime::data::Data;
use std::collections::BTreeSet;

/// Why an account stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum AdministrationError {
    /// Only an administrator may.
    #[error("only an administrator keeps accounts")]
    NotAdministrator,
    /// Nobody gives roles to themselves or takes the own access.
    #[error("another administrator has to do this: nobody changes the own account")]
    Own,
    /// The name cannot be one.
    #[error(
        "a name has 1 to {ACCOUNT_NAME_BYTES_MAX} letters, digits or `.-_@+`, and begins with a letter or digit"
    )]
    Name,
    /// There is an account with this name.
    #[error("there is an account with this name already")]
    Taken,
    /// There is none.
    #[error("there is no such account")]
    Missing,
    /// A member-controller would see nobody's mail.
    #[error("the list of members has nobody with this identifier")]
    NoMember,
    /// Too many accounts.
    #[error("there are {ACCOUNTS_MAX} accounts already")]
    TooMany,
    /// Roles that one person may not have together.
    #[error(transparent)]
    Roles(#[from] RolesRefused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] anyhow::Error),
}

/// Why roles cannot be given together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RolesRefused {
    /// None at all.
    #[error("an account has at least one role")]
    None,
    /// Who keeps accounts could make a second one and approve the own proposals.
    #[error("an administrator has no other role: who keeps accounts decides nothing about mail")]
    Administrator,
    /// Who audits does not decide.
    #[error("an auditor neither proposes nor approves")]
    Auditor,
    /// A member-controller without a member, or a member without that role.
    #[error("a member-controller is a member of the list, has no other role, and nobody else is one")]
    MemberController,
}

/// Whether one account may have these roles, and be this member.
///
/// # Errors
/// The first rule that they break.
pub fn check_roles(roles: &BTreeSet<Role>, member: Option<&str>) -> Result<(), RolesRefused> {
    let has = |role| roles.contains(&role);
    let decides = has(Role::Analyst) || has(Role::Approver);
    if roles.is_empty() {
        Err(RolesRefused::None)
    } else if has(Role::Admin) && roles.len() > 1 {
        Err(RolesRefused::Administrator)
    } else if has(Role::MemberController) != member.is_some()
        || has(Role::MemberController) && roles.len() > 1
    {
        Err(RolesRefused::MemberController)
    } else if has(Role::Auditor) && decides {
        Err(RolesRefused::Auditor)
    } else {
        Ok(())
    }
}

/// Makes an account, and answers the code of its one-time link.
///
/// # Errors
/// As [`AdministrationError`] says.
pub fn create(
    data: &mut Data,
    by: &Actor,
    id: &AccountId,
    roles: &BTreeSet<Role>,
    member: Option<String>,
    now: EventTime,
) -> Result<String, AdministrationError> {
    check_administrator(by)?;
    check_name(&id.0)?;
    check_roles(roles, member.as_deref())?;
    check_member(data, member.as_deref())?;
    let accounts = all(data)?;
    // Two names that differ by their capitals only would be one person's to whoever reads them.
    if accounts.iter().any(|account| account.id.eq_ignore_ascii_case(&id.0)) {
        return Err(AdministrationError::Taken);
    }
    if accounts.len() >= ACCOUNTS_MAX {
        return Err(AdministrationError::TooMany);
    }
    record(data, "account.created", by, &id.0, &words(roles), now)?;
    let mut account = Account::new(id, roles, member, now);
    account.handed_over(Way::Made, &by.account.0, now);
    keep(data, &account)?;
    Ok(invitation::invite(data, id, now)?)
}

/// Gives an account other roles.
///
/// # Errors
/// As [`AdministrationError`] says.
pub fn change_roles(
    data: &mut Data,
    by: &Actor,
    id: &AccountId,
    roles: &BTreeSet<Role>,
    member: Option<String>,
    now: EventTime,
) -> Result<(), AdministrationError> {
    let mut account = others_account(data, by, id)?;
    check_roles(roles, member.as_deref())?;
    check_member(data, member.as_deref())?;
    record(data, "account.roles", by, &id.0, &words(roles), now)?;
    let former = account.roles();
    let is_another_member = member.is_some() && member != account.member;
    let is_widened =
        is_another_member || WATCHED.iter().any(|role| roles.contains(role) && !former.contains(role));
    if is_widened {
        account.handed_over(Way::Roles, &by.account.0, now);
    }
    account.roles = roles.iter().map(|role| role.word().to_owned()).collect();
    account.member = member;
    Ok(keep(data, &account)?)
}

/// Lets an account sign in, or no longer.
///
/// # Errors
/// As [`AdministrationError`] says.
pub fn set_disabled(
    data: &mut Data,
    by: &Actor,
    id: &AccountId,
    is_disabled: bool,
    now: EventTime,
) -> Result<(), AdministrationError> {
    let mut account = others_account(data, by, id)?;
    let kind = if is_disabled { "account.disabled" } else { "account.enabled" };
    record(data, kind, by, &id.0, "", now)?;
    account.is_disabled = is_disabled;
    Ok(keep(data, &account)?)
}

/// Takes password, second factor, sign-on and tokens away, and answers the code of a one-time link to choose new ones: whoever
/// goes in by it finds nothing with which to act for who was there before.
///
/// # Errors
/// As [`AdministrationError`] says.
pub fn reset(
    data: &mut Data,
    by: &Actor,
    id: &AccountId,
    now: EventTime,
) -> Result<String, AdministrationError> {
    let mut account = others_account(data, by, id)?;
    record(data, "account.reset", by, &id.0, "password, second factor, sign-on and tokens", now)?;
    token::end_all_of(data, id)?;
    let secrets = [account.second_factor.take().map(|factor| factor.sealed), account.offered_factor.take()];
    account.password = None;
    account.subject = None;
    account.devices.clear();
    account.handed_over(Way::Reset, &by.account.0, now);
    keep(data, &account)?;
    for secret in secrets {
        forget_secret(data, secret.as_deref())?;
    }
    Ok(invitation::invite(data, id, now)?)
}

/// A member-controller is somebody of the list; where there is no list yet, nobody knows better.
fn check_member(data: &Data, member: Option<&str>) -> Result<(), AdministrationError> {
    let Some(member) = member else { return Ok(()) };
    let house = data.house()?;
    if house.is_empty() || house.by_id(member).is_some() {
        Ok(())
    } else {
        Err(AdministrationError::NoMember)
    }
}

fn check_administrator(by: &Actor) -> Result<(), AdministrationError> {
    if by.has(Role::Admin) { Ok(()) } else { Err(AdministrationError::NotAdministrator) }
}

fn others_account(data: &Data, by: &Actor, id: &AccountId) -> Result<Account, AdministrationError> {
    check_administrator(by)?;
    if by.account == *id {
        return Err(AdministrationError::Own);
    }
    find(data, id)?.ok_or(AdministrationError::Missing)
}

fn check_name(name: &str) -> Result<(), AdministrationError> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_@+".contains(&byte);
    let begins_well = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    let is_name = begins_well && name.len() <= ACCOUNT_NAME_BYTES_MAX && name.bytes().all(is_allowed);
    // Entries of the console itself must not look like a person's.
    if is_name && name != super::CONSOLE { Ok(()) } else { Err(AdministrationError::Name) }
}

fn words(roles: &BTreeSet<Role>) -> String {
    roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(" ")
}
