//! What kinds of events the logs hold, and so which rules can never fire: what nobody collects, no rule finds.

use super::standing::Reach;
use std::collections::{BTreeMap, BTreeSet};
use watch::event::{Event, FieldId, FieldNames, Origin};
use watch::origin::applies;
use watch::sigma::rule::Logsource;

/// So many of the first events are looked at one by one; later ones are sampled, because logs do not change their kind often.
const EACH_UNTIL: u64 = 10_000;
/// After that one in so many.
const ONE_IN: u64 = 64;
/// Kinds of events that are remembered.
const KINDS_MAX: usize = 1_000;

/// Kinds of events that were heard, with the fields that they had.
#[derive(Debug, Default)]
pub(super) struct Heard {
    events: u64,
    kinds: BTreeMap<Kind, BTreeSet<FieldId>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    product: Option<String>,
    services: Vec<String>,
    categories: Vec<String>,
}

impl Heard {
    /// Takes an event in.
    pub(super) fn note(&mut self, event: &Event<'_>) {
        self.events += 1;
        if self.events > EACH_UNTIL && !self.events.is_multiple_of(ONE_IN) {
            return;
        }
        let kind = Kind::of(&event.origin);
        if self.kinds.len() >= KINDS_MAX && !self.kinds.contains_key(&kind) {
            return;
        }
        self.kinds.entry(kind).or_default().extend(event.fields.iter().map(|field| field.id));
    }

    /// Whether a rule that looks at `fields` can fire, and the names of the fields that no event of its kind had.
    pub(super) fn reach(
        &self,
        logsource: &Logsource,
        fields: &BTreeSet<FieldId>,
        names: &FieldNames,
    ) -> (Reach, Vec<String>) {
        let heard = self.kinds.iter().filter(|(kind, _)| applies(logsource, &kind.origin()));
        let mut had: Option<BTreeSet<FieldId>> = None;
        heard.for_each(|(_, fields)| had.get_or_insert_default().extend(fields));
        let Some(had) = had else { return (Reach::Deaf, Vec::new()) };
        let unseen: Vec<String> =
            fields.difference(&had).filter_map(|id| names.name(*id)).map(str::to_owned).collect();
        (if unseen.is_empty() { Reach::Able } else { Reach::Blind }, unseen)
    }
}

impl Kind {
    fn of(origin: &Origin<'_>) -> Self {
        let texts = |words: &[std::borrow::Cow<'_, str>]| words.iter().map(|word| word.to_string()).collect();
        Self {
            product: origin.product.as_ref().map(ToString::to_string),
            services: texts(&origin.services),
            categories: texts(&origin.categories),
        }
    }

    fn origin(&self) -> Origin<'_> {
        let words = |words: &'_ [String]| words.iter().map(|word| word.clone().into()).collect();
        Origin {
            product: self.product.as_deref().map(Into::into),
            services: words(&self.services),
            categories: words(&self.categories),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use watch::event::Value;

    #[test]
    fn a_rule_is_deaf_blind_or_able() {
        let mut names = FieldNames::default();
        let (image, parent) = (names.intern("Image"), names.intern("ParentImage"));
        let logsource = Logsource { product: Some("windows".to_owned()), ..Logsource::default() };
        let mut heard = Heard::default();
        let fields = BTreeSet::from([image, parent]);
        assert_eq!(heard.reach(&logsource, &fields, &names), (Reach::Deaf, Vec::new()));
        let mut event = Event::default();
        event.origin.product = Some("windows".into());
        event.push(image, Value::Null);
        heard.note(&event);
        let unseen = vec!["ParentImage".to_owned()];
        assert_eq!(heard.reach(&logsource, &fields, &names), (Reach::Blind, unseen));
        event.push(parent, Value::Null);
        heard.note(&event);
        assert_eq!(heard.reach(&logsource, &fields, &names), (Reach::Able, Vec::new()));
    }
}
