//! One part that is no container: decoded, disarmed by its type, and encoded as it was.

use super::calendar::disarm_properties;
use super::checker::html_loads;
use super::content_type::ContentType;
use super::css::disarm_css;
use super::header::HeaderSection;
use super::html::{Removal, disarm_html};
use super::sniff::{kind_by_content, kind_by_name};
use super::text::defang_previews;
use super::transfer::{Charset, TransferEncoding, encode_base64, encode_quoted_printable};
use super::vector::LoadKind;

/// By which rules a part's text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeafKind {
    Html,
    /// SVG, XHTML and other XML, in which a document type can define entities.
    Xml,
    Css,
    Calendar,
    Contact,
    Plain,
}

impl LeafKind {
    /// `None` for a part that neither a mail program renders by itself nor a browser when its file is opened.
    pub(super) fn of(content_type: &ContentType, header: &HeaderSection, body: &[u8]) -> Option<Self> {
        let disposition = header.get("content-disposition");
        let encoding = TransferEncoding::parse(header.get("content-transfer-encoding").as_deref());
        Self::declared(content_type)
            .or_else(|| kind_by_name(content_type, disposition.as_deref()))
            .or_else(|| Self::shown_as_text(content_type, disposition.as_deref()))
            .or_else(|| kind_by_content(content_type, encoding, body))
    }

    /// What the type says. Its first half is not asked: some programs go by the second alone.
    fn declared(content_type: &ContentType) -> Option<Self> {
        match content_type.media_type.rsplit('/').next().unwrap_or_default() {
            "calendar" | "x-vcalendar" | "ics" => Some(Self::Calendar),
            "vcard" | "x-vcard" | "directory" => Some(Self::Contact),
            "css" => Some(Self::Css),
            "xhtml+xml" | "xml" | "svg" => Some(Self::Xml),
            subtype if subtype.ends_with("+xml") => Some(Self::Xml),
            _ if content_type.media_type.contains("html") => Some(Self::Html),
            _ => None,
        }
    }

    /// Text that is shown with the message; what has no proper type at all is too (RFC 2045, section 5.2).
    fn shown_as_text(content_type: &ContentType, disposition: Option<&str>) -> Option<Self> {
        let is_attachment =
            disposition.is_some_and(|value| value.trim().to_ascii_lowercase().starts_with("attachment"));
        let media_type = content_type.media_type.as_str();
        let is_text = media_type.starts_with("text/") || !media_type.contains('/');
        let is_rich = media_type.ends_with("/rtf");
        (is_text && !is_rich && !is_attachment).then_some(Self::Plain)
    }
}

/// A part and what its header says of it.
#[derive(Debug)]
pub(super) struct Leaf<'a> {
    pub(super) kind: LeafKind,
    pub(super) content_type: &'a ContentType,
    pub(super) eol: &'static str,
}

/// A part after its loads were taken out.
#[derive(Debug)]
pub(super) struct DisarmedLeaf {
    /// The new body in its transfer encoding; `None` where only a note can stand for it.
    pub(super) body: Option<Vec<u8>>,
    pub(super) removed: Vec<Removal>,
    /// Whether of a document only the visible text could be kept.
    pub(super) is_flattened: bool,
}

impl Leaf<'_> {
    /// The part without its loads, or `None` where it can stay as it is. The header follows what changes in the encoding.
    pub(super) fn disarm(&self, header: &mut HeaderSection, body: &[u8]) -> Option<DisarmedLeaf> {
        let encoding = TransferEncoding::parse(header.get("content-transfer-encoding").as_deref());
        let (bytes, is_regular) = encoding.decode(body);
        let charset = Charset::of(self.content_type.get("charset"), &bytes);
        let text = charset.decode(&bytes);
        let mut removed = Vec::new();
        if self.kind == LeafKind::Xml && defines_entities(&text) {
            return Some(DisarmedLeaf { body: None, removed, is_flattened: false });
        }
        let mut is_flattened = false;
        let disarmed = self.transform(&text, &mut removed, &mut is_flattened);
        if disarmed.is_none() && self.reads_one_way(is_regular, charset, &bytes) {
            return None;
        }
        if removed.is_empty() {
            removed.push((LoadKind::Structure, "encoding that readers take differently".to_owned()));
        }
        let output = disarmed.unwrap_or(text);
        let body = self.encode(&output, encoding, charset, (body.is_ascii(), header));
        Some(DisarmedLeaf { body: Some(body), removed, is_flattened })
    }

    fn transform(&self, text: &str, removed: &mut Vec<Removal>, is_flattened: &mut bool) -> Option<String> {
        let mut addresses = Vec::new();
        let (output, kind) = match self.kind {
            LeafKind::Html | LeafKind::Xml => {
                let disarmed = disarm_html(text)?;
                removed.extend(disarmed.removed);
                *is_flattened = disarmed.is_flattened;
                return Some(disarmed.html);
            }
            LeafKind::Calendar => return disarm_properties(text, LoadKind::Calendar, removed),
            LeafKind::Contact => return disarm_properties(text, LoadKind::Contact, removed),
            LeafKind::Css => (disarm_css(text, &mut addresses), LoadKind::Stylesheet),
            LeafKind::Plain => (defang_previews(text, &mut addresses), LoadKind::Preview),
        };
        removed.extend(addresses.into_iter().map(|address| (kind, address)));
        output
    }

    /// Whether a reader that decodes or reads the part another way would still find nothing to load in it.
    fn reads_one_way(&self, is_regular: bool, charset: Charset, bytes: &[u8]) -> bool {
        if !matches!(self.kind, LeafKind::Html | LeafKind::Xml) {
            return true;
        }
        is_regular
            && (matches!(charset, Charset::Plain(_))
                || html_loads(&String::from_utf8_lossy(bytes)).is_empty())
    }

    fn encode(
        &self,
        text: &str,
        encoding: TransferEncoding,
        charset: Charset,
        (was_ascii, header): (bool, &mut HeaderSection),
    ) -> Vec<u8> {
        let bytes = charset.encode(text).unwrap_or_else(|| {
            header.set("Content-Type", &self.content_type.with_charset("utf-8").to_string());
            // A byte order mark outranks what the document says of its own character set.
            let mark = if self.kind == LeafKind::Html { "\u{feff}" } else { "" };
            format!("{mark}{}", text.trim_start_matches('\u{feff}')).into_bytes()
        });
        match encoding {
            TransferEncoding::Base64 => encode_base64(&bytes, self.eol),
            TransferEncoding::QuotedPrintable => encode_quoted_printable(&bytes, self.eol),
            TransferEncoding::Identity if can_stand_bare(&bytes, was_ascii) => bytes,
            TransferEncoding::Identity | TransferEncoding::Unknown => {
                header.set("Content-Transfer-Encoding", "quoted-printable");
                encode_quoted_printable(&bytes, self.eol)
            }
        }
    }
}

/// Whether text can stand unencoded: nothing in it could be taken for a boundary that was not there before, and it
/// needs no eight bits that it did not need before.
fn can_stand_bare(bytes: &[u8], was_ascii: bool) -> bool {
    let has_dashes = bytes.starts_with(b"--") || memchr::memmem::find(bytes, b"\n--").is_some();
    !has_dashes && (!was_ascii || bytes.is_ascii())
}

/// Whether an XML document declares entities, which its reader would resolve before anything here could see them.
fn defines_entities(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let has_subset = lower.split_once("<!doctype").is_some_and(|(_, rest)| {
        rest.find(['[', '>']).is_some_and(|at| rest.as_bytes().get(at) == Some(&b'['))
    });
    has_subset || lower.contains("<!entity")
}
