//! Health: whether everything runs.

use super::letters::Pending;
use crate::error::Failure;
use crate::page::health::{HealthView, HourCount, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use maud::Markup;
use runtime::live::Latencies;
use std::sync::Arc;

/// Longer than that no verdict takes: sensors give up before.
const LONGEST_MS: u64 = 600_000;
/// Hours that are drawn.
const HOURS: usize = 48;

/// The page.
pub(crate) async fn show(Shared(state): Shared<Arc<State>>, person: Person) -> Result<Markup, Failure> {
    state
        .work(move |state| {
            let view = view(state)?;
            Ok(render(&view, &state.chrome(&person, &*state.live.data()?)?))
        })
        .await
}

fn view(state: &State) -> Result<HealthView, Failure> {
    state.activity.follow(&state.live)?;
    let health = state.live.health();
    let hours = state.activity.bins(state.mail_now(), HOURS, 1).into_iter();
    let letters = Pending::read(&*state.live.data()?, state.settings.reach)?;
    Ok(HealthView {
        letters: letters.sentences(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started: state.started,
        sensors: state.sensors(),
        queue: (health.queued as u64, health.queue_max as u64),
        last_commit: health.last_commit,
        last_error: health.last_error.map(|error| (error, health.last_commit.unwrap_or(state.started))),
        store: state.footprint.figures(state)?,
        hours: hours.map(|(hour, counts)| HourCount { hour, messages: counts.messages }).collect(),
        latency: classes(&health.latency),
    })
}

/// Classes as far as there are messages; the last one is for those that took longer than any bound.
fn classes(latency: &Latencies) -> Vec<(u64, u64)> {
    let mut classes = latency.within.clone();
    if latency.longer > 0 {
        classes.push((LONGEST_MS, latency.longer));
    }
    let filled = classes.iter().rposition(|(_, count)| *count > 0).map_or(0, |last| last + 1);
    classes.truncate(filled);
    classes
}
