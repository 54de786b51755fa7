//! Unmasking: who a member is, shown to one person who has a purpose that a second one approved, for a day.

use super::access::{self, Act};
use super::decision::Decision;
use super::series;
use super::{MeasureError, Result, seconds};
use crate::data::Data;
use mail::member::{House, Member};
use model::{Actor, EventTime};
use serde::{Deserialize, Serialize};
use store::Batch;

/// How long an unmasking holds, in seconds.
pub const UNMASK_SECS: i64 = 86_400;
/// By account and member.
const GRANTS: &str = "unmask.grant";
/// Longest identifier of a member that is asked for, in bytes.
const MEMBER_BYTES_MAX: usize = 200;

#[derive(Serialize, Deserialize)]
struct Grant {
    purpose: String,
    #[serde(with = "seconds")]
    until: EventTime,
}

/// The member, where two persons decided that this actor may know. Each call is written down before it answers.
///
/// # Errors
/// [`MeasureError::Conflict`] where there is no such decision or its time is over.
pub fn reveal<'a>(
    data: &mut Data,
    house: &'a House,
    actor: &Actor,
    member: &str,
    now: EventTime,
) -> Result<&'a Member> {
    let found =
        house.by_id(member).and_then(|index| house.member(index)).ok_or(MeasureError::Unknown("member"))?;
    let grant = valid_grant(data, actor, member, now)?
        .ok_or(MeasureError::Conflict("two persons have to decide this first"))?;
    access::record(data, actor, (Act::Unmasked, member), &[member.to_owned()], &grant.purpose, now)?;
    Ok(found)
}

/// Whether [`reveal`] would answer.
///
/// # Errors
/// When the store fails.
pub fn is_granted(data: &Data, actor: &Actor, member: &str, now: EventTime) -> Result<bool> {
    Ok(valid_grant(data, actor, member, now)?.is_some())
}

pub(super) fn check(member: &str) -> Result<()> {
    if member.is_empty() || member.len() > MEMBER_BYTES_MAX || member.contains(char::is_control) {
        return Err(MeasureError::Invalid("this is no identifier of a member"));
    }
    Ok(())
}

pub(super) fn grant(decision: &Decision, member: &str, now: EventTime, batch: &mut Batch) -> Result<u64> {
    let grant = Grant { purpose: decision.reason.clone(), until: now.plus_secs(UNMASK_SECS) };
    series::put(batch, GRANTS, &key(&decision.proposed_by, member), &grant)?;
    Ok(0)
}

fn valid_grant(data: &Data, actor: &Actor, member: &str, now: EventTime) -> Result<Option<Grant>> {
    let grant: Option<Grant> = series::document(data, GRANTS, &key(&actor.account.0, member))?;
    Ok(grant.filter(|grant| now < grant.until))
}

fn key(account: &str, member: &str) -> String {
    format!("{member}\n{account}")
}
