//! What pages say of decisions: views of them, and what the person who looks may do.

use crate::error::Failure;
use crate::page::campaigns::Standing;
use crate::page::decisions::{DecisionKind, DecisionView, Outcome, OutcomeWord};
use crate::page::form::Permission;
use crate::page::text::segment;
use model::{Actor, EventTime, Role};
use runtime::data::Data;
use runtime::ledger;
use runtime::measure::MeasureError;
use runtime::measure::decision::{self, Decision, Measure, Status};

impl From<MeasureError> for Failure {
    fn from(error: MeasureError) -> Self {
        match error {
            MeasureError::Store(error) => Self::Internal(error),
            MeasureError::Role { .. } | MeasureError::OwnProposal => Self::Forbidden(error.to_string()),
            MeasureError::Reason => Self::Invalid(error.to_string()),
            MeasureError::Missing { .. } => Self::Missing,
            MeasureError::State { .. } | MeasureError::Refused(_) => Self::Conflict(error.to_string()),
        }
    }
}

/// Decisions that wait for this person: proposals of others that the person may approve.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn waiting(data: &mut Data, actor: &Actor, now: EventTime) -> Result<usize, Failure> {
    if !actor.has(Role::Approver) {
        return Ok(0);
    }
    let open = decision::open(data, now)?;
    Ok(open.iter().filter(|decision| decision.proposed_by != actor.account.0).count())
}

/// Whether somebody with this role may act.
pub(crate) fn with_role(actor: &Actor, roles: &[Role]) -> Permission {
    if roles.iter().any(|role| actor.has(*role)) {
        return Permission::Allowed;
    }
    Permission::Absent
}

/// A decision as a page shows it to `actor`.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn view(data: &Data, decision: Decision, actor: &Actor) -> Result<DecisionView, Failure> {
    let (about, path) = subject(data, &decision.measure)?;
    let is_open = decision.status == Status::Proposed;
    let is_own = decision.proposed_by == actor.account.0;
    let decide = match (is_open, actor.has(Role::Approver), is_own) {
        (true, true, false) => Permission::Allowed,
        (true, true, true) => Permission::Refused("You proposed it: a second person has to decide.".into()),
        _ => Permission::Absent,
    };
    Ok(DecisionView {
        kind: kind(&decision.measure),
        about,
        path,
        extent: String::new(),
        lapses: is_open.then(|| decision.lapses()),
        outcome: outcome(&decision),
        texts: Vec::new(),
        evidence: Some(decision.evidence()),
        approve: decide.clone(),
        refuse: if is_own { Permission::Absent } else { decide },
        withdraw: if is_open && is_own { Permission::Allowed } else { Permission::Absent },
        id: decision.id,
        reason: decision.reason,
        proposed_by: decision.proposed_by,
        proposed: EventTime(decision.proposed_secs),
    })
}

/// What a measure is about, for people, and where it is shown.
fn subject(data: &Data, measure: &Measure) -> Result<(String, Option<String>), Failure> {
    match measure {
        Measure::Release { item } => {
            Ok(("a message in quarantine".into(), Some(format!("/quarantine/{}", segment(item)))))
        }
        Measure::Block { sender } => Ok((sender.clone(), None)),
        Measure::Confirm { campaign }
        | Measure::Dismiss { campaign }
        | Measure::Warn { campaign }
        | Measure::Purge { campaign }
        | Measure::Restore { campaign } => {
            let name = ledger::campaign(data, campaign)?.map_or_else(|| campaign.clone(), |row| row.name);
            Ok((name, Some(format!("/campaigns/{}", segment(campaign)))))
        }
    }
}

fn kind(measure: &Measure) -> DecisionKind {
    match measure {
        Measure::Confirm { .. } => DecisionKind::Confirm,
        Measure::Dismiss { .. } => DecisionKind::Dismiss,
        Measure::Warn { .. } => DecisionKind::Warn,
        Measure::Release { .. } => DecisionKind::Release,
        Measure::Purge { .. } => DecisionKind::Purge,
        Measure::Restore { .. } => DecisionKind::Restore,
        Measure::Block { .. } => DecisionKind::Block,
    }
}

fn outcome(decision: &Decision) -> Option<Outcome> {
    let word = match decision.status {
        Status::Proposed => return None,
        Status::Approved => OutcomeWord::Approved,
        Status::Refused => OutcomeWord::Refused,
        Status::Withdrawn => OutcomeWord::Withdrawn,
        Status::Expired => OutcomeWord::Lapsed,
    };
    Some(Outcome {
        word,
        by: decision.decided_by.clone(),
        at: EventTime(decision.decided_secs.unwrap_or(decision.proposed_secs)),
        reason: decision.answer.clone(),
    })
}

/// The last word on a campaign, as pages have it.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn standing(data: &Data, campaign: &str) -> Result<Standing, Failure> {
    Ok(match decision::standing(data, campaign)? {
        decision::Standing::Open => Standing::Open,
        decision::Standing::Confirmed => Standing::Confirmed,
        decision::Standing::Dismissed => Standing::Dismissed,
    })
}
