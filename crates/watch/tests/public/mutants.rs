//! The engine against the plain evaluator with all public rules, on events made of the rules' own literals and on others that nearly
//! match.

use crate::data;
use crate::oracle::origin;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::string::string_regex;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::BTreeMap;
use watch::engine::{Engine, Scratch};
use watch::event::{Event, Field, FieldId, FieldNames, Value};
use watch::sigma::condition::{Condition, Number, Predicate, Test};
use watch::sigma::evaluate;
use watch::sigma::pattern::Piece;
use watch::sigma::rule::Rule;

/// Events for each rule, of which the first is as the rule wants it.
const EVENTS_A_RULE: usize = 4;
/// Other rules of the same logsource that an event is held against.
const OTHERS: usize = 8;

/// Makes events of rules.
struct Maker {
    runner: TestRunner,
}

impl Maker {
    fn new() -> Self {
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        Self { runner: TestRunner::new_with_rng(Config::default(), rng) }
    }

    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.runner.rng().random_range(0..end.max(1))
    }

    /// An event that satisfies a condition, as far as that is easily said; altered here and there if wanted.
    fn event(&mut self, rule: &Rule, names: &FieldNames, is_altered: bool) -> Event<'static> {
        let mut event = Event { origin: origin(&rule.logsource), ..Event::default() };
        let at = self.below(rule.conditions.len());
        if let Some(condition) = rule.conditions.get(at) {
            self.satisfy(condition, is_altered, names, &mut event);
        }
        event
    }

    fn satisfy(
        &mut self,
        condition: &Condition,
        is_altered: bool,
        names: &FieldNames,
        event: &mut Event<'static>,
    ) {
        match condition {
            Condition::All(parts) => {
                parts.iter().for_each(|part| self.satisfy(part, is_altered, names, event));
            }
            Condition::Any(parts) => {
                let at = self.below(parts.len());
                parts.iter().skip(at).take(1).for_each(|part| self.satisfy(part, is_altered, names, event));
            }
            Condition::Not(part) if is_altered && self.below(4) == 0 => {
                self.satisfy(part, false, names, event);
            }
            Condition::Not(_) => {}
            Condition::Is(predicate) => self.add(predicate, is_altered, names, event),
        }
    }

    fn add(
        &mut self,
        predicate: &Predicate,
        is_altered: bool,
        names: &FieldNames,
        event: &mut Event<'static>,
    ) {
        let id = predicate.field.as_deref().map_or(FieldId::OTHER, |field| names.id(field));
        let Some(mut text) = self.passing(&predicate.test) else {
            if matches!(predicate.test, Test::Null) && is_altered {
                event.fields.push(Field { id, value: Value::Null });
            }
            return;
        };
        if is_altered && self.below(3) == 0 {
            text = self.altered(&text);
        }
        if let Test::Field(_, other, _) = &predicate.test {
            event.fields.push(Field { id: names.id(other), value: Value::Text(text.clone().into()) });
        }
        // Rules ask several things of one field: what it contains stands one behind the other.
        let known = event.fields.iter_mut().find(|field| field.id == id && id != FieldId::OTHER);
        match known.map(|field| &mut field.value) {
            Some(Value::Text(before)) if self.below(8) != 0 => *before = format!("{before}{text}").into(),
            _ => event.fields.push(Field { id, value: Value::Text(text.into()) }),
        }
    }

    /// A text that passes the test; none if it takes no text to pass.
    fn passing(&mut self, test: &Test) -> Option<String> {
        Some(match test {
            Test::Null | Test::Exists(false) => return None,
            Test::Exists(true) | Test::Field(..) => "x".to_owned(),
            Test::Matches(pattern) => pattern.pieces.iter().map(written).collect(),
            Test::Number(number) | Test::Compare(_, number) => match number {
                Number::Integer(number) => number.to_string(),
                Number::Float(number) => number.to_string(),
            },
            Test::Regex(regex) => {
                let bare = regex.text.trim_start_matches('^').trim_end_matches('$').replace("\\b", "");
                let made = string_regex(&bare).ok().and_then(|texts| texts.new_tree(&mut self.runner).ok());
                made.map_or(bare, |tree| tree.current())
            }
            Test::Cidr(network) => network.address.to_string(),
            Test::TimePart(_, part) => {
                format!("2026-11-{:02}T{:02}:{:02}:00Z", part % 28 + 1, part % 24, part % 60)
            }
        })
    }

    fn altered(&mut self, text: &str) -> String {
        let at = self.below(text.chars().count());
        let part = |from: usize, to: usize| text.chars().skip(from).take(to - from).collect::<String>();
        match self.below(8) {
            0 => text.to_uppercase(),
            1 => text.to_lowercase(),
            2 => part(1, text.len().max(1)),
            3 => part(0, text.chars().count().saturating_sub(1)),
            4 => format!("{}{}", part(0, at), part(at + 1, text.len().max(at + 1))),
            5 => format!("{}K{}", part(0, at), part(at, text.len().max(at))),
            6 => format!("ж{text}"),
            _ => format!("{text} {text}"),
        }
    }
}

fn written(piece: &Piece) -> &str {
    match piece {
        Piece::Text(text) => text,
        Piece::Any => "",
        Piece::One => "q",
    }
}

#[test]
fn the_engine_and_the_evaluator_agree_on_public_rules() {
    let Some(folder) = data::folder() else { return };
    let rules = data::rule_set(&data::rule_files(&folder)).rules;
    let mut names = FieldNames::default();
    let engine = Engine::new(&rules, &mut names);
    let mut kin: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (at, rule) in rules.iter().enumerate() {
        kin.entry(format!("{:?}", rule.logsource)).or_default().push(at);
    }
    let (mut scratch, mut maker) = (Scratch::default(), Maker::new());
    let mut satisfied = 0;
    for (at, rule) in rules.iter().enumerate() {
        let kin = &kin[&format!("{:?}", rule.logsource)];
        for round in 0..EVENTS_A_RULE {
            let event = maker.event(rule, &names, round > 0);
            let found: Vec<usize> =
                engine.matches(&event, &mut scratch).iter().map(|found| *found as usize).collect();
            satisfied += usize::from(round == 0 && found.contains(&at));
            let others = (0..OTHERS).map(|_| kin[maker.below(kin.len())]).collect::<Vec<_>>();
            for asked in found.iter().copied().chain(others).chain([at]) {
                let expected = evaluate::matches(&rules[asked], &event, &names);
                assert_eq!(found.contains(&asked), expected, "{} on {event:?}", rules[asked].title);
            }
        }
    }
    println!("{satisfied} of {} rules match an event that was made for them", rules.len());
    assert!(satisfied * 10 > rules.len() * 8);
}
