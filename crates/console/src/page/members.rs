//! Members: the ledger as a matrix of members and campaigns.

use super::chrome::{Chrome, Section, document};
use super::{form, piece, text};
use maud::{Markup, html};
use model::MemberState;

/// The page.
#[derive(Debug, Clone)]
pub struct MembersView {
    /// Columns: campaigns of concern, in order of time.
    pub campaigns: Vec<CampaignColumn>,
    /// Rows.
    pub members: Vec<MemberRow>,
    /// What is asked for.
    pub filter: MemberFilter,
    /// Members that the filter lets through, on all pages.
    pub total: u64,
    /// Path of the next page.
    pub next: Option<String>,
}

/// A column of the matrix.
#[derive(Debug, Clone)]
pub struct CampaignColumn {
    /// The campaign.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A row of the matrix.
#[derive(Debug, Clone)]
pub struct MemberRow {
    /// Identifier.
    pub id: String,
    /// Name, where the viewer was shown it.
    pub name: Option<String>,
    /// How it stands for each column; `None` where the campaign did not write to the member.
    pub standings: Vec<Option<Standing>>,
}

/// How far a campaign came with a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The furthest state.
    pub state: MemberState,
    /// Whether the member opened, which a later warning does not undo.
    pub has_opened: bool,
}

impl Standing {
    /// Whether it is what somebody looks for who asks for a state.
    pub fn is(self, wanted: MemberState) -> bool {
        self.state == wanted || wanted == MemberState::Opened && self.has_opened
    }
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct MemberFilter {
    /// Part of an identifier.
    pub text: String,
    /// Only members with this state in some campaign.
    pub state: Option<MemberState>,
    /// Only this campaign's members.
    pub campaign: Option<String>,
}

/// Markup of the page.
pub fn render(view: &MembersView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Members" }, "How far each campaign came with each member."))
        (filter(view))
        @if view.members.is_empty() {
            (piece::empty("No member here.", "Ask for less above, or wait until a campaign is found."))
        } @else {
            p.quiet { (text::counted(view.total, "member")) }
            (matrix(view))
            (piece::next(view.next.as_deref()))
        }
        (legend())
    };
    document(chrome, Some(Section::Members), "Members", body)
}

fn filter(view: &MembersView) -> Markup {
    let chosen = &view.filter;
    form::get(
        "/members",
        html! {
            label.field-inline { span { "Identifier" } input type="search" name="text" value=(chosen.text); }
            label.field-inline {
                span { "State" }
                select name="state" {
                    option value="" { "any" }
                    @for state in MemberState::ALL {
                        option value=(state.word()) selected[chosen.state == Some(state)] { (state.word()) }
                    }
                }
            }
            label.field-inline {
                span { "Campaign" }
                select name="campaign" {
                    option value="" { "any" }
                    @for campaign in &view.campaigns {
                        option value=(campaign.id) selected[chosen.campaign.as_ref() == Some(&campaign.id)] {
                            (text::visible(&campaign.name))
                        }
                    }
                }
            }
            button.button type="submit" { "Show" }
        },
    )
}

fn matrix(view: &MembersView) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Ledger" {
            table.list.matrix {
                thead { tr {
                    th scope="col" { "Member" }
                    @for campaign in &view.campaigns {
                        th scope="col" { (piece::campaign(&campaign.id, &campaign.name)) }
                    }
                } }
                tbody {
                    @for member in &view.members {
                        tr {
                            th scope="row" { (piece::member(&member.id, member.name.as_deref())) }
                            @for standing in &member.standings { td { (cell(*standing)) } }
                        }
                    }
                }
            }
        }
    }
}

fn cell(standing: Option<Standing>) -> Markup {
    let Some(Standing { state, has_opened }) = standing else { return html! { span.quiet { "–" } } };
    html! {
        (piece::state(state))
        @if has_opened && state != MemberState::Opened { " " (piece::state(MemberState::Opened)) }
    }
}

/// What the states mean, for those who see them for the first time.
pub fn legend() -> Markup {
    let about = |state: MemberState| match state {
        MemberState::Targeted => "a mail was addressed to the member; nothing shows that it arrived",
        MemberState::Blocked => "stopped before the mailbox",
        MemberState::Delivered => "in the mailbox, and still able to report an opening",
        MemberState::Disarmed => "in the mailbox, made unable to report an opening",
        MemberState::Opened => "the sender was told that the member opened it",
        MemberState::Warned => "the member was told",
    };
    html! {
        details.legend {
            summary { "What the states mean" }
            dl { @for state in MemberState::ALL { div { dt { (piece::state(state)) } dd { (about(state)) } } } }
        }
    }
}
