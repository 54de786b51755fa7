//! Hunt: who received something, after it became known.

use super::chrome::{Chrome, Section, document};
use super::{form, piece, text};
use maud::{Markup, html};
use model::EventTime;

/// The page.
#[derive(Debug, Clone, Default)]
pub struct HuntView {
    /// What is asked for; empty before the first question.
    pub query: String,
    /// Why the question could not be understood.
    pub fault: Option<String>,
    /// The answer.
    pub answer: Option<Answer>,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Messages, the latest first: as many as one page holds.
    pub hits: Vec<Hit>,
    /// All that match.
    pub total: u64,
    /// Recorded messages that were asked.
    pub searched: u64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Path of the next page.
    pub next: Option<String>,
}

/// A message that matches.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Its time.
    pub time: EventTime,
    /// Author's address.
    pub from: String,
    /// Subject.
    pub subject: String,
    /// Members it was sent to, by identifier.
    pub members: Vec<String>,
    /// The campaign of concern that it belongs to, with its name.
    pub campaign: Option<(String, String)>,
}

/// Ways to ask, each with what it finds.
const KINDS: [(&str, &str); 6] = [
    ("editor@paper.example", "mail by this author"),
    ("paper.example", "mail by this domain, or that loads something from it"),
    ("https://t.example/o/*", "mail that refers to this address; * is any text"),
    ("64 hexadecimal digits", "an attachment, or a whole mail, with this SHA-256"),
    ("subject:harbour vote", "mail whose subject has all of these words"),
    ("id:1@paper.example", "this Message-ID"),
];

/// Markup of the page.
pub fn render(view: &HuntView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Hunt" }, "Ask who received something, over all mail that was ever recorded."))
        (question(view))
        @if let Some(fault) = &view.fault { p.notice.notice-refused role="alert" { (text::foreign(fault)) } }
        @match &view.answer {
            Some(answer) => (found(answer)),
            None => {},
        }
        (hints())
    };
    document(chrome, Some(Section::Hunt), "Hunt", body)
}

fn question(view: &HuntView) -> Markup {
    form::get(
        "/hunt",
        html! {
            label.field-wide {
                span { "Sender, domain, address of a page, digest, subject" }
                input type="search" name="q" value=(view.query) autocomplete="off" spellcheck="false";
            }
            button.button.button-main type="submit" { "Hunt" }
        },
    )
}

fn found(answer: &Answer) -> Markup {
    html! {
        p role="status" {
            strong { (text::counted(answer.total, "mail")) } " of " (text::number(answer.searched))
            ", in " (text::number(answer.took_ms)) " ms"
        }
        @if answer.hits.is_empty() {
            (piece::empty("Nobody received this.", "Later mail is not watched for it: hunt again when you learn more."))
        } @else { (hits(&answer.hits)) (piece::next(answer.next.as_deref())) }
    }
}

fn hits(hits: &[Hit]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Mails found" {
            table.list {
                thead { tr {
                    th scope="col" { "When" } th scope="col" { "Mail" } th scope="col" { "Members" } th scope="col" { "Campaign" }
                } }
                tbody { @for hit in hits { (row(hit)) } }
            }
        }
    }
}

fn row(hit: &Hit) -> Markup {
    html! {
        tr {
            td { (text::when(hit.time)) }
            th scope="row" { (text::foreign(&hit.subject)) div.quiet { (text::foreign(&hit.from)) } }
            td { @for member in &hit.members { (piece::member(member, None)) " " } }
            td {
                @match &hit.campaign {
                    Some((id, name)) => (piece::campaign(id, name)),
                    None => span.quiet { "none" },
                }
            }
        }
    }
}

fn hints() -> Markup {
    html! {
        section.card aria-labelledby="hints" {
            h2 #hints { "Ways to ask" }
            dl.facts { @for (example, finds) in KINDS { div { dt { code { (example) } } dd { (finds) } } } }
        }
    }
}
