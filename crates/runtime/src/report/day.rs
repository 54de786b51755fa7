//! The sums of one day of one domain, and of a domain over all days, as they are stored.

use mail::report::dmarc::{Policy, Row};
use mail::report::tls::{TlsFailure, TlsPolicy};
use model::limit::{REPORT_DAY_NAMES_MAX, REPORT_DAY_SOURCES_MAX};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// The name under which sums go that found no place of their own within the limits of a day.
pub(super) const OTHERS: &str = "(others)";

/// One day of one domain.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Day {
    /// Messages by the network of their source.
    pub(super) sources: BTreeMap<String, Vec<Share>>,
    /// Reports and messages by DMARC reporter.
    pub(super) reporters: BTreeMap<String, (u64, u64)>,
    /// DMARC reports by the policy that they found.
    pub(super) policies: BTreeMap<String, u64>,
    /// TLS sessions that succeeded and failed, by the policy that applied.
    pub(super) tls: BTreeMap<String, (u64, u64)>,
    /// TLS reports by reporter.
    pub(super) tls_reporters: BTreeMap<String, u64>,
    /// Failed TLS sessions by `kind` and `server`, with a blank between.
    pub(super) tls_failures: BTreeMap<String, u64>,
}

/// Messages of one network that were treated alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Share {
    pub(super) disposition: String,
    pub(super) dkim: bool,
    pub(super) spf: bool,
    pub(super) messages: u64,
    /// A domain that SPF or DKIM was checked for, by which a person may recognise the sender; empty where none was told.
    pub(super) seen_as: String,
}

/// A domain over all days.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Total {
    pub(super) pass: u64,
    pub(super) fail: u64,
    pub(super) dmarc_reports: u64,
    pub(super) tls_reports: u64,
    pub(super) tls_successes: u64,
    pub(super) tls_failures: u64,
    /// First and last day, since 1970.
    pub(super) days: Option<(i64, i64)>,
}

impl Share {
    /// The name that is kept does not depend on the order of reports: the first of the alphabet.
    fn add(&mut self, row: &Row) {
        self.messages = self.messages.saturating_add(row.count);
        let seen_as = seen_as(row);
        if self.seen_as.is_empty() || (!seen_as.is_empty() && seen_as < self.seen_as.as_str()) {
            self.seen_as = seen_as.to_owned();
        }
    }
}

impl Total {
    pub(super) fn see(&mut self, day: i64) {
        let (first, last) = self.days.unwrap_or((day, day));
        self.days = Some((first.min(day), last.max(day)));
    }
}

impl Day {
    pub(super) fn add_row(&mut self, row: &Row) {
        let network = within(&mut self.sources, network(row.source), REPORT_DAY_SOURCES_MAX);
        let disposition = row.disposition.word();
        let alike = |share: &&mut Share| {
            share.disposition == disposition
                && share.dkim == row.is_dkim_aligned
                && share.spf == row.is_spf_aligned
        };
        // At most three dispositions, times passed or not in two ways: twelve.
        match network.iter_mut().find(alike) {
            Some(share) => share.add(row),
            None => network.push(Share {
                disposition: disposition.to_owned(),
                dkim: row.is_dkim_aligned,
                spf: row.is_spf_aligned,
                messages: row.count,
                seen_as: seen_as(row).to_owned(),
            }),
        }
    }

    pub(super) fn add_reporter(&mut self, name: &str, messages: u64) {
        let reporter = within(&mut self.reporters, name.to_owned(), REPORT_DAY_NAMES_MAX);
        *reporter = (reporter.0.saturating_add(1), reporter.1.saturating_add(messages));
    }

    pub(super) fn add_policy(&mut self, policy: &Policy) {
        *within(&mut self.policies, words(policy), REPORT_DAY_NAMES_MAX) += 1;
    }

    pub(super) fn add_tls(&mut self, policy: &TlsPolicy) {
        let mode = if policy.mode.is_empty() { String::new() } else { format!(" {}", policy.mode) };
        let sums = within(&mut self.tls, format!("{}{mode}", policy.kind), REPORT_DAY_NAMES_MAX);
        *sums = (sums.0.saturating_add(policy.successes), sums.1.saturating_add(policy.failures));
        policy.details.iter().for_each(|failure| self.add_failure(failure));
    }

    pub(super) fn add_tls_reporter(&mut self, name: &str) {
        *within(&mut self.tls_reporters, name.to_owned(), REPORT_DAY_NAMES_MAX) += 1;
    }

    fn add_failure(&mut self, failure: &TlsFailure) {
        let name = format!("{} {}", failure.kind, failure.mx_host);
        let sessions = within(&mut self.tls_failures, name, REPORT_DAY_NAMES_MAX);
        *sessions = sessions.saturating_add(failure.sessions);
    }
}

/// The place of `name`, or the one of all others where there are `names_max` names already: whoever sends us reports must
/// not be able to fill the store.
fn within<T: Default>(map: &mut BTreeMap<String, T>, name: String, names_max: usize) -> &mut T {
    let has_place = map.len() < names_max || map.contains_key(&name);
    map.entry(if has_place { name } else { OTHERS.to_owned() }).or_default()
}

/// The network of an address: /24 for IPv4 and /48 for IPv6, which are the smallest that are routed on their own.
fn network(source: IpAddr) -> String {
    match source {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

/// A domain that tells who sent: one that passed rather than one that did not, DKIM rather than SPF.
fn seen_as(row: &Row) -> &str {
    let checked = [&row.dkim, &row.spf].map(|checked| checked.as_ref());
    let passed = checked.into_iter().flatten().find(|checked| checked.result == "pass");
    let any = || checked.into_iter().flatten().next();
    passed.or_else(any).map(|checked| checked.domain.as_str()).unwrap_or_default()
}

/// A policy as a domain's owner writes it.
fn words(policy: &Policy) -> String {
    let fields = [
        ("p", &policy.p),
        ("sp", &policy.sp),
        ("pct", &policy.pct),
        ("adkim", &policy.adkim),
        ("aspf", &policy.aspf),
    ];
    let told = fields.into_iter().filter(|(_, value)| !value.is_empty());
    told.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}
