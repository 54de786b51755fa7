//! Decisions: what one person proposed and another approved or refused.

use super::chrome::{Chrome, Section, document};
use super::form::{self, Action, Look, Permission};
use super::{piece, text};
use maud::{Markup, html};
use model::{EventTime, LeafIndex};

/// The page.
#[derive(Debug, Clone)]
pub struct DecisionsView {
    /// Proposals that wait for a second person.
    pub open: Vec<DecisionView>,
    /// Decided ones, the latest first.
    pub closed: Vec<DecisionView>,
    /// Path of the next page of decided ones.
    pub next: Option<String>,
}

/// One proposal.
#[derive(Debug, Clone)]
pub struct DecisionView {
    /// Identifier, as in the path of its forms.
    pub id: String,
    /// What is to be done.
    pub kind: DecisionKind,
    /// What it is about, such as a campaign's name.
    pub about: String,
    /// Path of the page about it.
    pub path: Option<String>,
    /// How much it touches, such as `40 members` or `104 mails in 38 mailboxes`; may be empty.
    pub extent: String,
    /// Why it was proposed.
    pub reason: String,
    /// Account that proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed: EventTime,
    /// When the proposal lapses, if it does.
    pub lapses: Option<EventTime>,
    /// How it ended, if it did.
    pub outcome: Option<Outcome>,
    /// Texts that an approver has to read first, such as drafts of warnings.
    pub texts: Vec<String>,
    /// Entry of the proposal or, once it is decided, of the decision.
    pub evidence: Option<LeafIndex>,
    /// Approve it.
    pub approve: Permission,
    /// Refuse it.
    pub refuse: Permission,
    /// Take the own proposal back.
    pub withdraw: Permission,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecisionKind {
    /// Confirm a campaign.
    Confirm,
    /// Dismiss a campaign.
    Dismiss,
    /// Send warnings.
    Warn,
    /// Hold a warning back.
    Hold,
    /// Move mails out of mailboxes.
    Purge,
    /// Bring removed mails back.
    Restore,
    /// Release a message from quarantine.
    Release,
    /// Block a sender.
    Block,
    /// Block a sender no longer.
    Unblock,
    /// Show who a member is.
    Unmask,
    /// Accept that a question of a case stays open.
    AcceptOpen,
    /// Change an account or a setting.
    Administer,
}

impl DecisionKind {
    fn words(self) -> &'static str {
        match self {
            Self::Confirm => "Confirm a campaign",
            Self::Dismiss => "Dismiss a campaign",
            Self::Warn => "Send warnings",
            Self::Hold => "Hold a warning",
            Self::Purge => "Remove mails from mailboxes",
            Self::Restore => "Bring removed mails back",
            Self::Release => "Release from quarantine",
            Self::Block => "Block a sender",
            Self::Unblock => "Block a sender no longer",
            Self::Unmask => "Show who a member is",
            Self::AcceptOpen => "Leave a question of a case open",
            Self::Administer => "Change an account or setting",
        }
    }
}

/// How a proposal ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Which way.
    pub word: OutcomeWord,
    /// Account that decided; `None` where it lapsed by itself.
    pub by: Option<String>,
    /// When.
    pub at: EventTime,
    /// What was said; may be empty.
    pub reason: String,
}

/// Which way a proposal ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutcomeWord {
    /// Approved, not yet carried out.
    Approved,
    /// Carried out.
    Done,
    /// Carried out in part, or not at all.
    Failed,
    /// Refused by a second person.
    Refused,
    /// Taken back by who proposed it.
    Withdrawn,
    /// Nobody decided in time.
    Lapsed,
}

impl OutcomeWord {
    fn word(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
        }
    }
}

/// Markup of the page.
pub fn render(view: &DecisionsView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Decisions" }, "What touches a person is proposed by one and approved by another."))
        section aria-labelledby="open" {
            h2 #open { "Proposed" }
            @if view.open.is_empty() {
                (piece::empty("No proposal waits.", "Measures are proposed on the page of a campaign or of a quarantined mail."))
            }
            @for decision in &view.open { (card(decision, chrome)) }
        }
        section aria-labelledby="closed" {
            h2 #closed { "Decided" }
            @if view.closed.is_empty() { p.quiet { "Nothing decided so far." } }
            @for decision in &view.closed { (card(decision, chrome)) }
            (piece::next(view.next.as_deref()))
        }
        p { a href="/letters" { "Letters that were decided to be sent" } }
    };
    document(chrome, Some(Section::Decisions), "Decisions", body)
}

/// One proposal with what was said of it and the forms to decide.
pub fn card(decision: &DecisionView, chrome: &Chrome) -> Markup {
    html! {
        article.card {
            header {
                h3 { (decision.kind.words()) ": " (about(decision)) }
                @if let Some(outcome) = &decision.outcome {
                    span class={ "outcome outcome-" (outcome.word.word()) } { (outcome.word.word()) }
                }
            }
            ol.steps { (proposed(decision, chrome)) (decided(decision)) }
            @if !decision.texts.is_empty() { (texts(decision)) }
            (forms(decision, chrome))
        }
    }
}

fn about(decision: &DecisionView) -> Markup {
    html! {
        @match &decision.path {
            Some(path) => a href=(text::local(path)) { (text::foreign(&decision.about)) },
            None => (text::foreign(&decision.about)),
        }
    }
}

fn proposed(decision: &DecisionView, chrome: &Chrome) -> Markup {
    html! {
        li {
            "Proposed by " strong { (text::foreign(&decision.proposed_by)) } ", " (text::when(decision.proposed))
            @if !decision.extent.is_empty() { " · " (text::foreign(&decision.extent)) }
            @if let (None, Some(lapses)) = (&decision.outcome, decision.lapses) {
                " · lapses " (text::ago(lapses, chrome.now))
            }
            " · " (piece::evidence(decision.evidence))
            @if !decision.reason.is_empty() { blockquote { (text::foreign(&decision.reason)) } }
        }
    }
}

fn decided(decision: &DecisionView) -> Markup {
    html! {
        @if let Some(outcome) = &decision.outcome {
            li {
                (outcome.word.word())
                @if let Some(by) = &outcome.by { " by " strong { (text::foreign(by)) } }
                ", " (text::when(outcome.at))
                @if !outcome.reason.is_empty() { blockquote { (text::foreign(&outcome.reason)) } }
            }
        }
    }
}

fn texts(decision: &DecisionView) -> Markup {
    html! {
        details {
            summary { "Read " (text::counted(decision.texts.len() as u64, "text")) " before you decide" }
            @for one in &decision.texts { pre.letter { (text::visible_lines(one)) } }
        }
    }
}

fn forms(decision: &DecisionView, chrome: &Chrome) -> Markup {
    let base = format!("/decisions/{}", text::segment(&decision.id));
    let of = |end: &str| format!("{base}/{end}");
    html! {
        div.actions role="group" aria-label="Decide" {
            (form::action(chrome, &decision.approve, &Action {
                path: &of("approve"), label: "Approve", about: "", asks: None, look: Look::Main,
            }))
            (form::action(chrome, &decision.refuse, &Action {
                path: &of("refuse"), label: "Refuse", about: "The proposal ends here, with your reason.",
                asks: Some(("reason", "Why not?")), look: Look::Plain,
            }))
            (form::action(chrome, &decision.withdraw, &Action {
                path: &of("withdraw"), label: "Withdraw", about: "", asks: None, look: Look::Plain,
            }))
        }
    }
}
