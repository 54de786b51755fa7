//! Decisions: what one person proposes and another approves. Whoever proposes can never approve, whatever their roles.

use super::MeasureError;
use super::record::{Step, fresh_id, reason, record, require};
use crate::data::Data;
use evidence::Value;
use model::limit::PROPOSAL_DAYS_MAX;
use model::time::DAY_SECS;
use model::{Actor, EventTime, LeafIndex, Role};
use serde::{Deserialize, Serialize};
use store::{Batch, Records};

const DECISIONS: &str = "decision";
/// Ids of proposals that wait, so that these are found without reading what was decided in years.
const OPEN: &str = "decision.open";

/// What is proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "measure", rename_all = "kebab-case")]
pub enum Measure {
    /// Take a campaign of concern for what it seems. One person may: it only lets drafts of warnings be written.
    Confirm {
        /// The campaign.
        campaign: String,
    },
    /// Take a campaign of concern for harmless. One person may: nothing is lost by it, and it can be confirmed afterwards.
    Dismiss {
        /// The campaign.
        campaign: String,
    },
    /// Send the warnings of a campaign that are drafted.
    Warn {
        /// The campaign.
        campaign: String,
    },
    /// Release a message from quarantine to its recipients.
    Release {
        /// The message in quarantine.
        item: String,
    },
    /// Move the messages of a campaign out of members' mailboxes.
    Purge {
        /// The campaign.
        campaign: String,
    },
    /// Bring back what a purge moved.
    Restore {
        /// The campaign.
        campaign: String,
    },
    /// Keep mail of a sender from members.
    Block {
        /// The sender's address.
        sender: String,
    },
}

impl Measure {
    /// The word for it, as in the evidence log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Confirm { .. } => "confirm",
            Self::Dismiss { .. } => "dismiss",
            Self::Warn { .. } => "warn",
            Self::Release { .. } => "release",
            Self::Purge { .. } => "purge",
            Self::Restore { .. } => "restore",
            Self::Block { .. } => "block",
        }
    }

    /// What it is about: a campaign, a message in quarantine, or a sender.
    pub fn about(&self) -> &str {
        match self {
            Self::Confirm { campaign }
            | Self::Dismiss { campaign }
            | Self::Warn { campaign }
            | Self::Purge { campaign }
            | Self::Restore { campaign } => campaign,
            Self::Release { item } => item,
            Self::Block { sender } => sender,
        }
    }

    /// Whether one person decides it.
    fn needs_one_person(&self) -> bool {
        matches!(self, Self::Confirm { .. } | Self::Dismiss { .. })
    }
}

/// How far a decision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Waits for a second person.
    Proposed,
    /// A second person agreed, or one person was enough.
    Approved,
    /// A second person did not agree.
    Refused,
    /// Taken back by whoever proposed it.
    Withdrawn,
    /// Nobody decided in time.
    Expired,
}

impl Status {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }
}

/// A proposal and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// In order of time.
    pub id: String,
    /// What is proposed.
    #[serde(flatten)]
    pub measure: Measure,
    /// Why.
    pub reason: String,
    /// How far it is.
    pub status: Status,
    /// Account that proposed it.
    pub proposed_by: String,
    /// When, in seconds since 1970.
    pub proposed_secs: i64,
    /// Account that decided; `None` while nobody has, and where time did.
    pub decided_by: Option<String>,
    /// When, in seconds since 1970.
    pub decided_secs: Option<i64>,
    /// What was said to it.
    pub answer: String,
    /// Entry of the proposal.
    pub proposed_evidence: u64,
    /// Entry of the decision.
    pub decided_evidence: Option<u64>,
}

impl Decision {
    /// When the proposal lapses.
    pub fn lapses(&self) -> EventTime {
        EventTime(self.proposed_secs.saturating_add(PROPOSAL_DAYS_MAX * DAY_SECS))
    }

