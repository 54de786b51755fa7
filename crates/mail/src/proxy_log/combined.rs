//! Common and combined log format: `[host] client ident user [time] "request" status bytes "referer" "agent"`.
//!
//! A proxy writes the absolute URL into the request. A web server writes a path, and the host only where the format puts the
//! virtual host before the client. The referer is the page that asked, never what was fetched, so it is not read.

use super::{Fetch, LineError, LineResult, hexadecimal, known, status, user_name};
use crate::civil;
use model::EventTime;
use std::borrow::Cow;
use std::net::IpAddr;

/// Is there a time in brackets and then a quoted request?
pub(super) fn has_shape(line: &str) -> bool {
    Columns::of(line).is_some_and(|columns| time(columns.time).is_some())
}

/// Reads one line. A connection on which no request came (`"-"`) is not a fetch.
pub(super) fn parse(line: &str) -> LineResult {
    let columns = Columns::of(line).ok_or(LineError::Malformed("line"))?;
    let time = time(columns.time).ok_or(LineError::Malformed("time"))?;
    let (host, user) = host_and_user(columns.before_time)?;
    let request = unescaped(columns.request);
    let Some((method, target)) = request.split_once(' ') else {
        return Ok(None);
    };
    let target = target
        .rsplit_once(' ')
        .filter(|(_, version)| version.starts_with("HTTP/"))
        .map_or(target, |(target, _)| target);
    let Some(target) = known(target).filter(|target| *target != "*") else {
        return Ok(None);
    };
    Ok(Some(Fetch {
        time,
        user: user_name(&unescaped(&user)),
        url: absolute_url(method, target, host).ok_or(LineError::HostMissing)?,
        status: columns.after_request.split_ascii_whitespace().next().and_then(status),
        method: Some(method.to_owned()),
    }))
}

/// The line, cut at its brackets and quotes.
struct Columns<'a> {
    before_time: &'a str,
    time: &'a str,
    request: &'a str,
    after_request: &'a str,
}

impl<'a> Columns<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let (before_time, rest) = line.split_once(" [")?;
        let (time, rest) = rest.split_once("] \"")?;
        let (request, after_request) = split_quoted(rest)?;
        Some(Self { before_time, time, request, after_request })
    }
}

/// Cuts at the first quote that no backslash escapes.
fn split_quoted(text: &str) -> Option<(&str, &str)> {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    })?;
    let (quoted, rest) = text.split_at_checked(end)?;
    Some((quoted, rest.strip_prefix('"')?))
}

/// `18/Jan/2021:10:07:30 +0000`.
fn time(text: &str) -> Option<EventTime> {
    let (local, offset) = text.split_once(' ').unwrap_or((text, "+0000"));
    let (date, clock) = local.split_once(':')?;
    let mut parts = date.splitn(3, '/');
    let day = parts.next()?.parse().ok()?;
    let month = civil::month_number(parts.next()?)?;
    let year = parts.next()?.parse().ok()?;
    civil::event_time((year, month, day), civil::clock(clock)?, civil::offset_secs(offset)?)
}

/// What stands before the time: `[host] client ident user`. A host comes first if an IP address is second, or, with clients
/// by name, if the ident, which is `-` in practice, is third. A user's name may contain spaces.
fn host_and_user(text: &str) -> Result<(Option<&str>, String), LineError> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let has_host = match words.as_slice() {
        [_, second, ..] if second.parse::<IpAddr>().is_ok() => true,
        [_, second, third, _, ..] => *second != "-" && *third == "-",
        _ => false,
    };
    let host = words.first().copied().filter(|_| has_host);
    let user = words.get(2 + usize::from(has_host)..).filter(|user| !user.is_empty());
    Ok((host, user.ok_or(LineError::Missing("user"))?.join(" ")))
}

/// The URL of a request target (RFC 9112 section 3.2): absolute as a proxy gets it, or a path on `host`.
fn absolute_url(method: &str, target: &str, host: Option<&str>) -> Option<String> {
    if method == "CONNECT" || !target.starts_with('/') {
        return Some(target.to_owned());
    }
    Some(match host?.rsplit_once(':') {
        Some((host, "80")) => format!("http://{host}{target}"),
        Some((host, "443")) => format!("https://{host}{target}"),
        _ => format!("http://{}{target}", host?),
    })
}

/// Undoes what Apache and nginx do to quotes, backslashes and bytes outside ASCII: `\"`, `\\`, `\xhh`. Other letters after a
/// backslash stay, because a raw `DOMAIN\name` has them too.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'\\', [quoted @ (b'"' | b'\\'), after @ ..]) => {
                bytes.push(*quoted);
                rest = after;
            }
            (b'\\', [b'x', high, low, after @ ..]) if let Some(value) = hexadecimal(&[*high, *low]) => {
                bytes.push(value);
                rest = after;
            }
            _ => bytes.push(byte),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}
