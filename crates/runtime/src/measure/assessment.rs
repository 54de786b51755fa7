//! What persons say of a campaign. That it is real one person may say: it harms nobody and can be taken back. That it is
//! harmless needs two, since members then stay unwarned.

use super::decision::{Decision, may_propose};
use super::{MeasureError, Result, note, seconds};
use super::{retention, series};
use crate::data::Data;
use crate::ledger;
use crate::overview::CampaignHead;
use evidence::Value;
use model::{Actor, EventTime, LeafIndex};
use serde::{Deserialize, Serialize};
use store::{Batch, Records};

/// By campaign.
const ASSESSMENTS: &str = "campaign.assessment";

/// What was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opinion {
    /// It is what it seems.
    Confirmed,
    /// It is harmless.
    Dismissed,
}

/// What was said last of a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// The campaign.
    pub campaign: String,
    /// What.
    pub opinion: Opinion,
    /// Why.
    pub reason: String,
    /// The account that said or proposed it.
    pub by: String,
    /// When.
    #[serde(with = "seconds")]
    pub at: EventTime,
    /// The decision of two persons, where it needed one.
    pub decision: Option<String>,
    /// Entry of the evidence log.
    pub evidence: u64,
}

/// Says that a campaign is what it seems. Its warnings are drafted where they are not yet.
///
/// # Errors
/// [`MeasureError`]: by analysts and approvers only, with a reason, of a campaign that is known.
pub fn confirm(
    data: &mut Data,
    actor: &Actor,
    campaign: &str,
    reason: &str,
    now: EventTime,
) -> Result<Assessment> {
    may_propose(actor)?;
    let reason = note::required(reason)?;
    if ledger::campaign(data, campaign)?.is_none() {
        return Err(MeasureError::Unknown("campaign"));
    }
    if of(data, campaign)?.is_some_and(|last| last.opinion == Opinion::Confirmed) {
        return Err(MeasureError::Conflict("this campaign is confirmed already"));
    }
    let private = vec![("account", Value::from(actor.account.0.as_str())), ("reason", Value::from(reason))];
    let public = vec![("campaign", Value::from(campaign))];
    let leaf = note::record(data, note::entry("campaign.confirmed", now, public, private))?;
    let assessment = Assessment {
        campaign: campaign.to_owned(),
        opinion: Opinion::Confirmed,
        reason: reason.to_owned(),
        by: actor.account.0.clone(),
        at: now,
        decision: None,
        evidence: leaf.0,
    };
    let mut batch = Batch::new();
    series::put(&mut batch, ASSESSMENTS, campaign, &assessment)?;
    data.store.records.apply(&batch)?;
    Ok(assessment)
}

/// What was said last of a campaign.
///
/// # Errors
/// When the store fails.
pub fn of(data: &Data, campaign: &str) -> Result<Option<Assessment>> {
    series::document(data, ASSESSMENTS, campaign)
}

/// Whether members are to be warned of it: a person says so, or the alert does and no two persons say otherwise. The alert
/// is enough for a draft, since a draft reaches nobody, and waiting for a person has cost members years before.
pub(super) fn is_of_concern(head: &CampaignHead, last: Option<&Assessment>) -> bool {
    last.map_or(head.concern, |last| last.opinion == Opinion::Confirmed)
}

/// Whether a campaign can be dismissed.
pub(super) fn check_dismissal(data: &Data, campaign: &str) -> Result<()> {
    if ledger::campaign(data, campaign)?.is_none() {
        return Err(MeasureError::Unknown("campaign"));
    }
    check_not_dismissed(data, campaign)
}

/// Whether no two persons said that it is harmless.
pub(super) fn check_not_dismissed(data: &Data, campaign: &str) -> Result<()> {
    match of(data, campaign)? {
        Some(last) if last.opinion == Opinion::Dismissed => {
            Err(MeasureError::Conflict("this campaign is dismissed"))
        }
        _ => Ok(()),
    }
}

/// Whether something may be done to the mail of a campaign: it is known and of concern.
pub(super) fn check_concern(data: &Data, campaign: &str) -> Result<()> {
    let row = ledger::campaign(data, campaign)?.ok_or(MeasureError::Unknown("campaign"))?;
    check_not_dismissed(data, campaign)?;
    if row.concern || of(data, campaign)?.is_some() {
        Ok(())
    } else {
        Err(MeasureError::Conflict("nobody has confirmed this campaign"))
    }
}

/// Whether a person said that it is what it seems: a program's opinion alone is told to no member.
pub(super) fn check_confirmed(data: &Data, campaign: &str) -> Result<()> {
    check_concern(data, campaign)?;
    match of(data, campaign)? {
        Some(_) => Ok(()),
        None => {
            Err(MeasureError::Conflict("nobody has confirmed this campaign: members are told after that"))
        }
    }
}

pub(super) fn dismiss(
    decision: &Decision,
    campaign: &str,
    leaf: LeafIndex,
    now: EventTime,
    batch: &mut Batch,
) -> Result<u64> {
    let assessment = Assessment {
        campaign: campaign.to_owned(),
        opinion: Opinion::Dismissed,
        reason: decision.reason.clone(),
        by: decision.proposed_by.clone(),
        at: now,
        decision: Some(decision.id.clone()),
        evidence: leaf.0,
    };
    series::put(batch, ASSESSMENTS, campaign, &assessment)?;
    retention::look_again(batch);
    Ok(0)
}
