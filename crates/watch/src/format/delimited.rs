//! Values separated by commas: PostgreSQL's csvlog, Exchange's own logs, and exports with a line of names.

use super::cloud::owned;
use super::{Format, LineReader, Read, clock, cloud};
use crate::event::{Event, FieldId, FieldNames, Value};
use model::limit::LOG_HEADING_BYTES_MAX;
use std::borrow::Cow;

/// A column of a table, or of a W3C log.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) id: FieldId,
    pub(super) name: String,
    /// `+` in it stands for a blank.
    pub(super) is_plus_blank: bool,
}

impl Column {
    fn new(name: &str, names: &FieldNames) -> Self {
        Self { id: names.id(name), name: name.to_owned(), is_plus_blank: false }
    }
}

/// What lines before the values say of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Heading {
    /// `#Date:`, for values that have only a time.
    pub(super) date: Option<String>,
    /// `#Log-type:` of Exchange.
    log_type: Option<String>,
    /// The lines themselves, the last of each kind.
    pub(super) lines: Vec<String>,
}

/// Directives that say what the values after them mean.
const MEANINGFUL: [&str; 3] = ["Fields:", "Date:", "Log-type:"];

impl Heading {
    /// Takes a line without its `#`.
    pub(super) fn note(&mut self, directive: &str) {
        if let Some(date) = directive.strip_prefix("Date:") {
            self.date = date.split_ascii_whitespace().next().map(str::to_owned);
        }
        if let Some(kind) = directive.strip_prefix("Log-type:") {
            self.log_type = Some(kind.trim().to_ascii_lowercase());
        }
        if let Some(kind) = MEANINGFUL.into_iter().find(|kind| directive.starts_with(kind)) {
            self.keep(format!("#{directive}"), |line| {
                line.get(1..).is_some_and(|line| line.starts_with(kind))
            });
        }
    }

    /// Keeps a line in place of those that it replaces. One that is very long is not kept: whoever goes on behind it is told that
    /// values have no heading.
    fn keep(&mut self, line: String, is_replaced: impl Fn(&str) -> bool) {
        self.lines.retain(|kept| !is_replaced(kept));
        if line.len() <= LOG_HEADING_BYTES_MAX {
            self.lines.push(line);
        }
    }
}

/// Columns of csvlog, in the order in which PostgreSQL documents them ("Using CSV-Format Log Output").
const POSTGRESQL: [&str; 26] = [
    "log_time",
    "user_name",
    "database_name",
    "process_id",
    "connection_from",
    "session_id",
    "session_line_num",
    "command_tag",
    "session_start_time",
    "virtual_transaction_id",
    "transaction_id",
    "error_severity",
    "sql_state_code",
    "message",
    "detail",
    "hint",
    "internal_query",
    "internal_query_pos",
    "context",
    "query",
    "query_pos",
    "location",
    "application_name",
    "backend_type",
    "leader_pid",
    "query_id",
];
/// Columns of the oldest version that is still met (9.0); later ones added to them.
const POSTGRESQL_MIN: usize = 23;

/// What pgaudit writes behind `AUDIT: `.
const PGAUDIT: [&str; 9] = [
    "pgaudit.type",
    "pgaudit.statement_id",
    "pgaudit.substatement_id",
    "pgaudit.class",
    "pgaudit.command",
    "pgaudit.object_type",
    "pgaudit.object_name",
    "pgaudit.statement",
    "pgaudit.parameter",
];

/// The columns of csvlog, and room for those of pgaudit.
pub(super) fn postgresql_columns(names: &FieldNames) -> Vec<Column> {
    POSTGRESQL.iter().map(|name| Column::new(name, names)).collect()
}

/// Reads one record.
pub(super) fn read<'a>(
    reader: &mut LineReader,
    record: &'a str,
    names: &FieldNames,
    event: &mut Event<'a>,
) -> Result<Read, String> {
    if let Some(directive) = record.strip_prefix('#').filter(|_| reader.format == Format::Exchange) {
        if let Some(fields) = directive.strip_prefix("Fields:") {
            reader.columns = fields.split(',').map(|name| Column::new(name.trim(), names)).collect();
        }
        reader.heading.note(directive);
        return Ok(Read::Nothing);
    }
    let cells = cells(record)?;
    if reader.columns.is_empty() || is_heading(reader, &cells) {
        reader.columns = cells.iter().map(|name| Column::new(name.trim(), names)).collect();
        reader.heading.keep(record.to_owned(), |kept| !kept.starts_with('#'));
        return Ok(Read::Nothing);
    }
    let least = if reader.format == Format::Postgresql { POSTGRESQL_MIN } else { reader.columns.len() };
    if cells.len() < least || cells.len() > reader.columns.len() {
        return Err(format!("{} values where {} are expected", cells.len(), reader.columns.len()));
    }
    match reader.format {
        Format::Postgresql => add_postgresql(reader, cells, names, event),
        Format::Exchange => add_exchange(reader, cells, event),
        _ => add_table(reader, cells, names, event),
    }
    Ok(Read::Event)
}

/// HttpProxy writes its names in a line without `#` too.
fn is_heading(reader: &LineReader, cells: &[Cow<'_, str>]) -> bool {
    reader.format != Format::Postgresql
        && cells.len() == reader.columns.len()
        && cells.iter().zip(&reader.columns).all(|(cell, column)| *cell == column.name)
}

/// Values of RFC 4180: quotes around what holds a comma, and two quotes for one.
fn cells(record: &str) -> Result<Vec<Cow<'_, str>>, String> {
    let mut cells = Vec::new();
    let mut rest = record;
    loop {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(inside) => quoted(inside)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                let (cell, after) = rest.split_at(end);
                (Cow::Borrowed(cell), after)
            }
        };
        cells.push(cell);
        match after.strip_prefix(',') {
            Some(after) => rest = after,
            None if after.trim().is_empty() => return Ok(cells),
            None => return Err("text behind a quoted value".to_owned()),
        }
    }
}

