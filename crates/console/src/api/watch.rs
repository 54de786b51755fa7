//! Cases of intruders, sources of logs, and rules.

use super::Page;
use super::cursor::Part;
use super::extract::Asked;
use crate::error::Failure;
use crate::state::State;
use axum::Json;
use axum::extract::{Path, State as Shared};
use runtime::watch::cases;
use runtime::watch::row::{CaseHeadRow, CaseRow, millis_rfc3339};
use runtime::watch::standing::{RuleStandingRow, SourceRow};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use watch::case::CaseId;

/// A case in short.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseSummary {
    /// Its id.
    #[schema(example = "CASE-1")]
    id: String,
    /// `forming`, `open`, `closed` or `joined`.
    status: String,
    /// The gravest that was seen: `informational`, `low`, `medium`, `high` or `critical`.
    level: String,
    /// What it is called by.
    title: String,
    /// The first sighting, RFC 3339.
    #[schema(format = DateTime)]
    first: String,
    /// The last one, RFC 3339.
    #[schema(format = DateTime)]
    last: String,
    /// How many there are.
    sightings: u64,
    /// Hosts, accounts, addresses and paths; the first ones.
    entities: Vec<String>,
    /// Questions that keep it open.
    open_questions: Vec<String>,
}

/// A case with a part of its sightings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseInFull {
    /// As `portcullis case show --format json` prints it; `timeline` is the part that was asked for, in order of time.
    #[schema(value_type = Object)]
    case: CaseRow,
    /// What to send as `cursor` for the next part of the timeline; absent with the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A source of logs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Source {
    /// What the house calls it.
    name: String,
    /// `waiting`, `speaking`, `silent` or `missing`.
    state: String,
    /// Files that it has now.
    files: u64,
    /// Events since the start.
    events: u64,
    /// Records that could not be read since the start.
    unreadable: u64,
    /// Bytes that wait to be read.
    lag_bytes: u64,
    /// When bytes came last, or since when it is listened to, RFC 3339.
    #[schema(format = DateTime)]
    heard: String,
    /// The newest time of an event, RFC 3339.
    newest_event: Option<String>,
}

/// A rule in force.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Rule {
    /// Its id.
    id: String,
    /// What it finds.
    title: String,
    /// `informational`, `low`, `medium`, `high` or `critical`.
    level: String,
    /// `rule` or `correlation`.
    kind: String,
    /// Sightings that it made.
    fired: u64,
    /// The time of the last one, RFC 3339.
    last: Option<String>,
    /// `able`; `blind` where logs of its kind never had a field that it looks at; `deaf` where no log is of its kind.
    #[schema(value_type = String)]
    reach: runtime::watch::standing::Reach,
    /// Those fields.
    unseen_fields: Vec<String>,
}

/// Cases, the latest first.
#[utoipa::path(get, path = "/api/v1/cases", tag = "watch", params(Part),
    responses((status = 200, description = "A part of the list", body = Page<CaseSummary>)))]
pub(crate) async fn cases(
    Shared(state): Shared<Arc<State>>,
    Asked(part): Asked<Part>,
) -> Result<Json<Page<CaseSummary>>, Failure> {
    let (after, limit) = part.after_and_limit()?;
    let found = state.work(move |state| {
        let docket = cases::docket(&*state.live.data()?)?;
        let place = |case: &watch::case::Case| format!("{:016x}/{}", case.span.last.0 ^ i64::MIN, case.id.0);
        let mut all: Vec<_> = docket.cases().map(|case| (place(case), case)).collect();
        all.sort_by(|one, other| other.0.cmp(&one.0));
        let rest = all.iter().filter(|(place, _)| after.as_ref().is_none_or(|after| place < after));
        let mut rows: Vec<(String, CaseHeadRow)> =
            rest.take(limit + 1).map(|(place, case)| (place.clone(), CaseHeadRow::from(*case))).collect();
        let is_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| is_more).map(|(place, _)| place.clone());
        Ok(runtime::measure::Page { rows: rows.into_iter().map(|(_, row)| row).collect(), next })
    });
    Ok(Json(Page::of(found.await?, CaseSummary::from)))
}

/// One case.
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "watch",
    params(("id" = String, Path, description = "Its id", example = "CASE-1"), Part),
    responses((status = 200, description = "The case", body = CaseInFull)))]
pub(crate) async fn case(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    Asked(part): Asked<Part>,
) -> Result<Json<CaseInFull>, Failure> {
    let id: CaseId = id.parse().map_err(|_| Failure::Missing)?;
    let (after, limit) = part.after_and_limit()?;
    let found = state.work(move |state| {
        let data = state.live.data()?;
        let case = cases::case(&data, id)?.ok_or(Failure::Missing)?;
        let timeline = Page::of(cases::timeline(&data, id, after.as_deref(), limit)?, |sighting| sighting);
        Ok(CaseInFull { case: CaseRow::new(&case, timeline.items), next: timeline.next })
    });
    found.await.map(Json)
}

/// Sources of logs.
#[utoipa::path(get, path = "/api/v1/sources", tag = "watch",
    responses((status = 200, description = "All sources", body = [Source])))]
pub(crate) async fn sources(Shared(state): Shared<Arc<State>>) -> Json<Vec<Source>> {
    Json(state.logs().sources.into_iter().map(Source::from).collect())
}

/// Rules in force.
#[utoipa::path(get, path = "/api/v1/rules", tag = "watch",
    responses((status = 200, description = "All rules", body = [Rule])))]
pub(crate) async fn rules(Shared(state): Shared<Arc<State>>) -> Json<Vec<Rule>> {
    Json(state.logs().rules.into_iter().map(Rule::from).collect())
}

impl From<CaseHeadRow> for CaseSummary {
    fn from(row: CaseHeadRow) -> Self {
        let CaseHeadRow { id, status, level, title, first, last, sightings, entities, open_questions } = row;
        Self { id, status, level, title, first, last, sightings, entities, open_questions }
    }
}

impl From<SourceRow> for Source {
    fn from(row: SourceRow) -> Self {
        Self {
            heard: row.heard_rfc3339(),
            newest_event: row.newest.map(millis_rfc3339),
            name: row.name,
            state: row.state.word().to_owned(),
            files: row.files,
            events: row.events,
            unreadable: row.defects,
            lag_bytes: row.lag_bytes,
        }
    }
}

impl From<RuleStandingRow> for Rule {
    fn from(row: RuleStandingRow) -> Self {
        let RuleStandingRow { id, title, level, kind, fired, last, reach, unseen_fields, about: _ } = row;
        Self { id, title, level, kind, fired, last, reach, unseen_fields }
    }
}
