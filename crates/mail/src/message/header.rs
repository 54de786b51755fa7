//! Header fields of a message: names, addresses, times and the signs of bulk mail (RFC 5322, 2369, 6376).

use super::{Mailbox, Message};
use crate::disarm::RECEIPT_FIELDS;
use crate::domain::{normal_address, normal_host};
use mail_parser::{Address, HeaderName, HeaderValue};
use model::{EventTime, limit};

impl Message {
    pub(super) fn read_header(&mut self, headers: &[mail_parser::Header<'_>]) {
        self.headers = headers.len();
        if headers.len() > limit::HEADERS_MAX {
            self.truncations.push("header fields beyond the limit left out");
        }
        let mut has_received = false;
        for header in headers.iter().take(limit::HEADERS_MAX) {
            match &header.name {
                // Most mail programs show the first of several.
                HeaderName::From if self.from.address.is_empty() => self.read_from(&header.value),
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
        } else if RECEIPT_FIELDS.iter().any(|field| is(field)) {
            self.receipt_to.get_or_insert_with(|| value.trim().chars().take(120).collect());
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
    pub(super) fn repair_sender(&mut self, raw: &[u8]) {
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

/// The client of the last hop, as the topmost `Received` field tells it (RFC 5321 section 4.4): its address, and the name
/// that it said. `None` where that field is missing or names no address.
pub fn last_hop(raw: &[u8]) -> Option<(std::net::IpAddr, String)> {
    let head = raw.get(..raw.len().min(limit::HEADER_BYTES_MAX))?;
    let parser =
        mail_parser::MessageParser::new().header_received(HeaderName::Received).default_header_ignore();
    let parsed = parser.parse_headers(head)?;
    let mut fields = parsed.headers().iter().filter(|header| header.name == HeaderName::Received);
    let HeaderValue::Received(hop) = &fields.next()?.value else { return None };
    let said = hop.helo.as_ref().or(hop.from.as_ref()).map(ToString::to_string);
    Some((hop.from_ip?, said.unwrap_or_default()))
}
