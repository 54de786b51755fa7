//! Parts of a message: shown text, HTML and attachments, also those of attached messages (RFC 2045, 2046).

use super::{Attachment, Message, digest};
use crate::html;
use mail_parser::{MessagePart, MimeHeaders, PartType};
use model::limit;

impl Message {
    pub(super) fn read_body(&mut self, parsed: &mail_parser::Message<'_>) {
        let mut html = Vec::new();
        let mut left = limit::PARTS_MAX;
        self.read_parts(&parsed.parts, &mut html, &mut left, 0);
        if left == 0 {
            self.truncations.push("parts beyond the limit left out");
        }
        self.html = html::scan(html.into_iter());
        if self.html.is_truncated {
            self.truncations.push("html beyond the limit left out");
        }
    }

    /// Attached messages are read like the message itself: a forwarded beacon reports just as well.
    fn read_parts<'a>(
        &mut self,
        parts: &'a [MessagePart<'_>],
        html: &mut Vec<&'a str>,
        left: &mut usize,
        depth: usize,
    ) {
        for part in parts {
            if depth > limit::NESTING_MAX {
                self.leave_out("attached messages beyond the limit left out");
                return;
            }
            if *left == 0 {
                return;
            }
            *left -= 1;
            match &part.body {
                PartType::Html(text) => html.push(text.as_ref()),
                PartType::Text(text)
                    if part.is_content_type("text", "plain") || part.content_type().is_none() =>
                {
                    self.has_base64_ascii |=
                        part.encoding == mail_parser::Encoding::Base64 && text.is_ascii();
                    self.add_text(text)
                }
                PartType::Text(text) => self.attach(part, text.as_bytes()),
                PartType::Binary(bytes) | PartType::InlineBinary(bytes) => self.attach(part, bytes),
                PartType::Message(nested) => self.read_parts(&nested.parts, html, left, depth + 1),
                PartType::Multipart(_) => {}
            }
        }
    }

    fn leave_out(&mut self, what: &'static str) {
        if !self.truncations.contains(&what) {
            self.truncations.push(what);
        }
    }

    fn add_text(&mut self, text: &str) {
        let room = limit::TEXT_BYTES_MAX.saturating_sub(self.text.len());
        let mut end = text.len().min(room);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.text.push_str(text.get(..end).unwrap_or_default());
    }

    fn attach(&mut self, part: &MessagePart<'_>, bytes: &[u8]) {
        if self.attachments.len() >= 4 * limit::RECORD_ATTACHMENTS_MAX {
            self.leave_out("attachments beyond the limit left out");
            return;
        }
        let media_type = part
            .content_type()
            .map(|found| format!("{}/{}", found.ctype(), found.subtype().unwrap_or_default()));
        self.attachments.push(Attachment {
            name: part.attachment_name().unwrap_or_default().to_owned(),
            media_type: media_type.unwrap_or_default().to_ascii_lowercase(),
            digest: digest(bytes),
            bytes: bytes.len(),
        });
    }
}
