//! Events of Windows: which of Sigma's logsources they belong to, by channel and event id, and 4688 as a process creation.

mod channel;

use super::known::Known;
use super::meaning::Role;
use crate::event::{Event, Field, FieldId, Value};
use std::borrow::Cow;

/// What makes an event one of Windows, as it was read.
#[derive(Debug, Default)]
pub(super) struct Head<'a> {
    pub(super) channel: Option<Cow<'a, str>>,
    pub(super) event_id: Option<u32>,
    pub(super) event_type: Option<Cow<'a, str>>,
    pub(super) provider: Option<Cow<'a, str>>,
}

impl<'a> Head<'a> {
    /// Takes what a value tells.
    pub(super) fn note(&mut self, role: Role, value: &Value<'a>) {
        let text = || match value {
            Value::Text(text) | Value::Number(text) => Some(text.clone()),
            _ => None,
        };
        match role {
            Role::Channel => self.channel = text(),
            Role::EventId => self.event_id = value.text().and_then(|text| text.parse().ok()),
            Role::EventType => self.event_type = text(),
            Role::Provider => self.provider = text(),
            _ => {}
        }
    }

    /// Says what wrote the event, and adds the names that rules of its category use. False if it is none of Windows.
    pub(super) fn apply(&self, known: &Known, event: &mut Event<'a>) -> bool {
        let Some(id) = self.event_id else { return false };
        let Some(name) = self.channel(id) else { return false };
        event.origin.product = Some(Cow::Borrowed("windows"));
        let service = channel::service(name);
        event.origin.services.extend(service.map(Cow::Borrowed));
        let categories = channel::categories(name, service, id, self.event_type.as_deref());
        event.origin.categories.extend(categories.iter().map(|category| Cow::Borrowed(*category)));
        if id == 4_688 && name.eq_ignore_ascii_case("Security") {
            process_creation(known, event);
        }
        true
    }

    /// The channel as it is written, or as the provider, or the number alone, tells it.
    fn channel(&self, id: u32) -> Option<&str> {
        let of_provider = || self.provider.as_deref().map(channel::of_provider);
        self.channel.as_deref().or_else(of_provider).or_else(|| channel::of_id(id))
    }
}

/// 4688 has other names for what Sysmon's event 1 tells.
fn process_creation<'a>(known: &Known, event: &mut Event<'a>) {
    let text = |id: FieldId| event.values(id).find_map(|value| value.text().map(str::to_owned));
    let user = match (text(known.subject_domain), text(known.subject_user)) {
        (Some(domain), Some(user)) => Some(format!("{domain}\\{user}")),
        (_, user) => user,
    };
    let integrity = text(known.mandatory_label).and_then(|label| integrity(&label));
    let names = [
        (known.new_process_name, known.image),
        (known.parent_process_name, known.parent_image),
        (known.subject_logon_id, known.logon_id),
    ];
    let mut added: Vec<Field<'a>> = Vec::new();
    for (from, to) in names {
        added.extend(event.values(from).map(|value| Field { id: to, value: value.clone() }));
    }
    added.extend(user.map(|user| Field { id: known.user, value: Value::Text(Cow::Owned(user)) }));
    added.extend(
        integrity.map(|level| Field { id: known.integrity, value: Value::Text(Cow::Borrowed(level)) }),
    );
    event.fields.extend(added);
}

/// Well-known SIDs of integrity levels.
fn integrity(label: &str) -> Option<&'static str> {
    match label.rsplit('-').next()? {
        "4096" => Some("Low"),
        "8192" => Some("Medium"),
        "12288" => Some("High"),
        "16384" => Some("System"),
        _ => None,
    }
}
