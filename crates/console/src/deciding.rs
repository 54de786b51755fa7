//! Proposing and deciding, for pages and for programs alike. The rules are in `runtime::measure`.

use crate::error::Failure;
use crate::state::State;
use model::Actor;
use runtime::data::Data;
use runtime::measure::{Decision, Measure, decision, warning};

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
/// As `runtime::measure` says.
pub(crate) fn propose(
    state: &State,
    measure: Measure,
    why: &str,
    actor: &Actor,
) -> Result<Decision, Failure> {
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
/// As `runtime::measure` says.
pub(crate) fn answer(state: &State, id: &str, answer: &Answer, actor: &Actor) -> Result<Decision, Failure> {
    let mut data = state.live.data()?;
    let now = state.now();
    Ok(match answer {
        Answer::Approve => decision::approve(&mut data, actor, id, now)?,
        Answer::Refuse(why) => decision::refuse(&mut data, actor, id, why, now)?,
        Answer::Withdraw => decision::withdraw(&mut data, actor, id, now)?,
    })
}
