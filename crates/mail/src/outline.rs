//! A message as blocks of words: what a drawing of it needs, and nothing that could load, link or run.
//!
//! It is made from the disarmed message, in one streaming pass over its HTML. Addresses of links survive as the name of
//! their host alone, pictures as the place that they would have taken.

mod writer;

use crate::disarm;
use crate::html::HTML_MEMORY_MAX;
use crate::message::bound::bound;
use lol_html::html_content::TextType;
use lol_html::{HtmlRewriter, MemorySettings, Settings, doc_text, element};
use mail_parser::{MessageParser, PartType};
use model::limit::{HTML_BYTES_MAX, OUTLINE_BLOCKS_MAX};
use std::cell::RefCell;
use std::rc::Rc;
use writer::Writer;

/// What a reader would see, from top to bottom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// Whether there was more.
    pub is_cut: bool,
}

/// Something with a place of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Words. A line break in them is one that the author set.
    Words(Shape, Vec<Run>),
    /// The place of a picture.
    Picture(Picture),
    /// A line from side to side.
    Rule,
}

/// What words are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A heading, from 1, the largest, to 6.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// An item of a list.
    Item,
    /// Something quoted.
    Quote,
}

/// Words that look the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What is read.
    pub text: String,
    /// How it looks.
    pub tone: Tone,
}

/// How words look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tone {
    /// As usual.
    Plain,
    /// Bold.
    Strong,
    /// Not at all: the reader is not meant to see it.
    Hidden,
    /// As a link.
    Link(Lead),
}

/// Where a link would lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lead {
    /// The host, in lower case as A-labels; for what is no address of the web its scheme, such as `mailto`; else empty.
    pub host: String,
    /// Whether its words name a host of another organisation.
    pub lies: bool,
}

/// The place of a picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picture {
    /// What it is said to show; may be empty.
    pub says: String,
    /// Width and height in pixels, where the message says them.
    pub size: (Option<u32>, Option<u32>),
    /// Whether the reader is not meant to see it.
    pub is_hidden: bool,
}

/// The outline of a message. Linear in its size; what is beyond [`OUTLINE_BLOCKS_MAX`] is left out, and marked.
///
/// ```
/// use mail::outline::{Block, Shape, of};
/// let outline = of(b"Content-Type: text/html\r\n\r\n<h1>Hello</h1><img src=http://t.example/p.gif alt=Logo>");
/// assert!(matches!(outline.blocks[0], Block::Words(Shape::Heading(1), _)));
/// assert!(matches!(&outline.blocks[1], Block::Picture(picture) if picture.says == "Logo"));
/// ```
pub fn of(message: &[u8]) -> Outline {
    let disarmed = disarm::disarm(message).message;
    let bounded = bound(&disarmed, &mut Vec::new());
    let Some(parsed) = MessageParser::default().parse(bounded.as_ref()) else { return Outline::default() };
    let writer = Rc::new(RefCell::new(Writer::default()));
    for part in parsed.html_bodies() {
        match &part.body {
            PartType::Html(html) => stream(html, &writer),
            PartType::Text(text) => writer.borrow_mut().plain(text),
            _ => {}
        }
    }
    writer.take().finish()
}

fn stream(html: &str, writer: &Rc<RefCell<Writer>>) {
    let taken = html.get(..html.floor_char_boundary(HTML_BYTES_MAX)).unwrap_or_default();
    let (elements, texts) = (Rc::clone(writer), Rc::clone(writer));
    let settings = Settings::new()
        .append_element_content_handler(element!("*", |element| {
            writer::enter(&elements, element);
            Ok(())
        }))
        .append_document_content_handler(doc_text!(|chunk| {
            if chunk.text_type() == TextType::Data {
                texts.borrow_mut().text(chunk.as_str(), chunk.last_in_text_node());
            }
            Ok(())
        }))
        .with_memory_settings(MemorySettings::new().with_max_allowed_memory_usage(HTML_MEMORY_MAX))
        .with_strict(false);
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    let is_whole = rewriter.write(taken.as_bytes()).and_then(|()| rewriter.end()).is_ok();
    let mut writer = writer.borrow_mut();
    writer.end_block();
    writer.is_cut |= !is_whole || taken.len() < html.len();
}

#[cfg(test)]
mod tests;