    /// The entry of the decision, else of the proposal.
    pub fn evidence(&self) -> LeafIndex {
        LeafIndex(self.decided_evidence.unwrap_or(self.proposed_evidence))
    }
}

/// Proposes a measure. The same measure is proposed once at a time.
///
/// # Errors
/// [`MeasureError::Role`] unless an analyst or an approver proposes, [`MeasureError::Reason`], [`MeasureError::Refused`]
/// where the same is proposed already.
pub fn propose(
    data: &mut Data,
    measure: Measure,
    why: &str,
    actor: &Actor,
    now: EventTime,
) -> Result<Decision, MeasureError> {
    require(actor, &[Role::Analyst, Role::Approver])?;
    let reason = reason(why)?;
    if open(data, now)?.iter().any(|waiting| waiting.measure == measure) {
        return Err(MeasureError::Refused(
            "the same is proposed already, and waits for a second person".into(),
        ));
    }
    let id = fresh_id(now)?;
    let leaf = record(data, [step("decision.proposed", &id, &measure, &reason, actor, now)])?;
    let mut decision = Decision {
        id,
        measure,
        reason,
        status: Status::Proposed,
        proposed_by: actor.account.0.clone(),
        proposed_secs: now.0,
        decided_by: None,
        decided_secs: None,
        answer: String::new(),
        proposed_evidence: leaf.0,
        decided_evidence: None,
    };
    if decision.measure.needs_one_person() {
        decision.status = Status::Approved;
        decision.decided_by = Some(actor.account.0.clone());
        decision.decided_secs = Some(now.0);
        decision.decided_evidence = Some(leaf.0);
    }
    keep(data, &decision)?;
    Ok(decision)
}

/// Approves a proposal of somebody else. The caller carries the measure out.
///
/// # Errors
/// [`MeasureError::Role`] unless an approver does, [`MeasureError::OwnProposal`], [`MeasureError::State`].
pub fn approve(data: &mut Data, id: &str, actor: &Actor, now: EventTime) -> Result<Decision, MeasureError> {
    require(actor, &[Role::Approver])?;
    decide(data, id, Status::Approved, "", actor, now)
}

/// Refuses a proposal of somebody else.
///
/// # Errors
/// As [`approve`], and [`MeasureError::Reason`].
pub fn refuse(
    data: &mut Data,
    id: &str,
    why: &str,
    actor: &Actor,
    now: EventTime,
) -> Result<Decision, MeasureError> {
    require(actor, &[Role::Approver])?;
    decide(data, id, Status::Refused, &reason(why)?, actor, now)
}

/// Takes the own proposal back.
///
/// # Errors
/// [`MeasureError::Refused`] where it is somebody else's, [`MeasureError::State`].
pub fn withdraw(data: &mut Data, id: &str, actor: &Actor, now: EventTime) -> Result<Decision, MeasureError> {
    decide(data, id, Status::Withdrawn, "", actor, now)
}

fn decide(
    data: &mut Data,
    id: &str,
    status: Status,
    answer: &str,
    actor: &Actor,
    now: EventTime,
) -> Result<Decision, MeasureError> {
    let mut decision = get(data, id)?.ok_or(MeasureError::Missing { what: "proposal" })?;
    if decision.status == Status::Proposed && decision.lapses() <= now {
        lapse(data, &mut decision, now)?;
    }
    if decision.status != Status::Proposed {
        return Err(MeasureError::State { is: decision.status.word().to_owned() });
    }
    match (status, decision.proposed_by == actor.account.0) {
        (Status::Withdrawn, false) => {
            return Err(MeasureError::Refused("only whoever proposed it can take it back".into()));
        }
        (Status::Approved | Status::Refused, true) => return Err(MeasureError::OwnProposal),
        _ => {}
    }
    let kind = match status {
        Status::Approved => "decision.approved",
        Status::Refused => "decision.refused",
        _ => "decision.withdrawn",
    };
    let leaf = record(data, [step(kind, id, &decision.measure, answer, actor, now)])?;
    decision.status = status;
    decision.decided_by = Some(actor.account.0.clone());
    decision.decided_secs = Some(now.0);
    answer.clone_into(&mut decision.answer);
    decision.decided_evidence = Some(leaf.0);
    keep(data, &decision)?;
    Ok(decision)
}

