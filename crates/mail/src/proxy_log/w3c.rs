//! W3C extended log format: directives begin with `#`, and `#Fields:` names the columns of the rows after it. Times are UTC.

use super::{Fetch, LineError, LineResult, known, status, user_name};
use crate::civil::{self, Date};

/// A column that is used here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Date,
    Time,
    User,
    Method,
    Status,
    Uri,
    Scheme,
    Host,
    Port,
    Stem,
    Query,
    Other,
}

impl Column {
    fn of(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "date" => Self::Date,
            "time" => Self::Time,
            "cs-username" => Self::User,
            "cs-method" => Self::Method,
            "sc-status" => Self::Status,
            "cs-uri" => Self::Uri,
            "cs-uri-scheme" => Self::Scheme,
            "cs-host" | "cs(host)" | "cs-uri-host" => Self::Host,
            "cs-uri-port" => Self::Port,
            "cs-uri-stem" | "cs-uri-path" => Self::Stem,
            "cs-uri-query" => Self::Query,
            _ => Self::Other,
        }
    }
}

/// What the directives have said; they may change in the middle of a file, when the server starts anew.
#[derive(Debug, Default)]
pub(super) struct Directives {
    columns: Vec<Column>,
    /// Microsoft's proxies separate by tabs, and then values may contain spaces.
    is_tabbed: bool,
    /// The day of rows that have only a time.
    date: Option<Date>,
}

impl Directives {
    /// Reads one line: a directive is remembered, a row is a fetch.
    pub(super) fn parse(&mut self, line: &str) -> LineResult {
        if let Some(directive) = line.strip_prefix('#') {
            self.remember(directive);
            return Ok(None);
        }
        if self.columns.is_empty() {
            return Err(LineError::FieldsMissing);
        }
        let values = if self.is_tabbed { line.split('\t').collect() } else { words(line) };
        let (found, expected) = (values.len(), self.columns.len());
        if found != expected {
            // A space inside a value moves all that follow it: the user of such a row may be another one.
            return Err(LineError::ColumnCount { found, expected });
        }
        Row { columns: &self.columns, values: &values }.fetch(self.date)
    }

    fn remember(&mut self, directive: &str) {
        let Some((name, value)) = directive.split_once(':') else {
            return;
        };
        let value = value.trim();
        if name.eq_ignore_ascii_case("fields") {
            self.is_tabbed = value.contains('\t');
            self.columns = value.split_ascii_whitespace().map(Column::of).collect();
        } else if name.eq_ignore_ascii_case("date") {
            self.date = value.split_ascii_whitespace().next().and_then(civil::iso_date);
        }
    }
}

/// One row under its columns.
struct Row<'a> {
    columns: &'a [Column],
    values: &'a [&'a str],
}

impl<'a> Row<'a> {
    fn get(&self, column: Column) -> Option<&'a str> {
        let position = self.columns.iter().position(|candidate| *candidate == column)?;
        self.values.get(position).and_then(|value| known(value))
    }

    fn fetch(&self, directive_date: Option<Date>) -> LineResult {
        let date = self
            .get(Column::Date)
            .map_or(directive_date, civil::iso_date)
            .ok_or(LineError::Missing("date"))?;
        let clock = self.get(Column::Time).and_then(civil::clock).ok_or(LineError::Missing("time"))?;
        Ok(Some(Fetch {
            time: civil::event_time(date, clock, 0).ok_or(LineError::Malformed("time"))?,
            user: self.get(Column::User).and_then(user_name),
            url: self.url().ok_or(LineError::Missing("URL, and no host with a path"))?,
            status: self.get(Column::Status).and_then(status),
            method: self.get(Column::Method).map(str::to_owned),
        }))
    }

    /// The URL, put together where the log has it in parts.
    fn url(&self) -> Option<String> {
        if let Some(url) = self.get(Column::Uri).filter(|url| !url.starts_with('/')) {
            return Some(url.to_owned());
        }
        let (host, port) = (self.get(Column::Host)?, self.get(Column::Port));
        let scheme = self.get(Column::Scheme).unwrap_or(if port == Some("443") { "https" } else { "http" });
        let port =
            port.filter(|port| !matches!((scheme, *port), ("http", "80") | ("https", "443") | (_, "0")));
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        let path = self.get(Column::Uri).or_else(|| self.get(Column::Stem)).unwrap_or("/");
        let query = self.get(Column::Query).map(|query| query.trim_start_matches('?'));
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        Some(format!("{scheme}://{host}{port}{path}{query}"))
    }
}

/// The values of a row: words, and strings in quotes without the quotes.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once([' ', '\t']).unwrap_or((rest, "")),
        };
        words.push(word);
        rest = after.trim_start();
    }
    words
}
