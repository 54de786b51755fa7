//! The messages of one campaign, for a person: who had them when, and which came before the alert.

use crate::output::{self, plain};
use anyhow::Result;
use runtime::data::Data;
use runtime::hunt::{Hit, of_campaign};
use runtime::row::CampaignRow;

/// Messages that are listed; `campaign export` names all of them.
const LISTED_MAX: usize = 20;

/// Where begins what is known of a message after its time, and where its sender and subject do.
const FACTS_COLUMN: usize = 24;
const LETTER_COLUMN: usize = 4;

/// The first messages of a campaign, in order of time, and how many there are beside them.
pub(super) fn text(data: &Data, campaign: &CampaignRow) -> Result<String> {
    let mut text = "\nmessages, the first ones first\n".to_owned();
    let house = data.house().or_else(crate::command::mail::without_key)?;
    for hit in of_campaign(data, &house, campaign, LISTED_MAX)? {
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
