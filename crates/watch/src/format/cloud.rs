//! Events in JSON. What wrote one is told by the names that it has: Windows in any of its forms, CloudTrail, Microsoft 365's unified
//! audit log, sign-ins of Entra, the journal.

use super::known::Known;
use super::meaning::{Meaning, Role};
use super::paths::Paths;
use super::windows::Head;
use super::{Read, clock, json, syslog};
use crate::event::{Event, FieldId, FieldNames, Value};
use model::EventMillis;
use std::borrow::Cow;

/// Reads one object.
pub(super) fn read<'a>(
    record: &'a str,
    names: &FieldNames,
    known: &Known,
    paths: &mut Paths,
    event: &mut Event<'a>,
) -> Result<Read, String> {
    let mut head = Head::default();
    let mut clues = Clues::default();
    let mut inner: Option<Cow<'a, str>> = None;
    json::leaves(record, paths, names, &mut |meaning, value| {
        if meaning.role != Role::Plain {
            clues.note(meaning.role, &value);
            head.note(meaning.role, &value);
            if let (Role::Nested, Value::Text(text)) = (meaning.role, &value) {
                inner = Some(text.clone());
            }
        }
        add(event, meaning, value);
    })?;
    if let Some(inner) = inner {
        read_inner(&inner, names, paths, &mut clues, event);
    }
    clues.apply(&head, known, event);
    Ok(Read::Event)
}

/// Adds a value under the names that rules ask for, or under none.
fn add<'a>(event: &mut Event<'a>, meaning: &Meaning, value: Value<'a>) {
    let mut ids = meaning.ids();
    let first = ids.next().unwrap_or(FieldId::OTHER);
    for id in ids {
        event.push(id, value.clone());
    }
    event.push(first, value);
}

/// An object as text within a field of another.
fn read_inner(text: &str, names: &FieldNames, paths: &mut Paths, clues: &mut Clues, event: &mut Event<'_>) {
    // What is no JSON stays a text.
    let _ = json::leaves(text, paths, names, &mut |meaning, value| {
        clues.note(meaning.role, &value);
        add(event, meaning, owned(value));
    });
}

pub(super) fn owned(value: Value<'_>) -> Value<'static> {
    match value {
        Value::Null => Value::Null,
        Value::Bool(is_true) => Value::Bool(is_true),
        Value::Number(text) => Value::Number(Cow::Owned(text.into_owned())),
        Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
    }
}

/// Names that one writer has and no other.
#[derive(Debug, Default)]
struct Clues {
    /// The time, and how well its name tells it.
    time: Option<(u8, EventMillis)>,
    is_cloudtrail: bool,
    is_audit: bool,
    is_signin: bool,
    is_directory_audit: bool,
    is_journal: bool,
    record_type: Option<u32>,
}

impl Clues {
    fn note(&mut self, role: Role, value: &Value<'_>) {
        match role {
            Role::Time(rank) => self.note_time(rank, value),
            Role::CloudTrail => self.is_cloudtrail = true,
            Role::Workload => self.is_audit = true,
            Role::RecordType => {
                self.is_audit = true;
                self.record_type = value.text().and_then(|text| text.parse().ok());
            }
            Role::SignIn => self.is_signin = true,
            Role::DirectoryAudit => self.is_directory_audit = true,
            Role::Journal => self.is_journal = true,
            _ => {}
        }
    }

    fn note_time(&mut self, rank: u8, value: &Value<'_>) {
        if self.time.is_some_and(|(best, _)| best <= rank) {
            return;
        }
        let read =
            |text: &str| clock::iso(text).or_else(|| clock::epoch(text)).or_else(|| clock::epoch_secs(text));
        if let Some(time) = value.text().and_then(read) {
            self.time = Some((rank, time));
        }
    }

    fn apply<'a>(&self, head: &Head<'a>, known: &Known, event: &mut Event<'a>) {
        event.time = self.time.map(|(_, time)| time);
        let (product, service) = if head.apply(known, event) {
            return;
        } else if self.is_cloudtrail {
            ("aws", "cloudtrail")
        } else if self.is_signin {
            ("azure", "signinlogs")
        } else if self.is_directory_audit {
            ("azure", "auditlogs")
        } else if self.is_audit {
            ("m365", "audit")
        } else if self.is_journal {
            return syslog::journal_entry(known, event);
        } else {
            return;
        };
        event.origin.product = Some(Cow::Borrowed(product));
        event.origin.services.push(Cow::Borrowed(service));
        // Mailbox and administrator records of the unified audit log are Exchange's (schema of the Management Activity API).
        if service == "audit" && matches!(self.record_type, Some(1 | 2 | 3 | 50)) {
            event.origin.services.push(Cow::Borrowed("exchange"));
        }
    }
}
