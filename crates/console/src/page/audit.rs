//! Audit: who looked at what, and for what purpose.

use super::chrome::{Chrome, Section, document};
use super::{form, piece, text};
use maud::{Markup, html};
use model::{EventTime, LeafIndex};

/// The page.
#[derive(Debug, Clone)]
pub struct AuditView {
    /// What was done, the latest first.
    pub rows: Vec<AuditRow>,
    /// Only this account's; all where it is empty.
    pub account: String,
    /// Path of the next page.
    pub next: Option<String>,
}

/// Something that somebody did.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// When.
    pub time: EventTime,
    /// Account.
    pub account: String,
    /// What, in words, such as `looked at a mail`.
    pub action: String,
    /// At or of what.
    pub about: String,
    /// The purpose or reason that was given; may be empty.
    pub purpose: String,
    /// Entry that shows it.
    pub evidence: Option<LeafIndex>,
}

/// Markup of the page.
pub fn render(view: &AuditView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Audit" }, "Who looked at what, and for what purpose. Each line has its entry in the evidence log."))
        (form::get("/audit", html! {
            label.field-inline { span { "Account" } input type="search" name="account" value=(view.account); }
            button.button type="submit" { "Show" }
        }))
        @if view.rows.is_empty() {
            (piece::empty("Nobody looked at anything.", "Every look at a mail or at who a member is will appear here."))
        } @else { (table(&view.rows, chrome)) (piece::next(view.next.as_deref())) }
    };
    document(chrome, Some(Section::Audit), "Audit", body)
}

/// The lines as a table.
pub fn table(rows: &[AuditRow], chrome: &Chrome) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Who looked" {
            table.list {
                thead { tr {
                    th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "What" }
                    th scope="col" { "Purpose" } th scope="col" { "Evidence" }
                } }
                tbody {
                    @for row in rows {
                        tr {
                            td { (text::when(row.time)) }
                            td { (text::foreign(&row.account)) }
                            td { (text::foreign(&row.action)) @if !row.about.is_empty() { div.quiet { (text::foreign(&row.about)) } } }
                            td { @if row.purpose.is_empty() { span.quiet { "none given" } } @else { (text::foreign(&row.purpose)) } }
                            td { (piece::evidence_for(chrome, row.evidence)) }
                        }
                    }
                }
            }
        }
    }
}
