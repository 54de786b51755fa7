//! Sums that many reports change, held in memory until they are stored together with the marks of those reports.

use super::OwnDomains;
use super::day::{Day, Total};
use crate::data::Data;
use crate::evidence_log;
use anyhow::{Context, Result};
use evidence::Value;
use mail::message::digest;
use mail::report::dmarc::AggregateReport;
use mail::report::tls::TlsReport;
use model::limit::{REPORT_DOMAINS_MAX, REPORT_YEARS_MAX};
use model::{EventTime, time::DAY_SECS};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use store::{Batch, Records};

/// Collection of [`Day`]s, by domain and day.
pub(super) const DAYS: &str = "report.day";
/// Collection of [`Total`]s, by domain.
pub(super) const DOMAINS: &str = "report.domain";
/// Collection of marks of reports that were counted.
const COUNTED: &str = "report.counted";
/// Marks of reports that are held before they are stored.
const MARKS_HELD_MAX: usize = 8_192;
/// Rows that are held before they are stored, at some 200 bytes each.
const ROWS_HELD_MAX: usize = 200_000;

/// Why a report is not counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// It ends before its end.
    #[error("the report is cut off and not counted")]
    CutOff,
    /// It names no domain.
    #[error("the report is of no domain and not counted")]
    NoDomain,
    /// It is about this domain, which is not ours.
    #[error("the report is of {0}, which is not one of our domains, and not counted")]
    Foreign(String),
    /// There are too many domains.
    #[error("the report is of a domain beyond the limit and not counted")]
    Beyond,
}

/// Sums on top of what is stored. Only one of these may be open on a data folder.
pub(super) struct Sums<'a> {
    data: &'a mut Data,
    own: &'a OwnDomains,
    /// Stands for the time of a report that tells none.
    now: EventTime,
    totals: BTreeMap<String, Total>,
    changed_totals: BTreeSet<String>,
    days: BTreeMap<String, Day>,
    /// Rows in `days`, those counted in that were added to another.
    rows_held: usize,
    /// Marks of reports that are counted here and not stored yet.
    counted: BTreeSet<String>,
    /// How many of those are DMARC reports.
    counted_dmarc: u32,
}

impl<'a> Sums<'a> {
    pub(super) fn open(data: &'a mut Data, own: &'a OwnDomains, now: EventTime) -> Result<Self> {
        let mut totals = BTreeMap::new();
        for (domain, bytes) in data.collection(DOMAINS)? {
            totals.insert(domain, serde_json::from_slice(&bytes).context("a record of reports is damaged")?);
        }
        let (changed_totals, days, counted) = Default::default();
        Ok(Self { data, own, now, totals, changed_totals, days, rows_held: 0, counted, counted_dmarc: 0 })
    }

    /// Adds a DMARC report; `false` where it was counted before.
    pub(super) fn add_dmarc(&mut self, report: &AggregateReport) -> Result<Result<bool, Refusal>> {
        if !report.is_whole {
            return Ok(Err(Refusal::CutOff));
        }
        let Some(domain) = report.domain().map(str::to_owned) else {
            return Ok(Err(Refusal::NoDomain));
        };
        if !self.own.has(&domain) {
            return Ok(Err(Refusal::Foreign(domain)));
        }
        if !self.has_place([domain.as_str()]) {
            return Ok(Err(Refusal::Beyond));
        }
        if self.is_known(
            "dmarc",
            [&report.reporter, &report.report_id, &domain],
            span(report.begin, report.end),
        )? {
            return Ok(Ok(false));
        }
        self.counted_dmarc += 1;
        let date = day_of(report.begin.or(report.end), self.now);
        self.total(&domain, date).dmarc_reports += 1;
        for row in &report.rows {
            // Rows of a domain of its own would need a place of its own, which only the report's domain was given.
            let of_row = report.domain_of(row).filter(|of_row| self.totals.contains_key(*of_row));
            let of_row = of_row.unwrap_or(&domain);
            let total = self.total(of_row, date);
            let sum = if row.is_pass() { &mut total.pass } else { &mut total.fail };
            *sum = sum.saturating_add(row.count);
            self.day(of_row, date)?.add_row(row);
        }
        let messages = report.rows.iter().fold(0u64, |sum, row| sum.saturating_add(row.count));
        let day = self.day(&domain, date)?;
        day.add_reporter(&report.reporter, messages);
        let published =
            report.policies.iter().filter(|policy| policy.domain == domain || policy.domain.is_empty());
        published.take(1).for_each(|policy| day.add_policy(policy));
        Ok(Ok(true))
    }

    /// Adds what a TLS report says of our domains; `false` where it was counted before.
    pub(super) fn add_tls(&mut self, report: &TlsReport) -> Result<Result<bool, Refusal>> {
        let Some(any) = report.policies.iter().find(|policy| !policy.domain.is_empty()) else {
            return Ok(Err(Refusal::NoDomain));
        };
        let own = self.own;
        let told =
            || report.policies.iter().filter(|policy| !policy.domain.is_empty() && own.has(&policy.domain));
        let Some(first) = told().next() else {
            return Ok(Err(Refusal::Foreign(any.domain.clone())));
        };
        if !self.has_place(told().map(|policy| policy.domain.as_str())) {
            return Ok(Err(Refusal::Beyond));
        }
        let name = [&report.reporter, &report.report_id, &first.domain];
        if self.is_known("tls", name, span(report.begin, report.end))? {
            return Ok(Ok(false));
        }
        let date = day_of(report.begin.or(report.end), self.now);
        let mut domains = BTreeSet::new();
        for policy in told() {
            let total = self.total(&policy.domain, date);
            total.tls_successes = total.tls_successes.saturating_add(policy.successes);
            total.tls_failures = total.tls_failures.saturating_add(policy.failures);
            self.day(&policy.domain, date)?.add_tls(policy);
            domains.insert(policy.domain.as_str());
        }
        for domain in domains {
            self.total(domain, date).tls_reports += 1;
            self.day(domain, date)?.add_tls_reporter(&report.reporter);
        }
        Ok(Ok(true))
    }

