//! What a person reads: the visible text of HTML, and bare picture addresses in plain text.

use std::cell::RefCell;

use lol_html::html_content::{Element, TextChunk, TextType};
use lol_html::{HtmlRewriter, MemorySettings, Settings, doc_text, element};
use memchr::memmem;

use super::entity::{decode_entities, escape};

/// Memory that one pass over a document may hold, in bytes; beyond it the pass fails and the caller falls back.
pub(super) const PASS_BYTES_MAX: usize = 128 << 20;

/// The invisible space that stops a program from seeing an address, while a person sees no difference.
const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// Endings of addresses that programs show as a picture without being asked.
const PICTURE_ENDINGS: &[&str] = &[
    ".png", ".gif", ".jpg", ".jpeg", ".webp", ".bmp", ".svg", ".avif", ".ico", ".tif", ".tiff", ".jfif",
    ".apng",
];

/// What ends a sentence or a bracket rather than an address.
const SENTENCE_MARKS: [char; 9] = ['.', ',', ')', ']', '\'', ';', ':', '!', '*'];

/// The text that a reader sees of an HTML document: without head, styles, scripts and comments, with character
/// references resolved and runs of blanks made one space. Linear; no tree is built.
pub fn visible_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 4);
    for piece in text_pieces(html) {
        match piece {
            Piece::Markup(raw) => text.push_str(&decode_entities(&raw)),
            Piece::Verbatim(raw) => text.push_str(&raw),
            Piece::Break => text.push(' '),
        }
    }
    collapse(&text)
}

/// The visible text as HTML that can load nothing, for documents that cannot be taken apart safely.
pub(super) fn flatten(html: &str) -> String {
    let mut output = "<html><body><pre style=\"white-space:pre-wrap\">".to_owned();
    for piece in text_pieces(html) {
        match piece {
            // Character references stay as they are, since only some of them can be resolved here.
            Piece::Markup(raw) => output.push_str(&raw.replace('<', "&lt;").replace('>', "&gt;")),
            Piece::Verbatim(raw) => output.push_str(&escape(&raw)),
            Piece::Break => output.push('\n'),
        }
    }
    output.push_str("</pre></body></html>\n");
    output
}

/// Plain text with an invisible space in each bare picture address, or `None` where there is no such address.
///
/// Other addresses stay, so that links stay clickable: a program may show a picture by itself, but not a page.
pub(super) fn defang_previews(text: &str, removed: &mut Vec<String>) -> Option<String> {
    let before = removed.len();
    let mut output = String::with_capacity(text.len() + 16);
    let mut copied = 0;
    let mut passed = 0;
    for colon in memmem::find_iter(text.as_bytes(), b"://") {
        // An address within an address is judged with it, once.
        if colon < passed {
            continue;
        }
        let Some(address) = text.get(colon..).map(address_end) else { continue };
        passed = colon + address.len();
        if !is_picture(address) {
            continue;
        }
        output.push_str(text.get(copied..colon).unwrap_or_default());
        output.push_str(&address.replace("://", &format!(":{ZERO_WIDTH_SPACE}//")));
        copied = passed;
        let scheme_start = text.get(..colon).map_or(0, scheme_start);
        let whole = text.get(scheme_start..passed).unwrap_or_default();
        removed.push(whole.trim_end_matches(SENTENCE_MARKS).to_owned());
    }
    output.push_str(text.get(copied..).unwrap_or_default());
    (removed.len() > before).then_some(output)
}

/// Text without the invisible spaces that disarming a bare picture address puts in: what a person sees.
pub fn without_invisible(text: &str) -> String {
    text.chars().filter(|&c| c != ZERO_WIDTH_SPACE).collect()
}

fn scheme_start(before: &str) -> usize {
    before.len() - before.bytes().rev().take_while(u8::is_ascii_alphanumeric).take(8).count()
}

fn address_end(from_colon: &str) -> &str {
    let end = from_colon
        .char_indices()
        .take(model::limit::URL_BYTES_MAX)
        .find(|&(_, c)| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '|' | '^' | '`'))
        .map_or_else(|| from_colon.floor_char_boundary(model::limit::URL_BYTES_MAX), |(at, _)| at);
    from_colon.get(..end).unwrap_or_default()
}

fn is_picture(address: &str) -> bool {
    let lower = address.trim_end_matches(SENTENCE_MARKS).to_ascii_lowercase();
    lower.split(['?', '#', '&']).any(|piece| PICTURE_ENDINGS.iter().any(|ending| piece.ends_with(ending)))
}

