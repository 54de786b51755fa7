//! One mail taken apart: who wrote to whom, through what, with which content; all that detectors may look at.

use crate::domain::{normal_address, normal_host};
use crate::html::{self, HtmlScan};
use mail_parser::{Address, HeaderName, HeaderValue, MessageParser, MessagePart, MimeHeaders, PartType};
use model::{EventTime, Sha256, limit};
use sha2::Digest;

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
        let Some(parsed) = self.parser.parse(bounded) else {
            message.truncations.push("no header could be read");
            return message;
        };
        message.parts = parsed.parts.len();
        message.read_header(parsed.headers());
        message.read_body(&parsed);
        message.repair_sender(bounded);
        message
    }
}

/// MIME delimiter lines, attached messages and multiparts that are handed to the parser: it keeps nested messages as
/// nested values, so depth has to be bounded before it starts.
const DELIMITERS_MAX: usize = 10 * limit::PARTS_MAX;

/// The beginning of the message that can be parsed within the limits.
fn bound<'a>(raw: &'a [u8], truncations: &mut Vec<&'static str>) -> &'a [u8] {
    let mut end = raw.len();
    let mut cut = |at: Option<usize>, why| {
        if let Some(at) = at.filter(|&at| at < end) {
            end = at;
            truncations.push(why);
        }
    };
    let nesting = 2 * limit::NESTING_MAX;
    cut(
        nth(raw, b"message/", nesting).or_else(|| nth(raw, b"Message/", nesting)),
        "attached messages beyond the limit left out",
    );
    cut(
        nth(raw, b"multipart/", nesting).or_else(|| nth(raw, b"Multipart/", nesting)),
        "multiparts beyond the limit left out",
    );
    cut(nth(raw, b"\n--", DELIMITERS_MAX), "parts beyond the limit left out");
    if memchr::memmem::find(raw.get(..limit::HEADER_BYTES_MAX.min(raw.len())).unwrap_or_default(), b"\n\n")
        .is_none()
        && memchr::memmem::find(
            raw.get(..limit::HEADER_BYTES_MAX.min(raw.len())).unwrap_or_default(),
            b"\n\r\n",
        )
        .is_none()
    {
        cut(Some(limit::HEADER_BYTES_MAX), "header beyond the limit left out");
    }
    raw.get(..end).unwrap_or(raw)
}

/// Where `needle` stands for the `count`-th time.
fn nth(haystack: &[u8], needle: &[u8], count: usize) -> Option<usize> {
    memchr::memmem::find_iter(haystack, needle).nth(count)
}

