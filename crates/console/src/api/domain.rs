//! Our domains: how they are protected, and what DMARC and TLS reports say of them.

use crate::error::Failure;
use crate::state::State;
use axum::Json;
use axum::extract::State as Shared;
use runtime::clock::rfc3339;
use runtime::posture::{self, Finding, Kept};
use runtime::report::{self, DomainSummary};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use utoipa::ToSchema;

/// A domain of ours.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Domain {
    /// Its name.
    #[schema(example = "house.example")]
    domain: String,
    /// When it was looked up how it is protected; nothing where DNS is not allowed.
    #[schema(format = DateTime)]
    looked_up: Option<String>,
    /// The worst of the findings.
    #[schema(example = "improve")]
    grade: Option<&'static str>,
    /// How it is protected.
    findings: Vec<Protection>,
    /// First day that a report is of.
    #[schema(format = Date)]
    first_day: Option<String>,
    /// Last day.
    #[schema(format = Date)]
    last_day: Option<String>,
    /// DMARC reports.
    dmarc_reports: u64,
    /// Messages that passed DMARC.
    dmarc_passed: u64,
    /// Messages that did not.
    dmarc_failed: u64,
    /// TLS reports.
    tls_reports: u64,
    /// TLS sessions that succeeded.
    tls_succeeded: u64,
    /// TLS sessions that failed.
    tls_failed: u64,
}

/// One thing about how a domain is protected.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Protection {
    /// `SPF`, `DKIM`, `DMARC`, `MTA-STS` or `TLS-RPT`.
    #[schema(example = "DMARC")]
    topic: &'static str,
    /// `good`, `unknown`, `improve`, `missing` or `bad`.
    #[schema(example = "missing")]
    grade: &'static str,
    /// What is so.
    what: String,
    /// What to do; empty where there is nothing.
    advice: String,
}

/// Every domain, by name: 2,000 at most, so that the list is one answer.
#[utoipa::path(get, path = "/api/v1/domains", tag = "domains",
    responses((status = 200, description = "The domains", body = [Domain])))]
pub(crate) async fn list(Shared(state): Shared<Arc<State>>) -> Result<Json<Vec<Domain>>, Failure> {
    let found = state
        .work(|state| {
            let data = state.live.data()?;
            let reported =
                report::domains(&data)?.into_iter().map(|summary| (summary.domain.clone(), summary));
            let reported: BTreeMap<String, DomainSummary> = reported.collect();
            let kept = posture::all_kept(&data)?.into_iter().map(|kept| (kept.posture.domain.clone(), kept));
            let kept: BTreeMap<String, Kept> = kept.collect();
            let names: BTreeSet<&String> = reported.keys().chain(kept.keys()).collect();
            Ok(names.into_iter().map(|name| Domain::of(name, reported.get(name), kept.get(name))).collect())
        })
        .await?;
    Ok(Json(found))
}

impl Domain {
    fn of(name: &str, reported: Option<&DomainSummary>, kept: Option<&Kept>) -> Self {
        let count = |of: fn(&DomainSummary) -> u64| reported.map(of).unwrap_or_default();
        Self {
            domain: name.to_owned(),
            looked_up: kept.map(|kept| rfc3339(kept.looked_up())),
            grade: kept.map(|kept| kept.posture.grade.word()),
            findings: kept.iter().flat_map(|kept| &kept.posture.findings).map(Protection::from).collect(),
            first_day: reported.map(|summary| summary.first_day.clone()),
            last_day: reported.map(|summary| summary.last_day.clone()),
            dmarc_reports: count(|summary| summary.dmarc_reports),
            dmarc_passed: count(|summary| summary.pass),
            dmarc_failed: count(|summary| summary.fail),
            tls_reports: count(|summary| summary.tls_reports),
            tls_succeeded: count(|summary| summary.tls_successes),
            tls_failed: count(|summary| summary.tls_failures),
        }
    }
}

impl From<&Finding> for Protection {
    fn from(finding: &Finding) -> Self {
        Self {
            topic: finding.topic.word(),
            grade: finding.grade.word(),
            what: finding.what.clone(),
            advice: finding.advice.clone(),
        }
    }
}
