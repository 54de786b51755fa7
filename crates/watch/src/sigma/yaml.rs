//! YAML with the line of everything, because a person must find what we complain about.

use crate::sigma::condition::Number;
use granit_parser::{Event, Parser, ScalarStyle, Span, options};
use model::limit::{RULE_FILE_NODES_MAX, RULE_NESTING_MAX};
use std::collections::HashMap;

/// Something in a file, with its line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// From 1.
    pub(crate) line: u32,
    pub(crate) content: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Null,
    Bool(bool),
    /// With its spelling.
    Number(Number, String),
    Text(String),
    List(Vec<Node>),
    /// In the order of the file; no key is there twice.
    Map(Vec<(Key, Node)>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) line: u32,
}

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) line: u32,
    pub(crate) message: String,
}

impl Wrong {
    pub(crate) fn at(line: u32, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

impl Node {
    /// The entry of a map by its key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(name, _)| name.text == key).map(|(_, node)| node)
    }

    /// The entries of a map; none of anything else.
    pub(crate) fn entries(&self) -> &[(Key, Node)] {
        match &self.content {
            Content::Map(entries) => entries,
            _ => &[],
        }
    }

    /// A list's items; anything else is a list of one.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.content {
            Content::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// A scalar as it is written; none of null, lists and maps.
    pub(crate) fn scalar(&self) -> Option<&str> {
        match &self.content {
            Content::Bool(true) => Some("true"),
            Content::Bool(false) => Some("false"),
            Content::Number(_, text) | Content::Text(text) => Some(text),
            Content::Null | Content::List(_) | Content::Map(_) => None,
        }
    }

    /// What it is, for a person.
    pub(crate) fn kind(&self) -> &'static str {
        match self.content {
            Content::Null => "nothing",
            Content::Bool(_) => "true or false",
            Content::Number(..) => "a number",
            Content::Text(_) => "text",
            Content::List(_) => "a list",
            Content::Map(_) => "a map",
        }
    }
}

/// All documents of a file, up to the first mistake.
pub(crate) fn documents(text: &str) -> (Vec<Node>, Option<Wrong>) {
    let limits = options! { flow_nesting_limit: RULE_NESTING_MAX, block_nesting_limit: RULE_NESTING_MAX };
    let mut reader = Reader {
        events: Parser::new_from_str_with_options(text, limits),
        anchors: HashMap::new(),
        nodes_left: RULE_FILE_NODES_MAX,
    };
    let mut documents = Vec::new();
    loop {
        match reader.document() {
            Ok(Some(Node { content: Content::Null, .. })) => {}
            Ok(Some(document)) => documents.push(document),
            Ok(None) => return (documents, None),
            Err(wrong) => return (documents, Some(wrong)),
        }
    }
}

