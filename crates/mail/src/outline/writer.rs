//! Blocks as they are written while the HTML streams by.

use super::{Block, Lead, OUTLINE_BLOCKS_MAX, Outline, Picture, Run, Shape, Tone};
use crate::domain::organizational_domain;
use crate::html::hides;
use crate::url;
use crate::verdict::shown_host;
use lol_html::end_tag;
use lol_html::html_content::Element;
use mail_parser::decoders::html::html_to_text;
use model::limit::PREVIEW_BYTES_MAX;
use std::cell::RefCell;
use std::rc::Rc;

/// Bytes of a picture's description that are kept.
const SAYS_BYTES_MAX: usize = 200;
/// Larger sizes of pictures are mistakes or jokes.
const SIDE_MAX: u32 = 4_000;

/// What is open, and what was written.
#[derive(Default)]
pub(super) struct Writer {
    blocks: Vec<Block>,
    /// The block that is being written.
    runs: Vec<Run>,
    /// The text node that is being read; it may come in several pieces.
    node: String,
    heading: Option<u8>,
    is_item: bool,
    quotes: u32,
    strong: u32,
    hidden: u32,
    link: Option<Lead>,
    /// Whether blank space waits to be written before the next word.
    has_space: bool,
    bytes: usize,
    /// Whether something was left out.
    pub(super) is_cut: bool,
}

/// What the end of an element ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opened {
    Block,
    Quote,
    Strong,
    Link,
}

/// Enters an element; its end tag will find what it opened.
pub(super) fn enter(writer: &Rc<RefCell<Writer>>, element: &mut Element<'_, '_>) {
    let name = element.tag_name();
    let is_hidden =
        element.has_attribute("hidden") || element.get_attribute("style").is_some_and(|css| hides(&css));
    let opened = writer.borrow_mut().open(&name, element, is_hidden);
    let Some(handlers) = element.end_tag_handlers() else { return };
    writer.borrow_mut().hidden += u32::from(is_hidden);
    if opened.is_none() && !is_hidden {
        return;
    }
    let writer = Rc::clone(writer);
    handlers.push(end_tag!(move |_| {
        writer.borrow_mut().close(opened, is_hidden);
        Ok(())
    }));
}

impl Writer {
    fn open(&mut self, name: &str, element: &Element<'_, '_>, is_hidden: bool) -> Option<Opened> {
        match name {
            "br" => self.line_break(),
            "hr" => self.add(Block::Rule),
            "img" => self.picture(element, is_hidden),
            "b" | "strong" => {
                self.strong += 1;
                return Some(Opened::Strong);
            }
            "a" => {
                self.link = element.get_attribute("href").map(|href| lead(&href));
                return Some(Opened::Link);
            }
            "blockquote" => {
                self.end_block();
                self.quotes += 1;
                return Some(Opened::Quote);
            }
            _ if is_block(name) => {
                self.end_block();
                self.heading = heading(name);
                self.is_item |= name == "li";
                return Some(Opened::Block);
            }
            _ => {}
        }
        None
    }

    fn close(&mut self, opened: Option<Opened>, is_hidden: bool) {
        match opened {
            Some(Opened::Block) => {
                self.end_block();
                self.heading = None;
            }
            Some(Opened::Quote) => {
                self.end_block();
                self.quotes = self.quotes.saturating_sub(1);
            }
            Some(Opened::Strong) => self.strong = self.strong.saturating_sub(1),
            Some(Opened::Link) => self.link = None,
            None => {}
        }
        self.hidden = self.hidden.saturating_sub(u32::from(is_hidden));
    }

    /// Text as it stands in the source; `is_last` ends a text node.
    pub(super) fn text(&mut self, chunk: &str, is_last: bool) {
        if self.bytes + self.node.len() + chunk.len() > PREVIEW_BYTES_MAX {
            self.is_cut = true;
        } else {
            self.node.push_str(chunk);
        }
        if is_last {
            let node = std::mem::take(&mut self.node);
            self.words(&node);
        }
    }

    /// A part that is plain text.
    pub(super) fn plain(&mut self, text: &str) {
        let taken = text.get(..text.floor_char_boundary(PREVIEW_BYTES_MAX)).unwrap_or_default();
        self.is_cut |= taken.len() < text.len();
        for line in taken.lines() {
            if line.trim().is_empty() {
                self.end_block();
            } else {
                self.push(line.trim_end(), Tone::Plain);
                self.line_break();
            }
        }
        self.end_block();
    }

