//! Rules made ready: events go in, and what rules and correlations say of them comes out.

use super::reach;
use super::rule_book::{RuleBook, has_keywords, head_of, looked_at};
use super::standing::RuleStandingRow;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use watch::case::entity::{self, Entity, EntityKind};
use watch::correlation::{Alert, Correlator, Offset};
use watch::engine::{Engine, Scratch};
use watch::event::{Event, Field, FieldId, FieldNames, Origin, Value};
use watch::format::{Format, LineReader};
use watch::memory::{KeyedState, StateError};
use watch::sighting::{RuleHead, Sighting, SightingId};
use watch::sigma::correlation::{Correlation, CorrelationKind};
use watch::sigma::rule::{Logsource, Rule};
use watch::sigma::rule_set::RuleSet;

use anyhow::Result;
use model::EventMillis;
use model::limit::{SIGHTING_FIELDS_MAX, SIGHTING_VALUE_BYTES_MAX};

/// Where an event stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The source and the byte or the number of the record.
    pub offset: Offset,
    /// The source as people name it.
    pub source: Arc<str>,
    /// `line N` or `record N`.
    pub position: String,
}

/// An event that correlations look at, without what nobody will ask for.
#[derive(Debug, Clone)]
pub struct Held {
    /// When it happened.
    pub time: EventMillis,
    /// Where it stands.
    pub place: Place,
    /// The rules that matched it and that correlations look at.
    pub rules: Vec<u32>,
    logsource: String,
    fields: Vec<Field<'static>>,
}

/// What came of an event.
#[derive(Debug, Default)]
pub struct Seen {
    /// What rules that tell by themselves say of it.
    pub sightings: Vec<Sighting>,
    /// The event for correlations, which are to see events in the order of time.
    pub held: Option<Held>,
}

/// A rule as a sighting shows it.
struct Shown {
    head: Arc<RuleHead>,
    /// Whose values a person is shown.
    fields: BTreeSet<FieldId>,
}

/// Rules made ready.
pub struct Watcher {
    engine: Engine,
    correlator: Correlator,
    names: Arc<FieldNames>,
    scratch: Scratch,
    rules: Vec<Shown>,
    correlations: Vec<Arc<RuleHead>>,
    /// Fields that name whom and what an event is about.
    entities: BTreeMap<FieldId, EntityKind>,
    /// Fields that correlations ask for.
    correlated: BTreeSet<FieldId>,
    book: RuleBook,
    heard: reach::Heard,
}

impl Watcher {
    /// Makes the rules of a set ready.
    pub fn new(set: &RuleSet) -> Self {
        let mut names = FieldNames::default();
        let engine = Engine::new(&set.rules, &mut names);
        let correlator = Correlator::new(&set.rules, &set.correlations, &mut names);
        let entities = entity::FIELDS.iter().map(|(name, kind)| (names.intern(name), *kind)).collect();
        let rules = set.rules.iter().map(|rule| shown(rule, &mut names)).collect();
        let correlated = set.correlations.iter().flat_map(asked_for).map(|name| names.intern(name)).collect();
        let correlations = set.correlations.iter().map(head_of).collect();
        let book = RuleBook::new(set, &mut names);
        Self {
            engine,
            correlator,
            names: Arc::new(names),
            scratch: Scratch::default(),
            rules,
            correlations,
            entities,
            correlated,
            book,
            heard: reach::Heard::default(),
        }
    }

    /// A reader of a log, which gives the fields that the rules ask for.
    pub fn reader(&mut self, format: Format, name: &str, latest: EventMillis) -> LineReader {
        LineReader::new(format, name, Arc::make_mut(&mut self.names), latest)
    }

    /// The names that events have.
    pub fn names(&self) -> &Arc<FieldNames> {
        &self.names
    }

    /// What was left out of correlations, or forgotten.
    pub fn stats(&self) -> watch::correlation::Stats {
        self.correlator.stats()
    }

    /// Notes what kind of event the logs hold, for [`Watcher::standing`].
    pub fn hear(&mut self, event: &Event<'_>) {
        self.heard.note(event);
    }

    /// How each rule stands.
    pub fn standing(&self) -> Vec<RuleStandingRow> {
        self.book.standing(&self.heard, &self.names)
    }

