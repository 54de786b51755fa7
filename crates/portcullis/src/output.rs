//! Printing: data on standard output, everything else on standard error.

use crate::arguments::Format;
use anyhow::Result;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use model::Defect;
use serde::Serialize;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything was done.
    Done,
    /// The work failed, or part of the input was set aside.
    Failed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Done => Self::SUCCESS,
            Outcome::Failed => Self::from(1),
        }
    }
}

/// Bad usage or input that a person has to correct: exit code 2.
#[derive(Debug)]
pub(crate) struct BadInput(pub(crate) String);

impl std::fmt::Display for BadInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadInput {}

/// Prints an error with its causes, and says how to exit. A reader who left (`| head`) is no error.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    let is_closed = |cause: &(dyn std::error::Error + 'static)| {
        let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        let json = cause.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
        kind.or(json) == Some(io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(is_closed) {
        return ExitCode::SUCCESS;
    }
    note(&format!("portcullis: {error:#}"));
    ExitCode::from(if error.downcast_ref::<BadInput>().is_some() { 2 } else { 1 })
}

/// A line on standard error.
pub(crate) fn note(text: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Text on standard output.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Things of one kind that are named one by one on standard error; the rest is only counted.
const NAMED_MAX: usize = 20;

/// Names what was set aside.
pub(crate) fn defects(defects: &[Defect], count: u64) {
    name_some("set aside", defects.iter().map(ToString::to_string), count);
}

/// Names the first of `count` things of one kind, and counts the others.
pub(crate) fn name_some(kind: &str, things: impl Iterator<Item = String>, count: u64) {
    things.take(NAMED_MAX).for_each(|thing| note(&format!("{kind}: {thing}")));
    let unnamed = count.saturating_sub(NAMED_MAX as u64);
    if unnamed > 0 {
        note(&format!("{kind}: and {unnamed} more"));
    }
}

/// A number of things, such as `1 message` or `2 messages`.
pub(crate) fn number_of(count: impl TryInto<u64>, thing: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    let (stem, ending) = match (count, thing.strip_suffix('y')) {
        (1, _) => (thing, ""),
        (_, Some(stem)) => (stem, "ies"),
        (_, None) => (thing, "s"),
    };
    format!("{count} {stem}{ending}")
}

/// `1 canary`, `2 canaries`: for words that do not take a plain s.
pub(crate) fn number_of_kind(count: u64, thing: &str, things: &str) -> String {
    format!("{count} {}", if count == 1 { thing } else { things })
}

/// Prints rows in the format asked for.
pub(crate) fn rows<T: Serialize>(format: Format, rows: &[T], table: impl FnOnce() -> String) -> Result<()> {
    match format {
        Format::Table => print(&table()),
        Format::Json => print(&format!("{}\n", serde_json::to_string_pretty(rows)?)),
        Format::Jsonl => {
            let mut out = io::BufWriter::new(io::stdout().lock());
            for row in rows {
                serde_json::to_writer(&mut out, row)?;
                out.write_all(b"\n")?;
            }
            Ok(out.flush()?)
        }
    }
}

/// Columns of a terminal that tells none.
const COLUMNS_DEFAULT: u16 = 100;

/// A table with a header, as wide as the terminal at most.
pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header.to_vec());
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 1));
    });
    if !io::stdout().is_terminal() {
        let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        table.set_width(told.unwrap_or(COLUMNS_DEFAULT));
    }
    table
}

/// Keeps the cells of some columns of a filled table in one piece: an id or a time that is broken cannot be copied.
pub(crate) fn keep_whole(table: &mut Table, columns: &[usize]) {
    for column in columns {
        if let Some(column) = table.column_mut(*column) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
}

/// Words after a name, in lines as wide as a table at most; further lines begin below the first word.
pub(crate) fn paragraph(name: &str, indent: usize, words: &str) -> String {
    let width = usize::from(table(&[]).width().unwrap_or(COLUMNS_DEFAULT)).max(indent + 20);
    let mut text = format!("{name:indent$}");
    let mut column = indent;
    for word in words.split(' ') {
        let length = word.chars().count();
        if column > indent && column + 1 + length > width {
            text.push('\n');
            text.push_str(&" ".repeat(indent));
            column = indent;
        } else if column > indent {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += length;
    }
    text.push('\n');
    text
}

/// Text from mail as a terminal may show it: control characters, which could move its cursor or colour, become `?`.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
                '?'
            } else {
                c
            }
        })
        .collect()
}
