//! pySigma as an oracle: another reader of the same rules says of each event whether it matches, and the engine says the same.
//! tests/sigma_oracle makes the events and holds the answers against its own; here they are given.

use crate::data;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use watch::engine::{Engine, Scratch};
use watch::event::{Event, FieldNames, Origin};
use watch::format::{Format, LineReader};
use watch::sigma::rule::{Logsource, Rule};

/// Events for each rule, and how many rules are passed over for each that gets some; `make oracle-sigma` asks about all.
const SHORT: [&str; 2] = ["3", "8"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn origin(logsource: &Logsource) -> Origin<'static> {
    Origin {
        product: logsource.product.clone().map(Into::into),
        services: logsource.service.clone().map(Into::into).into_iter().collect(),
        categories: logsource.category.clone().map(Into::into).into_iter().collect(),
    }
}

/// Answers for each event which rules match it.
struct Judge {
    rules: Vec<Rule>,
    names: FieldNames,
    engine: Engine,
    reader: LineReader,
    scratch: Scratch,
}

impl Judge {
    fn new(rules: Vec<Rule>) -> Self {
        let mut names = FieldNames::default();
        let engine = Engine::new(&rules, &mut names);
        let reader = LineReader::new(Format::Json, "", &mut names, data::LATEST);
        Self { rules, names, engine, reader, scratch: Scratch::default() }
    }

    /// The ids of all rules.
    fn ids(&self) -> String {
        self.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>().join("\t")
    }

    /// The ids of the rules that match the event of `asked`: the id of a rule, whose logsource it has, and the event.
    fn answer(&mut self, asked: &str) -> String {
        let (id, json) = asked.split_once('\t').expect("an id and an event");
        let rule = self.rules.iter().find(|rule| rule.id == id).expect("a rule of this id");
        let mut event = Event::default();
        self.reader.read(json, &self.names, &mut event).expect("an event");
        event.origin = origin(&rule.logsource);
        let found = self.engine.matches(&event, &mut self.scratch).iter();
        let ids = found.filter_map(|at| self.rules.get(*at as usize)).map(|rule| rule.id.as_str());
        ids.collect::<Vec<_>>().join("\t")
    }
}

#[test]
fn another_reader_of_rules_agrees() {
    let Some(folder) = data::folder() else { return };
    let python = root().join("target/test-tools/sigma-oracle/bin/python");
    if !python.is_file() {
        println!("skipped: no pySigma; scripts/install-test-tools brings it");
        return;
    }
    let [events, every] = ["SIGMA_ORACLE_EVENTS", "SIGMA_ORACLE_EVERY"].map(|name| std::env::var(name).ok());
    let mut oracle = Command::new(python)
        .arg(root().join("tests/sigma_oracle"))
        .arg(folder.join("sigma"))
        .args(["--events", events.as_deref().unwrap_or(SHORT[0])])
        .args(["--every", every.as_deref().unwrap_or(SHORT[1])])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the oracle starts");
    let mut answers = oracle.stdin.take().expect("a pipe");
    let questions = BufReader::new(oracle.stdout.take().expect("a pipe"));
    let mut judge = Judge::new(data::rule_set(&data::rule_files(&folder)).rules);
    writeln!(answers, "{}", judge.ids()).expect("the oracle reads");
    for asked in questions.lines() {
        let answer = judge.answer(&asked.expect("a question"));
        writeln!(answers, "{answer}").expect("the oracle reads");
    }
    drop(answers);
    assert!(oracle.wait().expect("the oracle ends").success(), "what it says above");
}
