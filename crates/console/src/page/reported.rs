//! Mails that members or others reported as suspicious.

use super::chrome::{Chrome, Section, document};
use super::{piece, text};
use maud::{Markup, html};
use model::EventTime;

/// The page.
#[derive(Debug, Clone)]
pub struct ReportedView {
    /// Reports, the latest first.
    pub reports: Vec<ReportedRow>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// One report.
#[derive(Debug, Clone)]
pub struct ReportedRow {
    /// When it arrived.
    pub received: EventTime,
    /// The member whose address it claims to come from.
    pub reporter: Option<String>,
    /// Author of the mail; empty where it is quoted in the report's text.
    pub from: String,
    /// Its subject, or that of the report.
    pub subject: String,
    /// What was made of it; `None` where it could not be judged.
    pub verdict: Option<String>,
    /// 0 to 100.
    pub score: u8,
    /// The campaign of concern that it belongs to, with its name.
    pub campaign: Option<(String, String)>,
}

/// Markup of the page.
pub fn render(view: &ReportedView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Reported mails" }, "What members and others took for suspicious, and what was made of it."))
        @if view.reports.is_empty() {
            (piece::empty("Nobody has reported a mail.", "Reports are read from a mailbox whose mode is \"reports\"."))
        } @else {
            (table(view))
            (piece::next(view.next.as_deref()))
        }
        p { a href="/quarantine" { "Back to the quarantine" } }
    };
    document(chrome, Some(Section::Quarantine), "Reported mails", body)
}

fn table(view: &ReportedView) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Reported mails" {
            table.list {
                thead { tr {
                    th scope="col" { "Mail" } th scope="col" { "Reported" } th scope="col" { "By" } th scope="col" { "What was made of it" }
                } }
                tbody { @for report in &view.reports { (row(report)) } }
            }
        }
    }
}

fn row(report: &ReportedRow) -> Markup {
    html! {
        tr {
            th scope="row" {
                @if report.subject.is_empty() { "(no subject)" } @else { (text::foreign(&report.subject)) }
                div.quiet { (text::foreign(&report.from)) }
            }
            td { (text::when(report.received)) }
            td { @match &report.reporter { Some(member) => (piece::member(member, None)), None => span.quiet { "no member" } } }
            td {
                @match &report.verdict {
                    Some(verdict) => { (text::visible(verdict)) ", " (report.score) " of 100" },
                    None => "Not judged: it is quoted in the report. Ask for it as an attachment.",
                }
                @if let Some((id, name)) = &report.campaign { div { (piece::campaign(id, name)) } }
            }
        }
    }
}
