//! DMARC aggregate reports (RFC 7489 section 7.2 and appendix C, RFC 9990): who sent mail in the name of a domain.

mod row;
mod tag;
mod xml;

use super::Defects;
use encoding_rs::{Encoding, UTF_8};
use model::EventTime;
use model::limit::REPORT_TEXT_BYTES_MAX;
use std::borrow::Cow;
use std::net::IpAddr;

/// What one mail receiver tells of one span of time, mostly a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AggregateReport {
    /// Who reports: its name, else the domain of its address; empty where it tells neither.
    pub reporter: String,
    /// The reporter's address.
    pub contact: String,
    /// What the reporter calls this report. Together with reporter and domain it is unique.
    pub report_id: String,
    /// Begin of the span.
    pub begin: Option<EventTime>,
    /// End of the span.
    pub end: Option<EventTime>,
    /// The policies that the reporter found; one by the standard, several in the field.
    pub policies: Vec<Policy>,
    /// What was received.
    pub rows: Vec<Row>,
    /// Whether the report was read to its end. One that was cut off would be counted wrongly.
    pub is_whole: bool,
}

/// A policy as the reporter found it in DNS, in the words of the record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// The domain that published it, in its normal spelling; empty where the report tells none.
    pub domain: String,
    /// `none`, `quarantine` or `reject`.
    pub p: String,
    /// The same for sub-domains; empty where not told.
    pub sp: String,
    /// Share of mail that it applies to, in percent; empty where not told.
    pub pct: String,
    /// `r` for relaxed or `s` for strict alignment of DKIM.
    pub adkim: String,
    /// The same for SPF.
    pub aspf: String,
}

/// Messages from one address that were treated alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The server that sent them.
    pub source: IpAddr,
    /// How many; at least 1.
    pub count: u64,
    /// What the receiver did.
    pub disposition: Disposition,
    /// Whether a DKIM signature of an aligned domain passed.
    pub is_dkim_aligned: bool,
    /// Whether SPF passed for an aligned domain.
    pub is_spf_aligned: bool,
    /// Why the receiver did something other than the policy asks: `forwarded`, `mailing_list`, `local_policy` and others;
    /// empty where it did not.
    pub override_reason: String,
    /// Domain in `From`, in its normal spelling; empty where not told.
    pub header_from: String,
    /// Domain and result of a DKIM signature: one that passed, else the first.
    pub dkim: Option<Checked>,
    /// Domain and result of SPF.
    pub spf: Option<Checked>,
}

/// A domain that was authenticated, or was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// The domain.
    pub domain: String,
    /// `pass`, `fail`, `none` and others, in lower case.
    pub result: String,
}

/// What a receiver did with messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    /// Delivered as any other mail.
    #[default]
    None,
    /// Put aside as suspicious.
    Quarantine,
    /// Refused.
    Reject,
}

impl Disposition {
    /// The word of RFC 7489.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
        }
    }

    /// Reads the word, in any case. `pass` is what some write for `none`.
    pub fn of_word(word: &str) -> Option<Self> {
        let known = [
            ("none", Self::None),
            ("pass", Self::None),
            ("quarantine", Self::Quarantine),
            ("reject", Self::Reject),
        ];
        known
            .into_iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(word))
            .map(|(_, disposition)| disposition)
    }
}

impl Row {
    /// Whether these messages passed DMARC: one of the two mechanisms is enough (RFC 7489 section 4.2).
    pub fn is_pass(&self) -> bool {
        self.is_dkim_aligned || self.is_spf_aligned
    }
}

impl AggregateReport {
    /// The domain that a row belongs to: of the published policies the one that covers its `From`, else the first; where no
    /// policy tells a domain, `From` itself.
    pub fn domain_of<'a>(&'a self, row: &'a Row) -> Option<&'a str> {
        let told =
            || self.policies.iter().map(|policy| policy.domain.as_str()).filter(|domain| !domain.is_empty());
        let from = Some(row.header_from.as_str()).filter(|from| !from.is_empty());
        told().find(|domain| from.is_some_and(|from| covers(domain, from))).or_else(|| told().next()).or(from)
    }

    /// The domain of the first policy, or of the first row.
    pub fn domain(&self) -> Option<&str> {
        let of_policy =
            self.policies.iter().map(|policy| policy.domain.as_str()).find(|domain| !domain.is_empty());
        of_policy.or_else(|| self.rows.first().and_then(|row| self.domain_of(row)))
    }
}

fn covers(domain: &str, from: &str) -> bool {
    from.strip_suffix(domain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Reads the XML of a report; `None` where it is none.
pub(super) fn read(plain: &[u8], defects: &mut Defects) -> Option<AggregateReport> {
    let text = decode(plain, defects);
    xml::Reading::new(defects).read(&text)
}

/// Bytes in which an XML declaration can be expected.
const DECLARATION_BYTES: usize = 200;

/// The text of a document: by its byte order mark, else as its declaration says, else UTF-8.
fn decode<'a>(plain: &'a [u8], defects: &mut Defects) -> Cow<'a, str> {
    let declared = declared_encoding(plain).unwrap_or(UTF_8);
    let (text, _, has_errors) = declared.decode(plain);
    if has_errors {
        defects.tell(0, "bytes that are no characters of its encoding were replaced");
    }
    text
}

/// The encoding that `<?xml encoding="..."?>` names.
fn declared_encoding(plain: &[u8]) -> Option<&'static Encoding> {
    let start = plain.get(..plain.len().min(DECLARATION_BYTES))?;
    let declaration = start.get(..memchr::memmem::find(start, b"?>")?)?;
    let value = declaration.get(memchr::memmem::find(declaration, b"encoding")? + 8..)?;
    let mut quoted = value.split(|byte| matches!(byte, b'"' | b'\''));
    let encoding = Encoding::for_label(quoted.nth(1)?)?;
    // A document whose declaration could be read byte by byte is not in UTF-16, whatever it says.
    Some(encoding).filter(|encoding| encoding.is_ascii_compatible())
}

/// A time as reports write it: seconds since 1970, perhaps with a fraction or in milliseconds, or RFC 3339 with or without
/// its zone.
pub(super) fn time(text: &str) -> Option<EventTime> {
    /// Above it, a number means milliseconds: as seconds it would be in the year 5138.
    const SECS_MAX: i64 = 100_000_000_000;
    let text = crate::codec::cut(text, REPORT_TEXT_BYTES_MAX);
    let whole = text.split('.').next().unwrap_or(text);
    if let Ok(number) = whole.parse::<i64>() {
        return Some(EventTime(if number > SECS_MAX { number / 1_000 } else { number }))
            .filter(|time| time.0 >= 0);
    }
    let zoned = text.parse::<jiff::Timestamp>().ok();
    let local = || text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    let stamp = zoned.or_else(|| local().map(|zoned| zoned.timestamp()))?;
    Some(EventTime(stamp.as_second())).filter(|time| time.0 >= 0)
}
