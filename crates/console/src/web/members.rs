//! Members: the ledger as a matrix, by identifier. Who they are is on each member's page, for a purpose.

use super::query::{self, Query};
use crate::error::Failure;
use crate::page::members::{CampaignColumn, MemberFilter, MemberRow, MembersView, Standing, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use maud::Markup;
use model::MemberState;
use runtime::data::Data;
use runtime::ledger;
use runtime::overview::{self, CampaignHead};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of one page.
const PAGE: usize = 100;
/// Columns: the latest campaigns. A matrix of hundreds of them is read by nobody; each campaign has its own page.
const COLUMNS_MAX: usize = 12;

/// The page.
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Query(query): Query,
) -> Result<Markup, Failure> {
    let campaign = Some(query.get("campaign").to_owned()).filter(|id| !id.is_empty());
    let filter =
        MemberFilter { text: query.get("text").to_owned(), state: query.get("state").parse().ok(), campaign };
    let from: usize = query::number(query.get("from"))?;
    state
        .work(move |state| {
            let data = state.live.data()?;
            let view = view(&data, filter, from)?;
            let chrome = state.chrome(&person, &data)?;
            Ok(render(&view, &chrome))
        })
        .await
}

fn view(data: &Data, filter: MemberFilter, from: usize) -> Result<MembersView, Failure> {
    let columns = columns(overview::concerns(data)?, filter.campaign.as_deref());
    let standings = standings(data, &columns)?;
    let rows: Vec<MemberRow> = standings
        .into_iter()
        .map(|(id, states)| MemberRow {
            standings: columns.iter().map(|column| states.get(&column.id).copied()).collect(),
            id,
            name: None,
        })
        .filter(|row| is_asked_for(row, &filter))
        .collect();
    let total = rows.len() as u64;
    let (members, next) = query::cut(rows.into_iter(), from, PAGE);
    let next = next.map(|from| {
        let state = filter.state.map_or("", MemberState::word);
        let campaign = filter.campaign.as_deref().unwrap_or_default();
        let from = from.to_string();
        query::with(
            "/members",
            &[("text", &filter.text), ("state", state), ("campaign", campaign), ("from", &from)],
        )
    });
    Ok(MembersView { campaigns: columns, members, filter, total, next })
}

/// Campaigns of concern in order of time; the one that is asked for, or the latest ones.
fn columns(heads: Vec<CampaignHead>, chosen: Option<&str>) -> Vec<CampaignColumn> {
    let wanted = heads.into_iter().filter(|head| chosen.is_none_or(|id| head.id == id)).take(COLUMNS_MAX);
    let mut columns: Vec<CampaignColumn> =
        wanted.map(|head| CampaignColumn { id: head.id, name: head.name }).collect();
    columns.reverse();
    columns
}

/// By member, by campaign of a column.
fn standings(
    data: &Data,
    columns: &[CampaignColumn],
) -> Result<BTreeMap<String, BTreeMap<String, Standing>>, Failure> {
    let mut standings: BTreeMap<String, BTreeMap<String, Standing>> = BTreeMap::new();
    for column in columns {
        for row in ledger::ledger_of(data, &column.id)? {
            if let Ok(state) = row.state.parse() {
                let standing = Standing { state, has_opened: row.has_opened() };
                standings.entry(row.member).or_default().insert(row.campaign, standing);
            }
        }
    }
    Ok(standings)
}

fn is_asked_for(row: &MemberRow, filter: &MemberFilter) -> bool {
    let has_state = |wanted: MemberState| row.standings.iter().flatten().any(|standing| standing.is(wanted));
    row.id.to_lowercase().contains(&filter.text.to_lowercase())
        && row.standings.iter().any(Option::is_some)
        && filter.state.is_none_or(has_state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, state: Option<MemberState>, expected: bool) {
        let standing = |state, has_opened| Some(Standing { state, has_opened });
        let standings =
            vec![standing(MemberState::Delivered, false), None, standing(MemberState::Warned, true)];
        let row = MemberRow { id: "M004".into(), name: None, standings };
        let filter = MemberFilter { text: text.into(), state, campaign: None };
        assert_eq!(is_asked_for(&row, &filter), expected, "{text} {state:?}");
    }

    #[test]
    fn filters_go_by_identifier_and_by_state_in_any_campaign() {
        check("", None, true);
        check("m00", Some(MemberState::Opened), true);
        check("m00", Some(MemberState::Warned), true);
        check("m00", Some(MemberState::Disarmed), false);
        check("M01", None, false);
    }
}
