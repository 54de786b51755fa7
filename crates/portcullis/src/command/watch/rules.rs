//! `watch rules check`, `watch rules list`; what the other verbs of `watch rules` share.

use crate::arguments::{Format, RuleFolders, RulesCheck, RulesList, WatchRules};
use crate::output::{self, BadInput, Outcome, note, plain};
use ::watch::sigma::rule::{Level, Logsource};
use ::watch::sigma::rule_set::{Fault, RuleSet};
use anyhow::Result;
use runtime::watch::rules::{RulesError, Wanted, load};
use serde::Serialize;

pub(crate) fn run(verb: &WatchRules) -> Result<Outcome> {
    match verb {
        WatchRules::Check(arguments) => check(arguments),
        WatchRules::List(arguments) => list(arguments),
        WatchRules::Explain(arguments) => super::explain::run(arguments),
        WatchRules::Test(arguments) => super::test::run(arguments),
    }
}

/// The folders that were named; what is shipped where none was.
pub(super) fn wanted(folders: &RuleFolders) -> Wanted {
    Wanted {
        paths: folders.paths.clone(),
        pipelines: folders.pipeline.clone(),
        is_shipped: folders.paths.is_empty(),
    }
}

/// The rules of the folders that were named; those that are shipped where none was.
pub(super) fn read(folders: &RuleFolders) -> Result<RuleSet> {
    load(&wanted(folders)).map_err(|error| bad_input(error).into())
}

pub(super) fn bad_input(error: RulesError) -> BadInput {
    BadInput(format!("{:#}", anyhow::Error::from(error)))
}

#[derive(Serialize)]
struct FaultRow {
    file: String,
    line: u32,
    severity: &'static str,
    message: String,
}

impl From<&Fault> for FaultRow {
    fn from(fault: &Fault) -> Self {
        Self {
            file: fault.place.file.to_string(),
            line: fault.place.line,
            severity: if fault.is_error { "error" } else { "suspicious" },
            message: fault.message.clone(),
        }
    }
}

fn check(arguments: &RulesCheck) -> Result<Outcome> {
    let set = read(&arguments.rules)?;
    let mut rows: Vec<FaultRow> = set.faults.iter().map(FaultRow::from).collect();
    rows.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    output::rows(arguments.printing.format, &rows, || {
        let line = |row: &FaultRow| {
            plain(&format!("{}:{}: {}: {}", row.file, row.line, row.severity, row.message)) + "\n"
        };
        rows.iter().map(line).collect()
    })?;
    let errors = set.faults.iter().filter(|fault| fault.is_error).count();
    note(&format!(
        "{} and {} are in force; {} and {} found",
        output::number_of(set.rules.len(), "rule"),
        output::number_of(set.correlations.len(), "correlation"),
        output::number_of(errors, "error"),
        output::number_of(set.faults.len().saturating_sub(errors), "suspicious place"),
    ));
    Ok(if errors == 0 { Outcome::Done } else { Outcome::Failed })
}

#[derive(Serialize)]
struct RuleRow {
    id: String,
    title: String,
    level: &'static str,
    kind: &'static str,
    logsource: String,
    tags: Vec<String>,
    file: String,
    line: u32,
}

fn list(arguments: &RulesList) -> Result<Outcome> {
    let set = read(&arguments.rules)?;
    let rules = set.rules.iter().map(|rule| RuleRow {
        id: rule.id.clone(),
        title: rule.title.clone(),
        level: rule.level.word(),
        kind: "rule",
        logsource: told(&rule.logsource),
        tags: rule.tags.clone(),
        file: rule.place.file.to_string(),
        line: rule.place.line,
    });
    let correlations = set.correlations.iter().map(|rule| RuleRow {
        id: rule.id.clone(),
        title: rule.title.clone(),
        level: rule.level.word(),
        kind: "correlation",
        logsource: rule.rules.join(", "),
        tags: rule.tags.clone(),
        file: rule.place.file.to_string(),
        line: rule.place.line,
    });
    let mut rows: Vec<RuleRow> = rules.chain(correlations).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(Level::from_word(row.level)));
    output::rows(arguments.printing.format, &rows, || table(&rows))?;
    let errors = set.faults.iter().filter(|fault| fault.is_error).count();
    if errors > 0 {
        note(&format!(
            "{} not in force: see `portcullis watch rules check`",
            output::number_of(errors, "rule")
        ));
    }
    if arguments.printing.format == Format::Table {
        note(&output::number_of(rows.len(), "rule"));
    }
    Ok(if errors == 0 { Outcome::Done } else { Outcome::Failed })
}

fn told(logsource: &Logsource) -> String {
    let words = [&logsource.product, &logsource.service, &logsource.category];
    words.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("/")
}

fn table(rows: &[RuleRow]) -> String {
    let mut table = output::table(&["level", "rule", "about"]);
    for row in rows {
        table.add_row([row.level.to_owned(), plain(&row.title), plain(&row.logsource)]);
    }
    format!("{table}\n")
}