fn quoted(inside: &str) -> Result<(Cow<'_, str>, &str), String> {
    let mut owned: Option<String> = None;
    let mut rest = inside;
    loop {
        let Some((part, after)) = rest.split_once('"') else {
            return Err("a quote is not closed".to_owned());
        };
        match (after.strip_prefix('"'), owned.as_mut()) {
            (Some(after), known) => {
                match known {
                    Some(text) => text.push_str(part),
                    None => owned = Some(part.to_owned()),
                }
                owned.get_or_insert_default().push('"');
                rest = after;
            }
            (None, Some(text)) => {
                text.push_str(part);
                return Ok((Cow::Owned(std::mem::take(text)), after));
            }
            (None, None) => return Ok((Cow::Borrowed(part), after)),
        }
    }
}

fn text(cell: Cow<'_, str>) -> Value<'_> {
    if cell.is_empty() { Value::Null } else { Value::Text(cell) }
}

fn add_postgresql<'a>(
    reader: &LineReader,
    cells: Vec<Cow<'a, str>>,
    names: &FieldNames,
    event: &mut Event<'a>,
) {
    event.time = cells.first().and_then(|time| clock::iso(time));
    for (column, cell) in reader.columns.iter().zip(cells) {
        if column.name == "message"
            && let Some(audit) = cell.strip_prefix("AUDIT: ")
            && let Ok(parts) = self::cells(audit)
        {
            for (name, part) in PGAUDIT.iter().zip(parts) {
                event.push(names.id(name), owned(text(part)));
            }
        }
        // The port behind the address changes with each connection.
        let cell = match (column.name.as_str(), cell) {
            ("connection_from", Cow::Borrowed(from)) => Cow::Borrowed(address(from)),
            ("connection_from", Cow::Owned(from)) => Cow::Owned(address(&from).to_owned()),
            (_, cell) => cell,
        };
        event.push(column.id, text(cell));
    }
    event.origin.product = Some(Cow::Borrowed("postgresql"));
    event.origin.categories.push(Cow::Borrowed("database"));
}

fn address(from: &str) -> &str {
    from.rsplit_once(':').map_or(from, |(address, _)| address)
}

fn add_exchange<'a>(reader: &LineReader, cells: Vec<Cow<'a, str>>, event: &mut Event<'a>) {
    let is_tracking = reader.columns.iter().any(|column| column.name == "event-id");
    let known = &reader.known;
    let (mut stem, mut query) = (None, None);
    for (column, cell) in reader.columns.iter().zip(cells) {
        match column.name.as_str() {
            "date-time" | "DateTime" => event.time = clock::iso(&cell),
            "ClientIpAddress" => event.push(known.client_ip, text(cell.clone())),
            "Method" => event.push(known.method, text(cell.clone())),
            "UserAgent" => event.push(known.user_agent, text(cell.clone())),
            "AuthenticatedUser" => event.push(known.username, text(cell.clone())),
            "HttpStatus" => event.push(known.status, text(cell.clone())),
            "UrlStem" => stem = Some(cell.clone()),
            "UrlQuery" => query = Some(cell.clone()),
            _ => {}
        }
        if is_tracking && column.name == "recipient-address" {
            cell.split(';').for_each(|part| event.push(column.id, text(Cow::Owned(part.to_owned()))));
        } else {
            event.push(column.id, text(cell));
        }
    }
    let product = Cow::Borrowed("windows");
    event.origin.product = Some(product);
    if is_tracking {
        return event.origin.services.push(Cow::Borrowed("msexchange-messagetracking"));
    }
    if let Some(stem) = stem {
        event.push(known.uri_stem, Value::Text(stem.clone()));
        let query = query.filter(|query| !query.is_empty());
        event.push(known.uri_query, query.clone().map_or(Value::Null, Value::Text));
        let whole = query
            .map_or_else(|| stem.to_string(), |query| format!("{stem}?{}", query.trim_start_matches('?')));
        event.push(known.uri_query, Value::Text(Cow::Owned(whole.clone())));
        event.push(known.uri, Value::Text(Cow::Owned(whole)));
        event.origin.categories.push(Cow::Borrowed("webserver"));
    }
    event.origin.services.push(Cow::Borrowed("msexchange-httpproxy"));
}

/// A table with names of its own: values are fields, and an `AuditData` is an object of the unified audit log.
fn add_table<'a>(
    reader: &mut LineReader,
    cells: Vec<Cow<'a, str>>,
    names: &FieldNames,
    event: &mut Event<'a>,
) {
    let mut inner = None;
    for (column, cell) in reader.columns.iter().zip(cells) {
        if column.name == "AuditData" {
            inner = Some(cell.clone().into_owned());
        }
        if matches!(
            column.name.as_str(),
            "CreationDate" | "time" | "timestamp" | "_time" | "TimeGenerated [UTC]"
        ) {
            event.time = event.time.or_else(|| clock::iso(&cell));
        }
        event.push(column.id, text(cell));
    }
    let Some(inner) = inner else { return };
    let mut audit = Event::default();
    if cloud::read(&inner, names, &reader.known, &mut reader.paths, &mut audit).is_ok() {
        event.fields.extend(
            audit
                .fields
                .into_iter()
                .map(|field| crate::event::Field { id: field.id, value: owned(field.value) }),
        );
        event.time = audit.time.or(event.time);
        event.origin.product = audit.origin.product.map(|word| Cow::Owned(word.into_owned()));
        event.origin.services =
            audit.origin.services.into_iter().map(|word| Cow::Owned(word.into_owned())).collect();
    }
}
