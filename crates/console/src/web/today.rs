//! Today: what needs a person, oldest first.

use super::sign_in::home;
use super::waiting;
use crate::activity::Counts;
use crate::error::Failure;
use crate::page::today::{DayCount, DayFigures, TodayView, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use axum::response::{IntoResponse, Redirect, Response};
use model::{Actor, EventTime, MemberState};
use runtime::data::Data;
use runtime::overview::CampaignHead;
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

/// What waits for `actor` and for others, and figures of the day.
///
/// # Errors
/// When the store fails or a record is damaged.
pub(crate) fn view(state: &State, data: &Data, actor: &Actor) -> Result<TodayView, Failure> {
    let now = state.mail_now();
    let concerns = waiting::concerns(data)?;
    let mut day =
        figures(state.activity.bins(now, 1, 24).pop().map(|(_, counts)| counts).unwrap_or_default());
    day.campaigns = concerns.len() as u64;
    day.unwarned = concerns.iter().map(|concern| unwarned(&concern.head)).sum();
    let (mine, others) = waiting::tasks(state, data, concerns, actor)?;
    let days = state.activity.bins(now, DAYS, 24).into_iter();
    Ok(TodayView { mine, others, day, days: days.map(self::day).collect() })
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
