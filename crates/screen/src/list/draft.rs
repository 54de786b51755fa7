//! What the readers of all formats share: adding values to an entry once, and texts that hold several values.

use super::entry::{Entry, Identifier, Name, NameRole, one_spaced};

/// Adds `item` unless it is there.
pub(super) fn push_new<T: PartialEq>(items: &mut Vec<T>, item: T) {
    if !items.contains(&item) {
        items.push(item);
    }
}

/// Adds a text unless it is empty or there.
pub(super) fn push_text(texts: &mut Vec<String>, text: &str) {
    let text = one_spaced(text);
    if !text.is_empty() {
        push_new(texts, text);
    }
}

/// Adds a name unless the same text is there already; a better role wins.
pub(super) fn push_name(names: &mut Vec<Name>, name: Name) {
    if name.text.is_empty() {
        return;
    }
    match names.iter_mut().find(|own| own.text == name.text) {
        Some(own) => {
            own.role = own.role.min(name.role);
            own.parts = own.parts.take().or(name.parts);
        }
        None => names.push(name),
    }
}

/// Adds an identifier unless it has no value or is there.
pub(super) fn push_identifier(entry: &mut Entry, kind: &str, value: &str, country: &str) {
    let value = one_spaced(value);
    if !value.is_empty() {
        let identifier = Identifier { kind: one_spaced(kind), value, country: one_spaced(country) };
        push_new(&mut entry.identifiers, identifier);
    }
}

/// Parts of an address in one line.
pub(super) fn line<'p>(parts: impl IntoIterator<Item = &'p str>) -> String {
    let parts: Vec<String> = parts.into_iter().map(one_spaced).filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

/// The values of a text such as `(1) Russia. (2) Cyprus`; a text without numbers is one value.
pub(super) fn numbered(text: &str) -> Vec<String> {
    if !text.trim_start().starts_with("(1)") {
        return vec![one_spaced(text)];
    }
    let mut values = Vec::new();
    let mut rest = text;
    for number in 1.. {
        let Some((_, after)) = rest.split_once(&format!("({number})")) else { break };
        let value = after.split_once(&format!("({})", number + 1)).map_or(after, |(value, _)| value);
        values.push(one_spaced(value.trim().trim_end_matches('.')));
        rest = after;
    }
    values
}

/// What a list calls the role of a name, in the role's words here.
pub(super) fn role(kind: &str, quality: &str) -> NameRole {
    let (kind, quality) = (kind.to_lowercase(), quality.to_lowercase());
    let is_weak = ["low", "weak", "poor"].iter().any(|word| quality.contains(word));
    if kind.contains("f.k.a") || kind.contains("fka") || kind.contains("former") {
        NameRole::Former
    } else if is_weak {
        NameRole::Weak
    } else if kind.contains("primary") && !kind.contains("variation") {
        NameRole::Primary
    } else {
        NameRole::Alias
    }
}

/// Puts primary names first and keeps the list's order otherwise.
pub(super) fn primary_first(names: &mut [Name]) {
    names.sort_by_key(|name| name.role != NameRole::Primary);
}
