//! Every value of the configuration with where it came from.

use super::Config;
use serde::Serialize;
use toml::{Table, Value};

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    Default,
    /// The file, at this line, counted from 1.
    #[serde(untagged)]
    Line(usize),
}

/// One value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Shown {
    /// Such as `milter.listen`.
    pub(crate) key: String,
    /// As TOML writes it; empty where it is not set.
    pub(crate) value: String,
    pub(crate) origin: Origin,
}

/// All values in the order of their keys. `text` is what `config` was read from.
pub(crate) fn shown(config: &Config, text: &str) -> Vec<Shown> {
    // What was read as this type can be written as it.
    let effective = Table::try_from(config).expect("the configuration is made of what TOML can write");
    let written: Table = text.parse().unwrap_or_default();
    let mut rows = Vec::new();
    collect("", &effective, &written, text, &mut rows);
    rows
}

fn collect(prefix: &str, effective: &Table, written: &Table, text: &str, rows: &mut Vec<Shown>) {
    for (name, value) in effective {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let own = written.get(name);
        match value {
            Value::Table(table) => {
                let none = Table::new();
                collect(&key, table, own.and_then(Value::as_table).unwrap_or(&none), text, rows);
            }
            _ => {
                let origin = own.map_or(Origin::Default, |_| Origin::Line(line_of(prefix, name, text)));
                rows.push(Shown { key, value: value.to_string(), origin });
            }
        }
    }
}

/// The line on which `name` is set in the section `prefix`; the first line of the section where it is written in a way that
/// does not begin a line.
pub(super) fn line_of(prefix: &str, name: &str, text: &str) -> usize {
    let mut section = String::new();
    let mut section_line = 1;
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            header.trim().clone_into(&mut section);
            if section == prefix {
                section_line = at + 1;
            }
        } else if section == prefix && line.split('=').next().is_some_and(|key| key.trim() == name) {
            return at + 1;
        }
    }
    section_line
}
