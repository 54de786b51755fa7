//! The messages of one campaign, for a person: who had them when, and which came before the alert.

use crate::output::{self, plain};
use ::mail::hunt::Indicator;
use anyhow::Result;
use runtime::data::Data;
use runtime::hunt::{Hit, hunt};
use runtime::row::CampaignRow;
use std::collections::BTreeSet;

/// Messages that are listed; `campaign export` names all of them.
const LISTED_MAX: usize = 20;

/// Where begins what is known of a message after its time, and where its sender and subject do.
const FACTS_COLUMN: usize = 24;
const LETTER_COLUMN: usize = 4;

/// The first messages of a campaign, in order of time, and how many there are beside them.
pub(super) fn text(data: &Data, campaign: &CampaignRow) -> Result<String> {
    let mut text = "\nmessages, the first ones first\n".to_owned();
    for hit in recorded(data, campaign)? {
        let facts = format!("{} {}", beside_alert(campaign, &hit.time), members(campaign, &hit));
        text.push_str(&output::paragraph(&format!("  {}", hit.time), FACTS_COLUMN, facts.trim()));
        let letter = format!("{}: {}", plain(&hit.from), plain(&hit.subject));
        text.push_str(&output::paragraph("", LETTER_COLUMN, &letter));
    }
    let unlisted = campaign.messages.len().saturating_sub(LISTED_MAX);
    let more = match unlisted {
        0 => String::new(),
        _ => format!("  and {unlisted} more: `portcullis campaign export` names all\n"),
    };
    Ok(text + &more)
}

/// What is recorded of the first messages. Others may have taken their ids: only senders of the campaign count.
fn recorded(data: &Data, campaign: &CampaignRow) -> Result<Vec<Hit>> {
    let ids = campaign.messages.iter().take(LISTED_MAX).collect::<BTreeSet<_>>();
    let indicators: Vec<Indicator> = ids.iter().filter_map(|id| format!("id:{id}").parse().ok()).collect();
    let house = data.house().or_else(crate::command::mail::without_key)?;
    let mut hits = Vec::new();
    hunt(data, &house, &indicators, |hit| {
        if campaign.senders.contains(&hit.from) {
            hits.push(hit);
        }
        Ok(())
    })?;
    hits.sort_by(|a, b| (&a.time, &a.source).cmp(&(&b.time, &b.source)));
    hits.truncate(LISTED_MAX);
    Ok(hits)
}

/// Whether a message was there when a person was first alerted. Times are RFC 3339 in UTC, so they sort as texts.
fn beside_alert(campaign: &CampaignRow, time: &str) -> &'static str {
    match &campaign.first_alert {
        Some(alert) if time <= alert.time.as_str() => "before the alert,",
        Some(_) => "after the alert,",
        None => "",
    }
}

/// The members that a message was for, each with how far it came.
fn members(campaign: &CampaignRow, hit: &Hit) -> String {
    let state = |member: &String| campaign.members.get(member).map_or("", String::as_str);
    let named = hit.members.iter().map(|member| format!("{} {}", plain(member), state(member)));
    named.collect::<Vec<_>>().join(", ")
}
