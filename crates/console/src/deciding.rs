//! Proposing and deciding, for pages and for programs alike. The rules are in `runtime::measure`.

use crate::account;
use crate::account::handover::NotYet;
use crate::error::Failure;
use crate::state::State;
use model::Actor;
use runtime::data::Data;
use runtime::measure::{Decision, Measure, decision, warning};

/// Why no removal can be proposed where no mailbox is configured.
pub(crate) const NO_MAILBOXES: &str = "No mailbox is configured, so nothing can be removed from any.";

/// What somebody says to a proposal.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// Agreed.
    Approve,
    /// Not agreed, because of this.
    Refuse(String),
    /// Taken back.
    Withdraw,
}

/// Proposes a measure.
///
/// # Errors
/// As `runtime::measure` says, and [`Failure::Conflict`] where nothing could carry it out.
pub(crate) fn propose(
    state: &State,
    measure: Measure,
    why: &str,
    actor: &Actor,
) -> Result<Decision, Failure> {
    if matches!(measure, Measure::Purge { .. }) && !state.settings.reach.has_mailboxes {
        return Err(Failure::Conflict(NO_MAILBOXES.into()));
    }
    Ok(decision::propose(&mut *state.live.data()?, actor, measure, why, state.now())?)
}

/// The measure that sends every warning of a campaign that can be sent now.
///
/// # Errors
/// [`Failure::Conflict`] where there is none.
pub(crate) fn warn_all(data: &Data, campaign: String) -> Result<Measure, Failure> {
    let warnings = warning::sendable(data, &campaign)?;
    if warnings.is_empty() {
        return Err(Failure::Conflict("no warning about this campaign can be sent now".into()));
    }
    Ok(Measure::Warn { campaign, warnings })
}

/// Answers a proposal.
///
/// # Errors
/// As `runtime::measure` says, and [`Failure::Forbidden`] for accounts that were handed over.
pub(crate) fn answer(state: &State, id: &str, answer: &Answer, actor: &Actor) -> Result<Decision, Failure> {
    let mut data = state.live.data()?;
    let now = state.now();
    if !matches!(answer, Answer::Withdraw) {
        check_hands(state, &data, id, actor)?;
    }
    Ok(match answer {
        Answer::Approve => decision::approve(&mut data, actor, id, now)?,
        Answer::Refuse(why) => decision::refuse(&mut data, actor, id, why, now)?,
        Answer::Withdraw => decision::withdraw(&mut data, actor, id, now)?,
    })
}

/// Nobody decides with an account that was handed over a short while ago, or by whoever proposed it.
fn check_hands(state: &State, data: &Data, id: &str, actor: &Actor) -> Result<(), Failure> {
    let Some(account) = account::find(data, &actor.account)? else { return Err(Failure::SignInFirst) };
    let Some(decision) = decision::get(data, id)? else { return Err(Failure::Missing) };
    let hold_secs = state.settings.approval_hold_secs;
    let allowed = account.check_decides(&decision.proposed_by, hold_secs, state.now());
    allowed.map_err(|why: NotYet| Failure::Forbidden(why.to_string()))
}
