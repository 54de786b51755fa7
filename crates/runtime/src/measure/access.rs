//! Who looked at whose mail or identity, and what for: written before anything is shown.

use super::MeasureError;
use super::record::{Step, fresh_id, reason, record};
use crate::data::Data;
use evidence::Value;
use model::{Actor, EventTime};
use serde::{Deserialize, Serialize};
use store::{Batch, Records};

const ACCESSES: &str = "access";
/// Ids of accesses by the member whom they concern.
const BY_MEMBER: &str = "access.member";

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Looked {
    /// The text of a message.
    Body,
    /// Who a member is.
    Identity,
}

/// One look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// In order of time.
    pub id: String,
    /// Account that looked.
    pub account: String,
    /// When, in seconds since 1970.
    pub time_secs: i64,
    /// What kind of thing.
    pub looked: Looked,
    /// Which one: a message in quarantine, or a member.
    pub at: String,
    /// What for.
    pub purpose: String,
    /// Members whom it concerns.
    pub members: Vec<String>,
    /// Its entry in the evidence log.
    pub evidence: u64,
}

/// Writes down that somebody is about to look. Only when this has returned may anything be shown.
///
/// # Errors
/// [`MeasureError::Reason`] without a purpose, or when the store fails.
pub fn note(
    data: &mut Data,
    looked: Looked,
    at: &str,
    members: Vec<String>,
    purpose: &str,
    actor: &Actor,
    now: EventTime,
) -> Result<Access, MeasureError> {
    let purpose = reason(purpose)?;
    let id = fresh_id(now)?;
    let word = match looked {
        Looked::Body => "body",
        Looked::Identity => "identity",
    };
    let private = vec![
        ("account", Value::from(actor.account.0.as_str())),
        ("at", Value::from(at)),
        ("purpose", Value::from(purpose.as_str())),
    ];
    let public = vec![("looked", Value::from(word))];
    let leaf = record(data, [Step { kind: "access.viewed", now, public, private }])?;
    let access = Access {
        id,
        account: actor.account.0.clone(),
        time_secs: now.0,
        looked,
        at: at.to_owned(),
        purpose,
        members,
        evidence: leaf.0,
    };
    let mut batch = Batch::new();
    batch.put(ACCESSES, &access.id, serde_json::to_vec(&access)?);
    for member in &access.members {
        batch.put(BY_MEMBER, &format!("{member}/{}", access.id), Vec::new());
    }
    data.store.records.apply(&batch)?;
    Ok(access)
}

/// At most `limit` looks, the latest first, from the first that is older than `before`.
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn list(data: &Data, before: Option<&str>, limit: usize) -> Result<Vec<Access>, MeasureError> {
    Ok(data.documents_before(ACCESSES, before, limit)?)
}

/// Looks that concern one member, the latest first.
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn of_member(data: &Data, member: &str) -> Result<Vec<Access>, MeasureError> {
    let mut found = Vec::new();
    for (key, _) in data.collection_under(BY_MEMBER, &format!("{member}/"))?.into_iter().rev() {
        found.extend(data.document(ACCESSES, key.rsplit('/').next().unwrap_or_default())?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Role;

    #[test]
    fn a_look_is_kept_with_its_purpose_and_found_by_the_member() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut data = Data::open(folder.path()).expect("a new folder");
        let actor = Actor::new("analyst-1", [Role::Analyst]);
        let members = vec!["M004".to_owned()];
        let nothing = note(&mut data, Looked::Body, "q1", members.clone(), "  ", &actor, EventTime(5));
        assert!(matches!(nothing, Err(MeasureError::Reason)));
        let access =
            note(&mut data, Looked::Body, "q1", members, "a release was asked for", &actor, EventTime(5));
        let access = access.expect("the store works");
        assert_eq!(of_member(&data, "M004").expect("readable"), [access.clone()]);
        assert_eq!(of_member(&data, "M00").expect("readable"), []);
        assert_eq!(list(&data, None, 10).expect("readable"), [access.clone()]);
        assert_eq!(list(&data, Some(&access.id), 10).expect("readable"), []);
        assert_eq!(data.evidence.len(), 1);
    }
}
