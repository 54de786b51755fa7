//! `watch rules test`.

use super::rules::{bad_input, read, wanted};
use crate::arguments::RulesTest;
use crate::output::{self, BadInput, Outcome, note, plain};
use ::watch::rule_test::{Bench, Row};
use ::watch::sigma::rule_set::Fault;
use anyhow::Result;
use runtime::watch::rules::load_tests;
use serde::Serialize;

/// One expectation of a test, or what is wrong with the test.
#[derive(Serialize)]
struct TestRow {
    file: String,
    line: u32,
    test: String,
    rule: String,
    expected: &'static str,
    found: String,
    passed: bool,
}

impl From<&Row> for TestRow {
    fn from(row: &Row) -> Self {
        let found = match &row.found {
            Ok(0) => "quiet".to_owned(),
            Ok(1) => "matched once".to_owned(),
            Ok(times) => format!("matched {times} times"),
            Err(reason) => reason.clone(),
        };
        Self {
            file: row.place.file.to_string(),
            line: row.place.line,
            test: row.test.to_string(),
            rule: row.rule.clone(),
            expected: if row.is_match_expected { "matches" } else { "quiet" },
            found,
            passed: row.is_passed(),
        }
    }
}

impl From<&Fault> for TestRow {
    fn from(fault: &Fault) -> Self {
        Self {
            file: fault.place.file.to_string(),
            line: fault.place.line,
            test: String::new(),
            rule: String::new(),
            expected: "",
            found: fault.message.clone(),
            passed: false,
        }
    }
}

pub(super) fn run(arguments: &RulesTest) -> Result<Outcome> {
    let set = read(&arguments.rules)?;
    let (tests, faults) = load_tests(&wanted(&arguments.rules)).map_err(bad_input)?;
    if tests.is_empty() && faults.is_empty() {
        return Err(BadInput("no tests: they lie in a folder `tests` beside the rules".to_owned()).into());
    }
    let mut bench = Bench::new(&set);
    // A rule that is not in force would make its tests fail without a reason.
    let errors = set.faults.iter().filter(|fault| fault.is_error);
    let mut rows: Vec<TestRow> = errors.chain(&faults).map(TestRow::from).collect();
    for test in &tests {
        rows.extend(bench.run(test).iter().map(TestRow::from));
    }
    output::rows(arguments.printing.format, &rows, || table(&rows))?;
    let failed = rows.iter().filter(|row| !row.passed).count();
    note(&format!(
        "{} with {}: {failed} failed",
        output::number_of(tests.len(), "test"),
        output::number_of(rows.len(), "expectation"),
    ));
    Ok(if failed == 0 { Outcome::Done } else { Outcome::Failed })
}

/// What failed; nothing where all is as it should be.
fn table(rows: &[TestRow]) -> String {
    let mut failed = rows.iter().filter(|row| !row.passed).peekable();
    if failed.peek().is_none() {
        return String::new();
    }
    let mut table = output::table(&["file", "test", "rule", "expected", "got"]);
    for row in failed {
        table.add_row([
            format!("{}:{}", plain(&row.file), row.line),
            plain(&row.test),
            plain(&row.rule),
            row.expected.to_owned(),
            plain(&row.found),
        ]);
    }
    format!("{table}\n")
}
