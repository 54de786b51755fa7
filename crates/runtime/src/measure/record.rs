//! What the measures share: a step with its evidence, roles and reasons, ids.

use super::MeasureError;
use crate::data::Data;
use crate::evidence_log::Entry;
use evidence::Value;
use model::limit::REASON_BYTES_MAX;
use model::{Actor, EventTime, LeafIndex, Role};

/// A step of a measure, on its way into the evidence log.
pub(super) struct Step {
    /// `part.verb`.
    pub(super) kind: &'static str,
    pub(super) now: EventTime,
    /// Facts without personal data.
    pub(super) public: Vec<(&'static str, Value)>,
    /// Who, what and why.
    pub(super) private: Vec<(&'static str, Value)>,
}

impl Step {
    fn entry(self) -> Entry {
        let private = self.private.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let private = Value::Object(private).to_canonical().into_bytes();
        Entry { kind: self.kind, time: self.now, public: self.public, private }
    }
}

/// Makes steps evidence, all or none, and answers the first entry.
pub(super) fn record(
    data: &mut Data,
    steps: impl IntoIterator<Item = Step>,
) -> Result<LeafIndex, MeasureError> {
    let entries: Vec<Entry> = steps.into_iter().map(Step::entry).collect();
    Ok(data.record(&entries)?)
}

/// Refuses an actor without any of `roles`.
pub(super) fn require(actor: &Actor, roles: &[Role]) -> Result<(), MeasureError> {
    let needs = roles.first().copied().unwrap_or(Role::Analyst);
    if roles.iter().any(|role| actor.has(*role)) { Ok(()) } else { Err(MeasureError::Role { needs }) }
}

/// A reason that says something, without the white space around it.
pub(super) fn reason(text: &str) -> Result<String, MeasureError> {
    let text = text.trim();
    if text.is_empty() || text.len() > REASON_BYTES_MAX {
        Err(MeasureError::Reason)
    } else {
        Ok(text.to_owned())
    }
}

/// An id that begins with the time, so that a collection is in order of time, and ends in chance.
pub(super) fn fresh_id(now: EventTime) -> Result<String, MeasureError> {
    let mut chance = [0; 6];
    getrandom::fill(&mut chance)
        .map_err(|error| anyhow::anyhow!("the system has no randomness for an id: {error}"))?;
    let chance: String = chance.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{:010x}{chance}", now.0.max(0)))
}
