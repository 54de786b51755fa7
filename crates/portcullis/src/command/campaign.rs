//! `campaign list`, `campaign show`, `campaign export`.

mod messages;

use crate::arguments::{Campaign, CampaignExport, CampaignList, CampaignShow, Format};
use crate::output::{self, BadInput, Outcome, plain};
use anyhow::Result;
use runtime::data::Data;
use runtime::ledger;
use runtime::row::{CampaignRow, ReasonRow};
use std::collections::BTreeMap;
use std::fmt::Write;

pub(crate) fn run(verb: &Campaign) -> Result<Outcome> {
    match verb {
        Campaign::List(arguments) => list(arguments),
        Campaign::Show(arguments) => show(arguments),
        Campaign::Export(arguments) => export(arguments),
    }
}

fn list(arguments: &CampaignList) -> Result<Outcome> {
    let all = ledger::campaigns(&Data::open_reading(&arguments.data.data)?)?;
    let wanted: Vec<&CampaignRow> = all.iter().filter(|campaign| arguments.all || campaign.concern).collect();
    output::rows(arguments.printing.format, &wanted, || table(&wanted))?;
    Ok(Outcome::Done)
}

fn export(arguments: &CampaignExport) -> Result<Outcome> {
    let all = ledger::campaigns(&Data::open_reading(&arguments.data.data)?)?;
    let format = if arguments.format == Format::Table { Format::Jsonl } else { arguments.format };
    output::rows(format, &all, String::new)?;
    Ok(Outcome::Done)
}

fn show(arguments: &CampaignShow) -> Result<Outcome> {
    let data = Data::open_reading(&arguments.data.data)?;
    let all = ledger::campaigns(&data)?;
    let mut fitting = all.iter().filter(|campaign| campaign.id.starts_with(&arguments.id));
    let (Some(campaign), None) = (fitting.next(), fitting.next()) else {
        return Err(BadInput(format!(
            "`{}` names no campaign, or several: see `campaign list --all`",
            arguments.id
        ))
        .into());
    };
    let text = match arguments.printing.format {
        Format::Table => describe(campaign) + &messages::text(&data, campaign)?,
        Format::Json | Format::Jsonl => String::new(),
    };
    output::rows(arguments.printing.format, &[campaign], || text)?;
    Ok(Outcome::Done)
}

/// Campaigns, a line each.
pub(crate) fn table(campaigns: &[&CampaignRow]) -> String {
    if campaigns.is_empty() {
        return "no campaign\n".to_owned();
    }
    let mut table = output::table(&["campaign", "concern", "what", "first alert", "members"]);
    for campaign in campaigns {
        let concern = if campaign.concern { campaign.likelihood.clone() } else { "no".to_owned() };
        let members = states(campaign)
            .iter()
            .map(|(state, count)| format!("{count} {state}"))
            .chain(had_opened(campaign).map(|count| format!("{count} had opened")))
            .collect::<Vec<_>>()
            .join("\n");
        // A line a word, which leaves the room to the name.
        let concern = concern.replace(' ', "\n");
        table.add_row([campaign.id.clone(), concern, plain(&campaign.name), alert(campaign), members]);
    }
    output::keep_whole(&mut table, &[0, 1, 3, 4]);
    format!("{table}\n")
}

fn alert(campaign: &CampaignRow) -> String {
    campaign
        .first_alert
        .as_ref()
        .map(|alert| format!("{}\nat message {}", alert.time, alert.after_messages))
        .unwrap_or_default()
}

/// How many opened, where their states do not say so any more because some were warned since.
fn had_opened(campaign: &CampaignRow) -> Option<usize> {
    let count = campaign.opened.len();
    (states(campaign).get("opened").copied().unwrap_or(0) < count).then_some(count)
}

/// Members by state.
pub(crate) fn states(campaign: &CampaignRow) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    campaign.members.values().for_each(|state| *counts.entry(state.as_str()).or_default() += 1);
    counts
}

/// Columns before what is said of a campaign, and before what is said of a reason.
const NAME_COLUMNS: usize = 13;
const REASON_COLUMNS: usize = 30;

/// Everything known of a campaign but its messages, for a person.
fn describe(campaign: &CampaignRow) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| text.push_str(&output::paragraph(name, NAME_COLUMNS, value));
    line("campaign", &campaign.id);
    line("what", &plain(&campaign.name));
    line(
        "concern",
        &format!("{} that it is reconnaissance (log-odds {:+.1})", campaign.likelihood, campaign.log_odds),
    );
    line("first alert", &alert(campaign).replace('\n', ", "));
    line(
        "from, to",
        &format!(
            "{} to {}",
            campaign.first.as_deref().unwrap_or("?"),
            campaign.last.as_deref().unwrap_or("?")
        ),
    );
    line("senders", &plain(&campaign.senders.join(", ")));
    line("hosts", &plain(&campaign.hosts.join(", ")));
    line("messages", &campaign.messages.len().to_string());
    for (state, count) in states(campaign) {
        let of_state =
            campaign.members.iter().filter(|(_, other)| *other == state).map(|(member, _)| member.as_str());
        line(state, &format!("{count}: {}", of_state.collect::<Vec<_>>().join(" ")));
    }
    if let Some(count) = had_opened(campaign) {
        line("had opened", &format!("{count}: {}", campaign.opened.join(" ")));
    }
    reasons(&mut text, "for and against", &campaign.reasons);
    for linked in &campaign.linked {
        reasons(
            &mut text,
            &format!("{} that {} is by the same cluster", linked.likelihood, linked.id),
            &linked.reasons,
        );
    }
    text
}

fn reasons(text: &mut String, title: &str, reasons: &[ReasonRow]) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "\n{title}");
    let mut sorted: Vec<&ReasonRow> = reasons.iter().collect();
    sorted.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    for reason in sorted {
        let name = format!("  {:+5.1}  {:20} ", reason.weight, reason.code);
        text.push_str(&output::paragraph(&name, REASON_COLUMNS, &plain(&reason.detail)));
    }
}