impl Message {
    fn read_header(&mut self, headers: &[mail_parser::Header<'_>]) {
        self.headers = headers.len();
        if headers.len() > limit::HEADERS_MAX {
            self.truncations.push("header fields beyond the limit left out");
        }
        let mut has_received = false;
        for header in headers.iter().take(limit::HEADERS_MAX) {
            match &header.name {
                HeaderName::From => self.read_from(&header.value),
                HeaderName::To | HeaderName::Cc => self.to.extend(addresses(&header.value)),
                HeaderName::Sender => self.sender = addresses(&header.value).next(),
                HeaderName::ReplyTo => self.reply_to = addresses(&header.value).next(),
                HeaderName::Date => self.date = header.value.as_datetime().and_then(event_time),
                HeaderName::Subject => {
                    self.subject = header.value.as_text().unwrap_or_default().trim().to_owned()
                }
                HeaderName::MessageId => {
                    self.message_id = header.value.as_text().unwrap_or_default().to_owned()
                }
                HeaderName::InReplyTo | HeaderName::References => {
                    self.replies_to.extend(texts(&header.value))
                }
                HeaderName::Received if !has_received => {
                    has_received = true;
                    self.received = header.value.as_text().and_then(received_time);
                }
                HeaderName::ReturnPath => self.read_return_path(header.value.as_text().unwrap_or_default()),
                HeaderName::DkimSignature => {
                    self.dkim_domains.extend(header.value.as_text().and_then(dkim_domain))
                }
                HeaderName::ListId => {
                    self.list.list_id = header.value.as_text().map(|text| text.trim().to_owned())
                }
                HeaderName::ListUnsubscribe => {
                    self.list.unsubscribe_hosts =
                        unsubscribe_hosts(header.value.as_text().unwrap_or_default())
                }
                // The parser knows some of these by name and some not; which, changes with its version.
                name => self.read_other(name.as_str(), header.value.as_text().unwrap_or_default()),
            }
        }
        self.to.truncate(limit::RECIPIENTS_MAX);
        self.replies_to.truncate(16);
        self.sender = self.sender.take().filter(|sender| *sender != self.from.address);
        self.reply_to = self.reply_to.take().filter(|reply_to| *reply_to != self.from.address);
    }

    fn read_other(&mut self, name: &str, value: &str) {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        if is("Delivered-To") || is("X-Original-To") || is("Envelope-To") {
            let address = normal_address(value).filter(|address| !self.delivered_to.contains(address));
            self.delivered_to.extend(address.filter(|_| self.delivered_to.len() < limit::RECIPIENTS_MAX));
        } else if is("Return-Path") {
            self.read_return_path(value);
        } else if is("X-Priority") || is("Priority") || is("Importance") {
            let value = value.trim().to_ascii_lowercase();
            self.is_urgent |= value.starts_with(['1', '2']) || matches!(value.as_str(), "urgent" | "high");
        } else if is("DKIM-Signature") {
            self.dkim_domains.extend(dkim_domain(value).filter(|_| self.dkim_domains.len() < 8));
        } else if is("List-Unsubscribe-Post") {
            self.list.is_one_click = true;
        } else if is("Precedence") || is("Auto-Submitted") {
            let value = value.trim().to_ascii_lowercase();
            self.list.is_automatic |=
                matches!(value.as_str(), "bulk" | "list" | "junk") || value.starts_with("auto-");
        } else if is("X-Mailer") || is("User-Agent") {
            self.mailer = Some(value.trim().chars().take(60).collect());
        } else if is("Authentication-Results") && self.authentication_results.len() < 16 {
            self.authentication_results.push(value.replace(['\r', '\n'], "").trim().to_owned());
        }
    }

    fn read_return_path(&mut self, value: &str) {
        self.mail_from = normal_address(value);
        self.is_mail_from_null = value.trim() == "<>";
    }

    fn read_from(&mut self, value: &HeaderValue<'_>) {
        let HeaderValue::Address(list) = value else { return };
        self.authors = list.iter().count();
        // `Name, Outlet <a@b>` (an unquoted comma) is read as two authors, the first without an address: join them.
        let mut name = String::new();
        for author in list.iter().take(8) {
            let part = author.name.as_deref().unwrap_or_default();
            match author.address.as_deref().and_then(normal_address) {
                Some(address) => {
                    let separator = if name.is_empty() || part.is_empty() { "" } else { ", " };
                    self.from =
                        Mailbox { name: format!("{name}{separator}{part}").trim().to_owned(), address };
                    return;
                }
                None => {
                    let bare = author.address.as_deref().unwrap_or(part);
                    name = if name.is_empty() { bare.to_owned() } else { format!("{name}, {bare}") };
                }
            }
        }
        self.from.name = name;
    }

    /// Where the parser found no address in `From`, the last thing in angle brackets is what a mail client shows.
    fn repair_sender(&mut self, raw: &[u8]) {
        if !self.from.address.is_empty() {
            return;
        }
        let head = raw.get(..raw.len().min(64 << 10)).unwrap_or_default();
        let line = head
            .split(|&byte| byte == b'\n')
            .find(|line| line.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"from:")));
        let text =
            String::from_utf8_lossy(line.and_then(|line| line.get(5..)).unwrap_or_default()).into_owned();
        let bracketed = text.rsplit_once('<').and_then(|(_, rest)| rest.split('>').next());
        let bare = || text.split_whitespace().find(|word| word.contains('@'));
        if let Some(address) = bracketed.or_else(bare).and_then(normal_address) {
            self.from.address = address;
            self.is_from_repaired = true;
        }
    }

    fn read_body(&mut self, parsed: &mail_parser::Message<'_>) {
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
            if *left == 0 || depth > limit::NESTING_MAX {
                return;
            }
            *left -= 1;
            match &part.body {
                PartType::Html(text) => html.push(text.as_ref()),
                PartType::Text(text)
                    if part.is_content_type("text", "plain") || part.content_type().is_none() =>
                {
                    self.has_base64_ascii |= part.encoding == mail_parser::Encoding::Base64 && text.is_ascii();
                    self.add_text(text)
                }
                PartType::Text(text) => self.attach(part, text.as_bytes()),
                PartType::Binary(bytes) | PartType::InlineBinary(bytes) => self.attach(part, bytes),
                PartType::Message(nested) => self.read_parts(&nested.parts, html, left, depth + 1),
                PartType::Multipart(_) => {}
            }
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

    /// When it arrived, as well as can be told: the receiving server's time, else the sender's claim.
    pub fn time(&self) -> Option<EventTime> {
        self.received.or(self.date)
    }

    /// Everyone it was addressed to: named in the header or by the delivering server, without repeats.
    pub fn recipients(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.delivered_to.iter().chain(&self.to).map(String::as_str).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// SHA-256 of some bytes.
pub fn digest(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

fn addresses<'a>(value: &'a HeaderValue<'_>) -> impl Iterator<Item = String> + 'a {
    let list: Option<&Address<'_>> = match value {
        HeaderValue::Address(list) => Some(list),
        _ => None,
    };
    let found = list.into_iter().flat_map(|list| list.iter());
    found.filter_map(|entry| entry.address.as_deref().and_then(normal_address)).take(limit::RECIPIENTS_MAX)
}

fn texts(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(text) => vec![text.to_string()],
        HeaderValue::TextList(list) => list.iter().take(16).map(|text| text.to_string()).collect(),
        _ => Vec::new(),
    }
}

fn event_time(date: &mail_parser::DateTime) -> Option<EventTime> {
    // A year that no mail can have is a forged or broken date, and would sort the message out of every window.
    (date.is_valid() && (1980..2100).contains(&date.year)).then(|| EventTime(date.to_timestamp()))
}

/// The date behind the last `;` of a `Received` field (RFC 5321 section 4.4).
fn received_time(field: &str) -> Option<EventTime> {
    let (_, date) = field.rsplit_once(';')?;
    mail_parser::DateTime::parse_rfc822(date.trim()).as_ref().and_then(event_time)
}

/// The `d=` tag of a DKIM signature (RFC 6376 section 3.5).
fn dkim_domain(field: &str) -> Option<String> {
    let tag = field.split(';').map(str::trim).find_map(|tag| tag.strip_prefix("d="))?;
    Some(normal_host(tag.trim()).into_owned())
}

fn unsubscribe_hosts(field: &str) -> Vec<String> {
    let targets = field.split(['<', '>', ',']).map(str::trim).filter(|target| target.contains(':'));
    let mut hosts: Vec<String> = targets.take(4).filter_map(unsubscribe_host).collect();
    hosts.dedup();
    hosts
}

fn unsubscribe_host(target: &str) -> Option<String> {
    if let Some(address) = target.strip_prefix("mailto:") {
        let address = address.split('?').next().unwrap_or_default();
        return address.rsplit_once('@').map(|(_, domain)| normal_host(domain).into_owned());
    }
    let rest = target.split_once("://")?.1;
    rest.split(['/', '?', ':'])
        .next()
        .filter(|host| !host.is_empty())
        .map(|host| normal_host(host).into_owned())
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
}
