//! Hunt: who received something, after it became known.

use super::query::Query;
use crate::error::Failure;
use crate::hunting::{self, Found};
use crate::page::hunt::{Answer, Hit, HuntView, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use maud::Markup;
use runtime::clock::parse_rfc3339;
use std::sync::Arc;
use std::time::Instant;

/// Messages that are shown of one answer.
const SHOWN_MAX: usize = 200;

/// The page: the question, and the answer where there is one.
pub(crate) async fn show(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Query(query): Query,
) -> Result<Markup, Failure> {
    let question = query.get("q").to_owned();
    state
        .work(move |state| {
            let view = match question.as_str() {
                "" => HuntView { query: question, fault: None, answer: None },
                _ => ask(state, question)?,
            };
            Ok(render(&view, &state.chrome(&person, &*state.live.data()?)?))
        })
        .await
}

fn ask(state: &State, question: String) -> Result<HuntView, Failure> {
    let indicators = match hunting::parse(question.lines().flat_map(|line| line.split(", "))) {
        Ok(indicators) => indicators,
        Err(fault) => return Ok(HuntView { query: question, fault: Some(fault.to_string()), answer: None }),
    };
    let begun = Instant::now();
    let found = hunting::hunt(state, &indicators)?;
    let took_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(HuntView { query: question, fault: None, answer: Some(answer(found, took_ms)) })
}

fn answer(found: Found, took_ms: u64) -> Answer {
    let Found { mut hits, total, searched, .. } = found;
    hits.sort_by(|a, b| b.time.cmp(&a.time));
    let hits = hits.into_iter().take(SHOWN_MAX).map(|hit| Hit {
        time: parse_rfc3339(&hit.time).unwrap_or(model::EventTime(0)),
        from: hit.from,
        subject: hit.subject,
        members: hit.members,
        campaign: None,
    });
    Answer { hits: hits.collect(), total, searched, took_ms, next: None }
}
