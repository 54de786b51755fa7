//! Tests run as a scan would run: through the readers, the engine and the correlations.

use super::{Events, Expected, RawLog, Row, RuleTest, Step};
use crate::correlation::{Alert, Correlator, Offset};
use crate::engine::{Engine, Scratch};
use crate::event::{Event, Field, FieldNames, Origin, Value};
use crate::format::{Framed, Framing, LineReader, Read};
use crate::memory::MemoryState;
use crate::sigma::correlation::Correlation;
use crate::sigma::rule::{Logsource, Place};
use crate::sigma::rule_set::RuleSet;
use model::EventMillis;
use std::collections::BTreeMap;
use std::sync::Arc;

/// When a test begins, in milliseconds: a Monday at eight in the morning.
const START: i64 = 1_767_600_000_000;
/// What stands for the number of an event in its values.
const NUMBER: &str = "{n}";
/// A year after the last event of a log without years would be wrong.
const LOG_WRITTEN: EventMillis = EventMillis(START + 366 * 86_400_000);

/// Rules made ready for their tests.
#[derive(Debug)]
pub struct Bench<'s> {
    set: &'s RuleSet,
    /// As in the set, but all tell what they find: a test may look at each.
    correlations: Vec<Correlation>,
    engine: Engine,
    names: FieldNames,
    /// Rules and, behind them, correlations by name, id and title.
    places: BTreeMap<&'s str, usize>,
}

impl<'s> Bench<'s> {
    /// Makes the rules of a set ready.
    pub fn new(set: &'s RuleSet) -> Self {
        let mut names = FieldNames::default();
        let engine = Engine::new(&set.rules, &mut names);
        let correlations = set.correlations.iter().cloned();
        let correlations =
            correlations.map(|found| Correlation { is_generating: true, ..found }).collect::<Vec<_>>();
        let rules = set.rules.iter().map(|rule| (Some(&rule.title), Some(&rule.id), rule.name.as_ref()));
        let others = set.correlations.iter();
        let others = others.map(|rule| (Some(&rule.title), Some(&rule.id), rule.name.as_ref()));
        let mut places = BTreeMap::new();
        for (place, (title, id, name)) in rules.chain(others).enumerate() {
            let known = [title, id, name].into_iter().flatten();
            places.extend(known.map(|known| (known.as_str(), place)));
        }
        Self { set, correlations, engine, names, places }
    }

    /// Runs a test; answers a row for each of its expectations, and one for each line of a log that could not be read.
    pub fn run(&mut self, test: &RuleTest) -> Vec<Row> {
        let correlator = Correlator::new(&self.set.rules, &self.correlations, &mut self.names).telling_all();
        let mut running = Running {
            bench: self,
            correlator,
            state: MemoryState::default(),
            scratch: Scratch::default(),
            found: BTreeMap::new(),
            troubles: Vec::new(),
            now: START,
            events: 0,
        };
        for step in &test.steps {
            match step {
                Step::Events(events) => running.observe_all(events),
                Step::Log(log) => running.read(log),
                Step::Pass(millis) => running.pass(*millis),
            }
        }
        running.end();
        let Running { found, troubles, .. } = running;
        let title: Arc<str> = test.title.as_str().into();
        let row = |line, rule: &str, is_match_expected, found| Row {
            place: Place { file: Arc::clone(&test.place.file), line },
            test: Arc::clone(&title),
            rule: rule.to_owned(),
            is_match_expected,
            found,
        };
        let troubles = troubles.into_iter().map(|(line, why)| row(line, "", true, Err(why)));
        let outcome = |expected: &Expected| match self.places.get(expected.rule.as_str()) {
            Some(place) => Ok(found.get(place).copied().unwrap_or_default()),
            None => Err("there is no such rule".to_owned()),
        };
        let expected = test.expected.iter();
        troubles
            .chain(
                expected
                    .map(|expected| row(expected.line, &expected.rule, expected.is_match, outcome(expected))),
            )
            .collect()
    }
}

