//! Logs of web proxies and web servers: who fetched what, and when.
//!
//! Four formats are read: Squid's native one, the common and combined one of Apache and nginx, the W3C extended one, and
//! JSON lines. The format is taken from the first line that has the shape of one; a line that cannot be read after that is a
//! defect, and the rest goes on.

mod combined;
mod json;
mod line;
mod squid;
mod w3c;

use line::{Line, Lines};
use model::limit::LOG_LINE_BYTES_MAX;
use model::{Defect, Defects, EventTime};
use std::io::BufRead;

/// One request that a log tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// When the log says that it happened, usually when the answer was complete.
    pub time: EventTime,
    /// The person who was signed in at the proxy, percent-decoded and otherwise as written: `DOMAIN\user`, `user@realm` or
    /// `user`. `None` where the log has `-`.
    pub user: Option<String>,
    /// The absolute URL, or `host:port` for a tunnel.
    pub url: String,
    /// The HTTP status that the client got, 100 to 999. A proxy that refused the request logs 403 or 407.
    pub status: Option<u16>,
    /// The request method; `None` where the log has no column for it.
    pub method: Option<String>,
}

impl Fetch {
    /// Is it a tunnel (`CONNECT`)? It names a host but no path, and so it proves no opening.
    pub fn is_tunnel(&self) -> bool {
        self.method.as_deref() == Some("CONNECT")
    }

    /// The user without `DOMAIN\` and `@realm`, in lower case. Realms differ between proxies that serve the same people.
    pub fn account(&self) -> Option<String> {
        let user = self.user.as_deref()?;
        let user = user.rsplit_once('\\').map_or(user, |(_domain, account)| account);
        let account = user.split_once('@').map_or(user, |(account, _realm)| account);
        Some(account.to_lowercase()).filter(|account| !account.is_empty())
    }
}

/// A format of logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `time elapsed client code/status bytes method URL user hierarchy/peer type`.
    SquidNative,
    /// Common or combined log format: `[host] client ident user [time] "request" status bytes …`.
    Combined,
    /// W3C extended log format: columns named by a `#Fields:` line.
    W3cExtended,
    /// One JSON object a line, with `time`, `user` and `url`, perhaps `status` and `method`.
    JsonLines,
}

impl Format {
    /// The format of which `line` has the shape.
    pub fn of_line(line: &str) -> Option<Self> {
        let first = line.split_ascii_whitespace().next()?;
        if line.starts_with('#') {
            return Some(Self::W3cExtended);
        }
        if line.starts_with('{') {
            return Some(Self::JsonLines);
        }
        if first.parse::<f64>().is_ok_and(f64::is_finite) && squid::has_shape(line) {
            return Some(Self::SquidNative);
        }
        combined::has_shape(line).then_some(Self::Combined)
    }
}

/// Why a line is not a fetch that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum LineError {
    #[error("the line has the shape of no log format that is known here")]
    FormatUnknown,
    #[error("the line is longer than {LOG_LINE_BYTES_MAX} bytes")]
    TooLong,
    #[error("no {0}")]
    Missing(&'static str),
    #[error("the {0} cannot be read")]
    Malformed(&'static str),
    #[error("no #Fields line stands before this one")]
    FieldsMissing,
    #[error("{found} values for {expected} columns")]
    ColumnCount { found: usize, expected: usize },
    #[error("the request names a path, and the line no host")]
    HostMissing,
    #[error("not a JSON object with time, user and url: {0}")]
    Json(String),
}

/// What one line tells: a fetch, nothing (comments, connections without a request), or an error.
type LineResult = Result<Option<Fetch>, LineError>;

/// The fetches of a log, in the order of its lines.
///
/// ```
/// use mail::proxy_log::FetchReader;
/// let log = b"1610971200.123 45 10.0.0.5 TCP_MISS/200 43 GET http://news.example/p.gif?u=7 M004 HIER_DIRECT/192.0.2.1 image/gif\n";
/// let fetch = FetchReader::new(&log[..], "access.log").next().unwrap();
/// assert_eq!((fetch.user.as_deref(), fetch.time.0), (Some("M004"), 1_610_971_200));
/// ```
pub struct FetchReader<R> {
    lines: Lines<R>,
    source: String,
    format: Option<Format>,
    /// What the directives of a W3C log have said so far.
    directives: w3c::Directives,
    defects: Defects,
}

impl<R: BufRead> FetchReader<R> {
    /// A reader of `input`, which is called `source` in defects; the format is recognised.
    pub fn new(input: R, source: impl Into<String>) -> Self {
        let (lines, directives) = (Lines::new(input), w3c::Directives::default());
        Self { lines, source: source.into(), format: None, directives, defects: Defects::default() }
    }

    /// A reader of `input` in `format`.
    pub fn with_format(input: R, source: impl Into<String>, format: Format) -> Self {
        Self { format: Some(format), ..Self::new(input, source) }
    }

    /// The format, once a line was recognised.
    pub fn format(&self) -> Option<Format> {
        self.format
    }

    /// What could not be read so far.
    pub fn defects(&self) -> &Defects {
        &self.defects
    }

    /// What could not be read.
    pub fn into_defects(self) -> Defects {
        self.defects
    }

    /// Reads the line that `lines` holds.
    fn read_line(&mut self) -> LineResult {
        let text = String::from_utf8_lossy(self.lines.line());
        let text = text.trim_end_matches('\r').trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Ok(None);
        }
        let format = self.format.or_else(|| Format::of_line(text)).ok_or(LineError::FormatUnknown)?;
        self.format = Some(format);
        match format {
            Format::SquidNative => squid::parse(text),
            Format::Combined => combined::parse(text),
            Format::W3cExtended => self.directives.parse(text),
            Format::JsonLines => json::parse(text),
        }
    }

    fn set_aside(&mut self, reason: String) {
        let position = format!("line {}", self.lines.number());
        self.defects.push(Defect { source: self.source.clone(), position, reason });
    }
}

impl<R: BufRead> Iterator for FetchReader<R> {
    type Item = Fetch;

    fn next(&mut self) -> Option<Fetch> {
        loop {
            let result = match self.lines.advance() {
                Ok(Line::End) => return None,
                Ok(Line::TooLong) => Err(LineError::TooLong),
                Ok(Line::Held) => self.read_line(),
                Err(error) => {
                    self.set_aside(format!("cannot read on: {error}"));
                    return None;
                }
            };
            match result {
                Ok(Some(fetch)) => return Some(fetch),
                Ok(None) => {}
                Err(error) => self.set_aside(error.to_string()),
            }
        }
    }
}

/// `None` for the dash that every format writes where it knows nothing, and for nothing at all.
fn known(value: &str) -> Option<&str> {
    Some(value).filter(|value| !value.is_empty() && *value != "-")
}

/// The name of a user as it was before the log percent-encoded it (RFC 3986 section 2.1); a stray `%` stays.
fn user_name(value: &str) -> Option<String> {
    let value = known(value)?;
    if !value.contains('%') {
        return Some(value.to_owned());
    }
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = if byte == b'%' { after.first_chunk::<2>().and_then(hexadecimal) } else { None };
        bytes.push(escaped.unwrap_or(byte));
        rest = if escaped.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The byte that two hexadecimal digits tell.
fn hexadecimal(digits: &[u8; 2]) -> Option<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    Some(value(digits[0])? << 4 | value(digits[1])?)
}

/// A status of three digits; what stands for "no answer" (`0`, `000`, `-`) is `None`.
fn status(value: &str) -> Option<u16> {
    value.parse().ok().filter(|status| (100..=999).contains(status))
}

#[cfg(test)]
mod tests;