/// A stretch of what a document shows.
enum Piece {
    /// Text as it stands in the source, with character references.
    Markup(String),
    /// Text in which nothing is a reference.
    Verbatim(String),
    /// Where a block begins or ends, so that words on both sides stay apart.
    Break,
}

/// What the text after the latest start tag is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Raw {
    Hidden,
    Verbatim,
    Nested,
}

struct Collector {
    pieces: Vec<Piece>,
    raw: Raw,
    /// The text of a `noscript`, which programs without scripts show as HTML.
    nested: String,
    is_svg_style: bool,
}

fn text_pieces(html: &str) -> Vec<Piece> {
    let state = RefCell::new(Collector {
        pieces: Vec::new(),
        raw: Raw::Hidden,
        nested: String::new(),
        is_svg_style: false,
    });
    let settings = Settings::new()
        .with_strict(false)
        .with_memory_settings(MemorySettings::new().with_max_allowed_memory_usage(PASS_BYTES_MAX))
        .append_element_content_handler(element!("*", |el| {
            state.borrow_mut().enter(el);
            Ok(())
        }))
        .append_document_content_handler(doc_text!(|chunk| {
            state.borrow_mut().read(chunk);
            Ok(())
        }));
    let mut rewriter = HtmlRewriter::new(settings, |_: &[u8]| {});
    // A failure leaves what was read so far, which is what a reader would have seen up to there.
    match rewriter.write(html.as_bytes()) {
        Ok(()) => drop(rewriter.end()),
        Err(_) => drop(rewriter),
    }
    state.into_inner().pieces
}

impl Collector {
    fn enter(&mut self, el: &Element<'_, '_>) {
        let name = el.tag_name();
        self.is_svg_style = name == "style";
        self.raw = match name.as_str() {
            "xmp" | "plaintext" | "listing" => Raw::Verbatim,
            "noscript" => Raw::Nested,
            _ => Raw::Hidden,
        };
        if is_block(&name) {
            self.pieces.push(Piece::Break);
        }
        if name == "textarea" {
            self.raw = Raw::Verbatim;
        }
    }

    fn read(&mut self, chunk: &TextChunk<'_>) {
        let text = chunk.as_str().to_owned();
        match (chunk.text_type(), self.raw) {
            (TextType::Data, _) if !self.is_svg_style => self.pieces.push(Piece::Markup(text)),
            (TextType::CDataSection | TextType::PlainText, _) => self.pieces.push(Piece::Verbatim(text)),
            (TextType::RCData, Raw::Verbatim) => self.pieces.push(Piece::Markup(text)),
            (TextType::RawText, Raw::Verbatim) => self.pieces.push(Piece::Verbatim(text)),
            (TextType::RawText, Raw::Nested) => self.read_nested(&text, chunk.last_in_text_node()),
            _ => {}
        }
    }

    fn read_nested(&mut self, text: &str, is_last: bool) {
        self.nested.push_str(text);
        if is_last {
            let nested = std::mem::take(&mut self.nested);
            self.pieces.extend(text_pieces(&nested));
        }
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "br"
            | "td"
            | "th"
            | "tr"
            | "li"
            | "table"
            | "hr"
            | "dt"
            | "dd"
            | "option"
            | "center"
            | "blockquote"
    ) || matches!(name.as_bytes(), [b'h', b'1'..=b'6'])
}

fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(html: &str, expected: &str) {
        assert_eq!(visible_text(html), expected);
        assert_eq!(visible_text(&flatten(html)), expected, "flattened");
    }

    #[test]
    fn a_reader_sees_text_only() {
        check(
            "<head><title>t</title><style>a{}</style></head><p>Dear&nbsp;A <b>B</b>C</p><p>D",
            "Dear A BC D",
        );
        check("<script>x</script><!-- y -->z<noscript>&lt;q <b>r</b></noscript>", "z<q r");
        check("<xmp><b>&amp;</b></xmp><textarea><i>&lt;</textarea>", "<b>&amp;</b><i><");
    }

    #[test]
    fn picture_addresses_lose_their_preview_and_links_stay() {
        let mut removed = Vec::new();
        let text = "see http://t.example/p.GIF?u=1 and https://t.example/page";
        let output = defang_previews(text, &mut removed).expect("one picture");
        assert_eq!(output, "see http:\u{200b}//t.example/p.GIF?u=1 and https://t.example/page");
        assert_eq!(removed, ["http://t.example/p.GIF?u=1"]);
        assert_eq!(without_invisible(&output), text);
        assert_eq!(defang_previews(&output, &mut removed), None);
    }
}