    /// Whether so much is held that it is time to store.
    pub(super) fn is_full(&self) -> bool {
        self.counted.len() >= MARKS_HELD_MAX || self.rows_held >= ROWS_HELD_MAX
    }

    /// Records that reports were taken in, and stores what was added, all or nothing.
    pub(super) fn store(&mut self) -> Result<()> {
        if !self.counted.is_empty() {
            self.data.record(&[self.entry()])?;
        }
        self.counted_dmarc = 0;
        let mut batch = Batch::new();
        self.rows_held = 0;
        for (key, day) in std::mem::take(&mut self.days) {
            batch.put(DAYS, &key, json(&day)?);
        }
        for domain in std::mem::take(&mut self.changed_totals) {
            if let Some(total) = self.totals.get(&domain) {
                batch.put(DOMAINS, &domain, json(total)?);
            }
        }
        for mark in std::mem::take(&mut self.counted) {
            batch.put(COUNTED, &mark, Vec::new());
        }
        Ok(self.data.store.records.apply(&batch)?)
    }

    /// The entry that proves which reports were counted, by their marks.
    fn entry(&self) -> evidence_log::Entry {
        let count = u32::try_from(self.counted.len()).unwrap_or(u32::MAX);
        let marks: Vec<Value> = self.counted.iter().map(|mark| Value::from(mark.as_str())).collect();
        evidence_log::Entry {
            kind: "report.counted",
            time: self.now,
            public: vec![
                ("dmarc", Value::from(self.counted_dmarc)),
                ("tls", Value::from(count.saturating_sub(self.counted_dmarc))),
            ],
            private: Value::object([("reports", Value::from(marks))]).to_canonical().into_bytes(),
        }
    }

    /// Whether a report was counted before; if not, it is now.
    fn is_known(&mut self, kind: &str, name: [&String; 3], span: String) -> Result<bool> {
        // A report without an id is known by the span that it is about.
        let id = if name[1].is_empty() { &span } else { name[1] };
        let told = [kind, name[0], id, name[2]].map(str::to_lowercase).join("\n");
        let mark = digest(told.as_bytes()).to_string();
        if self.counted.contains(&mark) || self.data.store.records.get(COUNTED, &mark)?.is_some() {
            return Ok(true);
        }
        self.counted.insert(mark);
        Ok(false)
    }

    /// Whether these domains are known or can still become so.
    fn has_place<'n>(&self, domains: impl IntoIterator<Item = &'n str>) -> bool {
        let new = domains.into_iter().filter(|domain| !self.totals.contains_key(*domain)).count();
        self.totals.len() + new <= REPORT_DOMAINS_MAX
    }

    fn total(&mut self, domain: &str, date: i64) -> &mut Total {
        self.changed_totals.insert(domain.to_owned());
        let total = self.totals.entry(domain.to_owned()).or_default();
        total.see(date);
        total
    }

    /// The sums of a day, read when they are first changed.
    fn day(&mut self, domain: &str, date: i64) -> Result<&mut Day> {
        self.rows_held += 1;
        match self.days.entry(day_key(domain, date)) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let stored: Day = read(self.data, DAYS, entry.key())?.unwrap_or_default();
                self.rows_held += stored.sources.len();
                Ok(entry.insert(stored))
            }
        }
    }
}

/// Reads a document.
pub(super) fn read<T: DeserializeOwned>(data: &Data, collection: &str, key: &str) -> Result<Option<T>> {
    let Some(bytes) = data.store.records.get(collection, key)? else { return Ok(None) };
    let document = serde_json::from_slice(&bytes);
    document.with_context(|| format!("the record {collection}/{key} is damaged")).map(Some)
}

fn json(document: &impl Serialize) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(document)?)
}

/// Keys of a domain's days sort like the days. No domain holds a blank.
pub(super) fn day_key(domain: &str, date: i64) -> String {
    format!("{domain} {date:06}")
}

/// The day that a report is filed under, in days since 1970. One that tells no time, or a time that no report can be of, is
/// filed under the day on which it came.
fn day_of(told: Option<EventTime>, now: EventTime) -> i64 {
    let oldest = now.plus_secs(-366 * REPORT_YEARS_MAX * DAY_SECS);
    let is_possible = |time: &EventTime| (oldest..=now.plus_secs(2 * DAY_SECS)).contains(time);
    told.filter(is_possible).unwrap_or(now).day()
}

fn span(begin: Option<EventTime>, end: Option<EventTime>) -> String {
    let secs = |time: Option<EventTime>| time.map(|time| time.0.to_string()).unwrap_or_default();
    format!("{}-{}", secs(begin), secs(end))
}
