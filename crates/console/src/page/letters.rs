//! Letters: what is to be sent or was, and what a person has to say of those that are stuck.

use super::chrome::{Chrome, Section, document};
use super::form::{self, Action, Look, Permission};
use super::{piece, text};
use maud::{Markup, html};
use model::EventTime;

/// The page.
#[derive(Debug, Clone)]
pub struct LettersView {
    /// Letters, the latest first.
    pub letters: Vec<LetterRow>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// A letter. Its address is not here: it would tell who a member is.
#[derive(Debug, Clone)]
pub struct LetterRow {
    /// Identifier, as in the paths of its forms.
    pub id: String,
    /// What it is, such as `Warning W-17`.
    pub what: String,
    /// Path of the page that tells more.
    pub path: Option<String>,
    /// How far it has come.
    pub state: LetterState,
    /// Since when.
    pub since: EventTime,
    /// How often a server was asked.
    pub attempts: u64,
    /// Why the last attempt failed; empty where none did.
    pub problem: String,
    /// Say what became of it.
    pub resolve: Permission,
}

/// How far a letter has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterState {
    /// It waits for its time, or is being sent.
    Waiting,
    /// A server took it.
    Sent,
    /// Nobody knows whether a server took it.
    InDoubt,
    /// It was refused for good, or too often.
    GivenUp,
}

impl LetterState {
    fn words(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::InDoubt => "in doubt",
            Self::GivenUp => "given up",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Waiting => "outcome",
            Self::Sent => "outcome outcome-done",
            Self::InDoubt | Self::GivenUp => "outcome outcome-refused",
        }
    }
}

/// Markup of the page.
pub fn render(view: &LettersView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Letters" }, "What was decided to be sent, and whether a mail server took it."))
        @if view.letters.is_empty() {
            (piece::empty("No letter so far.", "Warnings and released mails appear here once two persons have decided."))
        }
        @for letter in &view.letters { (card(letter, chrome)) }
        (piece::next(view.next.as_deref()))
        p { a href="/decisions" { "Back to decisions" } }
    };
    document(chrome, Some(Section::Decisions), "Letters", body)
}

fn card(letter: &LetterRow, chrome: &Chrome) -> Markup {
    html! {
        article.card {
            header {
                h2 {
                    @match &letter.path {
                        Some(path) => a href=(text::local(path)) { (text::foreign(&letter.what)) },
                        None => (text::foreign(&letter.what)),
                    }
                }
                span class=(letter.state.class()) { (letter.state.words()) }
            }
            p {
                "Since " (text::when(letter.since))
                @if letter.attempts > 0 { ", after " (text::counted(letter.attempts, "attempt")) }
            }
            @if !letter.problem.is_empty() { blockquote { (text::foreign(&letter.problem)) } }
            (forms(letter, chrome))
        }
    }
}

fn forms(letter: &LetterRow, chrome: &Chrome) -> Markup {
    let base = format!("/letters/{}", text::segment(&letter.id));
    let because = Some(("reason", "How do you know? Others will read this."));
    html! {
        div.actions role="group" aria-label="What became of it" {
            (form::action(chrome, &letter.resolve, &Action {
                path: &format!("{base}/again"), label: "Send again", asks: because,
                about: "It did not arrive. The mail server is asked again.", look: Look::Plain,
            }))
            (form::action(chrome, &letter.resolve, &Action {
                path: &format!("{base}/sent"), label: "It did arrive", asks: because,
                about: "It is taken for sent, and not sent again.", look: Look::Plain,
            }))
        }
    }
}
