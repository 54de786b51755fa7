//! One mail taken apart: who wrote to whom, through what, with which content; all that detectors may look at.

mod body;
pub(crate) mod bound;
mod header;

use crate::html::HtmlScan;
use bound::bound;
use mail_parser::{HeaderName, MessageParser};
use model::{EventTime, Sha256};
use sha2::Digest;

pub use header::last_hop;

/// A display name and an address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mailbox {
    /// The name that the reader sees, RFC 2047 decoded; may be empty.
    pub name: String,
    /// The address in its normal spelling; empty where none could be read.
    pub address: String,
}

/// What the header tells of bulk mail (RFC 2369, 2919, 8058, 3834).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListHeaders {
    /// `List-Id`, as written.
    pub list_id: Option<String>,
    /// Hosts and domains that `List-Unsubscribe` names.
    pub unsubscribe_hosts: Vec<String>,
    /// Whether `List-Unsubscribe-Post` offers one click.
    pub is_one_click: bool,
    /// Whether `Precedence: bulk|list|junk` or `Auto-Submitted` says that a machine sent it.
    pub is_automatic: bool,
}

/// A part that is neither shown text nor structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// File name, RFC 2231 decoded; may be empty.
    pub name: String,
    /// Media type such as `application/pdf`, lower case.
    pub media_type: String,
    /// Digest of the decoded content.
    pub digest: Sha256,
    /// Size of the decoded content in bytes.
    pub bytes: usize,
}

/// One mail, as far as the limits let it be read. Values are owned: the raw bytes may go.
#[derive(Debug, Default)]
pub struct Message {
    /// `Message-ID` without brackets; empty where there is none.
    pub message_id: String,
    /// `Date` of the header: the sender's claim.
    pub date: Option<EventTime>,
    /// Date of the topmost `Received`: the receiving server's word.
    pub received: Option<EventTime>,
    /// First author (RFC 5322 section 3.6.2).
    pub from: Mailbox,
    /// Number of addresses in `From`.
    pub authors: usize,
    /// Whether `From` does not follow RFC 5322, and the author was guessed the way that mail clients guess.
    pub is_from_repaired: bool,
    /// Address of `Sender`, if it differs from the author.
    pub sender: Option<String>,
    /// Address of `Reply-To`, if it differs from the author.
    pub reply_to: Option<String>,
    /// Envelope sender as `Return-Path` tells it.
    pub mail_from: Option<String>,
    /// Whether `Return-Path` tells the null sender of bounces, `<>` (RFC 5321 section 4.5.5).
    pub is_mail_from_null: bool,
    /// Addresses in `To` and `Cc`.
    pub to: Vec<String>,
    /// Addresses that the delivering server wrote: `Delivered-To`, `X-Original-To`, `Envelope-To`.
    pub delivered_to: Vec<String>,
    /// Subject, decoded.
    pub subject: String,
    /// Message ids of `In-Reply-To` and `References`, without brackets.
    pub replies_to: Vec<String>,
    /// Signs of bulk mail.
    pub list: ListHeaders,
    /// Domains (`d=`) of DKIM signatures, verified or not.
    pub dkim_domains: Vec<String>,
    /// `X-Mailer` or `User-Agent`.
    pub mailer: Option<String>,
    /// Whether `X-Priority`, `Priority` or `Importance` asks for urgent attention.
    pub is_urgent: bool,
    /// Whether plain text of ASCII only was sent as base64.
    pub has_base64_ascii: bool,
    /// Who is told that the message was opened: the first field that asks for a receipt (RFC 8098 and older habits).
    pub receipt_to: Option<String>,
    /// Values of `Authentication-Results`, topmost first.
    pub authentication_results: Vec<String>,
    /// Content of HTML parts.
    pub html: HtmlScan,
    /// Text of plain parts.
    pub text: String,
    /// Other parts.
    pub attachments: Vec<Attachment>,
    /// Number of MIME parts.
    pub parts: usize,
    /// Header fields.
    pub headers: usize,
    /// Size in bytes.
    pub bytes: usize,
    /// What had to be left out, in words; empty where all was read.
    pub truncations: Vec<&'static str>,
}

/// Reads messages. Building it costs more than reading one: keep it.
pub struct Reader {
    parser: MessageParser,
}

impl Default for Reader {
    fn default() -> Self {
        let parser = MessageParser::new()
            .with_mime_headers()
            .header_date(HeaderName::Date)
            .header_address(HeaderName::From)
            .header_address(HeaderName::Sender)
            .header_address(HeaderName::ReplyTo)
            .header_address(HeaderName::To)
            .header_address(HeaderName::Cc)
            .header_text(HeaderName::Subject)
            .header_id(HeaderName::MessageId)
            .header_id(HeaderName::InReplyTo)
            .header_id(HeaderName::References)
            .default_header_raw();
        Self { parser }
    }
}

impl Reader {
    /// Reads one message. Never fails: what cannot be read is left empty and named in `truncations`. Linear in size.
    pub fn read(&self, raw: &[u8]) -> Message {
        let mut message = Message { bytes: raw.len(), ..Message::default() };
        let bounded = bound(raw, &mut message.truncations);
        let Some(parsed) = self.parser.parse(bounded.as_ref()) else {
            message.truncations.push("no header could be read");
            return message;
        };
        message.parts = parsed.parts.len();
        message.read_header(parsed.headers());
        message.read_body(&parsed);
        message.repair_sender(&bounded);
        message
    }
}

