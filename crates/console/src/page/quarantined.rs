//! One message in quarantine: why it is kept and, for a purpose, what it says.

use super::chart::letter::Letter;
use super::chrome::{Chrome, Section, document};
use super::form::{self, Action, Look, Permission};
use super::quarantine::QuarantinedMessage;
use super::reason::ReasonView;
use super::{chart, piece, text};
use maud::{Markup, html};
use model::LeafIndex;

/// The page.
#[derive(Debug, Clone)]
pub struct QuarantinedView {
    /// The message in short.
    pub message: QuarantinedMessage,
    /// Its recipients, where the viewer may know them.
    pub recipients: Vec<String>,
    /// What speaks for and against.
    pub reasons: Vec<ReasonView>,
    /// What it says, once the viewer has named a purpose.
    pub preview: Option<Preview>,
    /// SHA-256 of the original in hexadecimal digits.
    pub digest: String,
    /// Entry that commits to it.
    pub evidence: Option<LeafIndex>,
    /// Look at it.
    pub view: Permission,
    /// Propose to release it.
    pub release: Permission,
    /// Propose to block its sender.
    pub block: Permission,
}

/// What a message says, without anything that could load or lead anywhere.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// Its text, in paragraphs.
    pub paragraphs: Vec<String>,
    /// Where its links would lead, each once.
    pub links: Vec<String>,
    /// How it would have looked, with its attachments.
    pub letter: Letter,
    /// What was left out, in words, such as `3 remote pictures`.
    pub removed: Vec<String>,
}

impl Preview {
    /// The preview of plain text: paragraphs are parted by blank lines.
    pub fn of_text(text: &str) -> Self {
        let text = text.replace("\r\n", "\n");
        let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
        Self { paragraphs: paragraphs.map(str::to_owned).collect(), ..Self::default() }
    }
}

/// Markup of the page.
pub fn render(view: &QuarantinedView, chrome: &Chrome) -> Markup {
    let message = &view.message;
    let body = html! {
        (piece::heading(html! {
            @if message.subject.is_empty() { "(no subject)" } @else { (text::foreign(&message.subject)) }
        }, ""))
        (facts(view, chrome))
        section aria-labelledby="why" { h2 #why { "Why it is kept" } (chart::bars::reasons(&view.reasons)) }
        section aria-labelledby="preview" { h2 #preview { "What it says" } (preview(view, chrome)) }
        (actions(view, chrome))
    };
    document(chrome, Some(Section::Quarantine), "Mail in quarantine", body)
}

fn facts(view: &QuarantinedView, chrome: &Chrome) -> Markup {
    let message = &view.message;
    html! {
        dl.facts.card {
            div { dt { "From" } dd { (text::foreign(&message.from)) } }
            div { dt { "To" } dd {
                @if view.recipients.is_empty() { (text::counted(message.recipients, "recipient")) }
                @for recipient in &view.recipients { (text::foreign(recipient)) br; }
            } }
            div { dt { "Received" } dd { (text::when(message.received)) } }
            div { dt { "Kept until" } dd { (text::day(message.expires)) " (" (text::ago(message.expires, chrome.now)) ")" } }
            div { dt { "Score" } dd { (message.score) " of 100" } }
            @if let Some((id, name)) = &message.campaign {
                div { dt { "Campaign" } dd { (piece::campaign(id, name)) } }
            }
            div { dt { "Evidence" } dd { (piece::evidence(view.evidence)) } }
            div { dt { "SHA-256" } dd { code.hash { (text::visible(&view.digest)) } } }
        }
    }
}

fn preview(view: &QuarantinedView, chrome: &Chrome) -> Markup {
    let path = format!("/quarantine/{}/view", text::segment(&view.message.id));
    html! {
        @match &view.preview {
            Some(preview) => (shown(preview)),
            None => (form::action(chrome, &view.view, &Action {
                path: &path, label: "Look at the mail",
                about: "You see its text and a drawing of it. Nothing is loaded. That you looked, and why, is put on record.",
                asks: Some(("purpose", "For what purpose?")), look: Look::Main,
            })),
        }
    }
}

fn shown(preview: &Preview) -> Markup {
    html! {
        div.halves {
            div { h3 { "How it looked" } (chart::letter::drawing(&preview.letter)) }
            div { h3 { "Text" } (words(preview)) (lists(preview)) }
        }
    }
}

fn words(preview: &Preview) -> Markup {
    html! {
        @if preview.paragraphs.is_empty() { p.quiet { "It has no text." } } @else {
            div.mail { @for paragraph in &preview.paragraphs { p { (text::visible_lines(paragraph)) } } }
        }
    }
}

fn lists(preview: &Preview) -> Markup {
    let list = |title: &str, rows: Vec<Markup>| {
        html! { @if !rows.is_empty() { h3 { (title) } ul.plain { @for row in &rows { li { (row) } } } } }
    };
    let link = |target: &String| html! { code.dead-link { (text::visible(target)) } };
    html! {
        (list("Links would lead to", preview.links.iter().map(link).collect()))
        (list("Left out", preview.removed.iter().map(|what| text::foreign(what)).collect()))
        (list("Attachments", preview.letter.attachments.iter().map(|name| text::foreign(name)).collect()))
    }
}

fn actions(view: &QuarantinedView, chrome: &Chrome) -> Markup {
    let base = format!("/quarantine/{}", text::segment(&view.message.id));
    html! {
        div.actions role="group" aria-label="What to do" {
            (form::action(chrome, &view.release, &Action {
                path: &format!("{base}/release"), label: "Propose release",
                about: "After a second person's approval it is delivered to its recipients.",
                asks: Some(("reason", "Why? Others will read this.")), look: Look::Plain,
            }))
            (form::action(chrome, &view.block, &Action {
                path: &format!("{base}/block"), label: "Block the sender",
                about: "Later mails by this sender are kept in quarantine.",
                asks: Some(("reason", "Why? Others will read this.")), look: Look::Grave,
            }))
        }
    }
}
