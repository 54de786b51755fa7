//! HTML without its loads: one streaming pass, and a flat copy of the text where a pass is not safe.
//!
//! What an attribute may hold is a list of what is allowed (`target::stays_inside`); only attributes that are known
//! to be harmless are exempt. Text is never changed, except where text could be taken for markup by another reader.

use std::cell::{Cell, RefCell};

use lol_html::errors::RewritingError;
use lol_html::html_content::{Comment, ContentType, Doctype, Element, TextChunk};
use lol_html::{HtmlRewriter, MemorySettings, Settings, doc_comments, doctype, element, text};

use super::checker::{html_loads, unfinished_tag};
use super::css::{css_urls, disarm_css};
use super::entity::{decode_entities, escape};
use super::target::{is_unsafe_link, looks_remote, set_stays_inside, stays_inside};
use super::text::{PASS_BYTES_MAX, flatten};
use super::vector::{LoadKind, is_inert, is_link, load_kind, local_name};

/// Attributes of one element that are looked at; an element with more loses its tag and keeps its content.
const ATTRIBUTES_MAX: usize = 128;
/// How deep markup inside comments and `noscript` is followed.
const EMBEDDING_MAX: usize = 3;
/// Pieces of such markup in one document that are read; further ones are dropped, since each costs a pass of its own.
const EMBEDDED_MAX: usize = 1_000;

/// An HTML document after its loads were taken out.
#[derive(Debug)]
pub(super) struct DisarmedHtml {
    /// The document that can load nothing.
    pub(super) html: String,
    /// What was taken out, with the address it named.
    pub(super) removed: Vec<Removal>,
    /// Whether only the visible text could be kept.
    pub(super) is_flattened: bool,
}

/// One construct that was taken out, and the address or value that it held.
pub(super) type Removal = (LoadKind, String);

/// The document without its loads, or `None` where it has none and can stay as it is.
pub(super) fn disarm_html(html: &str) -> Option<DisarmedHtml> {
    let pass = Pass::default();
    let rewritten = pass.run(html, 0);
    let mut removed = pass.removed.into_inner();
    if removed.is_empty() {
        let loads = html_loads(html);
        if rewritten.is_ok() && loads.is_empty() {
            return None;
        }
        removed.push((LoadKind::Structure, loads.into_iter().next().unwrap_or_default()));
    }
    let safe = rewritten.ok().map(without_unfinished_tag).filter(|output| html_loads(output).is_empty());
    let is_flattened = safe.is_none();
    Some(DisarmedHtml { html: safe.unwrap_or_else(|| flatten(html)), removed, is_flattened })
}

/// A tag that the end of the document cuts off shows nothing, but a reader that joins parts could complete it.
fn without_unfinished_tag(mut html: String) -> String {
    if let Some(start) = unfinished_tag(&html) {
        html.truncate(start);
    }
    html
}

/// What one document's handlers share. Only this file's handlers touch it, one at a time, on one thread.
#[derive(Default)]
struct Pass {
    removed: RefCell<Vec<Removal>>,
    /// Text of a raw-text element, which may arrive in several chunks.
    raw_text: RefCell<String>,
    /// Pieces of embedded markup that were read so far.
    embedded: Cell<usize>,
}

impl Pass {
    fn run(&self, html: &str, depth: usize) -> Result<String, RewritingError> {
        let mut output = Vec::with_capacity(html.len());
        let settings = Settings::new()
            // Where the parser cannot know what a browser would do, the pass fails and the text is flattened.
            .with_strict(true)
            .with_memory_settings(MemorySettings::new().with_max_allowed_memory_usage(PASS_BYTES_MAX))
            .append_element_content_handler(element!("*", |el| {
                self.element(el);
                Ok(())
            }))
            .append_element_content_handler(text!("style", |chunk| {
                self.raw(chunk, |css| self.css(css));
                Ok(())
            }))
            .append_element_content_handler(text!("noscript, noembed, noframes", |chunk| {
                self.raw(chunk, |markup| self.embedded(markup, depth));
                Ok(())
            }))
            .append_element_content_handler(text!("title, textarea, xmp, plaintext, listing", |chunk| {
                self.verbatim(chunk);
                Ok(())
            }))
            .append_document_content_handler(doc_comments!(|comment| {
                self.comment(comment, depth);
                Ok(())
            }))
            .append_document_content_handler(doctype!(|doctype| {
                self.doctype(doctype, html.get(doctype.source_location().bytes()).unwrap_or_default());
                Ok(())
            }));
        let mut rewriter = HtmlRewriter::new(settings, |chunk: &[u8]| output.extend_from_slice(chunk));
        rewriter.write(html.as_bytes())?;
        rewriter.end()?;
        Ok(String::from_utf8_lossy(&output).into_owned())
    }

