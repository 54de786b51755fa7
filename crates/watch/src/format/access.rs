//! Access logs of Apache and nginx: common and combined (`host ident user [time] "request" status bytes "referer" "agent"`), also with
//! the name of the virtual host before.

use super::known::Known;
use super::text::Rest;
use super::{LineReader, Read, clock};
use crate::event::{Event, Value};
use std::borrow::Cow;
use std::net::IpAddr;

/// Reads one line.
pub(super) fn read<'a>(reader: &LineReader, line: &'a str, event: &mut Event<'a>) -> Result<Read, String> {
    parsed(&reader.known, line, event).ok_or("not a line of an access log, common or combined")?;
    event.origin.categories.push(Cow::Borrowed("webserver"));
    match reader.product_hint {
        Some(product) => event.origin.services.push(Cow::Borrowed(product)),
        // The two write alike, and rules for either are about what is in the line.
        None => event.origin.services.extend([Cow::Borrowed("apache"), Cow::Borrowed("nginx")]),
    }
    Ok(Read::Event)
}

fn parsed<'a>(known: &Known, line: &'a str, event: &mut Event<'a>) -> Option<()> {
    let mut rest = Rest(line);
    let mut client = rest.before(' ')?;
    if client.parse::<IpAddr>().is_err() && rest.0.split(' ').next()?.parse::<IpAddr>().is_ok() {
        client = rest.before(' ')?;
    }
    rest.before(' ')?;
    let user = rest.before('[')?.trim_end();
    event.time = Some(clock::access(rest.before(']')?)?);
    rest.skip_blanks();
    let request = rest.quoted()?;
    rest.skip_blanks();
    let status = rest.until(' ');
    let bytes = rest.until(' ');
    event.push(known.client_ip, text(client));
    event.push(known.username, text(user));
    event.push(known.status, number(status)?);
    event.push(known.bytes_out, number(bytes)?);
    add_request(known, event, request);
    for id in [known.referer, known.user_agent] {
        rest.skip_blanks();
        let Some(value) = rest.quoted() else { break };
        event.push(id, text(value));
    }
    Some(())
}

fn add_request<'a>(known: &Known, event: &mut Event<'a>, request: &'a str) {
    let mut parts = request.split(' ');
    let (method, target, protocol) = (parts.next(), parts.next(), parts.next());
    let (Some(method), Some(target)) = (method, target) else {
        // A request that is none is worth keeping whole: it is what scanners send.
        return event.push(known.uri, text(request));
    };
    event.push(known.method, text(method));
    event.push(known.protocol, protocol.map_or(Value::Null, text));
    let (stem, query) = target.split_once('?').map_or((target, None), |(stem, query)| (stem, Some(query)));
    event.push(known.uri_stem, text(stem));
    add_query(known, event, Some(stem), query);
}

/// Public rules look in `cs-uri-query` for the query alone, or for the path with it, as other servers write it: both are there.
pub(super) fn add_query<'a>(
    known: &Known,
    event: &mut Event<'a>,
    stem: Option<&'a str>,
    query: Option<&'a str>,
) {
    let query = query.filter(|query| *query != "-" && !query.is_empty());
    event.push(known.uri_query, query.map_or(Value::Null, text));
    let Some(stem) = stem else { return };
    let whole = match query {
        Some(query) => Cow::Owned(format!("{stem}?{query}")),
        None => Cow::Borrowed(stem),
    };
    event.push(known.uri_query, Value::Text(whole.clone()));
    event.push(known.uri, Value::Text(whole));
}

fn text(value: &str) -> Value<'_> {
    if value == "-" || value.is_empty() { Value::Null } else { Value::Text(Cow::Borrowed(value)) }
}

fn number(value: &str) -> Option<Value<'_>> {
    match value {
        "-" | "" => Some(Value::Null),
        _ => value.bytes().all(|byte| byte.is_ascii_digit()).then_some(Value::Number(Cow::Borrowed(value))),
    }
}
