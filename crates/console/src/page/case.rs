//! One case: what was seen, when, on what, and what must be known before it is over.

use super::cases::{CaseSummary, level};
use super::chart::sightings::{self, Lane};
use super::chrome::{Chrome, Section, document};
use super::decisions::{self, DecisionView};
use super::form::{self, Action, Look, Permission};
use super::{piece, text};
use maud::{Markup, html};
use model::{EventTime, LeafIndex};
use watch::case::{Question, Stand};
use watch::sigma::rule::Level;

/// The page.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// The case in short.
    pub summary: CaseSummary,
    /// How it ended, or what it was joined to.
    pub ended: Option<Ended>,
    /// How often it was opened again, and when last.
    pub reopened: Option<(u32, EventTime)>,
    /// What found something, with when.
    pub lanes: Vec<Lane>,
    /// ATT&CK techniques with their first time.
    pub techniques: Vec<(String, EventTime)>,
    /// The four questions.
    pub questions: Vec<QuestionView>,
    /// When the house became aware of a breach of personal data.
    pub aware_at: Option<EventTime>,
    /// Until when the supervisor must be told.
    pub supervisor_until: Option<EventTime>,
    /// Sightings in order of time, of this page.
    pub timeline: Vec<SightingView>,
    /// Path of the next page of sightings.
    pub next: Option<String>,
    /// Proposals to leave a question open.
    pub decisions: Vec<DecisionView>,
    /// Whether the viewer may work on it.
    pub may_work: Permission,
    /// Whether the viewer may close it, or why not.
    pub may_close: Permission,
}

/// How a case ended.
#[derive(Debug, Clone)]
pub enum Ended {
    /// Somebody closed it.
    Closed {
        /// The account.
        by: String,
        /// When.
        at: EventTime,
        /// What was concluded.
        conclusion: String,
    },
    /// It is part of an older case.
    Joined(String),
}

