//! Syslog: RFC 5424, RFC 3164, and as files of Linux have it. What sshd says of sign-ins becomes fields.

use super::known::Known;
use super::text::Rest;
use super::{LineReader, Read, clock};
use crate::event::{Event, FieldId, Value};
use model::EventMillis;
use std::borrow::Cow;

/// A line taken apart.
struct Line<'a> {
    time: Option<EventMillis>,
    host: &'a str,
    program: &'a str,
    message: &'a str,
}

/// Reads one line.
pub(super) fn read<'a>(
    reader: &mut LineReader,
    line: &'a str,
    event: &mut Event<'a>,
) -> Result<Read, String> {
    let text = without_priority(line);
    let found = rfc5424(text).or_else(|| rfc3164(text, reader.latest)).ok_or("not a line of syslog")?;
    event.time = found.time;
    let known = &reader.known;
    event.push(known.syslog_host, value(found.host));
    event.push(known.syslog_program, value(found.program));
    event.push(known.message, value(found.message));
    let program = found.program.to_ascii_lowercase();
    add_origin(event, &program);
    if program == "sshd" {
        add_sign_in(known, event, found.message);
    }
    Ok(Read::Event)
}

/// An entry of the journal whose fields are there already, under their own names.
pub(super) fn journal_entry(known: &Known, event: &mut Event<'_>) {
    let text =
        |event: &Event<'_>, id: FieldId| event.values(id).find_map(|value| value.text().map(str::to_owned));
    let program = text(event, known.syslog_program).unwrap_or_default().to_ascii_lowercase();
    add_origin(event, &program);
    if program == "sshd"
        && let Some(message) = text(event, known.message)
    {
        let mut added = Event::default();
        add_sign_in(known, &mut added, &message);
        event.fields.extend(
            added
                .fields
                .into_iter()
                .map(|field| crate::event::Field { id: field.id, value: super::cloud::owned(field.value) }),
        );
    }
}

fn value(text: &str) -> Value<'_> {
    if text.is_empty() || text == "-" { Value::Null } else { Value::Text(Cow::Borrowed(text)) }
}

/// Rules name the program, or the file in which distributions gather it.
fn add_origin(event: &mut Event<'_>, program: &str) {
    event.origin.product = Some(Cow::Borrowed("linux"));
    let is_authentication =
        ["sshd", "sudo", "su", "login", "useradd", "usermod", "passwd", "polkitd", "systemd-logind"];
    if !program.is_empty() {
        event.origin.services.push(Cow::Owned(program.to_owned()));
    }
    event.origin.services.push(Cow::Borrowed(if is_authentication.contains(&program) {
        "auth"
    } else {
        "syslog"
    }));
}

/// `<34>` before a line that came over the network.
fn without_priority(line: &str) -> &str {
    let Some((number, rest)) = line.strip_prefix('<').and_then(|rest| rest.split_once('>')) else {
        return line;
    };
    if number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit()) { rest } else { line }
}

/// RFC 5424, section 6: `1 TIME HOST APP PROCID MSGID STRUCTURED-DATA MESSAGE`.
fn rfc5424(text: &str) -> Option<Line<'_>> {
    let mut rest = Rest(text);
    rest.take("1 ")?;
    let time = rest.before(' ')?;
    let time = if time == "-" { None } else { Some(clock::iso(time)?) };
    let host = rest.before(' ')?;
    let program = rest.before(' ')?;
    rest.before(' ')?;
    rest.before(' ')?;
    let message = without_structured_data(rest.0)?.trim_start_matches([' ', '\u{feff}']);
    Some(Line { time, host, program, message })
}

fn without_structured_data(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix('-') {
        return Some(rest);
    }
    let mut rest = text;
    while rest.starts_with('[') {
        let (mut is_quoted, mut is_escaped) = (false, false);
        let end = rest.bytes().position(|byte| {
            let is_end = byte == b']' && !is_quoted;
            is_quoted ^= byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            is_end
        })?;
        rest = rest.get(end.checked_add(1)?..)?;
    }
    Some(rest)
}

/// RFC 3164 (`Nov 23 09:30:00 host program[pid]: message`), also with a time of RFC 3339 as rsyslog writes it.
fn rfc3164(text: &str, latest: EventMillis) -> Option<Line<'_>> {
    let (time, rest) = match text.split_once(' ') {
        Some((stamp, rest)) if clock::iso(stamp).is_some() => (clock::iso(stamp), rest),
        _ => {
            let (stamp, rest) = text.split_at_checked(15)?;
            (Some(clock::without_year(stamp, latest)?), rest.strip_prefix(' ')?)
        }
    };
    let mut rest = Rest(rest);
    let host = rest.before(' ')?;
    let tag_end = rest.0.find([':', '[', ' ']).unwrap_or(rest.0.len());
    let (program, behind) = rest.0.split_at(tag_end);
    let behind = match behind.strip_prefix('[') {
        Some(inside) => inside.split_once(']').map_or(inside, |(_, behind)| behind),
        None => behind,
    };
    let program = program.rsplit('/').next().unwrap_or(program);
    // `sshd(pam_unix)` is sshd, and newer versions split it into `sshd-session`.
    let program = program.split('(').next().unwrap_or(program);
    let program = if program == "sshd-session" { "sshd" } else { program };
    Some(Line { time, host, program, message: behind.trim_start_matches([':', ' ']) })
}

/// `Accepted password for USER from ADDRESS port N`, and what is said of those who are not let in.
fn add_sign_in<'a>(known: &Known, event: &mut Event<'a>, message: &'a str) {
    let Some((_, rest)) = message.split_once(" for ").filter(|(start, _)| {
        ["Accepted ", "Failed ", "Invalid ", "Postponed "].iter().any(|word| start.starts_with(word))
    }) else {
        return;
    };
    let rest = rest.strip_prefix("invalid user ").unwrap_or(rest);
    let Some((user, rest)) = rest.rsplit_once(" from ") else { return };
    let address = rest.split(' ').next().unwrap_or_default();
    event.push(known.login_user, value(user));
    event.push(known.login_address, value(address));
}
