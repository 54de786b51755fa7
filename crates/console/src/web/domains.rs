//! Domains: what DMARC and TLS reports say of those that are ours, and of those that somebody reported on.

use crate::error::Failure;
use crate::page::domains::{
    DmarcSummary, DomainView, DomainsView, PassCount, PostureItem, SourceRow, TlsSummary, render,
};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use maud::Markup;
use runtime::clock::parse_rfc3339;
use runtime::data::Data;
use runtime::posture::{self, Finding, Kept};
use runtime::report::{self, DomainReport, VolumeRow};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Days that are shown.
const DAYS: u32 = 30;

/// The page.
pub(crate) async fn list(Shared(state): Shared<Arc<State>>, person: Person) -> Result<Markup, Failure> {
    state
        .work(move |state| {
            let data = state.live.data()?;
            let reported = report::domains(&data)?.into_iter().map(|summary| summary.domain);
            let looked_up = posture::all_kept(&data)?.into_iter().map(|kept| kept.posture.domain);
            let names: BTreeSet<String> =
                state.live.house().domains().iter().cloned().chain(reported).chain(looked_up).collect();
            let domains = names.into_iter().map(|name| view(&data, name)).collect::<Result<_, _>>()?;
            Ok(render(&DomainsView { domains }, &state.chrome(&person, &data)?))
        })
        .await
}

fn view(data: &Data, domain: String) -> Result<DomainView, Failure> {
    let reported = report::domain(data, &domain, DAYS)?;
    let kept = posture::kept(data, &domain)?;
    Ok(DomainView {
        domain,
        posture: kept.iter().flat_map(|kept| &kept.posture.findings).map(item).collect(),
        checked: kept.as_ref().map(Kept::looked_up),
        dmarc: reported.as_ref().filter(|report| report.summary.dmarc_reports > 0).map(dmarc),
        tls: reported.as_ref().filter(|report| report.summary.tls_reports > 0).map(tls),
    })
}

fn item(finding: &Finding) -> PostureItem {
    PostureItem {
        name: finding.topic.word().to_owned(),
        grade: finding.grade,
        about: finding.what.clone(),
        advice: finding.advice.clone(),
    }
}

fn dmarc(report: &DomainReport) -> DmarcSummary {
    let days: Vec<PassCount> = report.days.iter().filter_map(day).collect();
    let sources = report.failing.iter().map(|source| SourceRow {
        address: match source.seen_as.as_str() {
            "" => source.network.clone(),
            name => format!("{} ({name})", source.network),
        },
        passed: source.pass,
        failed: source.fail,
    });
    DmarcSummary {
        reports: report.summary.dmarc_reports,
        passed: days.iter().map(|day| day.passed).sum(),
        failed: days.iter().map(|day| day.failed).sum(),
        sources: sources.collect(),
        days,
    }
}

fn day(row: &VolumeRow) -> Option<PassCount> {
    Some(PassCount {
        day: parse_rfc3339(&format!("{}T00:00:00Z", row.day))?,
        passed: row.pass,
        failed: row.fail_delivered + row.fail_quarantined + row.fail_rejected,
    })
}

fn tls(report: &DomainReport) -> TlsSummary {
    let faults = report.tls.by_kind.iter().map(|failure| {
        let what = format!("{} {}", failure.kind, failure.mx_host);
        (what.trim_end().to_owned(), failure.sessions)
    });
    TlsSummary {
        reports: report.summary.tls_reports,
        successful: report.tls.successes,
        failed: report.tls.failures,
        faults: faults.collect(),
    }
}
