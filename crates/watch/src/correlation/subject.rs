//! What a correlation sees of an event or of another correlation's alert: values of fields, and the groups that they make.

use crate::event::{Event, FieldId};
use model::limit::{CORRELATION_VALUE_BYTES_MAX, CORRELATION_VALUES_MAX};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// A field by both of its names: events have ids, alerts have text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldRef {
    pub(crate) name: String,
    pub(crate) id: FieldId,
    /// Numbers in its values do not count.
    pub(crate) is_without_versions: bool,
}

/// What is correlated.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'a> {
    /// An event that a rule matched.
    Event(&'a Event<'a>),
    /// An alert: the values of its group, and what was new in it.
    Alert(&'a [(String, String)]),
}

impl<'a> Subject<'a> {
    /// All values of a field. A value that is too long to be kept stands as its beginning and its hash, so that two of them are
    /// still two.
    pub(crate) fn values(self, field: &FieldRef) -> Vec<Cow<'a, str>> {
        let texts: Vec<&'a str> = match self {
            Self::Event(event) => event.values(field.id).filter_map(|value| value.text()).collect(),
            Self::Alert(fields) => {
                let named = fields.iter().filter(|(name, _)| *name == field.name);
                named.map(|(_, value)| value.as_str()).collect()
            }
        };
        let values = texts.into_iter().take(CORRELATION_VALUES_MAX).map(shortened);
        if field.is_without_versions { values.map(without_versions).collect() } else { values.collect() }
    }

    /// Every choice of one value for each field: one for no fields, none where a field is missing.
    pub(crate) fn choices(self, fields: &[FieldRef]) -> Vec<Vec<Cow<'a, str>>> {
        let mut choices = vec![Vec::new()];
        for field in fields {
            let values = self.values(field);
            choices = choices
                .iter()
                .flat_map(|choice: &Vec<Cow<'a, str>>| {
                    values.iter().map(move |value| extended(choice, value))
                })
                .take(CORRELATION_VALUES_MAX)
                .collect();
        }
        choices
    }
}

fn extended<'a>(choice: &[Cow<'a, str>], value: &Cow<'a, str>) -> Vec<Cow<'a, str>> {
    choice.iter().chain([value]).cloned().collect()
}

fn shortened(text: &str) -> Cow<'_, str> {
    if text.len() <= CORRELATION_VALUE_BYTES_MAX {
        return Cow::Borrowed(text);
    }
    let end = text.floor_char_boundary(CORRELATION_VALUE_BYTES_MAX / 2);
    let start = text.get(..end).unwrap_or_default();
    Cow::Owned(format!("{start}... SHA-256 {:x}", Sha256::digest(text)))
}

/// A value with each number, of however many parts, as one sign: programs are renewed each month and stay the same programs.
fn without_versions(value: Cow<'_, str>) -> Cow<'_, str> {
    if !value.bytes().any(|byte| byte.is_ascii_digit()) {
        return value;
    }
    let mut out = String::with_capacity(value.len());
    let mut is_in_number = false;
    for sign in value.chars() {
        if sign.is_ascii_digit() {
            if !is_in_number {
                out.push('#');
            }
            is_in_number = true;
        } else if !(is_in_number && matches!(sign, '.' | '_')) {
            is_in_number = false;
            out.push(sign);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Field, FieldNames, Value};

    #[test]
    fn lists_make_choices_and_missing_fields_none() {
        let mut names = FieldNames::default();
        let mut field = |name: &str| FieldRef {
            name: name.to_owned(),
            id: names.intern(name),
            is_without_versions: false,
        };
        let (a, b, c) = (field("a"), field("b"), field("c"));
        let text = |id, text: &'static str| Field { id, value: Value::Text(text.into()) };
        let event = Event {
            fields: vec![
                text(a.id, "1"),
                text(a.id, "2"),
                text(b.id, "x"),
                Field { id: c.id, value: Value::Null },
            ],
            ..Event::default()
        };
        let check = |fields: &[&FieldRef], expected: &[&[&str]]| {
            let fields: Vec<_> = fields.iter().map(|field| (*field).clone()).collect();
            assert_eq!(Subject::Event(&event).choices(&fields), expected);
        };
        check(&[], &[&[]]);
        check(&[&a], &[&["1"], &["2"]]);
        check(&[&a, &b], &[&["1", "x"], &["2", "x"]]);
        check(&[&a, &c], &[]);
    }

    #[test]
    fn a_program_stays_the_same_in_each_version() {
        let check = |value: &str, expected: &str| assert_eq!(without_versions(value.into()), expected);
        check("Browser/91.0.4472.124 (System 10.0; x64)", "Browser/# (System #; x#)");
        check("Browser/92 (System 11_2_3; x64)", "Browser/# (System #; x#)");
        check("Browser 91.", "Browser #");
        check("Other.Browser", "Other.Browser");
    }

    #[test]
    fn long_values_stay_apart() {
        let long = "é".repeat(CORRELATION_VALUE_BYTES_MAX);
        let longer = format!("{long}x");
        assert_ne!(shortened(&long), shortened(&longer));
        assert!(shortened(&longer).len() <= CORRELATION_VALUE_BYTES_MAX);
        assert_eq!(shortened("short"), "short");
    }
}