struct Reader<'t> {
    events: Parser<'t, granit_parser::StrInput<'t>>,
    anchors: HashMap<usize, Node>,
    /// How many more there may be: aliases of aliases would else make a few lines fill the memory.
    nodes_left: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<Option<(Event<'t>, u32)>, Wrong> {
        match self.events.next_event() {
            None => Ok(None),
            Some(Ok((event, span))) => Ok(Some((event, line(&span)))),
            Some(Err(error)) => Err(Wrong::at(
                u32::try_from(error.marker().line()).unwrap_or(u32::MAX).max(1),
                format!("not YAML: {}", error.info()),
            )),
        }
    }

    fn document(&mut self) -> Result<Option<Node>, Wrong> {
        while let Some((event, line)) = self.next()? {
            match event {
                Event::DocumentStart(..) | Event::DocumentEnd | Event::StreamStart => self.anchors.clear(),
                Event::StreamEnd => return Ok(None),
                event => {
                    if let Some(node) = self.node(event, line)? {
                        return Ok(Some(node));
                    }
                }
            }
        }
        Ok(None)
    }

    /// The node that begins with `event`; none if the event is about no node.
    fn node(&mut self, event: Event<'t>, line: u32) -> Result<Option<Node>, Wrong> {
        let (content, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_text =
                    style != ScalarStyle::Plain || tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                (scalar(&text, is_text), anchor)
            }
            Event::SequenceStart(_, anchor, _) => (Content::List(self.list()?), anchor),
            Event::MappingStart(_, anchor, _) => (Content::Map(self.map()?), anchor),
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor).cloned() else {
                    return Err(Wrong::at(line, "an alias that stands within what it is an alias of"));
                };
                self.spend(size(&node), line)?;
                return Ok(Some(Node { line, ..node }));
            }
            _ => return Ok(None),
        };
        self.spend(1, line)?;
        let node = Node { line, content };
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(Some(node))
    }

    fn spend(&mut self, nodes: usize, line: u32) -> Result<(), Wrong> {
        self.nodes_left = self
            .nodes_left
            .checked_sub(nodes)
            .ok_or_else(|| Wrong::at(line, format!("more than {RULE_FILE_NODES_MAX} values in one file")))?;
        Ok(())
    }

    fn list(&mut self) -> Result<Vec<Node>, Wrong> {
        let mut items = Vec::new();
        while let Some((event, line)) = self.next()? {
            if event == Event::SequenceEnd {
                break;
            }
            items.extend(self.node(event, line)?);
        }
        Ok(items)
    }

    fn map(&mut self) -> Result<Vec<(Key, Node)>, Wrong> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut waiting: Option<Key> = None;
        while let Some((event, line)) = self.next()? {
            if event == Event::MappingEnd {
                break;
            }
            let Some(node) = self.node(event, line)? else { continue };
            match waiting.take() {
                Some(key) => entries.push((key, node)),
                None => waiting = Some(new_key(&node, &entries)?),
            }
        }
        Ok(entries)
    }
}

/// The key that a node is. A second one of the same name would silently hide the first.
fn new_key(node: &Node, entries: &[(Key, Node)]) -> Result<Key, Wrong> {
    let Some(text) = node.scalar() else {
        return Err(Wrong::at(node.line, format!("{} cannot be a key", node.kind())));
    };
    if let Some((first, _)) = entries.iter().find(|(key, _)| key.text == text) {
        return Err(Wrong::at(node.line, format!("`{text}` is there twice, first in line {}", first.line)));
    }
    Ok(Key { text: text.to_owned(), line: node.line })
}

fn size(node: &Node) -> usize {
    let within = match &node.content {
        Content::List(items) => items.iter().map(size).sum(),
        Content::Map(entries) => entries.iter().map(|(_, node)| size(node)).sum(),
        _ => 0,
    };
    1_usize.saturating_add(within)
}

fn line(span: &Span) -> u32 {
    u32::try_from(span.start.line()).unwrap_or(u32::MAX).max(1)
}

/// A scalar by YAML 1.2's core schema (section 10.3.2).
fn scalar(text: &str, is_text: bool) -> Content {
    if is_text {
        return Content::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Content::Null,
        "true" | "True" | "TRUE" => Content::Bool(true),
        "false" | "False" | "FALSE" => Content::Bool(false),
        _ => number(text)
            .map_or_else(|| Content::Text(text.to_owned()), |found| Content::Number(found, text.to_owned())),
    }
}

fn number(text: &str) -> Option<Number> {
    let radix = |prefix, radix| {
        text.strip_prefix(prefix)
            .filter(|digits| !digits.starts_with(['+', '-']))
            .and_then(|digits| i64::from_str_radix(digits, radix).ok())
    };
    if let Some(found) = radix("0x", 16).or_else(|| radix("0o", 8)).or_else(|| text.parse().ok()) {
        return Some(Number::Integer(found));
    }
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let found: f64 = text.parse().ok().filter(|_| is_decimal)?;
    Some(Number::Float(found))
}

#[cfg(test)]
mod tests;
