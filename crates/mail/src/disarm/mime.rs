//! The structure of a message, walked over its raw bytes, so that whatever is not touched stays byte for byte.
//!
//! Where two readers could see a different structure, the difference is removed (a second `Content-Type`, markup between
//! parts); where that is not possible, or a limit is met, the rest gives way to a note. The caller keeps the original.

use std::borrow::Cow;
use std::fmt;

use memchr::memmem;
use model::limit::{NESTING_MAX, PARTS_MAX};

use super::Removed;
use super::content_type::ContentType;
use super::header::{HeaderSection, line_end, split};
use super::leaf::{Leaf, LeafKind};
use super::transfer::{TransferEncoding, encode_base64};
use super::vector::LoadKind;

/// What stands where a part was.
const NOTE: &str = "[Portcullis removed this part, because it could load remote content or could not be read in one way only.]";

/// What a walk has found so far, and how much it may still look at.
#[derive(Debug)]
pub(super) struct Walk {
    pub(super) removed: Vec<Removed>,
    pub(super) notes: Vec<String>,
    parts: usize,
    eol: &'static str,
}

/// Where in the message a walk is.
#[derive(Debug, Clone)]
struct Place {
    /// Numbers of the parts around, from 1, as IMAP counts them (RFC 9051, section 6.4.5).
    path: String,
    depth: usize,
    /// What a part is whose header does not say (RFC 2046, section 5.1.5).
    default_type: &'static str,
}

impl Place {
    fn child(&self, number: usize, default_type: &'static str) -> Self {
        let path = if self.path.is_empty() { number.to_string() } else { format!("{}.{number}", self.path) };
        Self { path, depth: self.depth + 1, default_type }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { f.write_str("message") } else { write!(f, "part {}", self.path) }
    }
}

impl Walk {
    /// Walks a whole message and returns its header section and its body.
    pub(super) fn message(message: &[u8]) -> (Self, HeaderSection, Vec<u8>) {
        let mut walk = Self { removed: Vec::new(), notes: Vec::new(), parts: 0, eol: line_end(message) };
        let place = Place { path: String::new(), depth: 0, default_type: "text/plain" };
        let (header, rest) = walk.entity(message, &place);
        (walk, header, rest)
    }

    /// Leaves of a message only its main header fields and a note; returns what stands behind the header section.
    pub(super) fn give_up(&mut self, header: &mut HeaderSection, why: &str) -> Vec<u8> {
        self.removed.push(Removed { kind: LoadKind::Structure, part: String::new(), url: why.to_owned() });
        header.keep_main_fields();
        header.set("Content-Type", "text/plain; charset=\"us-ascii\"");
        format!("{0}{NOTE}{0}", self.eol).into_bytes()
    }

    fn report(&mut self, kind: LoadKind, place: &Place, url: impl Into<String>) {
        self.removed.push(Removed { kind, part: place.path.clone(), url: url.into() });
    }

    /// The header section of a message or part, and everything behind it.
    fn entity(&mut self, entity: &[u8], place: &Place) -> (HeaderSection, Vec<u8>) {
        self.parts += 1;
        let cut = split(entity);
        let mut header = HeaderSection::parse(cut.header, self.eol);
        let (active, ambiguous) = header.disarm();
        active.into_iter().for_each(|field| self.report(LoadKind::Header, place, field));
        ambiguous.into_iter().for_each(|field| self.report(LoadKind::Structure, place, field));
        let body = self.body(&mut header, cut.body, place);
        (header, [cut.separator, &body].concat())
    }

