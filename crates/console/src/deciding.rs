//! Proposing and deciding, for pages and for programs alike. The rules are in `runtime::measure`; here is what follows from a
//! decision while the house is live.

use crate::error::Failure;
use crate::state::State;
use model::Actor;
use runtime::measure::decision::{self, Decision, Measure};

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
/// As `runtime::measure` says; [`Failure::Missing`] where it is about nothing that is there.
pub(crate) fn propose(
    state: &State,
    measure: Measure,
    why: &str,
    actor: &Actor,
) -> Result<Decision, Failure> {
    let mut data = state.live.data()?;
    Ok(decision::propose(&mut data, measure, why, actor, state.now())?)
}

/// Answers a proposal.
///
/// # Errors
/// As `runtime::measure` says.
pub(crate) fn answer(state: &State, id: &str, answer: &Answer, actor: &Actor) -> Result<Decision, Failure> {
    let mut data = state.live.data()?;
    let now = state.now();
    Ok(match answer {
        Answer::Approve => decision::approve(&mut data, id, actor, now)?,
        Answer::Refuse(why) => decision::refuse(&mut data, id, why, actor, now)?,
        Answer::Withdraw => decision::withdraw(&mut data, id, actor, now)?,
    })
}
