//! TLS reports (RFC 8460): how often servers that sent us mail could encrypt the connection, and why not.

use super::{Defects, domain, kept};
use model::EventTime;
use model::limit::{REPORT_FAILURES_MAX, REPORT_POLICIES_MAX, TLS_REPORT_BYTES_MAX};
use serde_json::Value;

/// What one sending mail system tells of one span of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsReport {
    /// Who reports; empty where not told.
    pub reporter: String,
    /// What the reporter calls this report.
    pub report_id: String,
    /// Begin of the span.
    pub begin: Option<EventTime>,
    /// End of the span.
    pub end: Option<EventTime>,
    /// Sessions, by the policy that applied.
    pub policies: Vec<TlsPolicy>,
}

/// Sessions under one policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsPolicy {
    /// The domain that mail was for; empty where it is no name.
    pub domain: String,
    /// `sts`, `tlsa` or `no-policy-found`.
    pub kind: String,
    /// `enforce`, `testing` or `none`, where the policy is MTA-STS and the report quotes it.
    pub mode: String,
    /// Sessions that were encrypted as the policy asks.
    pub successes: u64,
    /// Sessions that were not.
    pub failures: u64,
    /// Why not.
    pub details: Vec<TlsFailure>,
}

/// Sessions that failed alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsFailure {
    /// `starttls-not-supported`, `certificate-expired` and others (RFC 8460 section 4.3).
    pub kind: String,
    /// The server of ours that was tried; empty where not told.
    pub mx_host: String,
    /// How many sessions.
    pub sessions: u64,
}

/// Reads the JSON of a report; `None` where it is none.
pub(super) fn read(plain: &[u8], defects: &mut Defects) -> Option<TlsReport> {
    if plain.len() > TLS_REPORT_BYTES_MAX {
        defects.tell(0, format!("the TLS report is over the limit of {TLS_REPORT_BYTES_MAX} bytes"));
        return None;
    }
    let plain = plain.strip_prefix(b"\xef\xbb\xbf").unwrap_or(plain);
    let value: Value = match serde_json::from_slice(plain) {
        Ok(value) => value,
        Err(error) => {
            defects.tell(0, format!("the JSON cannot be read: {error}"));
            return None;
        }
    };
    if member(&value, "policies").is_null() {
        defects.tell(0, "no TLS report: there are no `policies`");
        return None;
    }
    Some(report(&value, defects))
}

fn report(value: &Value, defects: &mut Defects) -> TlsReport {
    let range = member(value, "date-range");
    let told = elements(member(value, "policies"));
    if told.len() > REPORT_POLICIES_MAX {
        defects.tell(0, format!("policies over the limit of {REPORT_POLICIES_MAX} are left out"));
    }
    let mut room = REPORT_FAILURES_MAX;
    let report = TlsReport {
        reporter: text(member(value, "organization-name")),
        report_id: text(member(value, "report-id")),
        begin: time(member(range, "start-datetime")),
        end: time(member(range, "end-datetime")),
        policies: told
            .iter()
            .take(REPORT_POLICIES_MAX)
            .map(|told| policy(told, &mut room, defects))
            .collect(),
    };
    if room == 0 {
        defects.tell(0, format!("failures over the limit of {REPORT_FAILURES_MAX} are left out"));
    }
    for (what, is_missing) in [
        ("its reporter", report.reporter.is_empty()),
        ("its id", report.report_id.is_empty()),
        ("its dates", report.begin.is_none() && report.end.is_none()),
        ("a policy", report.policies.is_empty()),
    ] {
        if is_missing {
            defects.tell(0, format!("the report does not tell {what}"));
        }
    }
    report
}

fn policy(value: &Value, room: &mut usize, defects: &mut Defects) -> TlsPolicy {
    let (policy, summary) = (member(value, "policy"), member(value, "summary"));
    let told = elements(member(value, "failure-details"));
    let details: Vec<TlsFailure> = told.iter().take(*room).map(failure).collect();
    *room -= details.len();
    let domain = domain(&text(member(policy, "policy-domain"))).unwrap_or_default();
    if domain.is_empty() {
        defects.tell(0, "a policy without its domain");
    }
    let of_details = details.iter().fold(0u64, |sum, failure| sum.saturating_add(failure.sessions));
    TlsPolicy {
        domain,
        kind: text(member(policy, "policy-type")).to_lowercase(),
        mode: mode(member(policy, "policy-string")),
        successes: number(member(summary, "total-successful-session-count")).unwrap_or_default(),
        // The total is authoritative: details may be left out, or count one session twice.
        failures: number(member(summary, "total-failure-session-count")).unwrap_or(of_details),
        details,
    }
}

fn failure(value: &Value) -> TlsFailure {
    TlsFailure {
        kind: text(member(value, "result-type")).to_lowercase(),
        mx_host: domain(&text(member(value, "receiving-mx-hostname"))).unwrap_or_default(),
        sessions: number(member(value, "failed-session-count")).unwrap_or(1),
    }
}

/// The mode in the lines of an MTA-STS policy.
fn mode(lines: &Value) -> String {
    let lines = elements(lines).iter().filter_map(Value::as_str).flat_map(str::lines);
    let mut fields = lines.filter_map(|line| line.split_once(':'));
    let mode = fields.find(|(name, _)| name.trim() == "mode");
    mode.map(|(_, mode)| kept(mode).to_lowercase()).unwrap_or_default()
}

/// A member by its name; some reporters write `_` for `-`.
fn member<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).or_else(|| value.get(name.replace('-', "_"))).unwrap_or(&Value::Null)
}

/// The elements of an array; a single value where an array was forgotten; none where there is nothing.
fn elements(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::Array(elements) => elements,
        other => std::slice::from_ref(other),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => kept(text),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// A count, also where it is written as a text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn time(value: &Value) -> Option<EventTime> {
    super::dmarc::time(&text(value))
}
