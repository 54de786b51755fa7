//! My mail: what a member, as the controller of the own mail, may know of it.

use super::audit::{self, AuditRow};
use super::chrome::{Chrome, Section, document};
use super::member::{self, LedgerStep};
use super::warning::{self, WarningView};
use super::{piece, text};
use maud::{Markup, html};
use model::EventTime;

/// The page.
#[derive(Debug, Clone)]
pub struct OwnView {
    /// The member's name.
    pub name: String,
    /// Warnings to the member, the latest first.
    pub warnings: Vec<WarningView>,
    /// What campaigns did.
    pub steps: Vec<LedgerStep>,
    /// Mails that were not delivered as they came, the latest first.
    pub mails: Vec<OwnMail>,
    /// Who looked at the member's mail or identity.
    pub looks: Vec<AuditRow>,
}

/// A mail that was not delivered as it came.
#[derive(Debug, Clone)]
pub struct OwnMail {
    /// When it came.
    pub time: EventTime,
    /// Author's address.
    pub from: String,
    /// Subject.
    pub subject: String,
    /// What was done, in words, such as `delivered without what reports an opening`.
    pub done: String,
}

/// Markup of the page.
pub fn render(view: &OwnView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "My mail" }, "What was done to your mail, and who looked at it."))
        p.quiet { "For " (text::foreign(&view.name)) }
        section aria-labelledby="warnings" {
            h2 #warnings { "Warnings to you" }
            @if view.warnings.is_empty() { (piece::empty("No warning.", "If a campaign reaches you, you are told here and by mail.")) }
            @for one in &view.warnings { (warning::card(one, chrome)) }
        }
        section aria-labelledby="mails" {
            h2 #mails { "What was done to your mail" }
            @if view.mails.is_empty() { p.quiet { "Everything was delivered as it came." } } @else { (mails(&view.mails)) }
        }
        section aria-labelledby="steps" {
            h2 #steps { "Campaigns that wrote to you" }
            @if view.steps.is_empty() { p.quiet { "None." } } @else { (member::steps(&view.steps, chrome)) }
        }
        section aria-labelledby="looks" {
            h2 #looks { "Who looked" }
            @if view.looks.is_empty() { p.quiet { "Nobody looked at your mail." } } @else { (audit::table(&view.looks, chrome)) }
        }
    };
    document(chrome, Some(Section::Own), "My mail", body)
}

fn mails(mails: &[OwnMail]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Your mail" {
            table.list {
                thead { tr { th scope="col" { "When" } th scope="col" { "Mail" } th scope="col" { "What was done" } } }
                tbody {
                    @for mail in mails {
                        tr {
                            td { (text::when(mail.time)) }
                            th scope="row" { (text::foreign(&mail.subject)) div.quiet { (text::foreign(&mail.from)) } }
                            td { (text::foreign(&mail.done)) }
                        }
                    }
                }
            }
        }
    }
}
