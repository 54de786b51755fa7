//! What the intruder did, apart from the logs, for measuring only: no detector may read it.

use super::intruder::Trace;
use super::line::{iso, quoted};
use super::style::Style;

/// One step of the intruder.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// What it is, in words.
    pub(crate) kind: &'static str,
    /// Milliseconds of its first and last line.
    pub(crate) first: i64,
    pub(crate) last: i64,
    /// Addresses, accounts, hosts and paths by which an alert would name it.
    pub(crate) entities: Vec<String>,
}

/// A line of JSON for each step.
pub(crate) fn steps(entry: &str, steps: &[Step]) -> String {
    let line = |step: &Step| {
        let entities: Vec<String> = step.entities.iter().map(|entity| quoted(entity)).collect();
        format!(
            "{{\"entry\":{},\"step\":{},\"first\":\"{}\",\"last\":\"{}\",\"entities\":[{}]}}\n",
            quoted(entry),
            quoted(step.kind),
            iso(step.first),
            iso(step.last),
            entities.join(",")
        )
    };
    steps.iter().map(line).collect()
}

/// A line of JSON for each line that the intruder left in a log, with the step that it belongs to.
pub(crate) fn events(traces: &[Trace], style: Style) -> String {
    let mut traces: Vec<&Trace> = traces.iter().collect();
    traces.sort_by_key(|trace| trace.line.at);
    let row = |Trace { line, step }: &&Trace| {
        format!(
            "{{\"time\":\"{}\",\"step\":{},\"log\":{},\"line\":{}}}\n",
            iso(line.at),
            quoted(step),
            quoted(line.log.word()),
            quoted(&line.text(style))
        )
    };
    traces.iter().map(row).collect()
}
