//! The rules in force, what they look at, how often each fired, and which never could.

use super::reach::Heard;
use super::row::millis_rfc3339;
use super::standing::{Reach, RuleStandingRow};
use anyhow::Result;
use model::EventMillis;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use watch::event::{FieldId, FieldNames};
use watch::memory::KeyedState;
use watch::sighting::RuleHead;
use watch::sigma::condition::{Condition, Test};
use watch::sigma::correlation::Correlation;
use watch::sigma::rule::{Logsource, Rule};
use watch::sigma::rule_set::RuleSet;

/// Keys of counts in the memory of correlations, beside theirs.
const FIRED: u8 = b'F';

/// What a rule is about.
#[derive(Debug)]
enum About {
    Events {
        logsource: Logsource,
        fields: BTreeSet<FieldId>,
    },
    /// Places of its rules in the book.
    Others(Vec<usize>),
}

#[derive(Debug)]
struct Page {
    head: Arc<RuleHead>,
    kind: &'static str,
    told: String,
    about: About,
}

/// How often a rule fired, and when last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fired {
    count: u64,
    last: EventMillis,
}

/// The rules in force.
#[derive(Debug, Default)]
pub(super) struct RuleBook {
    pages: Vec<Page>,
    fired: BTreeMap<String, Fired>,
    changed: BTreeSet<String>,
}

impl RuleBook {
    /// The book of a set of rules. Names of fields that they look at are added to `names`.
    pub(super) fn new(set: &RuleSet, names: &mut FieldNames) -> Self {
        let mut pages: Vec<Page> = set.rules.iter().map(|rule| page(rule, names)).collect();
        let places = places(set);
        pages.extend(set.correlations.iter().map(|correlation| {
            let of = correlation.rules.iter().filter_map(|name| places.get(name.as_str()).copied());
            Page {
                head: head_of(correlation),
                kind: "correlation",
                told: correlation.rules.join(", "),
                about: About::Others(of.collect()),
            }
        }));
        Self { pages, fired: BTreeMap::new(), changed: BTreeSet::new() }
    }

    /// Notes that a rule fired.
    pub(super) fn note(&mut self, rule: &str, time: EventMillis) {
        let fired = self.fired.entry(rule.to_owned()).or_insert(Fired { count: 0, last: time });
        fired.count += 1;
        fired.last = fired.last.max(time);
        self.changed.insert(rule.to_owned());
    }

    /// Reads what was remembered.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub(super) fn recall(&mut self, state: &mut dyn KeyedState) -> Result<()> {
        for page in &self.pages {
            if let Some(bytes) = state.get(&key(&page.head.id))?
                && let Some((count, last)) = bytes.split_first_chunk::<8>()
                && let Ok(last) = last.try_into()
            {
                let fired =
                    Fired { count: u64::from_le_bytes(*count), last: EventMillis(i64::from_le_bytes(last)) };
                self.fired.insert(page.head.id.clone(), fired);
            }
        }
        Ok(())
    }

    /// Puts what changed into what is committed together.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub(super) fn remember(&mut self, state: &mut dyn KeyedState) -> Result<()> {
        for rule in std::mem::take(&mut self.changed) {
            let Some(fired) = self.fired.get(&rule) else { continue };
            let mut value = fired.count.to_le_bytes().to_vec();
            value.extend(fired.last.0.to_le_bytes());
            state.put(&key(&rule), value)?;
        }
        Ok(())
    }

    /// How each rule stands.
    pub(super) fn standing(&self, heard: &Heard, names: &FieldNames) -> Vec<RuleStandingRow> {
        let row = |(place, page): (usize, &Page)| {
            let (reach, unseen_fields) = self.reach(place, heard, names, 0);
            let fired = self.fired.get(&page.head.id).copied();
            RuleStandingRow {
                id: page.head.id.clone(),
                title: page.head.title.clone(),
                level: page.head.level.word().to_owned(),
                kind: page.kind.to_owned(),
                about: page.told.clone(),
                fired: fired.map_or(0, |fired| fired.count),
                last: fired.map(|fired| millis_rfc3339(fired.last)),
                reach,
                unseen_fields,
            }
        };
        self.pages.iter().enumerate().map(row).collect()
    }

    /// A correlation reaches no farther than the one of its rules that reaches least.
    fn reach(&self, place: usize, heard: &Heard, names: &FieldNames, depth: usize) -> (Reach, Vec<String>) {
        match self.pages.get(place).map(|page| &page.about) {
            Some(About::Events { logsource, fields }) => heard.reach(logsource, fields, names),
            Some(About::Others(places)) if depth < model::limit::CORRELATION_DEPTH_MAX => {
                let of = places.iter().map(|place| self.reach(*place, heard, names, depth + 1));
                of.min_by_key(|(reach, _)| *reach).unwrap_or((Reach::Deaf, Vec::new()))
            }
            _ => (Reach::Deaf, Vec::new()),
        }
    }
}

fn page(rule: &Rule, names: &mut FieldNames) -> Page {
    let mut fields = BTreeSet::new();
    rule.conditions.iter().for_each(|condition| looked_at(condition, names, &mut fields));
    let Logsource { product, service, category } = &rule.logsource;
    let told: Vec<&str> = [product, service, category].into_iter().flatten().map(String::as_str).collect();
    let head = RuleHead {
        id: rule.id.clone(),
        title: rule.title.clone(),
        level: rule.level,
        tags: rule.tags.clone(),
    };
    Page {
        head: Arc::new(head),
        kind: "rule",
        told: told.join("/"),
        about: About::Events { logsource: rule.logsource.clone(), fields },
    }
}

/// The correlation as a sighting shows it.
pub(super) fn head_of(correlation: &Correlation) -> Arc<RuleHead> {
    Arc::new(RuleHead {
        id: correlation.id.clone(),
        title: correlation.title.clone(),
        level: correlation.level,
        tags: correlation.tags.clone(),
    })
}

/// Where each rule and correlation stands, by id and by name.
fn places(set: &RuleSet) -> BTreeMap<&str, usize> {
    let rules = set.rules.iter().map(|rule| (&rule.id, &rule.name));
    let correlations = set.correlations.iter().map(|rule| (&rule.id, &rule.name));
    let mut places = BTreeMap::new();
    for (place, (id, name)) in rules.chain(correlations).enumerate() {
        places.insert(id.as_str(), place);
        places.extend(name.as_deref().map(|name| (name, place)));
    }
    places
}

/// Adds the fields that a condition names.
pub(super) fn looked_at(condition: &Condition, names: &mut FieldNames, fields: &mut BTreeSet<FieldId>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| looked_at(part, names, fields));
        }
        Condition::Not(part) => looked_at(part, names, fields),
        Condition::Is(predicate) => {
            fields.extend(predicate.field.iter().map(|name| names.intern(name)));
            if let Test::Field(_, other, _) = &predicate.test {
                fields.insert(names.intern(other));
            }
        }
    }
}

/// Does a condition look for keywords, in whatever field they are?
pub(super) fn has_keywords(condition: &Condition) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(has_keywords),
        Condition::Not(part) => has_keywords(part),
        Condition::Is(predicate) => predicate.field.is_none(),
    }
}

fn key(rule: &str) -> Vec<u8> {
    let mut key = vec![FIRED];
    key.extend(rule.bytes().take(model::limit::KEYED_KEY_BYTES_MAX - 1));
    key
}