    fn report(&self, kind: LoadKind, address: impl Into<String>) {
        self.removed.borrow_mut().push((kind, address.into()));
    }

    fn element(&self, el: &mut Element<'_, '_>) {
        let name = el.tag_name();
        if el.attributes().len() > ATTRIBUTES_MAX {
            self.report(LoadKind::Structure, "element with too many attributes");
            return el.start_tag().remove();
        }
        match fate(&name, el) {
            Fate::Keep => self.attributes(&name, el),
            // Only the start tag: most of these have no end tag, and looking for one would find a stranger's.
            Fate::Unwrap(kind, address) => {
                self.report(kind, address);
                el.start_tag().remove();
            }
            Fate::Remove(kind, address) => {
                self.report(kind, address);
                el.remove();
            }
        }
        // These show their text as it is written; `pre` does the same and has no parsing rules of its own.
        if matches!(name.as_str(), "xmp" | "plaintext" | "listing") {
            el.set_tag_name("pre").ok();
        }
    }

    fn attributes(&self, element: &str, el: &mut Element<'_, '_>) {
        let attributes: Vec<_> = el.attributes().iter().map(|a| (a.name(), a.value())).collect();
        for (name, raw) in attributes {
            match judge(element, &name, &decode_entities(&raw)) {
                Judgement::Keep => {}
                Judgement::Remove(kind, address) => {
                    self.report(kind, address);
                    el.remove_attribute(&name);
                }
                Judgement::Replace(removed, value) => {
                    removed.into_iter().for_each(|address| self.report(LoadKind::Stylesheet, address));
                    el.remove_attribute(&name);
                    el.set_attribute(&name, &escape(&value)).ok();
                }
            }
        }
    }

    /// Gathers the text of a raw-text element and replaces it once it is complete.
    fn raw(&self, chunk: &mut TextChunk<'_>, disarm: impl Fn(&str) -> String) {
        self.raw_text.borrow_mut().push_str(chunk.as_str());
        if !chunk.last_in_text_node() {
            return chunk.remove();
        }
        let text = self.raw_text.take();
        chunk.replace(&disarm(&text), ContentType::Html);
    }

    fn css(&self, css: &str) -> String {
        let mut removed = Vec::new();
        let disarmed = disarm_css(css, &mut removed);
        removed.into_iter().for_each(|address| self.report(LoadKind::Stylesheet, address));
        disarmed.unwrap_or_else(|| css.to_owned())
    }

    /// Markup inside markup: what a program that does not run scripts, or that is not a browser, would show.
    fn embedded(&self, markup: &str, depth: usize) -> String {
        if !markup.contains('<') {
            return markup.to_owned();
        }
        let disarmed = self.embedded_pass(markup, depth).filter(|output| html_loads(output).is_empty());
        disarmed.unwrap_or_else(|| {
            self.report(LoadKind::Structure, "embedded markup that cannot be read");
            String::new()
        })
    }

    /// A pass of its own, because the text of the element around it is still being gathered in this one.
    fn embedded_pass(&self, markup: &str, depth: usize) -> Option<String> {
        if depth >= EMBEDDING_MAX || self.embedded.get() >= EMBEDDED_MAX {
            return None;
        }
        let inner = Self { embedded: Cell::new(self.embedded.get() + 1), ..Self::default() };
        let output = inner.run(markup, depth + 1).ok();
        self.embedded.set(inner.embedded.get());
        self.removed.borrow_mut().extend(inner.removed.into_inner());
        output
    }

    fn verbatim(&self, chunk: &mut TextChunk<'_>) {
        if chunk.as_str().contains('<') {
            let escaped = chunk.as_str().replace('<', "&lt;");
            chunk.replace(&escaped, ContentType::Html);
        }
    }

    fn comment(&self, comment: &mut Comment<'_>, depth: usize) {
        let text = comment.text();
        if text.starts_with('?') {
            if !is_harmless_instruction(&text) {
                self.report(LoadKind::Document, text);
                comment.remove();
            }
            return;
        }
        // Conditional comments are shown by Word's renderer; which others are shown somewhere, nobody knows.
        if text.contains('<') {
            let disarmed = self.embedded(&text, depth);
            if disarmed != text && comment.set_text(&disarmed).is_err() {
                comment.remove();
            }
        }
    }

