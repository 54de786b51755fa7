//! Reading of correlations (specification of correlation rules 2.1), with three types of ours: `first_seen`, `recurrence`, `silence`.

use super::{Bound, Correlation, CorrelationKind, Threshold};
use crate::sigma::document::{Head, optional, text, texts};
use crate::sigma::rule::Place;
use crate::sigma::yaml::{Content, Node, Wrong};
use model::limit::CORRELATION_RULES_MAX;
use std::collections::BTreeMap;

/// What a correlation may hold; anything else is a mistake of spelling that would change its meaning.
const KEYS: [&str; 10] = [
    "type",
    "rules",
    "group-by",
    "timespan",
    "aliases",
    "condition",
    "generate",
    "gap",
    "learning",
    "versions",
];
/// What its condition may hold.
const CONDITION_KEYS: [&str; 8] = ["gt", "gte", "lt", "lte", "eq", "neq", "field", "percentile"];

/// Reads the `correlation` of a document.
pub(crate) fn read(head: Head, body: &Node, document: &Node, place: Place) -> Result<Correlation, Wrong> {
    known_keys(body, &KEYS)?;
    let rules = texts(body, "rules")?;
    if rules.is_empty() {
        return Err(Wrong::at(body.line, "there are no `rules` to correlate"));
    }
    if rules.len() > CORRELATION_RULES_MAX {
        return Err(Wrong::at(body.line, format!("more than {CORRELATION_RULES_MAX} `rules`")));
    }
    let timespan_secs =
        duration(body, "timespan")?.ok_or_else(|| Wrong::at(body.line, "there is no `timespan`"))?;
    if timespan_secs == 0 {
        return Err(Wrong::at(body.line, "`timespan` is nothing"));
    }
    let kind = kind(body, timespan_secs)?;
    let Head { id, name, title, description, level, tags, falsepositives } = head;
    Ok(Correlation {
        id,
        name,
        title,
        description,
        level,
        tags,
        falsepositives,
        kind,
        rules,
        group_by: texts(body, "group-by")?,
        timespan_secs,
        aliases: aliases(body)?,
        is_generating: is_generating(body)? || is_generating(document)?,
        place,
    })
}

fn known_keys(node: &Node, known: &[&str]) -> Result<(), Wrong> {
    match node.entries().iter().find(|(key, _)| !known.contains(&key.text.as_str())) {
        Some((key, _)) => Err(Wrong::at(key.line, format!("`{}` is not known here", key.text))),
        None => Ok(()),
    }
}

fn is_generating(node: &Node) -> Result<bool, Wrong> {
    match node.get("generate").map(|node| (node.line, &node.content)) {
        None => Ok(false),
        Some((_, Content::Bool(is_generating))) => Ok(*is_generating),
        Some((line, _)) => Err(Wrong::at(line, "`generate` is true or false")),
    }
}

fn kind(body: &Node, timespan_secs: u64) -> Result<CorrelationKind, Wrong> {
    let word = text(body, "type")?;
    let line = body.get("type").map_or(body.line, |node| node.line);
    let found = match word.as_str() {
        "event_count" => CorrelationKind::EventCount(threshold(body)?),
        "value_count" => CorrelationKind::ValueCount(fields(body)?, threshold(body)?),
        "temporal" => CorrelationKind::Temporal(optional_threshold(body)?),
        "temporal_ordered" if body.get("condition").is_some() => {
            return Err(Wrong::at(line, "`temporal_ordered` wants all of its rules: it has no `condition`"));
        }
        "temporal_ordered" => CorrelationKind::TemporalOrdered,
        "value_sum" => CorrelationKind::ValueSum(field(body)?, threshold(body)?),
        "value_avg" => CorrelationKind::ValueAvg(field(body)?, threshold(body)?),
        "value_median" => CorrelationKind::ValuePercentile(field(body)?, 50.0, threshold(body)?),
        "value_percentile" => {
            CorrelationKind::ValuePercentile(field(body)?, percentile(body)?, threshold(body)?)
        }
        "first_seen" => {
            let learning_secs = duration(body, "learning")?.unwrap_or_default();
            if learning_secs > timespan_secs {
                return Err(Wrong::at(line, "`learning` is longer than `timespan`"));
            }
            let are_versions_ignored = are_versions_ignored(body)?;
            CorrelationKind::FirstSeen { fields: fields(body)?, learning_secs, are_versions_ignored }
        }
        "recurrence" => {
            let gap_secs =
                duration(body, "gap")?.ok_or_else(|| Wrong::at(line, "`recurrence` needs a `gap`"))?;
            if gap_secs >= timespan_secs {
                return Err(Wrong::at(
                    line,
                    "`gap` is not shorter than `timespan`, so nothing could be remembered over it",
                ));
            }
            CorrelationKind::Recurrence { gap_secs }
        }
        "silence" => CorrelationKind::Silence,
        _ => return Err(Wrong::at(line, format!("there is no correlation type `{word}`"))),
    };
    let of_type = |key: &str, is_right: bool| match body.get(key) {
        Some(node) if !is_right => Err(Wrong::at(node.line, format!("`{key}` has no meaning for `{word}`"))),
        _ => Ok(()),
    };
    of_type("learning", matches!(found, CorrelationKind::FirstSeen { .. }))?;
    of_type("versions", matches!(found, CorrelationKind::FirstSeen { .. }))?;
    of_type("gap", matches!(found, CorrelationKind::Recurrence { .. }))?;
    Ok(found)
}

