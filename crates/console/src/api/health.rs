//! How the house does.

use crate::error::Failure;
use crate::state::State;
use crate::vitals::{self, Vitals};
use axum::Json;
use axum::extract::State as Shared;
use runtime::clock::rfc3339;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// How the house does.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// Whether everything recorded was replayed and the data folder can be written.
    is_ready: bool,
    /// Messages that wait to be recorded.
    queued: usize,
    /// How many may wait.
    queue_max: usize,
    /// Messages that were recorded since the start.
    observed: u64,
    /// Campaigns that became of concern since the start.
    alerts: u64,
    /// Writes that failed since the start.
    failures: u64,
    /// When the last group commit was acknowledged, RFC 3339.
    #[schema(format = DateTime)]
    last_commit: Option<String>,
    /// Space left on the disk of the data folder, in bytes.
    free_bytes: Option<u64>,
    /// How long sensors waited for verdicts since the start.
    verdicts: Vec<Waited>,
    /// Where mail comes from, in the order of the configuration.
    sensors: Vec<Sensor>,
}

/// Verdicts that took about the same time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Waited {
    /// At most so long, in milliseconds, and longer than the class before; absent for those that took longer than any.
    up_to_ms: Option<u64>,
    /// Verdicts in this class.
    count: u64,
}

/// Where mail comes from.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Sensor {
    /// Its kind and a number.
    #[schema(example = "imap-1")]
    name: String,
    /// Whether it does not work.
    is_failing: bool,
    /// When it last delivered something, RFC 3339.
    #[schema(format = DateTime)]
    last: Option<String>,
}

/// How the house does.
#[utoipa::path(get, path = "/api/v1/health", tag = "health",
    responses((status = 200, description = "How the house does", body = Health)))]
pub(crate) async fn show(Shared(state): Shared<Arc<State>>) -> Result<Json<Health>, Failure> {
    Ok(Json(state.work(|state| Ok(Health::of(Vitals::of(state)))).await?))
}

impl Health {
    fn of(vitals: Vitals) -> Self {
        let Vitals { health, free_bytes, sensors, .. } = vitals;
        let classes = health.latency.within.iter().map(|(bound, count)| (Some(*bound), *count));
        let classes = classes.chain([(None, health.latency.longer)]);
        Self {
            is_ready: health.is_ready,
            queued: health.queued,
            queue_max: health.queue_max,
            observed: health.observed,
            alerts: health.alerts,
            failures: health.failures,
            last_commit: health.last_commit.map(rfc3339),
            free_bytes,
            verdicts: classes.map(|(up_to_ms, count)| Waited { up_to_ms, count }).collect(),
            sensors: sensors.into_iter().map(Sensor::from).collect(),
        }
    }
}

impl From<vitals::Sensor> for Sensor {
    fn from(sensor: vitals::Sensor) -> Self {
        let vitals::Sensor { name, is_failing, last } = sensor;
        Self { name, is_failing, last: last.map(rfc3339) }
    }
}