/// A question and how it stands.
#[derive(Debug, Clone)]
pub struct QuestionView {
    /// Which.
    pub question: Question,
    /// How it stands.
    pub stand: Stand,
    /// The answer, who gave it, and when.
    pub answer: Option<AnswerView>,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct AnswerView {
    /// In words.
    pub text: String,
    /// Sightings and entries of the evidence log.
    pub evidence: Vec<String>,
    /// Who answered, or both who accepted the question as open.
    pub by: String,
    /// When.
    pub at: EventTime,
}

/// A sighting.
#[derive(Debug, Clone)]
pub struct SightingView {
    /// Its id.
    pub id: String,
    /// When.
    pub time: EventTime,
    /// How grave.
    pub level: Level,
    /// What the rule finds.
    pub title: String,
    /// On whom and what.
    pub entities: Vec<String>,
    /// Where it was read.
    pub place: String,
    /// What the event says.
    pub event: Vec<(String, String)>,
    /// Its entry in the evidence log.
    pub evidence: LeafIndex,
}

/// Markup of the page.
pub fn render(view: &CaseView, chrome: &Chrome) -> Markup {
    let summary = &view.summary;
    let body = html! {
        (piece::heading(text::foreign(&summary.title), ""))
        (lead(view))
        section aria-labelledby="questions" {
            h2 #questions { "What must be known before it is over" }
            div.questions { @for question in &view.questions { (asked(view, question, chrome)) } }
        }
        (actions(view, chrome))
        section aria-labelledby="when" {
            h2 #when { "When" }
            (sightings::lanes(&view.lanes))
        }
        (techniques(view))
        (timeline(view))
        @if !view.decisions.is_empty() {
            section aria-labelledby="decided" {
                h2 #decided { "Decisions" }
                @for decision in &view.decisions { (decisions::card(decision, chrome)) }
            }
        }
    };
    document(chrome, Some(Section::Cases), &summary.title, body)
}

fn lead(view: &CaseView) -> Markup {
    let summary = &view.summary;
    html! {
        div.card.summary {
            div {
                p.lead { (level(summary.level)) " " (text::counted(summary.sightings, "sighting")) ", "
                    (text::when(summary.first)) " to " (text::when(summary.last)) "." }
                p {
                    @for name in &summary.entities { (text::foreign(name)) br; }
                    @if summary.entity_count > summary.entities.len() {
                        span.quiet { "and " (text::number((summary.entity_count - summary.entities.len()) as u64)) " more" }
                    }
                }
            }
            div { (standing(view)) (clocks(view)) p.quiet { "Identifier " code { (text::visible(&summary.id)) } } }
        }
    }
}

fn standing(view: &CaseView) -> Markup {
    html! {
        p { strong { (view.summary.status) }
            @match &view.ended {
                Some(Ended::Closed { by, at, conclusion }) => {
                    " by " (text::foreign(by)) ", " (text::when(*at)) ": " (text::foreign(conclusion))
                }
                Some(Ended::Joined(older)) => {
                    ": it is part of " a href={ "/cases/" (text::segment(older)) } { (text::visible(older)) }
                }
                None => {},
            }
        }
        @if let Some((times, at)) = view.reopened {
            p { "Opened again " (text::counted(u64::from(times), "time")) ", last " (text::when(at))
                ", because the intruder was seen again. What was answered before does not settle a question any more." }
        }
    }
}

fn clocks(view: &CaseView) -> Markup {
    html! {
        @match (view.aware_at, view.supervisor_until) {
            (Some(aware), Some(until)) => p {
                "Aware of a breach of personal data since " (text::when(aware)) ". The supervisor must be told until "
                strong { (text::when(until)) } " (UK GDPR, article 33), and people at high risk without undue delay (article 34)."
            },
            _ => p.quiet { "No clock of notification runs: nobody has said that personal data was or may have been touched." },
        }
    }
}

fn asked(view: &CaseView, question: &QuestionView, chrome: &Chrome) -> Markup {
    let base = format!("/cases/{}/{}", text::segment(&view.summary.id), question.question.word());
    let about = "Name what shows it: ids of sightings below, or numbers of entries of the evidence log, with spaces between.";
    html! {
        div.card {
            h3 { (question.question.text()) }
            p { span class={ "stand stand-" (question.stand.word()) } { (question.stand.word()) } }
            @if let Some(answer) = &question.answer { (given(answer)) }
            @if view.may_work == Permission::Allowed {
                details.action {
                    summary.button { "Answer" }
                    (form::post(chrome, &format!("{base}/answer"), html! {
                        p { (about) }
                        label.field { span { "The answer" } textarea name="reason" rows="3" maxlength="2000" required {} }
                        label.field { span { "What shows it" } input name="evidence" type="text" maxlength="2000" required; }
                        button.button.button-main type="submit" { "Answer" }
                    }))
                }
                @if !question.stand.is_settled() {
                    (form::action(chrome, &Permission::Allowed, &Action {
                        path: &format!("{base}/leave-open"), label: "Leave open",
                        about: "A second person has to agree that the case may be closed without an answer.",
                        asks: Some(("reason", "Why can it not be answered? Others will read this.")),
                        look: Look::Plain,
                    }))
                }
            }
        }
    }
}

fn given(answer: &AnswerView) -> Markup {
    html! {
        p { (text::foreign(&answer.text)) }
        p.quiet {
            @for shown in &answer.evidence {
                @if shown.bytes().all(|byte| byte.is_ascii_digit()) && shown.len() < 20 {
                    a.leaf href={ "/evidence/" (shown) } { "entry " (shown) }
                } @else {
                    a href={ "#s-" (text::visible(shown)) } { "sighting " (text::short(shown)) }
                }
                " "
            }
            (text::foreign(&answer.by)) ", " (text::when(answer.at))
        }
    }
}

fn actions(view: &CaseView, chrome: &Chrome) -> Markup {
    let of = |end: &str| format!("/cases/{}/{end}", text::segment(&view.summary.id));
    html! {
        div.actions role="group" aria-label="What to do" {
            (form::action(chrome, &view.may_close, &Action {
                path: &of("close"), label: "Close",
                about: "It opens again by itself when something is seen on the same host, account, address or path.",
                asks: Some(("reason", "What was concluded? Others will read this.")), look: Look::Main,
            }))
            (form::action(chrome, &view.may_work, &Action {
                path: &of("aware"), label: "Personal data was touched",
                about: "The clocks of notification run from now. To name an earlier time, use the command line.",
                asks: Some(("reason", "What was learned?")), look: Look::Plain,
            }))
        }
    }
}

fn techniques(view: &CaseView) -> Markup {
    html! {
        @if !view.techniques.is_empty() {
            section aria-labelledby="techniques" {
                h2 #techniques { "ATT&CK techniques, in the order in which they were seen" }
                ul { @for (technique, time) in &view.techniques { li { code { (text::visible(technique)) } " since " (text::when(*time)) } } }
            }
        }
    }
}

fn timeline(view: &CaseView) -> Markup {
    html! {
        section aria-labelledby="seen" {
            h2 #seen { "Everything that was seen" }
            div.scroll tabindex="0" role="region" aria-label="Sightings" {
                table.list {
                    thead { tr {
                        th scope="col" { "When" } th scope="col" { "What" } th scope="col" { "On" } th scope="col" { "Evidence" }
                    } }
                    tbody { @for sighting in &view.timeline { (seen(sighting)) } }
                }
            }
            (piece::next(view.next.as_deref()))
        }
    }
}

fn seen(sighting: &SightingView) -> Markup {
    html! {
        tr id={ "s-" (text::visible(&sighting.id)) } {
            td { (text::when(sighting.time)) }
            td {
                (level(sighting.level)) " " (text::foreign(&sighting.title))
                details {
                    summary { "What the log says" }
                    dl.event {
                        @for (name, value) in &sighting.event { dt { (text::foreign(name)) } dd { (text::foreign(value)) } }
                        dt { "read from" } dd { (text::foreign(&sighting.place)) }
                        dt { "sighting" } dd { code { (text::visible(&sighting.id)) } }
                    }
                }
            }
            td { @for name in &sighting.entities { (text::foreign(name)) br; } }
            td { (piece::evidence(Some(sighting.evidence))) }
        }
    }
}