impl Message {
    /// When it arrived, as well as can be told: the receiving server's time, else the sender's claim.
    pub fn time(&self) -> Option<EventTime> {
        self.received.or(self.date)
    }

    /// Whether it is one text that nothing renders: no container, no page, nothing like markup, nothing left out.
    pub(crate) fn is_plain(&self) -> bool {
        let begins_tag = |at: usize| {
            let next = self.text.as_bytes().get(at + 1);
            next.is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'!' | b'?'))
        };
        self.parts == 1
            && !self.text.is_empty()
            && self.attachments.is_empty()
            && self.truncations.is_empty()
            && !memchr::memchr_iter(b'<', self.text.as_bytes()).any(begins_tag)
    }

    /// Everyone it was addressed to: named in the header or by the delivering server, without repeats.
    pub fn recipients(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.delivered_to.iter().chain(&self.to).map(String::as_str).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// SHA-256 of the message with its lines ended the other way: by LF where there is a CRLF, else by CRLF.
///
/// One mail is stored with LF in a Maildir and comes with CRLF over IMAP and SMTP; it is still one mail.
pub fn other_digest(bytes: &[u8]) -> Sha256 {
    let mut hash = sha2::Sha256::new();
    let mut from = 0;
    let has_crlf = has_crlf(bytes);
    for end in memchr::memchr_iter(b'\n', bytes) {
        let line = bytes.get(from..end).unwrap_or_default();
        hash.update(if has_crlf { line.strip_suffix(b"\r").unwrap_or(line) } else { line });
        hash.update(if has_crlf { &b"\n"[..] } else { b"\r\n" });
        from = end + 1;
    }
    hash.update(bytes.get(from..).unwrap_or_default());
    Sha256(hash.finalize().into())
}

/// Whether the first line ends by CRLF.
pub fn has_crlf(bytes: &[u8]) -> bool {
    memchr::memchr(b'\n', bytes).and_then(|end| bytes.get(end.checked_sub(1)?)) == Some(&b'\r')
}

/// SHA-256 of some bytes.
pub fn digest(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Message {
        Reader::default().read(raw.as_bytes())
    }

    #[test]
    fn an_unquoted_comma_still_yields_the_sender() {
        let message = read("From: Dana Example, Daily <dana@daily.example>\r\n\r\nhello");
        assert_eq!(
            message.from,
            Mailbox { name: "Dana Example, Daily".into(), address: "dana@daily.example".into() }
        );
    }

    #[test]
    fn the_receiving_servers_time_comes_first() {
        let raw = "Received: from a by b; Mon, 18 Jan 2021 09:00:00 +0000\r\nReceived: from c by a; Sun, 17 Jan 2021 09:00:00 +0000\r\n\
                   Date: Fri, 1 Jan 1999 00:00:00 +0000\r\nFrom: a@b.example\r\n\r\n";
        assert_eq!(read(raw).time(), Some(EventTime(1_610_960_400)));
    }

    #[test]
    fn bulk_headers_are_read() {
        let raw = "From: a@b.example\r\nList-Id: News <news.b.example>\r\nList-Unsubscribe: <mailto:out@b.example?subject=x>, <https://u.b.example/1>\r\n\
                   List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nPrecedence: bulk\r\n\r\n";
        let list = read(raw).list;
        assert_eq!(list.unsubscribe_hosts, ["b.example", "u.b.example"]);
        assert!(list.is_one_click && list.is_automatic && list.list_id.is_some());
    }

    #[test]
    fn attached_messages_are_read_too() {
        let raw = "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n\
                   From: c@d.example\r\nContent-Type: text/html\r\n\r\n<img src=https://t.example/p.gif width=1 height=1>\r\n--x--\r\n";
        let message = read(raw);
        assert_eq!(message.html.loads.len(), 1);
        assert!(message.html.loads.iter().all(|load| load.is_hidden));
    }

    #[test]
    fn line_ends_lead_to_each_other() {
        let (lf, crlf) = (b"A: b\n\nhello\n", b"A: b\r\n\r\nhello\r\n");
        assert_eq!(other_digest(lf), digest(crlf));
        assert_eq!(other_digest(crlf), digest(lf));
    }

    #[test]
    fn the_last_hop_names_the_client() {
        let raw = b"Received: from out4.mailer.example (out4.mailer.example [192.0.2.91])\r\n\tby mx.house.example (Postfix) with ESMTPS id 4D;\r\n\tMon, 18 Jan 2021 10:11:32 +0000\r\n\
            Received: from app.mailer.example ([203.0.113.17]) by out4.mailer.example; Mon, 18 Jan 2021 10:11:28 +0000\r\nFrom: a@b.example\r\n\r\nx";
        assert_eq!(
            last_hop(raw),
            Some(("192.0.2.91".parse().expect("an address"), "out4.mailer.example".into()))
        );
        assert_eq!(last_hop(b"From: a@b.example\r\n\r\nx"), None);
    }
}
