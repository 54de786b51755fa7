//! Reading of pipelines. What is not understood refuses the pipeline: a step that is silently left out makes rules miss silently.

use super::condition::{FieldCondition, ItemCondition, ItemConditions, Join, RuleCondition, RuleConditions};
use super::transformation::{Names, Transformation};
use super::{Item, Pipeline};
use crate::sigma::condition::Condition;
use crate::sigma::document::{optional, text, texts};
use crate::sigma::expression::one_or;
use crate::sigma::field_item;
use crate::sigma::placeholder::Placeholders;
use crate::sigma::rule::{Logsource, Place};
use crate::sigma::rule_set::Fault;
use crate::sigma::yaml::{Content, Node, Wrong};
use std::sync::Arc;

/// Reads a document as a pipeline; what is wrong goes to `wrongs`.
pub(super) fn pipeline(node: &Node, file: &Arc<str>, wrongs: &mut Vec<Wrong>) -> Pipeline {
    let mut note = |found: Wrong| wrongs.push(found);
    for key in ["postprocessing", "finalizers"] {
        if let Some(found) = node.get(key) {
            note(Wrong::at(
                found.line,
                format!("`{key}` is about the text of queries, and there are none here"),
            ));
        }
    }
    let vars = node.get("vars").map(Node::entries).unwrap_or_default();
    let vars = vars.iter().map(|(key, values)| {
        (key.text.clone(), values.items().iter().filter_map(Node::scalar).map(str::to_owned).collect())
    });
    let priority = match node.get("priority") {
        None => 0,
        Some(found) => found.scalar().and_then(|text| text.parse().ok()).unwrap_or_else(|| {
            note(Wrong::at(found.line, "`priority` is a whole number"));
            0
        }),
    };
    let mut items = Vec::new();
    for step in node.get("transformations").map(Node::items).unwrap_or_default() {
        match item(step) {
            Ok(item) => items.push(item),
            Err(wrong) => note(wrong),
        }
    }
    let name = optional(node, "name").ok().flatten().unwrap_or_else(|| file.to_string());
    Pipeline { name, priority, file: Arc::clone(file), vars: vars.collect(), items }
}

/// What is wrong with a pipeline, for whoever wrote it.
pub(super) fn faults(file: &Arc<str>, wrongs: Vec<Wrong>) -> Vec<Fault> {
    let wrongs = if wrongs.is_empty() { vec![Wrong::at(1, "there is nothing in it")] } else { wrongs };
    wrongs
        .into_iter()
        .map(|wrong| Fault {
            place: Place { file: Arc::clone(file), line: wrong.line },
            is_error: true,
            message: wrong.message,
        })
        .collect()
}

fn item(node: &Node) -> Result<Item, Wrong> {
    for key in ["rule_cond_expr", "detection_item_cond_expr", "field_name_cond_expr"] {
        if let Some(found) = node.get(key) {
            return Err(Wrong::at(
                found.line,
                format!("`{key}` is not supported: join conditions with `and` or `or`"),
            ));
        }
    }
    Ok(Item {
        id: optional(node, "id")?,
        line: node.line,
        transformation: transformation(node)?,
        rule_conditions: RuleConditions {
            list: conditions(node, "rule_conditions", rule_condition)?,
            join: join(node, "rule_cond")?,
        },
        item_conditions: ItemConditions {
            fields: conditions(node, "field_name_conditions", field_condition)?,
            fields_join: join(node, "field_name_cond")?,
            items: conditions(node, "detection_item_conditions", item_condition)?,
            items_join: join(node, "detection_item_cond")?,
        },
    })
}

fn join(node: &Node, prefix: &str) -> Result<Join, Wrong> {
    let is_any = match node.get(&format!("{prefix}_op")) {
        None => false,
        Some(found) => match found.scalar() {
            Some("and") => false,
            Some("or") => true,
            _ => return Err(Wrong::at(found.line, "conditions are joined with `and` or `or`")),
        },
    };
    let is_negated =
        node.get(&format!("{prefix}_not")).is_some_and(|found| found.content == Content::Bool(true));
    Ok(Join { is_any, is_negated })
}

fn conditions<T>(node: &Node, key: &str, read: fn(&Node) -> Result<T, Wrong>) -> Result<Vec<T>, Wrong> {
    node.get(key).map(Node::items).unwrap_or_default().iter().map(read).collect()
}

fn rule_condition(node: &Node) -> Result<RuleCondition, Wrong> {
    let word = text(node, "type")?;
    Ok(match word.as_str() {
        "logsource" => RuleCondition::Logsource(logsource(node)?),
        "contains_field" => RuleCondition::ContainsField(text(node, "field")?),
        "contains_detection_item" => RuleCondition::ContainsItem(text(node, "field")?, text(node, "value")?),
        "processing_item_applied" => RuleCondition::Applied(text(node, "processing_item_id")?),
        "processing_state" => RuleCondition::State(text(node, "key")?, text(node, "val")?),
        "tag" => RuleCondition::Tag(text(node, "tag")?),
        "is_sigma_rule" => RuleCondition::IsRule,
        "is_sigma_correlation_rule" => RuleCondition::IsCorrelation,
        _ => return Err(unsupported(node, "condition on rules", &word)),
    })
}