    /// Reads how often rules fired.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn recall(&mut self, state: &mut dyn KeyedState) -> Result<()> {
        self.book.recall(state)
    }

    /// Puts how often rules fired into what is committed together.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn remember(&mut self, state: &mut dyn KeyedState) -> Result<()> {
        self.book.remember(state)
    }

    /// Matches an event.
    pub fn see(&mut self, event: &Event<'_>, place: impl Fn() -> Place, fallback: EventMillis) -> Seen {
        let matched = self.engine.matches(event, &mut self.scratch).to_vec();
        if matched.is_empty() {
            return Seen::default();
        }
        let place = place();
        let mut seen = Seen::default();
        let mut wanted = Vec::new();
        for rule in matched {
            let index = usize::try_from(rule).unwrap_or(usize::MAX);
            if self.correlator.is_told(index)
                && let Some(shown) = self.rules.get(index)
            {
                let fields = self.fields(event, &shown.fields);
                let time = event.time.unwrap_or(fallback);
                self.book.note(&shown.head.id, time);
                seen.sightings.push(Sighting {
                    id: SightingId::of_match(&shown.head.id, place.offset),
                    rule: Arc::clone(&shown.head),
                    time,
                    logsource: told(&event.origin),
                    source: place.source.to_string(),
                    position: place.position.clone(),
                    entities: self.entities(event),
                    fields,
                });
            }
            if self.correlator.is_wanted(index) {
                wanted.push(rule);
            }
        }
        if !wanted.is_empty()
            && let Some(time) = event.time
        {
            let fields = event
                .fields
                .iter()
                .filter(|field| self.correlated.contains(&field.id) || self.entities.contains_key(&field.id));
            let fields = fields.map(|field| Field { id: field.id, value: owned(&field.value) }).collect();
            seen.held = Some(Held { time, place, rules: wanted, logsource: told(&event.origin), fields });
        }
        seen
    }

    /// Shows an event to the correlations.
    ///
    /// # Errors
    /// [`StateError`] when the state cannot be read or written.
    pub fn correlate(
        &mut self,
        state: &mut dyn KeyedState,
        held: &Held,
    ) -> Result<Vec<Sighting>, StateError> {
        let event = Event { fields: held.fields.clone(), time: Some(held.time), origin: Origin::default() };
        let mut sightings = Vec::new();
        for rule in &held.rules {
            let rule = usize::try_from(*rule).unwrap_or(usize::MAX);
            for alert in self.correlator.observe(state, rule, &event, held.place.offset)? {
                self.fired(&alert);
                sightings.extend(self.alerted(&alert, Some((held, &event))));
            }
        }
        Ok(sightings)
    }

    /// Says that everything before `watermark` was seen.
    ///
    /// # Errors
    /// [`StateError`] when the state cannot be read or written.
    pub fn advance(
        &mut self,
        state: &mut dyn KeyedState,
        watermark: EventMillis,
    ) -> Result<Vec<Sighting>, StateError> {
        let alerts = self.correlator.advance(state, watermark)?;
        alerts.iter().for_each(|alert| self.fired(alert));
        Ok(alerts.iter().filter_map(|alert| self.alerted(alert, None)).collect())
    }

    /// Judges windows that are still open, at the end of a scan.
    ///
    /// # Errors
    /// [`StateError`] when the state cannot be read or written.
    pub fn close(&mut self, state: &mut dyn KeyedState) -> Result<Vec<Sighting>, StateError> {
        let alerts = self.correlator.close(state)?;
        alerts.iter().for_each(|alert| self.fired(alert));
        Ok(alerts.iter().filter_map(|alert| self.alerted(alert, None)).collect())
    }

    fn fired(&mut self, alert: &Alert) {
        if let Some(head) = self.correlations.get(alert.correlation) {
            self.book.note(&head.id, alert.time);
        }
    }

    /// The sighting of an alert. The event that set it off says what it is about; without one, its group does.
    fn alerted(&self, alert: &Alert, event: Option<(&Held, &Event<'_>)>) -> Option<Sighting> {
        let head = Arc::clone(self.correlations.get(alert.correlation)?);
        let mut fields: Vec<(String, String)> = alert.group.iter().chain(&alert.fields).cloned().collect();
        let mut entities: BTreeSet<Entity> =
            fields.iter().filter_map(|(name, value)| self.entity(name, value)).collect();
        let (logsource, source, position) = match event {
            None => (String::new(), String::new(), "no event of its own".to_owned()),
            Some((held, event)) => {
                entities.extend(self.entities(event));
                let named: BTreeSet<FieldId> = self.entities.keys().copied().collect();
                let further = self.fields(event, &named).into_iter();
                fields
                    .extend(further.filter(|(name, _)| !alert.group.iter().any(|(known, _)| known == name)));
                (held.logsource.clone(), held.place.source.to_string(), held.place.position.clone())
            }
        };
        fields.truncate(SIGHTING_FIELDS_MAX);
        let entities = entities.into_iter().collect();
        Some(Sighting {
            id: SightingId(alert.id),
            rule: head,
            time: alert.time,
            logsource,
            source,
            position,
            fields,
            entities,
        })
    }

    fn entity(&self, name: &str, value: &str) -> Option<Entity> {
        let kind = self.entities.get(&self.names.id(name))?;
        entity::of_field(*kind, value)
    }

    fn entities(&self, event: &Event<'_>) -> Vec<Entity> {
        let found = event.fields.iter().filter_map(|field| {
            let kind = self.entities.get(&field.id)?;
            entity::of_field(*kind, field.value.text()?)
        });
        found.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Names and values of the fields to show, shortened.
    fn fields(&self, event: &Event<'_>, wanted: &BTreeSet<FieldId>) -> Vec<(String, String)> {
        let shown = event.fields.iter().filter(|field| wanted.contains(&field.id)).filter_map(|field| {
            let name = self.names.name(field.id)?;
            let value = field.value.text()?;
            let end = (0..=SIGHTING_VALUE_BYTES_MAX.min(value.len()))
                .rev()
                .find(|end| value.is_char_boundary(*end))?;
            Some((name.to_owned(), value.get(..end)?.to_owned()))
        });
        shown.take(SIGHTING_FIELDS_MAX).collect()
    }
}

/// The rule as a sighting shows it: fields that it looks at, those that its author wants shown, and those that name somebody.
fn shown(rule: &Rule, names: &mut FieldNames) -> Shown {
    let mut fields = BTreeSet::new();
    rule.conditions.iter().for_each(|condition| looked_at(condition, names, &mut fields));
    if rule.conditions.iter().any(has_keywords) {
        fields.extend(TEXTS.iter().map(|name| names.intern(name)));
    }
    fields.extend(rule.fields.iter().map(|name| names.intern(name)));
    fields.extend(entity::FIELDS.iter().map(|(name, _)| names.intern(name)));
    let head = RuleHead {
        id: rule.id.clone(),
        title: rule.title.clone(),
        level: rule.level,
        tags: rule.tags.clone(),
    };
    Shown { head: Arc::new(head), fields }
}

/// Keywords look at every field; where events have one text, it is in one of these.
const TEXTS: [&str; 3] = ["message", "Data", "Message"];

/// The fields that a correlation asks for.
fn asked_for(correlation: &Correlation) -> Vec<&str> {
    let mut names: Vec<&str> = correlation.group_by.iter().map(String::as_str).collect();
    names.extend(correlation.aliases.values().flat_map(BTreeMap::values).map(String::as_str));
    match &correlation.kind {
        CorrelationKind::ValueCount(fields, _) | CorrelationKind::FirstSeen { fields, .. } => {
            names.extend(fields.iter().map(String::as_str));
        }
        CorrelationKind::ValueSum(field, _)
        | CorrelationKind::ValueAvg(field, _)
        | CorrelationKind::ValuePercentile(field, _, _) => names.push(field),
        _ => {}
    }
    names
}

fn owned(value: &Value<'_>) -> Value<'static> {
    match value {
        Value::Null => Value::Null,
        Value::Bool(is_true) => Value::Bool(*is_true),
        Value::Number(text) => Value::Number(Cow::Owned(text.to_string())),
        Value::Text(text) => Value::Text(Cow::Owned(text.to_string())),
    }
}

/// `windows/sysmon/process_creation`
fn told(origin: &Origin<'_>) -> String {
    let words = origin.product.iter().chain(&origin.services).chain(&origin.categories);
    words.map(AsRef::as_ref).collect::<Vec<&str>>().join("/")
}

/// What the user says of a log stands beside what its records say.
pub fn add_words(origin: &mut Origin<'_>, logsource: &Logsource) {
    if let Some(product) = &logsource.product {
        origin.product = Some(product.clone().into());
    }
    origin.services.extend(logsource.service.clone().map(Into::into));
    origin.categories.extend(logsource.category.clone().map(Into::into));
}
