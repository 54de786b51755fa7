//! How far an approved decision was carried out: each mail that is sent or moved for it is a step, counted once.

use super::{DECISIONS, Decision, Status};
use crate::data::Data;
use crate::measure::Result;
use store::Batch;

/// How far a step of carrying a decision out has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::measure) enum Step {
    Open,
    Done,
    Failed,
}

/// Steps of one decision that change in one batch, each counted once however often it is tried again.
pub(in crate::measure) struct Steps(Option<Decision>);

impl Steps {
    /// Those of the decision `id`, if there is one.
    pub(in crate::measure) fn of(data: &Data, id: Option<&str>) -> Result<Self> {
        Ok(Self(id.map_or(Ok(None), |id| DECISIONS.get(data, id))?))
    }

    /// A step goes from one state to another.
    pub(in crate::measure) fn change(&mut self, from: Step, to: Step) {
        let Some(decision) = &mut self.0 else { return };
        match from {
            Step::Open => {}
            Step::Done => decision.steps_done = decision.steps_done.saturating_sub(1),
            Step::Failed => decision.steps_failed = decision.steps_failed.saturating_sub(1),
        }
        match to {
            Step::Open => {}
            Step::Done => decision.steps_done += 1,
            Step::Failed => decision.steps_failed += 1,
        }
    }

    /// Adds to `batch` how far the decision has come: with its last step it is done.
    pub(in crate::measure) fn put(self, batch: &mut Batch) -> Result<Option<Decision>> {
        let Some(mut decision) = self.0 else { return Ok(None) };
        if matches!(decision.status, Status::Approved | Status::Done | Status::Failed) {
            decision.status = if decision.steps_done + decision.steps_failed < decision.steps {
                Status::Approved
            } else if decision.steps_failed == 0 {
                Status::Done
            } else {
                Status::Failed
            };
        }
        DECISIONS.put(batch, &decision)?;
        Ok(Some(decision))
    }
}

/// Adds to `batch` that a step of the decision `id` changed, and answers the decision as it is then.
pub(in crate::measure) fn note_step(
    data: &Data,
    batch: &mut Batch,
    id: Option<&str>,
    (from, to): (Step, Step),
) -> Result<Option<Decision>> {
    let mut steps = Steps::of(data, id)?;
    steps.change(from, to);
    steps.put(batch)
}
