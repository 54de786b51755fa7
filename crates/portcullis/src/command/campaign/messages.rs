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

/// The first messages of a campaign, in order of time, and how many there are beside them.
pub(super) fn text(data: &Data, campaign: &CampaignRow) -> Result<String> {
    let mut table = output::table(&["time", "alert", "from", "subject", "members"]);
    for hit in recorded(data, campaign)? {
        table.add_row([
            hit.time.clone(),
            beside_alert(campaign, &hit.time).to_owned(),
            plain(&hit.from),
            plain(&hit.subject),
            members(campaign, &hit),
        ]);
    }
    output::keep_whole(&mut table, &[0, 1]);
    let unlisted = campaign.messages.len().saturating_sub(LISTED_MAX);
    let more = match unlisted {
        0 => String::new(),
        _ => format!("and {unlisted} more: `portcullis campaign export` names all\n"),
    };
    Ok(format!("\nmessages, the first ones first\n{table}\n{more}"))
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
        Some(alert) if time <= alert.time.as_str() => "before",
        Some(_) => "after",
        None => "",
    }
}

/// The members that a message was for, each with how far it came.
fn members(campaign: &CampaignRow, hit: &Hit) -> String {
    let state = |member: &String| campaign.members.get(member).map_or("", String::as_str);
    let named = hit.members.iter().map(|member| format!("{} {}", plain(member), state(member)));
    named.collect::<Vec<_>>().join(", ")
}