    fn words(&mut self, node: &str) {
        self.has_space |= node.starts_with(|first: char| first.is_ascii_whitespace());
        // Nothing in a text node is a tag, so this only resolves its character references.
        let decoded = if node.contains('&') { html_to_text(node) } else { node.to_owned() };
        let text = decoded.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return;
        }
        let is_first = self.runs.last().is_none_or(|run| run.text.ends_with('\n'));
        if self.has_space && !is_first {
            self.push(" ", Tone::Plain);
        }
        self.has_space = node.ends_with(|last: char| last.is_ascii_whitespace());
        let tone = self.tone();
        self.push(&text, tone);
    }

    fn tone(&self) -> Tone {
        match &self.link {
            _ if self.hidden > 0 => Tone::Hidden,
            Some(lead) => Tone::Link(lead.clone()),
            None if self.strong > 0 => Tone::Strong,
            None => Tone::Plain,
        }
    }

    fn push(&mut self, text: &str, tone: Tone) {
        self.bytes += text.len();
        match self.runs.last_mut() {
            Some(last) if last.tone == tone => last.text.push_str(text),
            _ => self.runs.push(Run { text: text.to_owned(), tone }),
        }
    }

    fn line_break(&mut self) {
        if let Some(last) = self.runs.last_mut() {
            last.text.push('\n');
            self.has_space = false;
        }
    }

    fn picture(&mut self, element: &Element<'_, '_>, is_hidden: bool) {
        let side = |name: &str| {
            let text = element.get_attribute(name)?;
            let side: u32 = text.trim().trim_end_matches("px").parse().ok()?;
            Some(side.min(SIDE_MAX))
        };
        let size = (side("width"), side("height"));
        let says = element.get_attribute("alt").map(|says| html_to_text(&says)).unwrap_or_default();
        let says = says.get(..says.floor_char_boundary(SAYS_BYTES_MAX)).unwrap_or_default().trim().to_owned();
        let is_tiny = |side: Option<u32>| side.is_some_and(|side| side <= 2);
        let is_hidden = is_hidden || self.hidden > 0 || (is_tiny(size.0) && is_tiny(size.1));
        self.add(Block::Picture(Picture { says, size, is_hidden }));
    }

    /// Ends the block that is being written.
    pub(super) fn end_block(&mut self) {
        let mut runs = std::mem::take(&mut self.runs);
        self.has_space = false;
        if let Some(last) = runs.last_mut() {
            last.text.truncate(last.text.trim_end().len());
        }
        runs.retain(|run| !run.text.is_empty());
        if !runs.is_empty() {
            runs.iter_mut().for_each(judge);
            let shape = self.shape();
            self.keep(Block::Words(shape, runs));
        }
        self.is_item = false;
    }

    fn shape(&self) -> Shape {
        match self.heading {
            Some(level) => Shape::Heading(level),
            None if self.is_item => Shape::Item,
            None if self.quotes > 0 => Shape::Quote,
            None => Shape::Paragraph,
        }
    }

    fn add(&mut self, block: Block) {
        self.end_block();
        self.keep(block);
    }

    fn keep(&mut self, block: Block) {
        if self.blocks.len() < OUTLINE_BLOCKS_MAX {
            self.blocks.push(block);
        } else {
            self.is_cut = true;
        }
    }

    pub(super) fn finish(mut self) -> Outline {
        self.end_block();
        Outline { blocks: self.blocks, is_cut: self.is_cut }
    }
}

fn is_block(name: &str) -> bool {
    heading(name).is_some()
        || matches!(
            name,
            "address"
                | "article"
                | "aside"
                | "center"
                | "dd"
                | "div"
                | "dl"
                | "dt"
                | "fieldset"
                | "figure"
                | "figcaption"
                | "footer"
                | "form"
                | "header"
                | "li"
                | "main"
                | "nav"
                | "ol"
                | "option"
                | "p"
                | "pre"
                | "section"
                | "table"
                | "tbody"
                | "td"
                | "th"
                | "tr"
                | "ul"
        )
}

fn heading(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

fn lead(href: &str) -> Lead {
    let href = html_to_text(href);
    let href = href.trim();
    let scheme = || {
        let scheme = href.split_once(':').map_or("", |(scheme, _)| scheme);
        let is_one = !scheme.is_empty()
            && scheme.len() <= 12
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_one { scheme.to_ascii_lowercase() } else { String::new() }
    };
    Lead { host: url::parse(href).map_or_else(scheme, |url| url.host), lies: false }
}

/// Says of a link whether its words name another host.
fn judge(run: &mut Run) {
    if let Tone::Link(lead) = &mut run.tone {
        let shown = shown_host(run.text.trim());
        lead.lies =
            shown.is_some_and(|shown| organizational_domain(&shown) != organizational_domain(&lead.host));
    }
}
