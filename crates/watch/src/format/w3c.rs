//! W3C extended log files, as IIS writes them: blanks between values, `#Fields` says what they are and may change.

use super::access::add_query;
use super::clock::{date_and_clock, iso};
use super::delimited::Column;
use super::text::Rest;
use super::{LineReader, Read};
use crate::event::{Event, FieldNames, Value};
use std::borrow::Cow;

/// Reads one line.
pub(super) fn read<'a>(
    reader: &mut LineReader,
    line: &'a str,
    names: &FieldNames,
    event: &mut Event<'a>,
) -> Result<Read, String> {
    if let Some(directive) = line.strip_prefix('#') {
        if let Some(fields) = directive.strip_prefix("Fields:") {
            reader.columns = fields.split_ascii_whitespace().map(|name| column(name, names)).collect();
        }
        reader.heading.note(directive);
        return Ok(Read::Nothing);
    }
    if reader.columns.is_empty() {
        return Err("values before a line of `#Fields:`".to_owned());
    }
    let mut rest = Rest(line);
    let (mut date, mut time) = (reader.heading.date.clone(), None);
    let mut found = 0_usize;
    let (mut stem, mut query) = (None, None);
    for column in &reader.columns {
        let value =
            if rest.0.starts_with('"') { rest.quoted().inspect(|_| rest.skip_blanks()) } else { None };
        let value = value.or_else(|| (!rest.0.is_empty()).then(|| rest.until(' ')));
        let Some(value) = value else { break };
        found = found.saturating_add(1);
        match column.name.as_str() {
            "date" => date = Some(value.to_owned()),
            "time" => time = Some(value),
            "cs-uri-stem" => stem = Some(value),
            "cs-uri-query" => query = Some(value),
            _ => {}
        }
        if column.name != "cs-uri-query" {
            event.push(column.id, cell(value, column.is_plus_blank));
        }
    }
    if found != reader.columns.len() || !rest.0.trim().is_empty() {
        return Err(format!("{found} values where `#Fields:` has {}", reader.columns.len()));
    }
    event.time = match (date, time) {
        (Some(date), Some(time)) => date_and_clock(&date, time),
        (Some(date), None) => iso(&date),
        _ => None,
    };
    add_query(&reader.known, event, stem, query);
    event.origin.categories.push(Cow::Borrowed("webserver"));
    event.origin.services.push(Cow::Borrowed("iis"));
    event.origin.product = Some(Cow::Borrowed("windows"));
    Ok(Read::Event)
}

/// `-` is no value.
fn cell(value: &str, is_plus_blank: bool) -> Value<'_> {
    match value {
        "-" => Value::Null,
        _ if is_plus_blank && value.contains('+') => Value::Text(Cow::Owned(value.replace('+', " "))),
        _ => Value::Text(Cow::Borrowed(value)),
    }
}

/// `cs(User-Agent)` is `cs-user-agent` in rules. IIS writes blanks in headers as `+`.
fn column(name: &str, names: &FieldNames) -> Column {
    let header = name.strip_prefix("cs(").and_then(|rest| rest.strip_suffix(')'));
    let name = header.map_or_else(|| name.to_owned(), |header| format!("cs-{}", header.to_ascii_lowercase()));
    Column { id: names.id(&name), name, is_plus_blank: header.is_some() }
}
