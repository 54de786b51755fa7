//! Campaigns: what was found, the latest first.

use super::judging;
use super::query::{self, Query};
use crate::error::Failure;
use crate::page::campaigns::{CampaignSummary, CampaignsView, Standing, render};
use crate::state::State;
use crate::visitor::Person;
use axum::extract::State as Shared;
use maud::Markup;
use model::{EventTime, Likelihood};
use runtime::data::Data;
use runtime::overview::{self, CampaignHead};
use std::sync::Arc;

/// Campaigns on one page.
const PAGE: usize = 50;

/// The page.
pub(crate) async fn list(
    Shared(state): Shared<Arc<State>>,
    person: Person,
    Query(query): Query,
) -> Result<Markup, Failure> {
    let wanted = Standing::ALL.into_iter().find(|standing| standing.word() == query.get("standing"));
    let from: usize = query::number(query.get("from"))?;
    state
        .work(move |state| {
            let data = state.live.data()?;
            let view = view(&data, wanted, from)?;
            Ok(render(&view, &state.chrome(&person, &data)?))
        })
        .await
}

fn view(data: &Data, wanted: Option<Standing>, from: usize) -> Result<CampaignsView, Failure> {
    let mut rows = Vec::new();
    for head in overview::concerns(data)? {
        let standing = judging::standing(data, &head.id)?;
        if wanted.is_none_or(|wanted| wanted == standing) {
            rows.push(summary(head, standing));
        }
    }
    let (campaigns, next) = query::cut(rows.into_iter(), from, PAGE);
    let word = wanted.map_or("", Standing::word);
    let next = next.map(|from| query::with("/campaigns", &[("standing", word), ("from", &from.to_string())]));
    Ok(CampaignsView { campaigns, standing: wanted, next })
}

/// A campaign in short, as several pages show it.
pub(crate) fn summary(head: CampaignHead, standing: Standing) -> CampaignSummary {
    let states = head.states.iter().filter_map(|(word, count)| {
        Some((word.parse().ok()?, usize::try_from(*count).unwrap_or(usize::MAX)))
    });
    CampaignSummary {
        states: states.collect(),
        opened: usize::try_from(head.opened).unwrap_or(usize::MAX),
        standing,
        likelihood: likelihood(&head.likelihood),
        first: EventTime(head.first),
        last: EventTime(head.last),
        messages: head.messages,
        senders: head.senders,
        daily: head.daily,
        id: head.id,
        name: head.name,
    }
}

/// The band that a stored word names. A word that none has, left by another version, is taken for the middle.
pub(crate) fn likelihood(word: &str) -> Likelihood {
    const MIDDLES: [f64; 7] = [0.02, 0.15, 0.3, 0.45, 0.65, 0.85, 0.97];
    let mut bands = MIDDLES.into_iter().map(Likelihood::of);
    bands.find(|band| band.to_string() == word).unwrap_or(Likelihood::RealisticPossibility)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_band_is_known_by_its_word() {
        for probability in 0..=100 {
            let band = Likelihood::of(f64::from(probability) / 100.0);
            assert_eq!(likelihood(&band.to_string()), band);
        }
    }
}
