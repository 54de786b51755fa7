//! Quarantine: messages kept from their readers until a person has looked.

use super::chrome::{Chrome, Section, document};
use super::{piece, text};
use maud::{Markup, html};
use model::EventTime;

/// The page.
#[derive(Debug, Clone)]
pub struct QuarantineView {
    /// Messages, the latest first.
    pub messages: Vec<QuarantinedMessage>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// A message in short.
#[derive(Debug, Clone)]
pub struct QuarantinedMessage {
    /// Identifier, as in its path.
    pub id: String,
    /// When it came.
    pub received: EventTime,
    /// When it is deleted.
    pub expires: EventTime,
    /// Author's address.
    pub from: String,
    /// Subject.
    pub subject: String,
    /// Recipients.
    pub recipients: u64,
    /// 0 to 100.
    pub score: u8,
    /// The strongest reason, in words.
    pub because: String,
    /// What became of it.
    pub state: QuarantineState,
    /// The campaign of concern that it belongs to, with its name.
    pub campaign: Option<(String, String)>,
}

/// What became of a quarantined message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuarantineState {
    /// Kept.
    Kept,
    /// Somebody proposes to release it.
    ReleaseProposed,
    /// Delivered to its recipients.
    Released,
    /// Deleted at its end of time.
    Expired,
}

impl QuarantineState {
    fn words(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::ReleaseProposed => "release proposed",
            Self::Released => "released",
            Self::Expired => "deleted",
        }
    }
}

/// Markup of the page.
pub fn render(view: &QuarantineView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Quarantine" }, "Kept from their readers, sealed, and deleted after 30 days."))
        @if view.messages.is_empty() {
            (piece::empty("The quarantine is empty.", "Mails that look like phishing appear here."))
        } @else {
            (table(view, chrome.now))
            (piece::next(view.next.as_deref()))
        }
        p { a href="/blocked" { "Blocked senders" } " · " a href="/reported" { "Reported mails" } }
    };
    document(chrome, Some(Section::Quarantine), "Quarantine", body)
}

fn table(view: &QuarantineView, now: EventTime) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Mails in quarantine" {
            table.list {
                thead { tr {
                    th scope="col" { "Mail" } th scope="col" { "Received" } th.number scope="col" { "Score" }
                    th scope="col" { "Why" } th.number scope="col" { "To" } th scope="col" { "State" }
                } }
                tbody { @for message in &view.messages { (row(message, now)) } }
            }
        }
    }
}

fn row(message: &QuarantinedMessage, now: EventTime) -> Markup {
    html! {
        tr {
            th scope="row" {
                a href={ "/quarantine/" (text::segment(&message.id)) } {
                    @if message.subject.is_empty() { "(no subject)" } @else { (text::foreign(&message.subject)) }
                }
                div.quiet { (text::foreign(&message.from)) }
            }
            td { (text::when(message.received)) div.quiet { "deleted " (text::ago(message.expires, now)) } }
            td.number { (message.score) }
            td {
                (text::foreign(&message.because))
                @if let Some((id, name)) = &message.campaign { div { (piece::campaign(id, name)) } }
            }
            td.number { (text::number(message.recipients)) }
            td { (message.state.words()) }
        }
    }
}
