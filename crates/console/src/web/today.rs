//! Today: what needs a person, oldest first.

use super::sign_in::home;
use super::{judging, warnings};
use crate::activity::Counts;
use crate::error::Failure;
use crate::page::campaigns::Standing;
use crate::page::text::segment;
use crate::page::today::{DayCount, DayFigures, Task, TaskKind, TodayView, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect, Response};
use model::{Actor, EventTime, MemberState, Role};
use runtime::clock::parse_rfc3339;
use runtime::data::Data;
use runtime::measure::{Decision, Measure, decision};
use runtime::overview::{self, CampaignHead};
use std::sync::Arc;

/// Days that are drawn.
const DAYS: usize = 14;

/// The page; accounts that have nothing to do here are led to where they have.
pub(crate) async fn show(Shared(state): Shared<Arc<State>>, person: Person) -> Result<Response, Failure> {
    let home = home(&person.account);
    if home != "/" {
        return Ok(Redirect::to(home).into_response());
    }
    let made = state.work(move |state| {
        state.activity.follow(&state.live)?;
        let data = state.live.data()?;
        let view = view(state, &data, &person.actor())?;
        Ok(render(&view, &state.chrome(&person, &data)?))
    });
    Ok(made.await?.into_response())
}

fn view(state: &State, data: &Data, actor: &Actor) -> Result<TodayView, Failure> {
    let now = state.now();
    let mut tasks = warnings::tasks(data, actor)?;
    for decision in judging::open(data)? {
        tasks.push(proposal(data, decision, actor)?);
    }
    let mut figures =
        figures(state.activity.bins(now, 1, 24).pop().map(|(_, counts)| counts).unwrap_or_default());
    for head in overview::heads(data)?.into_iter().filter(|head| head.concern) {
        let standing = judging::standing(data, &head.id)?;
        if standing == Standing::Dismissed {
            continue;
        }
        figures.campaigns += 1;
        figures.unwarned += unwarned(&head);
        if standing == Standing::Open {
            tasks.push(campaign(head, actor));
        }
    }
    if let Some(error) = state.live.health().last_error {
        tasks.push(trouble(error, state));
    }
    let days = state.activity.bins(now, DAYS, 24).into_iter();
    Ok(TodayView { tasks, day: figures, days: days.map(day).collect() })
}

fn figures(day: Counts) -> DayFigures {
    DayFigures {
        messages: day.messages,
        disarmed: day.disarmed,
        quarantined: day.quarantined,
        campaigns: 0,
        unwarned: 0,
    }
}

fn day((day, counts): (EventTime, Counts)) -> DayCount {
    DayCount { day, messages: counts.messages, acted: counts.disarmed + counts.quarantined }
}

/// Members whom a campaign reached and who are not told.
fn unwarned(head: &CampaignHead) -> u64 {
    let told = MemberState::Warned.word();
    head.states.iter().filter(|(state, _)| *state != told).map(|(_, count)| count).sum()
}

fn proposal(data: &Data, decision: Decision, actor: &Actor) -> Result<Task, Failure> {
    let kind = match decision.measure {
        Measure::Release { .. } => TaskKind::ApproveRelease,
        Measure::Purge { .. } => TaskKind::ApprovePurge,
        Measure::Warn { .. } => TaskKind::ApproveWarnings,
        _ => TaskKind::ApproveOther,
    };
    let is_mine = actor.has(Role::Approver) && !decision::is_own(actor, &decision);
    let lapses = decision.lapses_at;
    let shown = judging::view(data, decision, actor)?;
    Ok(Task {
        kind,
        since: shown.proposed,
        due: Some(lapses),
        title: shown.about,
        detail: shown.reason,
        path: "/decisions".into(),
        is_mine,
    })
}

fn campaign(head: CampaignHead, actor: &Actor) -> Task {
    let alerted = head.first_alert.as_ref().and_then(|alert| parse_rfc3339(&alert.time));
    Task {
        kind: TaskKind::ConfirmCampaign,
        since: alerted.unwrap_or(EventTime(head.first)),
        due: None,
        detail: format!("{} that this is a reconnaissance campaign", head.likelihood),
        path: format!("/campaigns/{}", segment(&head.id)),
        title: head.name,
        is_mine: actor.has(Role::Analyst) || actor.has(Role::Approver),
    }
}

fn trouble(error: String, state: &State) -> Task {
    Task {
        kind: TaskKind::Machine,
        since: state.live.health().last_commit.unwrap_or(state.started),
        due: None,
        title: "The last write failed".into(),
        detail: error,
        path: "/health".into(),
        is_mine: false,
    }
}
