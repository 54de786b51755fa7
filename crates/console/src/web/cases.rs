//! Cases: the list, one case, and what a person says of it.

use super::form::Fields;
use super::judging;
use super::query::{self, Query};
use crate::deciding;
use crate::error::Failure;
use crate::page::Notice;
use crate::page::case::{AnswerView, CaseView, Ended, QuestionView, SightingView, render};
use crate::page::cases::{self as list_page, CaseSummary, CasesView};
use crate::page::chart::sightings::Lane;
use crate::page::form::Permission;
use crate::page::text::segment;
use crate::state::State;
use crate::visitor::Person;
use ::watch::case::{Case, CaseId, Question, RuleShare, Status};
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;
use model::{Actor, EventMillis, EventTime, LeafIndex, Role};
use runtime::data::Data;
use runtime::measure::Measure;
use runtime::measure::decision::{self, Which};
use runtime::watch::document::SightingDocument;
use runtime::watch::row::SUPERVISOR_HOURS;
use runtime::watch::{answer, cases};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Cases on one page, and sightings.
const PAGE: usize = 50;
/// Entities that a line of the list names, and the head of a case.
const ENTITIES_IN_LIST: usize = 4;
const ENTITIES_IN_HEAD: usize = 30;
/// Decisions on one question that the page shows.
const DECISIONS_MAX: usize = 10;

/// The list.
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Query(query): Query,
) -> Result<Markup, Failure> {
    let status = list_page::STATUSES.into_iter().find(|status| *status == query.get("status"));
    let from: usize = query::number(query.get("from"))?;
    state
        .work(move |state| {
            let data = state.live.data()?;
            let docket = cases::docket(&data)?;
            let is_shown = |case: &&Case| match status {
                Some(status) => case.status.word() == status,
                None => matches!(case.status, Status::Open | Status::Closed { .. }),
            };
            let mut shown: Vec<&Case> = docket.cases().filter(is_shown).collect();
            shown.sort_by_key(|case| std::cmp::Reverse(case.span.last));
            let (page, next) = query::cut(shown.into_iter(), from, PAGE);
            let cases = page.into_iter().map(|case| summary(case, ENTITIES_IN_LIST)).collect();
            let pairs =
                |next: usize| [("status", status.unwrap_or_default().to_owned()), ("from", next.to_string())];
            let next = next
                .map(pairs)
                .map(|[(a, status), (b, from)]| query::with("/cases", &[(a, &status), (b, &from)]));
            Ok(list_page::render(&CasesView { cases, status, next }, &state.chrome(&person, &data)?))
        })
        .await
}

/// One case.
pub(crate) async fn show(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path(id): Path<String>,
    Query(query): Query,
) -> Result<Markup, Failure> {
    let after = query::after(&query);
    let id = case_id(&id)?;
    state
        .work(move |state| {
            let data = state.live.data()?;
            let case = cases::case(&data, id)?.ok_or(Failure::Missing)?;
            let view = view(&data, &case, after.as_deref(), &person.actor())?;
            Ok(render(&view, &state.chrome(&person, &data)?))
        })
        .await
}

