//! Blocked senders: whose mail is kept whatever it looks like, and the way back.

use super::chrome::{Chrome, Section, document};
use super::form::{self, Permission};
use super::{piece, text};
use maud::{Markup, html};
use model::{EventTime, LeafIndex};

/// The page.
#[derive(Debug, Clone)]
pub struct BlockedView {
    /// Senders by address.
    pub senders: Vec<BlockedRow>,
    /// Propose that mail by one is judged as any other again.
    pub unblock: Permission,
    /// Path of the next page.
    pub next: Option<String>,
}

/// A blocked sender.
#[derive(Debug, Clone)]
pub struct BlockedRow {
    /// Its address.
    pub address: String,
    /// Since when.
    pub since: EventTime,
    /// The entry of the decision.
    pub evidence: LeafIndex,
}

/// Markup of the page.
pub fn render(view: &BlockedView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Blocked senders" }, "Their mail is kept in quarantine, whatever it looks like."))
        @if view.senders.is_empty() {
            (piece::empty("No sender is blocked.", "It is proposed on the page of a mail in quarantine."))
        } @else {
            @for sender in &view.senders { (card(sender, view, chrome)) }
            (piece::next(view.next.as_deref()))
        }
        p { a href="/quarantine" { "Back to the quarantine" } }
    };
    document(chrome, Some(Section::Quarantine), "Blocked senders", body)
}

fn card(sender: &BlockedRow, view: &BlockedView, chrome: &Chrome) -> Markup {
    let fields = html! {
        p { "After a second person's approval their mail is judged as any other again." }
        input type="hidden" name="address" value=(sender.address);
        label.field { span { "Why? Others will read this." } textarea name="reason" rows="2" maxlength="2000" required {} }
        button.button type="submit" { "Propose to unblock" }
    };
    html! {
        article.card {
            header { h2 { (text::foreign(&sender.address)) } }
            p { "blocked " (text::ago(sender.since, chrome.now)) ", " (piece::evidence(Some(sender.evidence))) }
            @if view.unblock == Permission::Allowed {
                details.action {
                    summary.button { "Propose to unblock" }
                    (form::post(chrome, "/blocked/unblock", fields))
                }
            }
        }
    }
}
