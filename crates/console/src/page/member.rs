//! One member: what each campaign did, and which warnings there are.

use super::chrome::{Chrome, Section, document};
use super::form::{self, Action, Look, Permission};
use super::warning::{self, WarningView};
use super::{piece, text};
use maud::{Markup, html};
use model::{EventTime, LeafIndex, MemberState};

/// The page.
#[derive(Debug, Clone)]
pub struct MemberView {
    /// Identifier.
    pub id: String,
    /// Who it is, where the viewer was shown it.
    pub identity: Option<Identity>,
    /// The ledger of this member, in order of time.
    pub steps: Vec<LedgerStep>,
    /// Warnings, the latest first.
    pub warnings: Vec<WarningView>,
    /// Show who it is, for a purpose that is put on record.
    pub unmask: Permission,
}

/// Who a member is. Groups reveal political opinion.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Name.
    pub name: String,
    /// Addresses.
    pub addresses: Vec<String>,
    /// Protected groups.
    pub groups: Vec<String>,
}

/// A change in the ledger.
#[derive(Debug, Clone)]
pub struct LedgerStep {
    /// When it happened.
    pub time: EventTime,
    /// The campaign.
    pub campaign: String,
    /// Its name.
    pub campaign_name: String,
    /// The state that was reached.
    pub state: MemberState,
    /// The entry that shows it.
    pub evidence: Option<LeafIndex>,
}

/// Markup of the page.
pub fn render(view: &MemberView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Member " (text::foreign(&view.id)) }, ""))
        (identity(view, chrome))
        section aria-labelledby="ledger" {
            h2 #ledger { "What happened" }
            @if view.steps.is_empty() {
                (piece::empty("No campaign reached this member.", "There is nothing to do."))
            } @else { (steps(&view.steps, chrome)) }
        }
        section aria-labelledby="warnings" {
            h2 #warnings { "Warnings" }
            @if view.warnings.is_empty() { p.quiet { "None. They are proposed on the page of a campaign." } }
            @for one in &view.warnings { (warning::card(one, chrome)) }
        }
    };
    document(chrome, Some(Section::Members), &format!("Member {}", view.id), body)
}

fn identity(view: &MemberView, chrome: &Chrome) -> Markup {
    html! {
        @match &view.identity {
            Some(identity) => dl.facts.card {
                div { dt { "Name" } dd { (text::foreign(&identity.name)) } }
                div { dt { "Addresses" } dd { @for address in &identity.addresses { (text::foreign(address)) br; } } }
                div { dt { "Groups" } dd { @for group in &identity.groups { (text::foreign(group)) br; } } }
            },
            None => (form::action(chrome, &view.unmask, &Action {
                path: &format!("/members/{}/unmask", text::segment(&view.id)),
                label: "Show who this is",
                about: "What you write is put on record, and the auditor reads it.",
                asks: Some(("purpose", "For what purpose?")),
                look: Look::Plain,
            })),
        }
    }
}

/// Changes in the ledger as a table.
pub fn steps(steps: &[LedgerStep], chrome: &Chrome) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Ledger" {
            table.list {
                thead { tr {
                    th scope="col" { "When" } th scope="col" { "Campaign" } th scope="col" { "State" } th scope="col" { "Evidence" }
                } }
                tbody {
                    @for step in steps {
                        tr {
                            td { (text::when(step.time)) }
                            td { (piece::campaign_for(chrome, &step.campaign, &step.campaign_name)) }
                            td { (piece::state(step.state)) }
                            td { (piece::evidence_for(chrome, step.evidence)) }
                        }
                    }
                }
            }
        }
    }
}