/// One decision.
///
/// # Errors
/// When the store fails or the record is damaged.
pub fn get(data: &Data, id: &str) -> Result<Option<Decision>, MeasureError> {
    Ok(data.document(DECISIONS, id)?)
}

/// Proposals that wait for a second person, the oldest first. What nobody decided in time has lapsed.
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn open(data: &mut Data, now: EventTime) -> Result<Vec<Decision>, MeasureError> {
    let mut waiting = Vec::new();
    for (id, _) in data.collection(OPEN)? {
        let Some(mut decision) = get(data, &id)? else { continue };
        if decision.lapses() <= now {
            lapse(data, &mut decision, now)?;
        } else {
            waiting.push(decision);
        }
    }
    Ok(waiting)
}

/// At most `limit` decisions and proposals, the latest first, from the first that is older than `before`.
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn list(data: &Data, before: Option<&str>, limit: usize) -> Result<Vec<Decision>, MeasureError> {
    Ok(data.documents_before(DECISIONS, before, limit)?)
}

/// Decisions about a campaign, a message or a sender, the latest first.
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn about(data: &Data, what: &str) -> Result<Vec<Decision>, MeasureError> {
    let ids = data.collection_under(ABOUT, &format!("{what}/"))?;
    let mut found = Vec::new();
    for (key, _) in ids.into_iter().rev() {
        let id = key.rsplit('/').next().unwrap_or_default();
        found.extend(get(data, id)?);
    }
    Ok(found)
}

/// What persons have said of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has looked yet.
    Open,
    /// It is what it seems.
    Confirmed,
    /// It is harmless.
    Dismissed,
}

/// The last word on a campaign.
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn standing(data: &Data, campaign: &str) -> Result<Standing, MeasureError> {
    let word = |decision: &Decision| match decision.measure {
        Measure::Confirm { .. } => Some(Standing::Confirmed),
        Measure::Dismiss { .. } => Some(Standing::Dismissed),
        _ => None,
    };
    Ok(about(data, campaign)?.iter().find_map(word).unwrap_or(Standing::Open))
}

/// Ids of decisions by what they are about.
const ABOUT: &str = "decision.about";

fn keep(data: &Data, decision: &Decision) -> Result<(), MeasureError> {
    let mut batch = Batch::new();
    batch.put(DECISIONS, &decision.id, serde_json::to_vec(decision)?);
    batch.put(ABOUT, &format!("{}/{}", decision.measure.about(), decision.id), Vec::new());
    if decision.status == Status::Proposed {
        batch.put(OPEN, &decision.id, Vec::new());
    } else {
        batch.delete(OPEN, &decision.id);
    }
    Ok(data.store.records.apply(&batch)?)
}

fn lapse(data: &mut Data, decision: &mut Decision, now: EventTime) -> Result<(), MeasureError> {
    let public = vec![("decision", Value::from(decision.id.as_str()))];
    let leaf = record(data, [Step { kind: "decision.expired", now, public, private: Vec::new() }])?;
    decision.status = Status::Expired;
    decision.decided_secs = Some(now.0);
    decision.decided_evidence = Some(leaf.0);
    keep(data, decision)
}

fn step(
    kind: &'static str,
    id: &str,
    measure: &Measure,
    reason: &str,
    actor: &Actor,
    now: EventTime,
) -> Step {
    let public = vec![("decision", Value::from(id)), ("measure", Value::from(measure.word()))];
    let private = vec![
        ("account", Value::from(actor.account.0.as_str())),
        ("about", Value::from(measure.about())),
        ("reason", Value::from(reason)),
    ];
    Step { kind, now, public, private }
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
