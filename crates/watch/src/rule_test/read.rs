//! Reading of tests. Whatever is not understood is a fault with its line: a test that is passed over proves nothing.

use super::{Events, Expected, RawLog, RuleTest, Step};
use crate::event::Value;
use crate::format::Format;
use crate::sigma::correlation::duration;
use crate::sigma::document::{optional, text, texts};
use crate::sigma::rule::{Logsource, Place};
use crate::sigma::rule_set::Fault;
use crate::sigma::yaml::{Content, Key, Node, Wrong, documents};
use model::limit::{RULE_FILE_BYTES_MAX, RULE_TEST_EVENTS_MAX};
use std::sync::Arc;

const KEYS: [&str; 6] = ["title", "description", "logsource", "events", "matches", "quiet"];
const STEP_KEYS: [&str; 8] = ["event", "times", "every", "after", "logsource", "log", "format", "pass"];

/// Reads a file of tests; `file` is its name for people. A test that is wrong is a fault, and the others are read.
pub fn read(file: &str, text: &str) -> (Vec<RuleTest>, Vec<Fault>) {
    let file: Arc<str> = file.into();
    let fault = |wrong: Wrong| Fault {
        place: Place { file: Arc::clone(&file), line: wrong.line },
        is_error: true,
        message: wrong.message,
    };
    if text.len() > RULE_FILE_BYTES_MAX {
        let wrong =
            Wrong::at(1, format!("larger than {RULE_FILE_BYTES_MAX} bytes, which no file of tests is"));
        return (Vec::new(), vec![fault(wrong)]);
    }
    let (documents, wrong) = documents(text);
    let mut faults: Vec<Fault> = wrong.map(&fault).into_iter().collect();
    let mut tests = Vec::new();
    for document in documents {
        match test(&document, &file) {
            Ok(test) => tests.push(test),
            Err(wrong) => faults.push(fault(wrong)),
        }
    }
    (tests, faults)
}

fn test(node: &Node, file: &Arc<str>) -> Result<RuleTest, Wrong> {
    known(node, &KEYS)?;
    let logsource = logsource(node)?;
    let events = node.get("events").ok_or_else(|| Wrong::at(node.line, "there are no `events`"))?;
    let steps = events.items().iter().map(|item| step(item, &logsource)).collect::<Result<_, _>>()?;
    let mut expected = expected(node, "matches", true)?;
    expected.extend(self::expected(node, "quiet", false)?);
    if expected.is_empty() {
        return Err(Wrong::at(node.line, "neither `matches` nor `quiet` names a rule"));
    }
    let place = Place { file: Arc::clone(file), line: node.line };
    Ok(RuleTest { title: text(node, "title")?, place, steps, expected })
}

fn known(node: &Node, keys: &[&str]) -> Result<(), Wrong> {
    if !matches!(node.content, Content::Map(_)) {
        return Err(Wrong::at(node.line, format!("a map is expected here, not {}", node.kind())));
    }
    match node.entries().iter().find(|(key, _)| !keys.contains(&key.text.as_str())) {
        Some((Key { text, line }, _)) => Err(Wrong::at(*line, format!("`{text}` is not known in a test"))),
        None => Ok(()),
    }
}

fn logsource(node: &Node) -> Result<Logsource, Wrong> {
    let Some(node) = node.get("logsource") else { return Ok(Logsource::default()) };
    known(node, &["category", "product", "service"])?;
    Ok(Logsource {
        category: optional(node, "category")?,
        product: optional(node, "product")?,
        service: optional(node, "service")?,
    })
}

fn expected(node: &Node, key: &str, is_match: bool) -> Result<Vec<Expected>, Wrong> {
    let line = node.get(key).map_or(node.line, |node| node.line);
    let rules = if node.get(key).is_some() { texts(node, key)? } else { Vec::new() };
    Ok(rules.into_iter().map(|rule| Expected { rule, is_match, line }).collect())
}

fn step(node: &Node, of_test: &Logsource) -> Result<Step, Wrong> {
    known(node, &STEP_KEYS)?;
    let own = logsource(node)?;
    let logsource = if own == Logsource::default() { of_test.clone() } else { own };
    match (node.get("event"), node.get("log"), node.get("pass")) {
        (Some(event), None, None) => Ok(Step::Events(Events {
            logsource,
            fields: fields(event)?,
            times: times(node)?,
            after: millis(node, "after")?.unwrap_or(1_000),
            every: millis(node, "every")?.unwrap_or(1_000),
        })),
        (None, Some(log), None) => {
            let word = text(node, "format")?;
            let format = Format::from_word(&word).filter(|format| *format != Format::Evtx);
            let format =
                format.ok_or_else(|| Wrong::at(node.line, format!("`{word}` is no format of lines")))?;
            Ok(Step::Log(RawLog { format, text: text(node, "log")?, logsource, line: log.line }))
        }
        (None, None, Some(_)) => Ok(Step::Pass(millis(node, "pass")?.unwrap_or_default())),
        _ => Err(Wrong::at(node.line, "one of `event`, `log` and `pass` is expected here")),
    }
}

fn millis(node: &Node, key: &str) -> Result<Option<i64>, Wrong> {
    let secs = duration(node, key)?;
    Ok(secs.map(|secs| i64::try_from(secs).unwrap_or(i64::MAX).saturating_mul(1_000)))
}

fn times(node: &Node) -> Result<u32, Wrong> {
    let Some(text) = optional(node, "times")? else { return Ok(1) };
    let times = text.parse().ok().filter(|times| (1..=RULE_TEST_EVENTS_MAX).contains(times));
    times.ok_or_else(|| Wrong::at(node.line, format!("`times` is a number from 1 to {RULE_TEST_EVENTS_MAX}")))
}

/// Names and values. A list is several values of one name, and a map within a map joins names by dots, as readers of logs do.
fn fields(node: &Node) -> Result<Vec<(String, Value<'static>)>, Wrong> {
    if !matches!(node.content, Content::Map(_)) {
        return Err(Wrong::at(node.line, "an event is a map of fields"));
    }
    let mut fields = Vec::new();
    for (key, node) in node.entries() {
        add(&key.text, node, &mut fields);
    }
    Ok(fields)
}

/// Maps and lists are no deeper than [`RULE_NESTING_MAX`](model::limit::RULE_NESTING_MAX).
fn add(name: &str, node: &Node, fields: &mut Vec<(String, Value<'static>)>) {
    let value = match &node.content {
        Content::Map(entries) => {
            return entries.iter().for_each(|(key, node)| add(&format!("{name}.{}", key.text), node, fields));
        }
        Content::List(items) => return items.iter().for_each(|item| add(name, item, fields)),
        Content::Null => Value::Null,
        Content::Bool(is_true) => Value::Bool(*is_true),
        Content::Number(_, text) => Value::Number(text.clone().into()),
        Content::Text(text) => Value::Text(text.clone().into()),
    };
    fields.push((name.to_owned(), value));
}
