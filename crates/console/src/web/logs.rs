//! Sources of logs, and the rules that look at them.

use super::query::{self, Query};
use crate::error::Failure;
use crate::page::rules::{KINDS, RulesView, render as render_rules};
use crate::page::sources::{SourceView, SourcesView, render as render_sources};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use maud::Markup;
use runtime::watch::standing::{Reach, RuleStandingRow, SourceRow, View};
use std::cmp::Reverse;
use std::sync::Arc;
use watch::sigma::rule::Level;

/// Rules on one page.
const PAGE: usize = 100;
/// Rules out of force that are named.
const FAULTS_MAX: usize = 100;
/// Seconds of an hour.
const HOUR_SECS: i64 = 3_600;

/// The page of sources.
pub(crate) async fn sources(Shared(state): Shared<Arc<State>>, person: Person) -> Result<Markup, Failure> {
    state
        .work(move |state| {
            let View { sources, rules, failure, .. } = state.logs();
            let able = rules.iter().filter(|rule| rule.reach == Reach::Able).count();
            let view = SourcesView {
                sources: sources.into_iter().map(SourceView::from).collect(),
                failure,
                rules: (rules.len(), able),
            };
            let data = state.live.data()?;
            Ok(render_sources(&view, &state.chrome(&person, &data)?))
        })
        .await
}

/// The page of rules.
pub(crate) async fn rules(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Query(query): Query,
) -> Result<Markup, Failure> {
    let kind = KINDS.into_iter().map(|(word, _)| word).find(|word| *word == query.get("kind"));
    let text = query.get("text").trim().to_owned();
    let from: usize = query::number(query.get("from"))?;
    state
        .work(move |state| {
            let View { mut rules, mut faults, .. } = state.logs();
            let counts = KINDS.map(|(word, _)| rules.iter().filter(|rule| is_of(rule, word)).count());
            let folded = text.to_lowercase();
            rules.retain(|rule| kind.is_none_or(|kind| is_of(rule, kind)) && has_text(rule, &folded));
            rules.sort_by_key(|rule| Reverse((rule.fired, Level::from_word(&rule.level))));
            let (rules, next) = query::cut(rules.into_iter(), from, PAGE);
            let fault_count = faults.len();
            faults.truncate(FAULTS_MAX);
            let next = next.map(|next| {
                let (kind, next) = (kind.unwrap_or_default(), next.to_string());
                query::with("/rules", &[("kind", kind), ("text", &text), ("from", &next)])
            });
            let view = RulesView { rules, kind, text, counts, faults, fault_count, next };
            let data = state.live.data()?;
            Ok(render_rules(&view, &state.chrome(&person, &data)?))
        })
        .await
}

fn is_of(rule: &RuleStandingRow, kind: &str) -> bool {
    match kind {
        "fired" => rule.fired > 0,
        "able" => rule.reach == Reach::Able,
        "blind" => rule.reach == Reach::Blind,
        _ => rule.reach == Reach::Deaf,
    }
}

fn has_text(rule: &RuleStandingRow, folded: &str) -> bool {
    [&rule.title, &rule.about, &rule.id].iter().any(|text| text.to_lowercase().contains(folded))
}

impl From<SourceRow> for SourceView {
    fn from(row: SourceRow) -> Self {
        Self {
            name: row.name,
            path: row.path,
            state: row.state,
            heard: row.heard,
            newest: row.newest.map(|newest| newest.time()),
            counts: [row.files, row.events, row.defects],
            lag_bytes: row.lag_bytes,
            silent_after_hours: (row.silent_after_secs / HOUR_SECS).unsigned_abs(),
            last_defect: row.last_defect,
        }
    }
}
