//! What pages say of decisions: views of them, and what the person who looks may do.

use crate::account;
use crate::account::handover::NotYet;
use crate::error::Failure;
use crate::page::campaigns::Standing;
use crate::page::decisions::{DecisionKind, DecisionView, Outcome, OutcomeWord};
use crate::page::form::Permission;
use crate::page::text::{counted, segment};
use model::limit::MEASURE_PAGE_ROWS_MAX;
use model::{Actor, LeafIndex, Role};
use runtime::data::Data;
use runtime::measure::assessment::{self, Opinion};
use runtime::measure::decision::{self, Which};
use runtime::measure::{Decision, Measure, MeasureError, Status, purge, quarantine, warning};
use runtime::overview;

/// Warnings whose text an approver is shown on one page. A decision about more is better parted.
const TEXTS_MAX: usize = 200;

impl From<MeasureError> for Failure {
    fn from(error: MeasureError) -> Self {
        match error {
            MeasureError::Store(error) => Self::Internal(error),
            MeasureError::RoleMissing(_) | MeasureError::OwnProposal => Self::Forbidden(error.to_string()),
            MeasureError::Invalid(_) => Self::Invalid(error.to_string()),
            MeasureError::Unknown(_) => Self::Missing,
            MeasureError::Conflict(_) | MeasureError::Unsettled(_) => Self::Conflict(error.to_string()),
        }
    }
}

/// Proposals that wait for a second person, the latest first.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn open(data: &Data) -> Result<Vec<Decision>, Failure> {
    Ok(decision::list(data, Which::Open, None, MEASURE_PAGE_ROWS_MAX)?.rows)
}

/// Decisions that wait for this person: proposals of others that the person may approve.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn waiting(data: &Data, actor: &Actor) -> Result<usize, Failure> {
    if !actor.has(Role::Approver) {
        return Ok(0);
    }
    Ok(open(data)?.iter().filter(|waiting| !decision::is_own(actor, waiting)).count())
}

/// Whether somebody with one of these roles may act.
pub(crate) fn with_role(actor: &Actor, roles: &[Role]) -> Permission {
    if roles.iter().any(|role| actor.has(*role)) { Permission::Allowed } else { Permission::Absent }
}

/// A decision as a page shows it to `actor`.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn view(data: &Data, decision: Decision, actor: &Actor) -> Result<DecisionView, Failure> {
    let (about, path) = subject(data, &decision.measure)?;
    let is_open = decision.status == Status::Proposed;
    let is_own = decision::is_own(actor, &decision);
    let decide = match (is_open, actor.has(Role::Approver), is_own) {
        (true, true, false) => others(data, &decision, actor)?,
        (true, true, true) => Permission::Refused("You proposed it: a second person has to decide.".into()),
        _ => Permission::Absent,
    };
    // Only who decides has to read them; for the others they are on the members' pages.
    let texts = if decide == Permission::Allowed { texts(data, &decision.measure)? } else { Vec::new() };
    Ok(DecisionView {
        kind: kind(&decision.measure),
        about,
        path,
        extent: extent(data, &decision)?,
        lapses: is_open.then_some(decision.lapses_at),
        outcome: outcome(data, &decision)?,
        texts,
        evidence: decision.evidence.last().map(|leaf| LeafIndex(*leaf)),
        approve: decide.clone(),
        refuse: if is_own { Permission::Absent } else { decide },
        withdraw: if is_open && is_own { Permission::Allowed } else { Permission::Absent },
        id: decision.id,
        reason: decision.reason,
        proposed_by: decision.proposed_by,
        proposed: decision.proposed_at,
    })
}

/// Whether somebody decides about a proposal of another: not where the other has handed the account over.
fn others(data: &Data, decision: &Decision, actor: &Actor) -> Result<Permission, Failure> {
    let is_handled = account::find(data, &actor.account)?
        .is_some_and(|account| account.was_handed_over_by(&decision.proposed_by));
    Ok(if is_handled { Permission::Refused(NotYet::Handler.to_string()) } else { Permission::Allowed })
}