    fn doctype(&self, doctype: &mut Doctype<'_>, raw: &str) {
        let system = doctype.system_id().unwrap_or_default();
        // Every reader knows the W3C's own types by heart and fetches none of them.
        let strange = raw.to_ascii_lowercase().replace("http://www.w3.org/", "");
        if strange.contains("://") || (looks_remote(&system) && !system.starts_with("http://www.w3.org/")) {
            self.report(LoadKind::Document, raw);
            doctype.remove();
        }
    }
}

/// What becomes of an element as a whole.
enum Fate {
    Keep,
    /// The start tag goes and the content, if there is any, stays.
    Unwrap(LoadKind, String),
    /// The content goes too: nobody is shown it.
    Remove(LoadKind, String),
}

fn fate(name: &str, el: &Element<'_, '_>) -> Fate {
    let attribute = |name: &str| decode_entities(&el.get_attribute(name).unwrap_or_default()).into_owned();
    match local_name(name) {
        "script" => Fate::Remove(LoadKind::Script, attribute("src")),
        "iframe" => Fate::Remove(LoadKind::Frame, attribute("src")),
        "frame" | "portal" | "fencedframe" => Fate::Unwrap(LoadKind::Frame, attribute("src")),
        "embed" => Fate::Unwrap(LoadKind::Object, attribute("src")),
        "param" => Fate::Unwrap(LoadKind::Object, attribute("value")),
        "bgsound" => Fate::Unwrap(LoadKind::Media, attribute("src")),
        "base" if el.has_attribute("href") => Fate::Unwrap(LoadKind::Navigation, attribute("href")),
        "link" if el.has_attribute("href") || el.has_attribute("imagesrcset") => {
            Fate::Unwrap(LoadKind::Prefetch, attribute("href"))
        }
        "meta" => meta_fate(&attribute("http-equiv"), attribute("content")),
        // In SVG and MathML, comments and references inside CSS are resolved before the CSS is read.
        "style" if !el.namespace_uri().ends_with("xhtml") || name != "style" => {
            Fate::Remove(LoadKind::Stylesheet, "style of a drawing".to_owned())
        }
        _ => Fate::Keep,
    }
}

fn meta_fate(http_equiv: &str, content: String) -> Fate {
    let is_harmless = matches!(
        http_equiv.trim().to_ascii_lowercase().as_str(),
        "" | "content-type"
            | "content-language"
            | "content-style-type"
            | "x-ua-compatible"
            | "imagetoolbar"
            | "pragma"
            | "cache-control"
            | "expires"
            | "cleartype"
            | "language"
    );
    let leads_out = looks_remote(&content) || content.contains("//");
    if is_harmless && !leads_out { Fate::Keep } else { Fate::Unwrap(LoadKind::Navigation, content) }
}

/// What becomes of an attribute.
enum Judgement {
    Keep,
    Remove(LoadKind, String),
    /// The addresses that went, and the value without them.
    Replace(Vec<String>, String),
}

/// Judges an attribute by its lower-case name and its value with references resolved.
fn judge(element: &str, name: &str, value: &str) -> Judgement {
    let remove_unless = |is_fine: bool, kind| match is_fine {
        true => Judgement::Keep,
        false => Judgement::Remove(kind, value.to_owned()),
    };
    if name.starts_with("on") {
        return Judgement::Remove(LoadKind::Script, value.to_owned());
    }
    if name == "style" {
        let mut removed = Vec::new();
        return disarm_css(value, &mut removed)
            .map_or(Judgement::Keep, |css| Judgement::Replace(removed, css));
    }
    if is_link(element, name) {
        return remove_unless(!is_unsafe_link(value), LoadKind::Script);
    }
    match load_kind(element, name) {
        // `meta` was judged as an element.
        _ if element == "meta" && name == "content" => Judgement::Keep,
        Some(kind) if name.ends_with("srcset") => remove_unless(set_stays_inside(value), kind),
        Some(kind) => remove_unless(stays_inside(value), kind),
        None if is_inert(name) => Judgement::Keep,
        None => remove_unless(
            !looks_remote(value) && css_urls(value).all(|url| stays_inside(&url)),
            LoadKind::Unknown,
        ),
    }
}

/// The XML declaration and Word's name space declarations; every other instruction can name a style sheet or code.
fn is_harmless_instruction(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    (lower.starts_with("?xml ") && !lower.contains("//")) || lower.starts_with("?xml:namespace ")
}
