//! Campaigns: what was found, the latest first.

use super::chrome::{Chrome, Section, document};
use super::piece::{self, StateCounts};
use super::{chart, form, text};
use maud::{Markup, html};
use model::{EventTime, Likelihood};

/// The page.
#[derive(Debug, Clone)]
pub struct CampaignsView {
    /// Campaigns of concern, in the order to show.
    pub campaigns: Vec<CampaignSummary>,
    /// Only these are shown; all where there is none.
    pub standing: Option<Standing>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// What a person has said of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has looked yet.
    Open,
    /// A person takes it for what it seems.
    Confirmed,
    /// A person takes it for something harmless.
    Dismissed,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 3] = [Self::Open, Self::Confirmed, Self::Dismissed];

    /// The word for it, as shown and as written in a query.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Confirmed => "confirmed",
            Self::Dismissed => "dismissed",
        }
    }
}

/// A campaign in short.
#[derive(Debug, Clone)]
pub struct CampaignSummary {
    /// `C-` and 16 hexadecimal digits.
    pub id: String,
    /// For people.
    pub name: String,
    /// What a person has said of it.
    pub standing: Standing,
    /// How likely it is a reconnaissance campaign.
    pub likelihood: Likelihood,
    /// Time of the first message.
    pub first: EventTime,
    /// Time of the latest message.
    pub last: EventTime,
    /// Messages in it.
    pub messages: u64,
    /// Sender accounts.
    pub senders: u64,
    /// Messages by day from the first to the last, for a spark line; long ones may be binned.
    pub daily: Vec<u64>,
    /// Members in each state.
    pub states: StateCounts,
    /// Members who opened, also those who were warned since.
    pub opened: usize,
}

/// Markup of the page.
pub fn render(view: &CampaignsView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Campaigns" }, "Mails that are likely to be one sender's work against your members."))
        (filter(view.standing))
        @if view.campaigns.is_empty() {
            (piece::empty(
                "No campaign here.",
                "One appears when several mails look like the same operation. Until then there is nothing to do.",
            ))
        } @else {
            (table(&view.campaigns))
            (piece::next(view.next.as_deref()))
        }
    };
    document(chrome, Some(Section::Campaigns), "Campaigns", body)
}

fn filter(chosen: Option<Standing>) -> Markup {
    form::get(
        "/campaigns",
        html! {
            label.field-inline {
                span { "Status" }
                select name="standing" {
                    option value="" selected[chosen.is_none()] { "all" }
                    @for standing in Standing::ALL {
                        option value=(standing.word()) selected[chosen == Some(standing)] { (standing.word()) }
                    }
                }
            }
            button.button type="submit" { "Show" }
        },
    )
}

fn table(campaigns: &[CampaignSummary]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Campaigns" {
            table.list {
                thead { tr {
                    th scope="col" { "Campaign" } th scope="col" { "How likely" } th scope="col" { "Mails over time" }
                    th.number scope="col" { "Mails" } th.number scope="col" { "Senders" }
                    th scope="col" { "Members" } th scope="col" { "Status" }
                } }
                tbody { @for campaign in campaigns { (row(campaign)) } }
            }
        }
    }
}

fn row(campaign: &CampaignSummary) -> Markup {
    html! {
        tr {
            th scope="row" {
                (piece::campaign(&campaign.id, &campaign.name))
                div.quiet { (text::day(campaign.first)) @if campaign.last.day() != campaign.first.day() { " to " (text::day(campaign.last)) } }
            }
            td { (piece::likelihood(campaign.likelihood)) }
            td { (chart::spark::line(&campaign.daily)) }
            td.number { (text::number(campaign.messages)) }
            td.number { (text::number(campaign.senders)) }
            td { (chart::share::states(&campaign.states)) (piece::states(&campaign.states)) (piece::had_opened(&campaign.states, campaign.opened)) }
            td { (standing(campaign.standing)) }
        }
    }
}

/// What a person has said of it, as a mark.
pub fn standing(standing: Standing) -> Markup {
    html! { span class={ "standing standing-" (standing.word()) } { (standing.word()) } }
}
