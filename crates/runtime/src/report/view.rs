//! What reports tell of a domain, as tables, pages and JSON show it.

use super::batch::{DAYS, DOMAINS, day_key, read};
use super::day::{Day, Total};
use crate::clock::rfc3339;
use crate::data::Data;
use anyhow::{Context, Result};
use model::limit::REPORT_DAYS_SHOWN_MAX;
use model::{EventTime, time::DAY_SECS};
use serde::Serialize;
use std::collections::BTreeMap;
use store::Records;

/// Sources that are named, those with the most failed messages first.
const SOURCES_SHOWN: usize = 50;
/// Reporters, policies and kinds of failure that are named.
const NAMES_SHOWN: usize = 50;

/// A domain, over all days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DomainSummary {
    /// The domain.
    pub domain: String,
    /// First day that a report is of, such as `2021-01-18`.
    pub first_day: String,
    /// Last day.
    pub last_day: String,
    /// Messages that passed DMARC.
    pub pass: u64,
    /// Messages that did not.
    pub fail: u64,
    /// DMARC reports.
    pub dmarc_reports: u64,
    /// TLS reports.
    pub tls_reports: u64,
    /// TLS sessions that succeeded.
    pub tls_successes: u64,
    /// TLS sessions that failed.
    pub tls_failures: u64,
}

/// A domain over some days, in detail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DomainReport {
    /// The domain over all days.
    pub summary: DomainSummary,
    /// First of the days that the rest is about.
    pub since: String,
    /// Messages by day, in order of time; days without reports are left out.
    pub days: Vec<VolumeRow>,
    /// Messages that failed, by source: those with the most first, at most 50.
    pub failing: Vec<SourceRow>,
    /// Policies that reporters found, those of most reports first.
    pub policies: Vec<PolicyRow>,
    /// Who reported, those of most messages first.
    pub reporters: Vec<ReporterRow>,
    /// What TLS reports tell.
    pub tls: TlsView,
}

/// Messages of one day.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VolumeRow {
    /// The day.
    pub day: String,
    /// Messages that passed DMARC.
    pub pass: u64,
    /// Messages that did not, and were delivered all the same.
    pub fail_delivered: u64,
    /// Messages that did not, and were put aside.
    pub fail_quarantined: u64,
    /// Messages that did not, and were refused.
    pub fail_rejected: u64,
}

/// Messages of one network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SourceRow {
    /// The network, such as `192.0.2.0/24`; `(others)` for what was beyond the limits.
    pub network: String,
    /// A domain by which its owner may be recognised; empty where none was told.
    pub seen_as: String,
    /// Messages that failed DMARC.
    pub fail: u64,
    /// Messages from the same network that passed. Where there are many, the failures are likelier a wrong setting than abuse.
    pub pass: u64,
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyRow {
    /// In the words of the record: `p=none sp=none pct=100`.
    pub policy: String,
    /// Reports that found it.
    pub reports: u64,
}

/// A reporter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReporterRow {
    /// Its name.
    pub name: String,
    /// Its DMARC reports.
    pub reports: u64,
    /// Messages in them.
    pub messages: u64,
}

/// TLS sessions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TlsView {
    /// Sessions that succeeded.
    pub successes: u64,
    /// Sessions that failed.
    pub failures: u64,
    /// Failures by kind and server, most first.
    pub by_kind: Vec<FailureRow>,
    /// Who reported, with how many reports.
    pub reporters: BTreeMap<String, u64>,
}

/// TLS sessions that failed alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailureRow {
    /// `starttls-not-supported`, `certificate-expired` and others (RFC 8460 section 4.3).
    pub kind: String,
    /// The server of ours; empty where not told.
    pub mx_host: String,
    /// How many sessions.
    pub sessions: u64,
}

/// Every domain that reports were counted for, by name.
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn domains(data: &Data) -> Result<Vec<DomainSummary>> {
    let parse = |(domain, bytes): (String, Vec<u8>)| {
        let total: Total = serde_json::from_slice(&bytes).context("a record of reports is damaged")?;
        Ok(summary(&domain, &total))
    };
    data.collection(DOMAINS)?.into_iter().map(parse).collect()
}

/// A domain over the last `days` days that reports are of (at least 1, at most [`REPORT_DAYS_SHOWN_MAX`]); `None` where no
/// report was counted for it.
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn domain(data: &Data, domain: &str, days: u32) -> Result<Option<DomainReport>> {
    let domain = mail::domain::normal_host(domain);
    let Some(total) = read::<Total>(data, DOMAINS, &domain)? else { return Ok(None) };
    let last = total.days.map_or(0, |(_, last)| last);
    let first = last - i64::from(days.clamp(1, REPORT_DAYS_SHOWN_MAX)) + 1;
    let mut gathered = Gathered::default();
    let page =
        data.store.records.scan(DAYS, Some(&day_key(&domain, first - 1)), REPORT_DAYS_SHOWN_MAX as usize)?;
    for (key, bytes) in page {
        let Some((_, date)) = key.split_once(' ').filter(|(of, _)| *of == domain) else { break };
        let day =
            serde_json::from_slice(&bytes).with_context(|| format!("the record {DAYS}/{key} is damaged"))?;
        gathered.add(date.parse().unwrap_or_default(), day);
    }
    Ok(Some(gathered.report(summary(&domain, &total), date_text(first))))
}