fn field_condition(node: &Node) -> Result<FieldCondition, Wrong> {
    let word = text(node, "type")?;
    // pySigma calls the kind of names `type` too, which no map can hold twice; it is `match_type` in its newer versions.
    let is_regex = optional(node, "match_type")?.is_some_and(|kind| kind == "re");
    let names = texts(node, "fields")?;
    let regexes = || names.iter().map(|name| regex(node, name)).collect::<Result<Vec<_>, _>>();
    match word.as_str() {
        "include_fields" if is_regex => regexes().map(FieldCondition::IncludeRegex),
        "exclude_fields" if is_regex => regexes().map(FieldCondition::ExcludeRegex),
        "include_fields" => Ok(FieldCondition::Include(names)),
        "exclude_fields" => Ok(FieldCondition::Exclude(names)),
        _ => Err(unsupported(node, "condition on fields", &word)),
    }
}

fn item_condition(node: &Node) -> Result<ItemCondition, Wrong> {
    let word = text(node, "type")?;
    match word.as_str() {
        "match_string" => regex(node, &text(node, "pattern")?).map(ItemCondition::Matches),
        "is_null" => Ok(ItemCondition::IsNull),
        _ => Err(unsupported(node, "condition on values", &word)),
    }
}

fn transformation(node: &Node) -> Result<Transformation, Wrong> {
    let word = text(node, "type")?;
    Ok(match word.as_str() {
        "field_name_mapping" => Transformation::MapField(mapping(node)?),
        "field_name_prefix_mapping" => Transformation::MapPrefix(
            mapping(node)?
                .into_iter()
                .filter_map(|(from, to)| Some((from, to.into_iter().next()?)))
                .collect(),
        ),
        "field_name_prefix" => Transformation::Surround(text(node, "prefix")?, String::new()),
        "field_name_suffix" => Transformation::Surround(String::new(), text(node, "suffix")?),
        "drop_detection_item" => Transformation::Drop,
        "add_condition" => Transformation::AddCondition(added(node)?),
        "change_logsource" => Transformation::ChangeLogsource(logsource(node)?),
        "replace_string" => {
            let replacement = optional(node, "replacement")?.unwrap_or_default();
            Transformation::Replace(regex(node, &text(node, "regex")?)?, replacement)
        }
        "map_string" => Transformation::MapValue(mapping(node)?),
        "set_state" => Transformation::SetState(text(node, "key")?, text(node, "val")?),
        "rule_failure" => Transformation::RefuseRule(text(node, "message")?),
        "detection_item_failure" => Transformation::RefuseItem(text(node, "message")?),
        "value_placeholders" => Transformation::ValuePlaceholders(names(node)?),
        "wildcard_placeholders" => match names(node)? {
            names if names.include.is_none() => {
                return Err(Wrong::at(
                    node.line,
                    "which placeholders stand for anything must be named under `include`",
                ));
            }
            names => Transformation::WildcardPlaceholders(names),
        },
        _ => return Err(unsupported(node, "transformation", &word)),
    })
}

fn unsupported(node: &Node, what: &str, word: &str) -> Wrong {
    Wrong::at(node.line, format!("the {what} `{word}` is not supported"))
}

fn regex(node: &Node, text: &str) -> Result<regex::Regex, Wrong> {
    regex::Regex::new(text).map_err(|_| Wrong::at(node.line, format!("`{text}` is no regular expression")))
}

fn logsource(node: &Node) -> Result<Logsource, Wrong> {
    let [category, product, service] = ["category", "product", "service"].map(|key| optional(node, key));
    Ok(Logsource { category: category?, product: product?, service: service? })
}

fn names(node: &Node) -> Result<Names, Wrong> {
    let include = node.get("include").map(|_| texts(node, "include")).transpose()?;
    Ok(Names { include, exclude: texts(node, "exclude")? })
}

fn mapping(node: &Node) -> Result<Vec<(String, Vec<String>)>, Wrong> {
    let Some(mapping) = node.get("mapping") else {
        return Err(Wrong::at(node.line, "there is no `mapping`"));
    };
    mapping.entries().iter().map(|(key, _)| Ok((key.text.clone(), texts(mapping, &key.text)?))).collect()
}

/// `conditions` of `add_condition`: all of the fields have one of their values.
fn added(node: &Node) -> Result<Condition, Wrong> {
    let Some(conditions) = node.get("conditions") else {
        return Err(Wrong::at(node.line, "there are no `conditions`"));
    };
    let parts = conditions
        .entries()
        .iter()
        .map(|(key, value)| {
            field_item::read(&key.text, key.line, value, &Placeholders::default(), &mut Vec::new())
        })
        .collect::<Result<Vec<_>, _>>()?;
    if parts.is_empty() {
        return Err(Wrong::at(conditions.line, "`conditions` is empty"));
    }
    let all = one_or(parts, Condition::All);
    let is_negated = node.get("negated").is_some_and(|found| found.content == Content::Bool(true));
    Ok(if is_negated { Condition::Not(Box::new(all)) } else { all })
}
