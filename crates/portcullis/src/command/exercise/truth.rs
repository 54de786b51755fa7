//! The exercise's truth, read only to measure what was found.

use anyhow::{Context, Result};
use runtime::row::CampaignRow;
use serde::Deserialize;
use std::collections::HashSet;
use std::path::Path;

/// What the exercise planted.
#[derive(Debug, Deserialize)]
pub(super) struct Planted {
    pub(super) id: String,
    pub(super) messages: HashSet<String>,
    pub(super) members: HashSet<String>,
    pub(super) opened: HashSet<String>,
}

impl Planted {
    fn without_brackets(mut self) -> Self {
        self.messages = self.messages.iter().map(|id| id.trim_matches(['<', '>']).to_owned()).collect();
        self
    }
}

/// Reads what the exercise planted.
pub(super) fn read(input: &Path) -> Result<Vec<Planted>> {
    let path = input.join("truth/campaigns.jsonl");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let parse =
        |line| serde_json::from_str(line).with_context(|| format!("{}: not a campaign", path.display()));
    text.lines().map(|line| parse(line).map(Planted::without_brackets)).collect()
}

/// How well one planted campaign was found.
#[derive(Debug, Clone, Default)]
pub(super) struct Measure {
    /// Messages planted.
    pub(super) messages: usize,
    /// Of these, in the campaign of concern that holds most of them.
    pub(super) found: usize,
    /// Other messages in that campaign.
    pub(super) strangers: usize,
    /// Members planted, and of these found.
    pub(super) members: (usize, usize),
    /// Openings planted, found, and found wrongly.
    pub(super) opened: (usize, usize, usize),
    /// Messages until the first alert.
    pub(super) first_alert: Option<usize>,
    /// Campaigns of concern that hold some of it.
    pub(super) parts: usize,
    /// Id of the campaign.
    pub(super) campaign: Option<String>,
}

/// Compares one planted campaign with what was found.
pub(super) fn measure(planted: &Planted, found: &[CampaignRow]) -> Measure {
    let shared =
        |campaign: &CampaignRow| campaign.messages.iter().filter(|id| planted.messages.contains(*id)).count();
    let holding: Vec<&CampaignRow> =
        found.iter().filter(|campaign| campaign.concern && shared(campaign) > 0).collect();
    let mut measure = Measure {
        messages: planted.messages.len(),
        members: (planted.members.len(), 0),
        opened: (planted.opened.len(), 0, 0),
        parts: holding.len(),
        ..Measure::default()
    };
    let Some(best) = holding.iter().max_by_key(|campaign| shared(campaign)) else { return measure };
    measure.found = shared(best);
    measure.strangers = best.messages.len() - measure.found;
    measure.members.1 = planted.members.iter().filter(|member| best.members.contains_key(*member)).count();
    let opened: HashSet<&String> =
        best.members.iter().filter(|(_, state)| *state == "opened").map(|(member, _)| member).collect();
    measure.opened.1 = opened.iter().filter(|member| planted.opened.contains(**member)).count();
    measure.opened.2 = opened.len() - measure.opened.1;
    measure.first_alert = best.first_alert.as_ref().map(|alert| alert.after_messages);
    measure.campaign = Some(best.id.clone());
    measure
}

/// Campaigns of concern in which nothing was planted.
pub(super) fn false_campaigns(planted: &[Planted], found: &[CampaignRow]) -> usize {
    let is_planted = |campaign: &CampaignRow| {
        campaign.messages.iter().any(|id| planted.iter().any(|other| other.messages.contains(id)))
    };
    found.iter().filter(|campaign| campaign.concern && !is_planted(campaign)).count()
}