/// What a measure is about, for people, and where it is shown.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn subject(data: &Data, measure: &Measure) -> Result<(String, Option<String>), Failure> {
    match measure {
        Measure::Release { item } => {
            let subject =
                quarantine::get(data, item)?.map(|kept| kept.subject).filter(|text| !text.is_empty());
            let path = format!("/quarantine/{}", segment(item));
            Ok((subject.unwrap_or_else(|| "a message in quarantine".into()), Some(path)))
        }
        Measure::BlockSender { address } | Measure::UnblockSender { address } => Ok((address.clone(), None)),
        Measure::Unmask { member } => Ok((member.clone(), Some(format!("/members/{}", segment(member))))),
        Measure::AcceptOpen { question } => {
            let case = question.split('/').next().unwrap_or_default();
            Ok((question.clone(), Some(format!("/cases/{}", segment(case)))))
        }
        Measure::Restore { purge } => match purge::get(data, purge)? {
            Some(found) => campaign(data, &found.campaign),
            None => Ok((purge.clone(), None)),
        },
        Measure::Warn { campaign: id, .. }
        | Measure::Dismiss { campaign: id }
        | Measure::Purge { campaign: id } => campaign(data, id),
    }
}

fn campaign(data: &Data, id: &str) -> Result<(String, Option<String>), Failure> {
    Ok((overview::name(data, id)?, Some(format!("/campaigns/{}", segment(id)))))
}

/// How much a decision touches.
fn extent(data: &Data, decision: &Decision) -> Result<String, Failure> {
    let purge = match &decision.measure {
        Measure::Warn { warnings, .. } => return Ok(counted(warnings.len() as u64, "member")),
        Measure::Purge { campaign } => purge::of_campaign(data, campaign)?,
        Measure::Restore { purge } => purge::get(data, purge)?,
        _ => return Ok(String::new()),
    };
    let told = purge
        .map(|purge| format!("{} of {}", counted(purge.copies, "mail"), counted(purge.members, "member")));
    Ok(told.unwrap_or_default())
}

/// What would be sent, each text once.
fn texts(data: &Data, measure: &Measure) -> Result<Vec<String>, Failure> {
    let Measure::Warn { warnings, .. } = measure else { return Ok(Vec::new()) };
    let mut texts: Vec<String> = Vec::new();
    for id in warnings.iter().take(TEXTS_MAX) {
        let text = warning::get(data, id)?.map(|warning| warning::nameless(&warning.text));
        texts.extend(text.filter(|text| !texts.contains(text)));
    }
    Ok(texts)
}

fn kind(measure: &Measure) -> DecisionKind {
    match measure {
        Measure::Dismiss { .. } => DecisionKind::Dismiss,
        Measure::Warn { .. } => DecisionKind::Warn,
        Measure::Release { .. } => DecisionKind::Release,
        Measure::Purge { .. } => DecisionKind::Purge,
        Measure::Restore { .. } => DecisionKind::Restore,
        Measure::BlockSender { .. } => DecisionKind::Block,
        Measure::UnblockSender { .. } => DecisionKind::Unblock,
        Measure::Unmask { .. } => DecisionKind::Unmask,
        Measure::AcceptOpen { .. } => DecisionKind::AcceptOpen,
    }
}

fn outcome(data: &Data, decision: &Decision) -> Result<Option<Outcome>, Failure> {
    let word = match decision.status {
        Status::Proposed => return Ok(None),
        Status::Approved => OutcomeWord::Approved,
        Status::Refused => OutcomeWord::Refused,
        Status::Withdrawn => OutcomeWord::Withdrawn,
        Status::Expired => OutcomeWord::Lapsed,
        Status::Done => OutcomeWord::Done,
        Status::Failed => OutcomeWord::Failed,
    };
    let extent = shortfall(data, decision)?;
    Ok(Some(Outcome {
        word,
        by: decision.decided_by.clone(),
        at: decision.decided_at.unwrap_or(decision.proposed_at),
        reason: if decision.answer.is_empty() { extent } else { decision.answer.clone() },
    }))
}

/// What a decision did not reach; empty where it reached everything.
fn shortfall(data: &Data, decision: &Decision) -> Result<String, Failure> {
    if let Measure::Purge { campaign } = &decision.measure
        && let Some(purge) = purge::of_campaign(data, campaign)?.filter(|one| one.decision == decision.id)
        && purge.gone + purge.failed > 0
    {
        let (moved, gone, failed) = (purge.moved + purge.restored, purge.gone, purge.failed);
        return Ok(format!("done in part: {moved} moved, {gone} were gone, {failed} could not be reached"));
    }
    Ok(match decision.steps_failed {
        0 => String::new(),
        failed => format!("{failed} of {} could not be done", counted(decision.steps, "mail")),
    })
}

/// What persons have said of a campaign.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn standing(data: &Data, campaign: &str) -> Result<Standing, Failure> {
    Ok(match assessment::of(data, campaign)?.map(|last| last.opinion) {
        None => Standing::Open,
        Some(Opinion::Confirmed) => Standing::Confirmed,
        Some(Opinion::Dismissed) => Standing::Dismissed,
    })
}
