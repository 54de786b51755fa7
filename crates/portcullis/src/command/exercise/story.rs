//! What `make run` ends in: a story that a person can read in a minute.

use super::intruder::{self, Seen};
use super::{electors, truth};
use crate::command::campaign::states;
use crate::output::plain;
use ::exercise::Summary as Written;
use anyhow::Result;
use runtime::clock;
use runtime::data::Data;
use runtime::ledger;
use runtime::row::{CampaignRow, ReasonRow};
use runtime::scan::Summary;
use std::fmt::Write;
use std::path::Path;

/// Reasons that are named of one campaign.
const REASONS_TOLD: usize = 4;

pub(super) fn tell(
    data: &mut Data,
    input: &Path,
    (written, seen): (&Written, &Seen),
    summary: &Summary,
    (disarmed, harmless): (u64, &Path),
) -> Result<String> {
    let mut text = String::new();
    let of_concern: Vec<&CampaignRow> =
        summary.findings.campaigns.iter().filter(|campaign| campaign.concern).collect();
    writeln!(text, "\nEXERCISE LANTERN: everybody in this story is invented.\n")?;
    writeln!(
        text,
        "{} mails to {} members of an assembly were read; {} of the members are in a protected group.\n{} campaigns of concern were found.",
        summary.messages,
        written.members,
        written.forum,
        of_concern.len()
    )?;
    for campaign in &of_concern {
        chapter(&mut text, campaign)?;
    }
    writeln!(
        text,
        "\nDISARMED\n  {disarmed} mails in {} can no longer report who opens them; the originals are sealed in {}.",
        harmless.display(),
        data.folder().join("blobs").display()
    )?;
    openings(&mut text, data)?;
    compared(&mut text, input, &summary.findings.campaigns)?;
    intruder::tell(&mut text, data, input, seen)?;
    electors::tell(&mut text, data, input, clock::now())?;
    closing(&mut text, data)?;
    Ok(text)
}

fn chapter(text: &mut String, campaign: &CampaignRow) -> Result<()> {
    writeln!(text, "\n{}  {}", campaign.id, plain(&campaign.name))?;
    writeln!(text, "  {} that this is reconnaissance", campaign.likelihood)?;
    if let Some(alert) = &campaign.first_alert {
        writeln!(
            text,
            "  first alert {}, when {} of its {} messages had arrived",
            alert.time,
            alert.after_messages,
            campaign.messages.len()
        )?;
    }
    let members =
        states(campaign).iter().map(|(state, count)| format!("{count} {state}")).collect::<Vec<_>>();
    writeln!(text, "  members     {}", members.join(", "))?;
    told(text, "because     ", campaign.reasons.iter().filter(|reason| reason.weight > 0.0))?;
    told(text, "against     ", campaign.reasons.iter().filter(|reason| reason.weight < 0.0))?;
    for linked in &campaign.linked {
        writeln!(
            text,
            "  linked      {} that {} is by the same cluster; not merged",
            linked.likelihood, linked.id
        )?;
        told(text, "  for       ", linked.reasons.iter().filter(|reason| reason.weight > 0.0))?;
        told(text, "  against   ", linked.reasons.iter().filter(|reason| reason.weight < 0.0))?;
    }
    Ok(())
}

fn told<'a>(text: &mut String, title: &str, reasons: impl Iterator<Item = &'a ReasonRow>) -> Result<()> {
    let mut sorted: Vec<&ReasonRow> = reasons.collect();
    sorted.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    for (position, reason) in sorted.into_iter().take(REASONS_TOLD).enumerate() {
        let title = if position == 0 { title } else { "            " };
        writeln!(text, "  {title}{:+.1}  {}", reason.weight, plain(&reason.detail))?;
    }
    Ok(())
}

fn openings(text: &mut String, data: &Data) -> Result<()> {
    writeln!(text, "\nWHO OPENED (from the proxy's log; each with its entry in the evidence log)")?;
    for row in ledger::ledger(data)?.iter().filter(|row| row.state == "opened") {
        writeln!(text, "  {}  {}  {}  evidence {}", row.member, row.since, row.campaign, row.evidence)?;
    }
    Ok(())
}

/// The one place that looks at the truth, after everything was decided.
fn compared(text: &mut String, input: &Path, found: &[CampaignRow]) -> Result<()> {
    let planted = truth::read(input)?;
    writeln!(text, "\nAGAINST THE TRUTH OF THE EXERCISE")?;
    for campaign in &planted {
        let measure = truth::measure(campaign, found);
        writeln!(
            text,
            "  {}: {} of {} messages, {} of {} members, {} of {} openings and {} wrong",
            campaign.id,
            measure.found,
            measure.messages,
            measure.members.1,
            measure.members.0,
            measure.opened.1,
            measure.opened.0,
            measure.opened.2
        )?;
    }
    writeln!(text, "  false campaigns: {}", truth::false_campaigns(&planted, found))?;
    Ok(())
}

fn closing(text: &mut String, data: &Data) -> Result<()> {
    let folder = data.folder().display();
    writeln!(text, "\nEVIDENCE\n  {} entries in {}", data.evidence.len(), data.evidence_folder().display())?;
    writeln!(text, "  public key  {}", data.evidence.vkey())?;
    writeln!(text, "\nTry\n  portcullis evidence verify {folder}")?;
    writeln!(
        text,
        "  portcullis campaign list --data {folder}\n  portcullis member show M004 --data {folder}"
    )?;
    writeln!(text, "  portcullis case list --data {folder}")?;
    writeln!(
        text,
        "  portcullis mail hunt subject:WORD --data {folder}\n\n  (the program is target/release/portcullis)"
    )?;
    Ok(())
}
