//! The searches of a rule (`detection`) and the conditions that join them.

use super::condition::Condition;
use super::expression::{Searches, one_or, resolve};
use super::field_item;
use super::placeholder::Placeholders;
use super::yaml::{Content, Node, Wrong};
use std::collections::BTreeSet;

/// Names within `detection` that are no searches.
const NOT_SEARCHES: [&str; 2] = ["condition", "timeframe"];

/// The conditions of a rule with their searches in them. Names in `besides` are no searches either. Suspicious things go to `notes`.
pub(crate) fn read(
    node: &Node,
    besides: &[&str],
    placeholders: &Placeholders,
    notes: &mut Vec<Wrong>,
) -> Result<Vec<Condition>, Wrong> {
    let is_search = |name: &str| !NOT_SEARCHES.contains(&name) && !besides.contains(&name);
    if let Some(timeframe) = node.get("timeframe") {
        return Err(Wrong::at(timeframe.line, "`timeframe` is no longer Sigma: write a correlation"));
    }
    let mut searches = Searches::new();
    for (key, node) in node.entries().iter().filter(|(key, _)| is_search(&key.text)) {
        let found = search(node, placeholders, notes)
            .map_err(|wrong| Wrong { message: format!("{} (in `{}`)", wrong.message, key.text), ..wrong })?;
        searches.push((key.text.clone(), found));
    }
    let Some(condition) = node.get("condition") else {
        return Err(Wrong::at(node.line, "there is no `condition`"));
    };
    let mut used = BTreeSet::new();
    let mut conditions = Vec::new();
    for item in condition.items() {
        let Some(text) = item.scalar() else {
            return Err(Wrong::at(item.line, format!("a condition is text, not {}", item.kind())));
        };
        conditions.push(resolve(text, item.line, &searches, &mut used)?);
    }
    if conditions.is_empty() {
        return Err(Wrong::at(condition.line, "the list of conditions is empty"));
    }
    for (key, _) in node.entries().iter().filter(|(key, _)| is_search(&key.text) && !used.contains(&key.text))
    {
        notes.push(Wrong::at(key.line, format!("no condition uses the search `{}`", key.text)));
    }
    Ok(conditions)
}

/// A map: all of its fields. A list: one of its maps or keywords.
fn search(node: &Node, placeholders: &Placeholders, notes: &mut Vec<Wrong>) -> Result<Condition, Wrong> {
    match &node.content {
        Content::Map(entries) if entries.is_empty() => Err(Wrong::at(node.line, "an empty search")),
        Content::Map(entries) => {
            let parts = entries
                .iter()
                .map(|(key, value)| field_item::read(&key.text, key.line, value, placeholders, notes))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(one_or(parts, Condition::All))
        }
        Content::List(items) if items.is_empty() => Err(Wrong::at(node.line, "an empty search")),
        Content::List(items) => {
            let parts = items
                .iter()
                .map(|item| match &item.content {
                    Content::List(_) => Err(Wrong::at(item.line, "a list in a list")),
                    _ => search(item, placeholders, notes),
                })
                .collect::<Result<Vec<_>, _>>()?;
            Ok(one_or(parts, Condition::Any))
        }
        Content::Null => Err(Wrong::at(node.line, "an empty search")),
        _ => field_item::read("", node.line, node, placeholders, notes),
    }
}
