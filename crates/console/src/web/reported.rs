//! Mails that members or others reported.

use super::query::{self, Query};
use crate::error::Failure;
use crate::page::reported::{ReportedRow, ReportedView, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use mail::member::House;
use maud::Markup;
use model::EventTime;
use runtime::data::Data;
use runtime::overview;
use runtime::reported::{self, Reported};
use std::sync::Arc;

/// Reports on one page.
const PAGE: usize = 50;

/// The page.
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Query(query): Query,
) -> Result<Markup, Failure> {
    let after = query::after(&query);
    state
        .work(move |state| {
            let (data, house) = (state.live.data()?, state.live.house());
            let rows = reported::list(&data, after.as_deref(), PAGE)?;
            let last = rows.last().filter(|_| rows.len() == PAGE).map(Reported::key);
            let reports = rows.into_iter().map(|report| row(&data, &house, report));
            let view = ReportedView {
                reports: reports.collect::<Result<_, _>>()?,
                next: last.map(|after| query::with("/reported", &[("after", &after)])),
            };
            Ok(render(&view, &state.chrome(&person, &data)?))
        })
        .await
}

fn row(data: &Data, house: &House, report: Reported) -> Result<ReportedRow, Failure> {
    let reporter = house.by_address(&report.reporter).and_then(|index| house.member(index));
    let campaign = report.campaign.map(|id| overview::name(data, &id).map(|name| (id, name)));
    Ok(ReportedRow {
        received: EventTime(report.received_secs),
        reporter: reporter.map(|member| member.id.to_string()),
        from: report.from,
        subject: report.subject,
        verdict: Some(report.verdict).filter(|verdict| !verdict.is_empty()),
        score: report.score,
        campaign: campaign.transpose()?,
    })
}
