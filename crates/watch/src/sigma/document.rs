//! One document of a file: a rule, a correlation or a filter, with what all of them begin with.

use super::correlation::{self, Correlation};
use super::filter::{self, Filter};
use super::placeholder::Placeholders;
use super::rule::{Level, Logsource, Place, Rule};
use super::yaml::{Content, Node, Wrong};
use super::{detection, yaml};

/// What a document is.
pub(crate) enum Read {
    Rule(Box<Rule>),
    Correlation(Box<Correlation>),
    Filter(Box<Filter>),
}

/// What rules and correlations begin with.
pub(crate) struct Head {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) level: Level,
    pub(crate) tags: Vec<String>,
    pub(crate) falsepositives: Vec<String>,
}

/// Reads a document that stands at `place`. Suspicious things go to `notes`.
pub(crate) fn read(
    node: &Node,
    place: Place,
    placeholders: &Placeholders,
    notes: &mut Vec<Wrong>,
) -> Result<Read, Wrong> {
    if !matches!(node.content, Content::Map(_)) {
        return Err(Wrong::at(node.line, format!("a rule is a map, not {}", node.kind())));
    }
    match (node.get("detection"), node.get("correlation"), node.get("filter")) {
        (Some(detection), None, None) => rule(node, detection, place, placeholders, notes),
        (None, Some(body), None) => correlation::read(head(node, notes)?, body, node, place)
            .map(|found| Read::Correlation(Box::new(found))),
        (None, None, Some(body)) => {
            let title = text(node, "title")?;
            let logsource = logsource(node)?;
            filter::read(title, logsource, body, place, placeholders, notes)
                .map(|found| Read::Filter(Box::new(found)))
        }
        (None, None, None) => {
            Err(Wrong::at(node.line, "there is no `detection`, no `correlation` and no `filter`"))
        }
        _ => Err(Wrong::at(
            node.line,
            "only one of `detection`, `correlation` and `filter` can be in one document",
        )),
    }
}

fn rule(
    node: &Node,
    body: &Node,
    place: Place,
    placeholders: &Placeholders,
    notes: &mut Vec<Wrong>,
) -> Result<Read, Wrong> {
    if !matches!(body.content, Content::Map(_)) {
        return Err(Wrong::at(body.line, format!("`detection` is a map, not {}", body.kind())));
    }
    let head = head(node, notes)?;
    let logsource = logsource(node)?;
    if let Some(taxonomy) = node.get("taxonomy").filter(|taxonomy| taxonomy.scalar() != Some("sigma")) {
        notes.push(Wrong::at(
            taxonomy.line,
            "another taxonomy than `sigma`: a pipeline must translate its names",
        ));
    }
    let conditions = detection::read(body, &[], placeholders, notes)?;
    let Head { id, name, title, description, level, tags, falsepositives } = head;
    let fields = texts(node, "fields")?;
    Ok(Read::Rule(Box::new(Rule {
        id,
        name,
        title,
        description,
        level,
        tags,
        falsepositives,
        fields,
        logsource,
        conditions,
        place,
    })))
}

fn head(node: &Node, notes: &mut Vec<Wrong>) -> Result<Head, Wrong> {
    let title = text(node, "title")?;
    let name = optional(node, "name")?;
    if let Some(status) =
        node.get("status").filter(|status| matches!(status.scalar(), Some("deprecated" | "unsupported")))
    {
        notes.push(Wrong::at(
            status.line,
            format!("its author calls it {}", status.scalar().unwrap_or_default()),
        ));
    }
    let level = match node.get("level") {
        None => Level::Medium,
        Some(level) => level.scalar().and_then(Level::from_word).ok_or_else(|| {
            Wrong::at(level.line, "a level is `informational`, `low`, `medium`, `high` or `critical`")
        })?,
    };
    Ok(Head {
        id: optional(node, "id")?.unwrap_or_else(|| title.clone()),
        name,
        description: optional(node, "description")?.unwrap_or_default(),
        level,
        tags: texts(node, "tags")?,
        falsepositives: texts(node, "falsepositives")?,
        title,
    })
}

fn logsource(node: &Node) -> Result<Logsource, Wrong> {
    let Some(logsource) = node.get("logsource") else {
        return Err(Wrong::at(node.line, "there is no `logsource`"));
    };
    let found = Logsource {
        category: optional(logsource, "category")?,
        product: optional(logsource, "product")?,
        service: optional(logsource, "service")?,
    };
    if found == Logsource::default() {
        return Err(Wrong::at(logsource.line, "`logsource` has no `category`, `product` or `service`"));
    }
    Ok(found)
}

/// A text that must be there.
pub(crate) fn text(node: &Node, key: &str) -> Result<String, Wrong> {
    match optional(node, key)? {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(Wrong::at(node.line, format!("there is no `{key}`"))),
    }
}

/// A text, number or boolean that may be missing.
pub(crate) fn optional(node: &Node, key: &str) -> Result<Option<String>, Wrong> {
    match node.get(key) {
        None | Some(yaml::Node { content: Content::Null, .. }) => Ok(None),
        Some(found) => match found.scalar() {
            Some(text) => Ok(Some(text.trim_end().to_owned())),
            None => Err(Wrong::at(found.line, format!("`{key}` is text, not {}", found.kind()))),
        },
    }
}

/// A list of texts that may be missing; one text is a list of one.
pub(crate) fn texts(node: &Node, key: &str) -> Result<Vec<String>, Wrong> {
    let Some(list) = node.get(key).filter(|list| list.content != Content::Null) else {
        return Ok(Vec::new());
    };
    list.items()
        .iter()
        .map(|item| {
            item.scalar().map(|text| text.trim_end().to_owned()).ok_or_else(|| {
                Wrong::at(item.line, format!("text is expected in `{key}`, not {}", item.kind()))
            })
        })
        .collect()
}
