//! One event of a log: fields with names that rules know, flattened, without copying what can be borrowed.

use model::EventMillis;
use std::borrow::Cow;
use std::collections::HashMap;

/// A name of a field as an event has it, interned in a [`FieldNames`]. Two names are one only if all their bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldId(pub u32);

impl FieldId {
    /// The name that stands for all which no rule asks for. Their values are still searched by rules of keywords.
    pub const OTHER: Self = Self(0);
}

/// The names that rules ask for. Made when rules are loaded; a reader of events looks names up and never adds one.
#[derive(Debug, Clone, Default)]
pub struct FieldNames {
    ids: HashMap<Box<str>, FieldId>,
    names: Vec<Box<str>>,
}

impl FieldNames {
    /// The id of `name`, which is made if it is new.
    pub fn intern(&mut self, name: &str) -> FieldId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        self.names.push(name.into());
        let id = FieldId(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.ids.insert(name.into(), id);
        id
    }

    /// The id of `name`, or [`FieldId::OTHER`] if no rule asks for it.
    pub fn id(&self, name: &str) -> FieldId {
        self.ids.get(name).copied().unwrap_or(FieldId::OTHER)
    }

    /// The name behind an id; none for [`FieldId::OTHER`].
    pub fn name(&self, id: FieldId) -> Option<&str> {
        let place = usize::try_from(id.0).ok()?.checked_sub(1)?;
        self.names.get(place).map(AsRef::as_ref)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

/// A value as the log had it. Numbers keep the spelling of the log, because rules compare text and numbers with either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// JSON's `null`, or an empty field of a format that has no other way to say so (`-` in W3C logs).
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number in decimal, as it was written.
    Number(Cow<'a, str>),
    /// Text.
    Text(Cow<'a, str>),
}

impl Value<'_> {
    /// The value as rules of text compare it: `true`, `false` and the number as it was written; none for [`Value::Null`].
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Null => None,
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::Number(text) | Self::Text(text) => Some(text),
        }
    }
}

/// A field of an event. A list is several fields of one name, one after the other; an object within an object has its names joined
/// by dots (`winlog.event_data.CommandLine`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'a> {
    /// Which one, [`FieldId::OTHER`] if no rule asks for it.
    pub id: FieldId,
    /// What it holds.
    pub value: Value<'a>,
}

/// One event of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event<'a> {
    /// Its fields in the order of the log.
    pub fields: Vec<Field<'a>>,
    /// When it happened, if the log says so.
    pub time: Option<EventMillis>,
    /// What wrote it.
    pub origin: Origin<'a>,
}

impl<'a> Event<'a> {
    /// Nothing is known of it any more; what it has allocated stays for the next one.
    pub fn clear(&mut self) {
        self.fields.clear();
        self.time = None;
        self.origin.product = None;
        self.origin.services.clear();
        self.origin.categories.clear();
    }

    /// Adds a field.
    pub fn push(&mut self, id: FieldId, value: Value<'a>) {
        self.fields.push(Field { id, value });
    }

    /// All values of one field.
    pub fn values(&self, id: FieldId) -> impl Iterator<Item = &Value<'a>> {
        self.fields.iter().filter(move |field| field.id == id).map(|field| &field.value)
    }
}

/// What wrote an event, in Sigma's words for a `logsource`, as far as the log tells. A rule applies to an event if each word that
/// the rule has is among the event's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Origin<'a> {
    /// `windows`, `linux`, `aws`, `m365`, ...
    pub product: Option<Cow<'a, str>>,
    /// `iis`, `apache`, `security`, `sysmon`, `msexchange-management`, `cloudtrail`, ...; an event may be of more than one.
    pub services: Vec<Cow<'a, str>>,
    /// `process_creation`, `webserver`, `proxy`, ...; an event may be in more than one.
    pub categories: Vec<Cow<'a, str>>,
}
