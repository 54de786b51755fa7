//! What DMARC and TLS reports say of domains.

use crate::error::Failure;
use crate::state::State;
use axum::Json;
use axum::extract::State as Shared;
use runtime::report::{self, DomainSummary};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A domain on which somebody reported.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Domain {
    /// Its name.
    #[schema(example = "house.example")]
    domain: String,
    /// First day that a report is of.
    #[schema(format = Date)]
    first_day: String,
    /// Last day.
    #[schema(format = Date)]
    last_day: String,
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

/// Every domain, by name: 2,000 at most, so that the list is one answer.
#[utoipa::path(get, path = "/api/v1/domains", tag = "domains",
    responses((status = 200, description = "The domains", body = [Domain])))]
pub(crate) async fn list(Shared(state): Shared<Arc<State>>) -> Result<Json<Vec<Domain>>, Failure> {
    let found = state.work(|state| Ok(report::domains(&*state.live.data()?)?)).await?;
    Ok(Json(found.into_iter().map(Domain::from).collect()))
}

impl From<DomainSummary> for Domain {
    fn from(summary: DomainSummary) -> Self {
        Self {
            domain: summary.domain,
            first_day: summary.first_day,
            last_day: summary.last_day,
            dmarc_reports: summary.dmarc_reports,
            dmarc_passed: summary.pass,
            dmarc_failed: summary.fail,
            tls_reports: summary.tls_reports,
            tls_succeeded: summary.tls_successes,
            tls_failed: summary.tls_failures,
        }
    }
}
