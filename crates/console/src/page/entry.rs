//! One entry of the evidence log, with the proof that it is in the log.

use super::chrome::{Chrome, Section, document};
use super::evidence::{CheckpointView, Download, downloads};
use super::{chart, piece, text};
use maud::{Markup, html};
use model::{EventTime, LeafIndex};

/// The page.
#[derive(Debug, Clone)]
pub struct EntryView {
    /// Its position.
    pub leaf: LeafIndex,
    /// Its time.
    pub time: EventTime,
    /// Its kind.
    pub kind: String,
    /// The entry as it is in the log: canonical JSON.
    pub json: String,
    /// Its leaf hash in hexadecimal digits.
    pub leaf_hash: String,
    /// Hashes of the inclusion proof in hexadecimal digits, from the leaf upwards (RFC 6962, 2.1.1).
    pub proof: Vec<String>,
    /// The checkpoint under which it is proved.
    pub checkpoint: CheckpointView,
    /// The payload that the entry commits to, where the viewer may see it.
    pub payload: Option<String>,
    /// Whether the salt was erased, so that the commitment names nobody any more.
    pub is_erased: bool,
    /// What can be taken away, such as the proof as a file.
    pub downloads: Vec<Download>,
}

/// Markup of the page.
pub fn render(view: &EntryView, chrome: &Chrome) -> Markup {
    let title = format!("Entry {}", text::number(view.leaf.0));
    let body = html! {
        (piece::heading(html! { (title) }, ""))
        dl.facts.card {
            div { dt { "Kind" } dd { code { (text::visible(&view.kind)) } } }
            div { dt { "When" } dd { (text::when(view.time)) } }
            div { dt { "Leaf hash" } dd { code.hash { (text::visible(&view.leaf_hash)) } } }
        }
        section aria-labelledby="entry" { h2 #entry { "As it is in the log" } pre.note { (text::visible_lines(&view.json)) } }
        section aria-labelledby="payload" { h2 #payload { "What it commits to" } (payload(view)) }
        section aria-labelledby="proof" {
            h2 #proof { "Proof that it is in the log" }
            (chart::proof::inclusion(view))
            (downloads(&view.downloads))
        }
    };
    document(chrome, Some(Section::Evidence), &title, body)
}

fn payload(view: &EntryView) -> Markup {
    html! {
        @match (&view.payload, view.is_erased) {
            (_, true) => p { "Its salt was erased. The log still verifies, and the commitment names nobody any more." },
            (Some(payload), false) => pre.note { (text::visible_lines(payload)) },
            (None, false) => p.quiet { "Personal data is not in the log. You are not shown what this entry commits to." },
        }
    }
}