fn are_versions_ignored(body: &Node) -> Result<bool, Wrong> {
    match optional(body, "versions")?.as_deref() {
        None => Ok(false),
        Some("ignored") => Ok(true),
        Some(_) => {
            let line = body.get("versions").map_or(body.line, |node| node.line);
            Err(Wrong::at(line, "`versions` can only be `ignored`"))
        }
    }
}

fn condition(body: &Node) -> Result<&Node, Wrong> {
    let Some(condition) = body.get("condition") else {
        return Err(Wrong::at(body.line, "there is no `condition`"));
    };
    if let Content::Map(_) = condition.content {
        known_keys(condition, &CONDITION_KEYS)?;
        return Ok(condition);
    }
    Err(Wrong::at(condition.line, "a correlation's `condition` is a map like `gte: 10`"))
}

fn threshold(body: &Node) -> Result<Threshold, Wrong> {
    let condition = condition(body)?;
    let mut bounds = Vec::new();
    for (key, node) in condition.entries() {
        let bound = match key.text.as_str() {
            "lt" => Bound::Less,
            "lte" => Bound::LessOrEqual,
            "gt" => Bound::Greater,
            "gte" => Bound::GreaterOrEqual,
            "eq" => Bound::Equal,
            "neq" => Bound::NotEqual,
            _ => continue,
        };
        bounds.push((bound, number(node)?));
    }
    if bounds.is_empty() {
        return Err(Wrong::at(condition.line, "`condition` has no `gt`, `gte`, `lt`, `lte`, `eq` or `neq`"));
    }
    Ok(Threshold { bounds })
}

fn optional_threshold(body: &Node) -> Result<Option<Threshold>, Wrong> {
    body.get("condition").map(|_| threshold(body)).transpose()
}

fn fields(body: &Node) -> Result<Vec<String>, Wrong> {
    let condition = condition(body)?;
    let fields = texts(condition, "field")?;
    if fields.is_empty() {
        return Err(Wrong::at(condition.line, "`condition` has no `field`"));
    }
    Ok(fields)
}

fn field(body: &Node) -> Result<String, Wrong> {
    let mut fields = fields(body)?;
    match fields.len() {
        1 => Ok(fields.swap_remove(0)),
        _ => Err(Wrong::at(body.line, "this type has one `field` only")),
    }
}

fn percentile(body: &Node) -> Result<f64, Wrong> {
    let condition = condition(body)?;
    let Some(node) = condition.get("percentile") else {
        return Err(Wrong::at(condition.line, "`value_percentile` needs `percentile`, from 0 to 100"));
    };
    number(node)
        .ok()
        .filter(|percentile| (0.0..=100.0).contains(percentile))
        .ok_or_else(|| Wrong::at(node.line, "a percentile is from 0 to 100"))
}

fn number(node: &Node) -> Result<f64, Wrong> {
    let text = node.scalar().unwrap_or_default();
    let found = text.parse::<f64>().ok().filter(|found| found.is_finite());
    found.ok_or_else(|| Wrong::at(node.line, "a number is expected here"))
}

/// `90m` is 5,400 seconds: a number and `s`, `m`, `h`, `d`, `w`, `M` (30 days) or `y` (365 days).
pub(crate) fn duration(body: &Node, key: &str) -> Result<Option<u64>, Wrong> {
    let Some(text) = optional(body, key)? else { return Ok(None) };
    let line = body.get(key).map_or(body.line, |node| node.line);
    let wrong = || {
        Wrong::at(
            line,
            format!("`{key}: {text}` is no duration: a number and `s`, `m`, `h` or `d` are expected"),
        )
    };
    let unit = text.chars().last().and_then(unit_secs).ok_or_else(wrong)?;
    let amount: u64 =
        text.get(..text.len().saturating_sub(1)).and_then(|digits| digits.parse().ok()).ok_or_else(wrong)?;
    amount.checked_mul(unit).filter(|secs| i64::try_from(*secs).is_ok()).map(Some).ok_or_else(wrong)
}

fn unit_secs(unit: char) -> Option<u64> {
    const DAY: u64 = 86_400;
    match unit {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(3_600),
        'd' => Some(DAY),
        'w' => Some(7 * DAY),
        'M' => Some(30 * DAY),
        'y' => Some(365 * DAY),
        _ => None,
    }
}

fn aliases(body: &Node) -> Result<BTreeMap<String, BTreeMap<String, String>>, Wrong> {
    let Some(aliases) = body.get("aliases") else { return Ok(BTreeMap::new()) };
    let of_rules = |node: &Node| {
        node.entries()
            .iter()
            .map(|(rule, field)| match field.scalar() {
                Some(field) => Ok((rule.text.clone(), field.to_owned())),
                None => Err(Wrong::at(rule.line, "the name of a field is expected here")),
            })
            .collect::<Result<BTreeMap<_, _>, _>>()
    };
    aliases.entries().iter().map(|(alias, node)| Ok((alias.text.clone(), of_rules(node)?))).collect()
}