    fn body<'a>(&mut self, header: &mut HeaderSection, body: &'a [u8], place: &Place) -> Cow<'a, [u8]> {
        if place.depth > NESTING_MAX || self.parts > PARTS_MAX {
            return self.replace_by_note(header, place, "more parts or deeper nesting than is looked into");
        }
        let content_type =
            ContentType::parse(Some(header.get("content-type").as_deref().unwrap_or(place.default_type)));
        let media_type = content_type.media_type.as_str();
        if media_type.starts_with("multipart/") {
            return self.multipart(header, body, &content_type, place);
        }
        if !content_type.is_well_formed {
            self.report(LoadKind::Structure, place, "type that readers take differently");
            header.set("Content-Type", &content_type.to_string());
        }
        if matches!(media_type.rsplit('/').next(), Some("external-body" | "partial")) {
            return self.replace_by_note(header, place, media_type);
        }
        match media_type {
            "message/rfc822" | "message/global" | "message/news" | "message/disposition-notification" => {
                self.attached_message(header, body, place)
            }
            _ => self.leaf(header, body, &content_type, place),
        }
    }

    fn replace_by_note(
        &mut self,
        header: &mut HeaderSection,
        place: &Place,
        why: &str,
    ) -> Cow<'static, [u8]> {
        self.report(LoadKind::Structure, place, why);
        header.remove_content_fields();
        header.set("Content-Type", "text/plain; charset=\"us-ascii\"");
        Cow::Owned(format!("{NOTE}{}", self.eol).into_bytes())
    }

    fn multipart<'a>(
        &mut self,
        header: &mut HeaderSection,
        body: &'a [u8],
        content_type: &ContentType,
        place: &Place,
    ) -> Cow<'a, [u8]> {
        let boundary = content_type.get("boundary").unwrap_or_default().trim_end();
        let sections = Sections::cut(body, boundary);
        if boundary.is_empty() || sections.parts.is_empty() {
            return self.undivided(header, body, place);
        }
        self.make_unambiguous(header, content_type, place);
        let default_type =
            if content_type.media_type == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        let mut output = Vec::with_capacity(body.len());
        self.between_parts(sections.preamble, place, &mut output);
        for (index, part) in sections.parts.iter().enumerate() {
            output.extend_from_slice(part.delimiter);
            let (part_header, rest) = self.entity(part.content, &place.child(index + 1, default_type));
            part_header.write(&mut output);
            output.extend_from_slice(&rest);
            output.extend_from_slice(part.line_end);
            if self.parts > PARTS_MAX {
                output.extend_from_slice(format!("{}--{boundary}--{}", self.eol, self.eol).as_bytes());
                return Cow::Owned(output);
            }
        }
        output.extend_from_slice(sections.close_delimiter);
        self.between_parts(sections.epilogue, place, &mut output);
        Cow::Owned(output)
    }

    /// A multipart in which no delimiter is found is shown as the text it is, so that no reader guesses at one.
    fn undivided<'a>(&mut self, header: &mut HeaderSection, body: &'a [u8], place: &Place) -> Cow<'a, [u8]> {
        self.report(LoadKind::Structure, place, "multipart without a boundary");
        header.set("Content-Type", "text/plain");
        self.leaf(header, body, &ContentType::parse(None), place)
    }

    /// Says in one plain way what every reader is to take the multipart for.
    fn make_unambiguous(&mut self, header: &mut HeaderSection, content_type: &ContentType, place: &Place) {
        if !content_type.is_plain {
            self.report(LoadKind::Structure, place, content_type.to_string());
            header.set("Content-Type", &content_type.to_string());
        }
        // A multipart is never encoded (RFC 2045, section 6.4); a reader that decodes it all the same sees other parts.
        let encoding = header.get("content-transfer-encoding");
        if TransferEncoding::parse(encoding.as_deref()) != TransferEncoding::Identity {
            self.report(
                LoadKind::Structure,
                place,
                format!("encoded multipart: {}", encoding.unwrap_or_default()),
            );
            header.remove("Content-Transfer-Encoding");
        }
    }

    /// Keeps what stands before the first and behind the last part, unless a lenient reader could take it for a part.
    fn between_parts(&mut self, text: &[u8], place: &Place, output: &mut Vec<u8>) {
        if could_hold_parts(text) {
            self.report(LoadKind::Structure, place, "text outside the parts");
            output.extend_from_slice(self.eol.as_bytes());
        } else {
            output.extend_from_slice(text);
        }
    }

    fn attached_message<'a>(
        &mut self,
        header: &mut HeaderSection,
        body: &'a [u8],
        place: &Place,
    ) -> Cow<'a, [u8]> {
        let encoding = TransferEncoding::parse(header.get("content-transfer-encoding").as_deref());
        let (decoded, _) = encoding.decode(body);
        let removed_before = self.removed.len();
        let (inner_header, rest) = self.entity(&decoded, &place.child(1, "text/plain"));
        if self.removed.len() == removed_before {
            return Cow::Borrowed(body);
        }
        let mut output = Vec::with_capacity(decoded.len());
        inner_header.write(&mut output);
        output.extend_from_slice(&rest);
        if encoding == TransferEncoding::Identity {
            return Cow::Owned(output);
        }
        // An encoded message is not allowed (RFC 2046, section 5.2.1), but readers decode it, so it stays one.
        header.set("Content-Transfer-Encoding", "base64");
        Cow::Owned(encode_base64(&output, self.eol))
    }

    fn leaf<'a>(
        &mut self,
        header: &mut HeaderSection,
        body: &'a [u8],
        content_type: &ContentType,
        place: &Place,
    ) -> Cow<'a, [u8]> {
        if let Some(note) = opaque_note(&content_type.media_type) {
            self.notes.push(format!("{place}: {note}"));
        }
        let Some(kind) = LeafKind::of(content_type, header, body) else {
            return Cow::Borrowed(body);
        };
        let leaf = Leaf { kind, content_type, eol: self.eol };
        let Some(disarmed) = leaf.disarm(header, body) else { return Cow::Borrowed(body) };
        disarmed.removed.into_iter().for_each(|(kind, url)| self.report(kind, place, url));
        if disarmed.is_flattened {
            self.notes.push(format!("{place}: only the visible text could be kept"));
        }
        match disarmed.body {
            Some(body) => Cow::Owned(body),
            None => self.replace_by_note(header, place, "document with entities of its own"),
        }
    }
}

