//! One pass over the XML of a list: its records are handed out one by one, and what stands around them is kept as the head.
//!
//! Unlike mail, a list is refused whole when it is damaged: half a list that is taken for the whole one clears people whom it
//! designates. Nothing is expanded, no type definition is read, nothing is fetched.

use super::read::Flaw;
use model::limit::{SCREEN_XML_DEPTH_MAX, SCREEN_XML_HEAD_MAX};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// An element with everything in it. Names are without their prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

impl Element {
    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of this name, or nothing.
    pub(super) fn text_of(&self, name: &str) -> &str {
        self.child(name).map_or("", |child| child.text.trim())
    }

    /// The value of an attribute, or nothing.
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// Every element of this name within, at any depth, in their order.
    pub(super) fn all<'e>(&'e self, name: &'e str) -> Box<dyn Iterator<Item = &'e Self> + 'e> {
        Box::new(self.children.iter().flat_map(move |child| {
            let own = (child.name == name).then_some(child);
            own.into_iter().chain(child.all(name))
        }))
    }

    /// Everything that is written within, as paths and values in their order.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        self.gather("", &mut fields);
        fields
    }

    fn gather(&self, path: &str, fields: &mut Vec<(String, String)>) {
        for (key, value) in self.attributes.iter().filter(|(_, value)| !value.trim().is_empty()) {
            fields.push((join(path, &format!("@{key}")), value.trim().to_owned()));
        }
        if !self.text.trim().is_empty() {
            fields.push((path.to_owned(), self.text.trim().to_owned()));
        }
        for child in &self.children {
            child.gather(&join(path, &child.name), fields);
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}

/// What stands around the records: attributes of the root, and texts of elements without children.
#[derive(Debug, Default)]
pub(super) struct Head(Vec<(String, String)>);

impl Head {
    /// The first value of this name, or nothing.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    fn add(&mut self, name: &str, value: &str) {
        if !value.trim().is_empty() && self.0.len() < SCREEN_XML_HEAD_MAX {
            self.0.push((name.to_owned(), value.trim().to_owned()));
        }
    }
}

/// Reads `text`, and hands over each element that `is_record`.
pub(super) fn read(
    text: &str,
    is_record: fn(&str) -> bool,
    take: &mut dyn FnMut(Element) -> Result<(), Flaw>,
) -> Result<Head, Flaw> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut pass =
        Pass { is_record, take, open: Vec::new(), records_open: 0, has_root: false, head: Head::default() };
    loop {
        let position = reader.buffer_position();
        let at = |reason: String| Flaw::at_byte(position, &reason);
        match reader.read_event().map_err(|error| at(error.to_string()))? {
            Event::Eof => return pass.finish(position),
            event => pass.event(event).map_err(|flaw| flaw.or_at_byte(position))?,
        }
    }
}

struct Pass<'t> {
    is_record: fn(&str) -> bool,
    take: &'t mut dyn FnMut(Element) -> Result<(), Flaw>,
    /// Elements that are not closed yet, outermost first.
    open: Vec<Element>,
    /// How many of these are records.
    records_open: usize,
    has_root: bool,
    head: Head,
}

impl Pass<'_> {
    fn event(&mut self, event: Event<'_>) -> Result<(), Flaw> {
        match event {
            Event::Start(start) => self.begin(&start),
            Event::End(_) => self.end(),
            Event::Text(text) => self.add(&text.into_inner()),
            Event::CData(text) => self.add(&text.into_inner()),
            Event::GeneralRef(reference) => self.refer(&reference),
            Event::DocType(_) => Err(Flaw::of("a document type is declared, which no list does")),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), Flaw> {
        if self.open.len() >= SCREEN_XML_DEPTH_MAX {
            return Err(Flaw::of(&format!("elements are nested deeper than {SCREEN_XML_DEPTH_MAX}")));
        }
        let name = start.local_name().as_ref().to_owned();
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| Flaw::of(&error.to_string()))?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| Flaw::of(&error.to_string()))?.into_owned();
            attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
        }
        if self.open.is_empty() {
            if self.has_root {
                return Err(Flaw::of("a second document begins"));
            }
            self.has_root = true;
            attributes.iter().for_each(|(key, value)| self.head.add(key, value));
        }
        self.records_open += usize::from((self.is_record)(&name));
        self.open.push(Element { name, attributes, ..Element::default() });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Flaw> {
        let Some(element) = self.open.pop() else { return Err(Flaw::of("an element ends that never began")) };
        self.records_open -= usize::from((self.is_record)(&element.name));
        match self.open.last_mut() {
            Some(parent) if self.records_open > 0 => parent.children.push(element),
            _ if (self.is_record)(&element.name) => return (self.take)(element),
            _ => self.head.add(&element.name, &element.text),
        }
        Ok(())
    }

    fn add(&mut self, text: &str) -> Result<(), Flaw> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(Flaw::of("text stands outside of the document")),
        }
        Ok(())
    }

    fn refer(&mut self, reference: &BytesRef<'_>) -> Result<(), Flaw> {
        if let Ok(Some(character)) = reference.resolve_char_ref() {
            return self.add(character.encode_utf8(&mut [0; 4]));
        }
        match resolve_predefined_entity(reference) {
            Some(text) => self.add(text),
            None => Err(Flaw::of("an entity is named that is not defined")),
        }
    }

    fn finish(self, position: u64) -> Result<Head, Flaw> {
        match self.open.last() {
            Some(element) => {
                let reason = format!("the file ends before {} does: it is not complete", element.name);
                Err(Flaw::at_byte(position, &reason))
            }
            None if self.has_root => Ok(self.head),
            None => Err(Flaw::at_byte(position, "there is no element")),
        }
    }
}
