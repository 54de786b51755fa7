//! Reports that other mail systems send about our domains: DMARC (RFC 7489), TLS (RFC 8460) and abuse feedback (RFC 5965).
//!
//! Whoever likes may send to the address that receives reports, so nothing here is trusted: archives are unpacked within
//! bounds, XML is read without expanding anything, and what deviates becomes a [`Defect`] beside what could be read.

pub mod dmarc;
pub mod feedback;
mod mime;
pub mod tls;
mod unpack;
mod zip;

use model::Defect;
use model::limit::{REPORT_DEFECTS_MAX, REPORT_TEXT_BYTES_MAX};

/// A report of any kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// Which servers sent mail in the name of a domain, and whether it was authenticated.
    Dmarc(dmarc::AggregateReport),
    /// How often a connection to our mail servers could be encrypted, and why not.
    Tls(tls::TlsReport),
    /// A complaint about one message.
    Feedback(Box<feedback::FeedbackReport>),
}

/// Reads a report out of `data`: a message that carries it, the file as it was attached (gzip, zip), or the plain XML or
/// JSON. Never fails: what cannot be read is a [`Defect`] in `source`.
pub fn read(data: &[u8], source: &str) -> (Vec<Report>, Vec<Defect>) {
    let mut defects = Defects::new(source);
    let reports = match Shape::of(data) {
        Shape::Archive | Shape::Xml | Shape::Json => document(data, &mut defects).into_iter().collect(),
        Shape::Other => mime::reports(data, &mut defects),
    };
    (reports, defects.told)
}

/// Whether a file that begins like this is a report by itself, and not mail that may carry one.
pub fn is_report(start: &[u8]) -> bool {
    Shape::of(start) != Shape::Other
}

/// Reads one file, packed or not.
fn document(packed: &[u8], defects: &mut Defects) -> Option<Report> {
    let plain = unpack::unpack(packed, defects)?;
    match Shape::of(&plain) {
        Shape::Xml => dmarc::read(&plain, defects).map(Report::Dmarc),
        Shape::Json => tls::read(&plain, defects).map(Report::Tls),
        Shape::Archive => {
            defects.tell(0, "an archive within an archive is not opened");
            None
        }
        Shape::Other => {
            defects.tell(0, "neither a DMARC report nor a TLS report");
            None
        }
    }
}

/// What the first bytes of a file say it is. Names and media types are often wrong, these bytes hardly ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Archive,
    Xml,
    Json,
    Other,
}

/// UTF-8, UTF-16 little and big endian.
const BYTE_ORDER_MARKS: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];

impl Shape {
    fn of(data: &[u8]) -> Self {
        if unpack::is_gzip(data) || unpack::is_zip(data) {
            return Self::Archive;
        }
        let marked = BYTE_ORDER_MARKS.iter().find_map(|mark| data.strip_prefix(*mark));
        // The zero byte is the other half of a letter in UTF-16.
        let text = marked.unwrap_or(data).iter().find(|byte| !byte.is_ascii_whitespace() && **byte != 0);
        match text {
            Some(b'<') => Self::Xml,
            Some(b'{') => Self::Json,
            _ => Self::Other,
        }
    }
}

/// Defects of one source, up to a limit: a report of a million faults is told of twenty times.
struct Defects {
    source: String,
    told: Vec<Defect>,
}

impl Defects {
    fn new(source: &str) -> Self {
        Self { source: source.to_owned(), told: Vec::new() }
    }

    /// Tells what is wrong at `byte` of the unpacked report.
    fn tell(&mut self, byte: u64, reason: impl Into<String>) {
        if self.told.len() < REPORT_DEFECTS_MAX {
            let position = format!("byte {byte}");
            self.told.push(Defect { source: self.source.clone(), position, reason: reason.into() });
        }
    }
}

/// A text of a report as it is kept: without blanks around it and control characters in it, and not longer than the limit.
fn kept(text: &str) -> String {
    let text = crate::codec::cut(text.trim(), REPORT_TEXT_BYTES_MAX);
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A domain as reports are filed under it; `None` for what is no name.
fn domain(text: &str) -> Option<String> {
    let domain = crate::domain::normal_host(text.trim()).into_owned();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    (domain.len() <= model::limit::DOMAIN_BYTES_MAX
        && domain.contains('.')
        && domain.split('.').all(is_label))
    .then_some(domain)
}

#[cfg(test)]
mod tests;