/// Closes it, or starts the clocks of notification.
pub(crate) async fn act(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path((case, action)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let id = case_id(&case)?;
    let (actor, why) = (person.actor(), fields.get("reason").to_owned());
    let done = state.work(move |state| {
        let (mut data, now) = (state.live.data()?, state.now());
        match action.as_str() {
            "close" => answer::close(&mut data, &actor, id, &why, now)?,
            "aware" => answer::become_aware(&mut data, &actor, id, (now, &why), now)?,
            _ => return Err(Failure::Missing),
        };
        Ok(if action == "close" { "The case is closed." } else { "The clocks of notification run." })
    });
    let told = done.await?;
    Ok(back(&state, &person, &case, told))
}

/// Answers a question, or proposes to leave it open.
pub(crate) async fn reply(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Path((case, question, action)): Path<(String, String, String)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let id = case_id(&case)?;
    let question = Question::from_word(&question).ok_or(Failure::Missing)?;
    let (actor, text) = (person.actor(), fields.get("reason").to_owned());
    let evidence: Vec<String> = fields.get("evidence").split_whitespace().map(str::to_owned).collect();
    let done = state.work(move |state| match action.as_str() {
        "answer" => {
            let about = (id, question);
            answer::answer(&mut *state.live.data()?, &actor, about, &text, &evidence, state.now())?;
            Ok("The question is answered.")
        }
        "leave-open" => {
            let measure = Measure::AcceptOpen { question: format!("{id}/{}", question.word()) };
            deciding::propose(state, measure, &text, &actor)?;
            Ok("It is proposed, and waits for a second person.")
        }
        _ => Err(Failure::Missing),
    });
    let told = done.await?;
    Ok(back(&state, &person, &case, told))
}

fn back(state: &State, person: &Person, case: &str, told: &str) -> Response {
    state.sessions.leave(&person.session_id, Notice::Done(told.into()));
    Redirect::to(&format!("/cases/{}", segment(case))).into_response()
}

fn case_id(text: &str) -> Result<CaseId, Failure> {
    text.parse().map_err(|_| Failure::Missing)
}

fn summary(case: &Case, entities: usize) -> CaseSummary {
    CaseSummary {
        id: case.id.to_string(),
        title: case.title().to_owned(),
        level: case.level(),
        status: case.status.word(),
        first: case.span.first.time(),
        last: case.span.last.time(),
        sightings: case.sightings,
        entities: case.entities.keys().take(entities).map(ToString::to_string).collect(),
        entity_count: case.entities.len(),
        open_questions: case.unsettled().len(),
    }
}

fn view(data: &Data, case: &Case, after: Option<&str>, actor: &Actor) -> Result<CaseView, Failure> {
    let page = cases::timeline(data, case.id, after, PAGE)?;
    let path = format!("/cases/{}", segment(&case.id.to_string()));
    let is_open = case.status == Status::Open;
    let may_work = if is_open {
        judging::with_role(actor, &[Role::Analyst, Role::Approver])
    } else {
        Permission::Absent
    };
    Ok(CaseView {
        summary: summary(case, ENTITIES_IN_HEAD),
        ended: ended(&case.status),
        reopened: case.reopened_at.map(|at| (case.reopenings, at)),
        lanes: lanes(case, &page.rows),
        techniques: case.techniques().into_iter().map(|(name, time)| (name, time.time())).collect(),
        questions: Question::ALL.into_iter().map(|question| asked(case, question)).collect(),
        aware_at: case.aware_at,
        supervisor_until: case.aware_at.map(|aware| aware.plus_secs(SUPERVISOR_HOURS * 3_600)),
        decisions: decisions(data, case, actor)?,
        may_close: may_close(case, &may_work),
        may_work,
        next: page.next.map(|after| query::with(&path, &[("after", &after)])),
        timeline: page.rows.into_iter().map(sighting).collect(),
    })
}

fn may_close(case: &Case, may_work: &Permission) -> Permission {
    match (may_work, case.check_close()) {
        (Permission::Allowed, Err(refused)) => Permission::Refused(format!("{refused}.")),
        _ => may_work.clone(),
    }
}

fn ended(status: &Status) -> Option<Ended> {
    match status {
        Status::Closed { by, at, conclusion } => {
            Some(Ended::Closed { by: by.clone(), at: *at, conclusion: conclusion.clone() })
        }
        Status::Joined(older) => Some(Ended::Joined(older.to_string())),
        Status::Forming | Status::Open => None,
    }
}

/// The picture shows the sightings of this page, and of the others when each rule found something first and last.
fn lanes(case: &Case, shown: &[SightingDocument]) -> Vec<Lane> {
    let mut times: BTreeMap<&str, Vec<EventTime>> = BTreeMap::new();
    for sighting in shown {
        times.entry(&sighting.row.rule.id).or_default().push(EventMillis(sighting.millis).time());
    }
    let lane = |(id, share): (&String, &RuleShare)| {
        let span = (share.span.first.time(), share.span.last.time());
        let mut times = times.remove(id.as_str()).unwrap_or_default();
        times.extend([span.0, span.1]);
        times.sort_unstable();
        times.dedup();
        Lane {
            title: share.rule.title.clone(),
            level: share.rule.level,
            sightings: share.sightings,
            span,
            times,
        }
    };
    let mut lanes: Vec<Lane> = case.rules.iter().map(lane).collect();
    lanes.sort_by_key(|lane| (std::cmp::Reverse(lane.level), lane.span.0));
    lanes
}

fn asked(case: &Case, question: Question) -> QuestionView {
    let answer = case.answers.get(&question).map(|answer| AnswerView {
        text: answer.text.clone(),
        evidence: answer.evidence.clone(),
        by: match &answer.accepted_by {
            Some(second) => format!("{} and {second}", answer.by),
            None => answer.by.clone(),
        },
        at: answer.at,
    });
    QuestionView { question, stand: case.stand(question), answer }
}

fn decisions(
    data: &Data,
    case: &Case,
    actor: &Actor,
) -> Result<Vec<crate::page::decisions::DecisionView>, Failure> {
    let mut views = Vec::new();
    for question in Question::ALL {
        let about = format!("{}/{}", case.id, question.word());
        for decision in decision::list(data, Which::About(&about), None, DECISIONS_MAX)?.rows {
            views.push(judging::view(data, decision, actor)?);
        }
    }
    Ok(views)
}

fn sighting(document: SightingDocument) -> SightingView {
    let row = document.row;
    SightingView {
        time: EventMillis(document.millis).time(),
        level: ::watch::sigma::rule::Level::from_word(&row.rule.level)
            .unwrap_or(::watch::sigma::rule::Level::Medium),
        title: row.rule.title,
        entities: document.entities.iter().map(|entity| format!("{} {}", entity.kind, entity.name)).collect(),
        place: format!("{}, {}", row.source, row.position),
        event: row.event.into_iter().collect(),
        evidence: LeafIndex(document.evidence),
        id: document.id,
    }
}
