//! Complaints about one message in the Abuse Reporting Format (RFC 5965), with the extension for authentication failures
//! (RFC 6591), and messages that people forward to report them.

mod field;

use super::mime::with_parts;
use super::{Defects, domain, kept};
use field::Fields;
use mail_parser::{Message, MessagePart, MimeHeaders, PartType};
use model::limit::{PARTS_MAX, REPORTS_PER_MESSAGE_MAX};
use model::{Defect, EventTime};
use std::net::IpAddr;

/// A complaint, with the message that it is about as far as it is attached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedbackReport {
    /// `abuse`, `auth-failure`, `fraud`, `not-spam`, `virus`, `other` or what else the reporter writes, in lower case.
    pub kind: String,
    /// The program that wrote it.
    pub user_agent: String,
    /// Envelope sender of the message.
    pub mail_from: String,
    /// Envelope recipients of the message.
    pub rcpt_to: Vec<String>,
    /// When the message arrived.
    pub arrival: Option<EventTime>,
    /// The server that sent it.
    pub source: Option<IpAddr>,
    /// The domains that the complaint is about.
    pub domains: Vec<String>,
    /// Loads and links that the complaint is about.
    pub uris: Vec<String>,
    /// Which check failed, for `auth-failure`: `dmarc`, `spf`, `dkim`, `signature` and others (RFC 6591 section 3.3).
    pub auth_failure: String,
    /// What became of the message: `delivered`, `spam`, `policy`, `reject` or `other` (RFC 6591 section 3.2.2).
    pub delivery: String,
    /// How many such messages this complaint stands for; at least 1.
    pub incidents: u64,
    /// The message complained about.
    pub original: Option<Original>,
}

/// A message within another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether only its header was attached (`text/rfc822-headers`).
    pub is_header_only: bool,
}

/// The messages that `raw` carries as attachments: the one of a complaint, or those that a person forwarded to report them.
/// Empty where a forward quotes in its text: out of that no message can be made again.
pub fn reported(raw: &[u8], source: &str) -> (Vec<Original>, Vec<Defect>) {
    let mut defects = Defects::new(source);
    let mut found = Vec::new();
    with_parts(raw, &mut defects, |raw, parsed, _| found = originals(raw, parsed));
    (found, defects.told)
}

/// The complaint in a message; `None` where it is none.
pub(super) fn of(raw: &[u8], message: &Message<'_>, defects: &mut Defects) -> Option<FeedbackReport> {
    let part = message.parts.iter().take(PARTS_MAX).find(|part| is_of(part, "feedback-report"))?;
    let fields = Fields::read(part.contents());
    let mut report = FeedbackReport {
        kind: fields.first("Feedback-Type").to_lowercase(),
        user_agent: fields.first("User-Agent"),
        mail_from: address(&fields.first("Original-Mail-From")),
        rcpt_to: fields.all("Original-Rcpt-To").map(|rcpt_to| address(&rcpt_to)).collect(),
        arrival: arrival(&fields),
        source: fields.first("Source-IP").trim_matches(['[', ']']).parse().ok(),
        domains: fields.all("Reported-Domain").filter_map(|told| domain(&told)).collect(),
        uris: fields.all("Reported-URI").collect(),
        auth_failure: fields.first("Auth-Failure").to_lowercase(),
        delivery: fields.first("Delivery-Result").to_lowercase(),
        incidents: fields.first("Incidents").parse().ok().filter(|count| *count > 0).unwrap_or(1),
        original: originals(raw, message).into_iter().next(),
    };
    if report.kind.is_empty() {
        defects.tell(u64::from(part.offset_body), "the complaint does not tell its kind");
        report.kind = "other".to_owned();
    }
    if report.original.is_none() {
        defects.tell(u64::from(part.offset_end), "the complaint does not hold the message that it is about");
    }
    Some(report)
}

/// `Arrival-Date`, or `Received-Date`, which the same section allows.
fn arrival(fields: &Fields) -> Option<EventTime> {
    let told = ["Arrival-Date", "Received-Date"].map(|name| fields.first(name));
    told.iter().find_map(|date| {
        let zoned = jiff::fmt::rfc2822::parse(date).ok()?;
        Some(EventTime(zoned.timestamp().as_second()))
    })
}

fn address(text: &str) -> String {
    crate::domain::normal_address(text).unwrap_or_default()
}

/// The outermost attached messages, in their order.
fn originals(raw: &[u8], message: &Message<'_>) -> Vec<Original> {
    let parts = message.parts.iter().take(PARTS_MAX);
    let found = parts.filter_map(|part| match &part.body {
        PartType::Message(_) => slice(raw, part).map(|bytes| (bytes, false)),
        _ if is_of(part, "rfc822-headers") => Some((part.contents(), true)),
        // In an encoding, which RFC 2046 section 5.2.1 does not allow but some gateways apply.
        _ if is_of(part, "rfc822") || is_of(part, "global") => Some((part.contents(), false)),
        _ => None,
    });
    found
        .take(REPORTS_PER_MESSAGE_MAX)
        .map(|(bytes, is_header_only)| Original { bytes: bytes.to_vec(), is_header_only })
        .collect()
}

fn slice<'a>(raw: &'a [u8], part: &MessagePart<'_>) -> Option<&'a [u8]> {
    raw.get(usize::try_from(part.offset_body).ok()?..usize::try_from(part.offset_end).ok()?)
}

/// Whether a part has this subtype. Its type is not compared: that of an encoded message is made unreadable before parsing.
fn is_of(part: &MessagePart<'_>, subtype: &str) -> bool {
    let told = part.content_type().and_then(|found| found.subtype());
    told.is_some_and(|told| told.eq_ignore_ascii_case(subtype))
}