/// Whether a lenient reader could find markup, a delimiter or a part's header in text that belongs to no part. The
/// footers of mailing lists, with their `-- ` line, are none of these.
fn could_hold_parts(text: &[u8]) -> bool {
    let follows = |mark: &[u8], is_mark: fn(u8) -> bool| {
        memmem::find_iter(text, mark).any(|at| text.get(at + mark.len()).is_some_and(|&byte| is_mark(byte)))
    };
    follows(b"<", |byte| byte.is_ascii_alphabetic() || matches!(byte, b'!' | b'?'))
        || follows(b"\n--", |byte| byte.is_ascii_graphic())
        || memmem::find(&text.to_ascii_lowercase(), b"content-").is_some()
}

/// What is kept although nothing here can look into it.
fn opaque_note(media_type: &str) -> Option<&'static str> {
    match media_type {
        "application/ms-tnef" | "application/vnd.ms-tnef" => {
            Some("TNEF (winmail.dat) is kept and not looked into")
        }
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => {
            Some("an S/MIME envelope is kept and not looked into")
        }
        "application/rtf" | "text/rtf" => Some("RTF is kept and not looked into"),
        _ => None,
    }
}

/// The body of a multipart, cut at its delimiter lines (RFC 2046, section 5.1.1). Joined, it is the body again.
#[derive(Debug, Default)]
struct Sections<'a> {
    preamble: &'a [u8],
    parts: Vec<Section<'a>>,
    /// Empty where the body ends without one.
    close_delimiter: &'a [u8],
    epilogue: &'a [u8],
}

#[derive(Debug)]
struct Section<'a> {
    /// The delimiter line with its end.
    delimiter: &'a [u8],
    content: &'a [u8],
    /// The line end before the next delimiter, which belongs to that.
    line_end: &'a [u8],
}

impl<'a> Sections<'a> {
    fn cut(body: &'a [u8], boundary: &str) -> Self {
        let mut sections = Self { preamble: body, ..Self::default() };
        let mut open: Option<Delimiter> = None;
        let dashed = format!("--{boundary}");
        for at in memmem::find_iter(body, dashed.as_bytes()) {
            let Some(delimiter) = Delimiter::at(body, at, dashed.len()) else { continue };
            match open {
                None => sections.preamble = body.get(..delimiter.start).unwrap_or_default(),
                Some(before) => sections.parts.push(Section::between(body, before, delimiter.start)),
            }
            open = Some(delimiter);
            if delimiter.is_close {
                sections.close_delimiter = body.get(delimiter.start..delimiter.end).unwrap_or_default();
                sections.epilogue = body.get(delimiter.end..).unwrap_or_default();
                return sections;
            }
        }
        sections.parts.extend(open.map(|before| Section::between(body, before, body.len())));
        sections
    }
}

impl<'a> Section<'a> {
    fn between(body: &'a [u8], before: Delimiter, end: usize) -> Self {
        let content = body.get(before.end..end).unwrap_or_default();
        let is_last = end == body.len();
        let line_end: &[u8] = match content {
            _ if is_last => b"",
            [.., b'\r', b'\n'] => b"\r\n",
            [.., b'\n'] => b"\n",
            _ => b"",
        };
        let (content, line_end) = content.split_at(content.len() - line_end.len());
        Self { delimiter: body.get(before.start..before.end).unwrap_or_default(), content, line_end }
    }
}

#[derive(Debug, Clone, Copy)]
struct Delimiter {
    start: usize,
    /// Behind the line's end.
    end: usize,
    is_close: bool,
}

impl Delimiter {
    /// The delimiter line at this position, if it is one: at a line's start, with nothing but blanks behind it.
    fn at(body: &[u8], start: usize, dashed_bytes: usize) -> Option<Self> {
        let is_line_start = start.checked_sub(1).is_none_or(|before| body.get(before) == Some(&b'\n'));
        let after = body.get(start + dashed_bytes..)?;
        let is_close = after.starts_with(b"--");
        let after = if is_close { after.get(2..)? } else { after };
        let blanks = after.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let line_end = match after.get(blanks..)? {
            [] => 0,
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => return None,
        };
        let end = start + dashed_bytes + if is_close { 2 } else { 0 } + blanks + line_end;
        is_line_start.then_some(Self { start, end, is_close })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &[&str]) {
        let sections = Sections::cut(body.as_bytes(), "b");
        let mut joined = sections.preamble.to_vec();
        for part in &sections.parts {
            joined.extend([part.delimiter, part.content, part.line_end].concat());
        }
        joined.extend([sections.close_delimiter, sections.epilogue].concat());
        assert_eq!(String::from_utf8_lossy(&joined), body, "nothing is lost");
        let parts: Vec<_> = sections.parts.iter().map(|part| String::from_utf8_lossy(part.content)).collect();
        assert_eq!(parts, expected);
    }

    #[test]
    fn a_body_is_cut_at_its_delimiters_and_nowhere_else() {
        check("x\r\n--b\r\none\r\n--b  \r\ntwo\r\n--b--\r\ny", &["one", "two"]);
        check("--b\n--bc\nx--b\n\n--b", &["--bc\nx--b\n", ""]);
        check("--b\none", &["one"]);
        check("none", &[]);
    }
}
