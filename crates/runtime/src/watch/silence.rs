//! The silence of a source: who wants not to be seen begins with the logs.

use super::standing::SourceRow;
use crate::clock::rfc3339;
use model::EventTime;
use std::sync::Arc;
use watch::correlation::Offset;
use watch::sighting::{RuleHead, Sighting, SightingId};
use watch::sigma::rule::Level;

/// The id of the rule, which is the house's own and in no file.
pub(super) const RULE: &str = "8e6d2f0b-1f2c-4a0e-9f53-6f2b7c1f9d10";

/// The sighting of a source that fell silent. Its id is made of the source and of when it was heard last, so that one silence is
/// told once, whatever restarts are within it.
pub(super) fn sighting(source: &SourceRow, now: EventTime) -> Sighting {
    let last = Offset { source: Offset::source_of(&source.name), position: source.heard.0.unsigned_abs() };
    let rule = RuleHead {
        id: RULE.to_owned(),
        title: "Log Source Fell Silent".to_owned(),
        level: Level::Medium,
        tags: vec!["attack.defense-evasion".to_owned(), "attack.t1562.006".to_owned()],
    };
    Sighting {
        id: SightingId::of_match(RULE, last),
        rule: Arc::new(rule),
        time: now.into(),
        logsource: "portcullis/sources".to_owned(),
        source: source.path.clone(),
        position: "its end".to_owned(),
        fields: vec![("source".to_owned(), source.name.clone()), ("heard".to_owned(), rfc3339(source.heard))],
        entities: Vec::new(),
    }
}