struct Running<'b, 's> {
    bench: &'b mut Bench<'s>,
    correlator: Correlator,
    state: MemoryState,
    scratch: Scratch,
    /// How often each rule and correlation matched, by its place.
    found: BTreeMap<usize, u64>,
    /// What could not be read, with its line in the file of the test.
    troubles: Vec<(u32, String)>,
    /// Milliseconds.
    now: i64,
    events: u64,
}

impl Running<'_, '_> {
    fn observe_all(&mut self, events: &Events) {
        self.now = self.now.saturating_add(events.after);
        for number in 1..=events.times {
            if number > 1 {
                self.now = self.now.saturating_add(events.every);
            }
            let fields = events
                .fields
                .iter()
                .map(|(name, value)| Field { id: self.bench.names.id(name), value: numbered(value, number) });
            let event = Event {
                fields: fields.collect(),
                time: Some(EventMillis(self.now)),
                origin: origin(&events.logsource),
            };
            self.observe(&event);
        }
    }

    fn observe(&mut self, event: &Event<'_>) {
        self.events += 1;
        let at = Offset { source: 1, position: self.events };
        let matched = self.bench.engine.matches(event, &mut self.scratch).to_vec();
        for rule in matched {
            let rule = usize::try_from(rule).unwrap_or(usize::MAX);
            *self.found.entry(rule).or_default() += 1;
            let alerts = self.correlator.observe(&mut self.state, rule, event, at);
            self.note(&alerts.unwrap_or_default());
        }
    }

    /// Counts alerts. [`MemoryState`] never fails, so that none is missed.
    fn note(&mut self, alerts: &[Alert]) {
        for alert in alerts {
            *self.found.entry(self.bench.set.rules.len() + alert.correlation).or_default() += 1;
        }
    }

    fn read(&mut self, log: &RawLog) {
        let mut reader = LineReader::new(log.format, "test", &mut self.bench.names, LOG_WRITTEN);
        let names = self.bench.names.clone();
        let mut framing = Framing::new(log.format, 0, 1);
        let mut sink = |framed: Framed<'_>| match framed {
            Framed::Record(record) => {
                let mut event = Event::default();
                match reader.read(&record.text, &names, &mut event) {
                    Ok(Read::Event) => {
                        add_words(&mut event.origin, &log.logsource);
                        self.now = event.time.map_or(self.now, |time| self.now.max(time.0));
                        self.observe(&event);
                    }
                    Ok(Read::Nothing) => {}
                    Err(reason) => self.troubles.push((log.line, format!("line {}: {reason}", record.line))),
                }
            }
            Framed::Defect { line, reason, .. } => {
                self.troubles.push((log.line, format!("line {line}: {reason}")));
            }
        };
        framing.push(log.text.as_bytes(), &mut sink);
        framing.finish(&mut sink);
    }

    fn pass(&mut self, millis: i64) {
        self.now = self.now.saturating_add(millis);
        let alerts = self.correlator.advance(&mut self.state, EventMillis(self.now));
        self.note(&alerts.unwrap_or_default());
    }

    fn end(&mut self) {
        let alerts = self.correlator.close(&mut self.state);
        self.note(&alerts.unwrap_or_default());
    }
}

fn numbered(value: &Value<'static>, number: u32) -> Value<'static> {
    match value {
        Value::Text(text) if text.contains(NUMBER) => {
            Value::Text(text.replace(NUMBER, &number.to_string()).into())
        }
        other => other.clone(),
    }
}

fn origin(logsource: &Logsource) -> Origin<'static> {
    let mut origin = Origin::default();
    add_words(&mut origin, logsource);
    origin
}

fn add_words(origin: &mut Origin<'_>, logsource: &Logsource) {
    if let Some(product) = &logsource.product {
        origin.product = Some(product.clone().into());
    }
    origin.services.extend(logsource.service.clone().map(Into::into));
    origin.categories.extend(logsource.category.clone().map(Into::into));
}
