//! Evidence: the log that is never rewritten, and how anybody can check it.

use super::chrome::{Chrome, Section, document};
use super::{form, piece, text};
use maud::{Markup, html};
use model::{EventTime, LeafIndex};

/// The page.
#[derive(Debug, Clone)]
pub struct EvidenceView {
    /// The latest checkpoint; `None` before the first entry.
    pub checkpoint: Option<CheckpointView>,
    /// Entries, the latest first.
    pub entries: Vec<EntryRow>,
    /// What can be taken away.
    pub downloads: Vec<Download>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// A signed statement on the whole log.
#[derive(Debug, Clone)]
pub struct CheckpointView {
    /// Name of the log.
    pub origin: String,
    /// Entries in it.
    pub tree_size: u64,
    /// Root hash in hexadecimal digits.
    pub root_hash: String,
    /// When it was published.
    pub time: EventTime,
    /// The signed note as it is on disk.
    pub note: String,
    /// The key with which anybody checks it.
    pub verifier_key: String,
    /// Names of witnesses that cosigned it.
    pub witnesses: Vec<String>,
}

/// An entry in short.
#[derive(Debug, Clone)]
pub struct EntryRow {
    /// Its position.
    pub leaf: LeafIndex,
    /// Its time.
    pub time: EventTime,
    /// Its kind, such as `mail.message`.
    pub kind: String,
    /// One line on it, without personal data; may be empty.
    pub about: String,
}

/// A file that can be taken away.
#[derive(Debug, Clone)]
pub struct Download {
    /// What it is.
    pub label: String,
    /// Its path on this server, beginning with `/`.
    pub path: String,
}

/// Markup of the page.
pub fn render(view: &EvidenceView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(
            html! { "Evidence" },
            "What was recorded can be added to, and never changed without being noticed.",
        ))
        @match &view.checkpoint {
            Some(checkpoint) => (summary(checkpoint, &view.downloads, chrome)),
            None => (piece::empty(
                "Nothing is recorded yet.",
                "The first mail that is looked at makes the first entry.",
            )),
        }
        @if !view.entries.is_empty() { (entries(view)) }
    };
    document(chrome, Some(Section::Evidence), "Evidence", body)
}

fn summary(checkpoint: &CheckpointView, files: &[Download], chrome: &Chrome) -> Markup {
    html! {
        div.halves {
            section.card aria-labelledby="checkpoint" {
                h2 #checkpoint { "Latest checkpoint" }
                (facts(checkpoint, chrome))
                details { summary { "The signed note" } pre.note { (text::visible_lines(&checkpoint.note)) } }
                (downloads(files))
            }
            section.card aria-labelledby="offline" { (offline(checkpoint)) }
        }
    }
}

fn facts(checkpoint: &CheckpointView, chrome: &Chrome) -> Markup {
    html! {
        dl.facts {
            div { dt { "Entries" } dd { (text::number(checkpoint.tree_size)) } }
            div { dt { "Published" } dd { (text::ago(checkpoint.time, chrome.now)) } }
            div { dt { "Log" } dd { (text::foreign(&checkpoint.origin)) } }
            div { dt { "Root hash" } dd { code.hash { (text::visible(&checkpoint.root_hash)) } } }
            div { dt { "Witnesses" } dd {
                @if checkpoint.witnesses.is_empty() { "none yet" }
                @else { (text::foreign(&checkpoint.witnesses.join(", "))) }
            } }
        }
    }
}

/// Files to take away, each by its name.
pub fn downloads(files: &[Download]) -> Markup {
    html! {
        @if !files.is_empty() {
            p { "Take away:" }
            ul.plain {
                @for file in files { li { a href=(text::local(&file.path)) download { (text::foreign(&file.label)) } } }
            }
        }
    }
}

fn offline(checkpoint: &CheckpointView) -> Markup {
    html! {
        h2 #offline { "Check it without us" }
        ol.steps {
            li { "Copy the folder of the log to another machine." }
            li { "Take the key below from somebody you trust, not from the copy." }
            li { "Run " code { "portcullis evidence verify FOLDER --key KEY" } "." }
        }
        p { "It needs no network, and it names every entry that was altered." }
        p { "Key: " code.hash { (text::visible(&checkpoint.verifier_key)) } }
    }
}

fn entries(view: &EvidenceView) -> Markup {
    html! {
        section aria-labelledby="entries" {
            h2 #entries { "Entries" }
            (form::get("/evidence", html! {
                label.field-inline {
                    span { "Go to entry" }
                    input type="number" name="leaf" min="0" required;
                }
                button.button type="submit" { "Show" }
            }))
            div.scroll tabindex="0" role="region" aria-label="Entries" {
                table.list {
                    thead { tr { th scope="col" { "Entry" } th scope="col" { "When" } th scope="col" { "Kind" } th scope="col" { "About" } } }
                    tbody {
                        @for entry in &view.entries {
                            tr {
                                td { (piece::evidence(Some(entry.leaf))) }
                                td { (text::when(entry.time)) }
                                td { code { (text::visible(&entry.kind)) } }
                                td { (text::foreign(&entry.about)) }
                            }
                        }
                    }
                }
            }
            (piece::next(view.next.as_deref()))
        }
    }
}