fn summary(domain: &str, total: &Total) -> DomainSummary {
    let (first, last) = total.days.unwrap_or_default();
    DomainSummary {
        domain: domain.to_owned(),
        first_day: date_text(first),
        last_day: date_text(last),
        pass: total.pass,
        fail: total.fail,
        dmarc_reports: total.dmarc_reports,
        tls_reports: total.tls_reports,
        tls_successes: total.tls_successes,
        tls_failures: total.tls_failures,
    }
}

/// `2021-01-18` for a day since 1970.
fn date_text(day: i64) -> String {
    let time = rfc3339(EventTime(day.saturating_mul(DAY_SECS)));
    time.split('T').next().unwrap_or(&time).to_owned()
}

/// Days added together.
#[derive(Default)]
struct Gathered {
    days: Vec<VolumeRow>,
    sources: BTreeMap<String, SourceRow>,
    policies: BTreeMap<String, u64>,
    reporters: BTreeMap<String, (u64, u64)>,
    tls: TlsView,
    tls_failures: BTreeMap<String, u64>,
}

impl Gathered {
    fn add(&mut self, date: i64, day: Day) {
        let mut volume = VolumeRow { day: date_text(date), ..VolumeRow::default() };
        for (network, shares) in day.sources {
            let source = self.sources.entry(network).or_default();
            for share in shares {
                let is_pass = share.dkim || share.spf;
                let of_source = if is_pass { &mut source.pass } else { &mut source.fail };
                *of_source = of_source.saturating_add(share.messages);
                let sum = volume.place(is_pass, &share.disposition);
                *sum = sum.saturating_add(share.messages);
                if source.seen_as.is_empty() || !is_pass {
                    source.seen_as = share.seen_as;
                }
            }
        }
        self.days.push(volume);
        merge(&mut self.policies, day.policies);
        for (name, (reports, messages)) in day.reporters {
            let sums = self.reporters.entry(name).or_default();
            *sums = (sums.0.saturating_add(reports), sums.1.saturating_add(messages));
        }
        for (successes, failures) in day.tls.into_values() {
            self.tls.successes = self.tls.successes.saturating_add(successes);
            self.tls.failures = self.tls.failures.saturating_add(failures);
        }
        merge(&mut self.tls.reporters, day.tls_reporters);
        merge(&mut self.tls_failures, day.tls_failures);
    }

    fn report(self, summary: DomainSummary, since: String) -> DomainReport {
        let failing = self.sources.into_iter().filter(|(_, source)| source.fail > 0);
        let failing = failing.map(|(network, source)| SourceRow { network, ..source });
        let policies = self.policies.into_iter().map(|(policy, reports)| PolicyRow { policy, reports });
        let reporters = self.reporters.into_iter();
        let reporters = reporters.map(|(name, (reports, messages))| ReporterRow { name, reports, messages });
        let failures = self.tls_failures.into_iter().map(|(name, sessions)| {
            let (kind, mx_host) = name.split_once(' ').unwrap_or((&name, ""));
            FailureRow { kind: kind.to_owned(), mx_host: mx_host.to_owned(), sessions }
        });
        DomainReport {
            summary,
            since,
            days: self.days,
            failing: most(failing, SOURCES_SHOWN, |row| row.fail),
            policies: most(policies, NAMES_SHOWN, |row| row.reports),
            reporters: most(reporters, NAMES_SHOWN, |row| row.messages),
            tls: TlsView { by_kind: most(failures, NAMES_SHOWN, |row| row.sessions), ..self.tls },
        }
    }
}

impl VolumeRow {
    fn place(&mut self, is_pass: bool, disposition: &str) -> &mut u64 {
        match disposition {
            _ if is_pass => &mut self.pass,
            "quarantine" => &mut self.fail_quarantined,
            "reject" => &mut self.fail_rejected,
            _ => &mut self.fail_delivered,
        }
    }
}

fn merge(into: &mut BTreeMap<String, u64>, from: BTreeMap<String, u64>) {
    for (name, count) in from {
        let sum = into.entry(name).or_default();
        *sum = sum.saturating_add(count);
    }
}

/// The `count` rows with the most of something, in that order.
fn most<T>(rows: impl Iterator<Item = T>, count: usize, of: impl Fn(&T) -> u64) -> Vec<T> {
    let mut rows: Vec<T> = rows.collect();
    rows.sort_by_key(|row| std::cmp::Reverse(of(row)));
    rows.truncate(count);
    rows
}
