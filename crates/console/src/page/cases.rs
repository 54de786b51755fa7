//! Cases: what was seen of intruders, the latest first.

use super::chrome::{Chrome, Section, document};
use super::{form, piece, text};
use maud::{Markup, html};
use model::EventTime;
use watch::sigma::rule::Level;

/// The page.
#[derive(Debug, Clone)]
pub struct CasesView {
    /// Cases in the order to show.
    pub cases: Vec<CaseSummary>,
    /// Only these are shown; open and closed ones where there is none.
    pub status: Option<&'static str>,
    /// Path of the next page.
    pub next: Option<String>,
}

/// A case in short.
#[derive(Debug, Clone)]
pub struct CaseSummary {
    /// `CASE-1`.
    pub id: String,
    /// What it is called by.
    pub title: String,
    /// The gravest that was seen.
    pub level: Level,
    /// `forming`, `open`, `closed` or `joined`.
    pub status: &'static str,
    /// The first sighting.
    pub first: EventTime,
    /// The last one.
    pub last: EventTime,
    /// How many there are.
    pub sightings: u64,
    /// Hosts, accounts, addresses and paths; the first ones.
    pub entities: Vec<String>,
    /// How many entities there are.
    pub entity_count: usize,
    /// Questions that keep it open.
    pub open_questions: usize,
}

/// What the list can be narrowed to.
pub const STATUSES: [&str; 4] = ["open", "closed", "forming", "joined"];

/// Markup of the page.
pub fn render(view: &CasesView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(
            html! { "Cases" },
            "What was seen on one host, account, address or path. A case stays open until four questions are settled.",
        ))
        (filter(view.status))
        @if view.cases.is_empty() {
            (piece::empty(
                "No case here.",
                "One opens when a grave rule finds something in your logs. Under Sources you see which logs are read.",
            ))
        } @else {
            (table(&view.cases))
            (piece::next(view.next.as_deref()))
        }
    };
    document(chrome, Some(Section::Cases), "Cases", body)
}

fn filter(chosen: Option<&str>) -> Markup {
    form::get(
        "/cases",
        html! {
            label.field-inline {
                span { "Status" }
                select name="status" {
                    option value="" selected[chosen.is_none()] { "open and closed" }
                    @for status in STATUSES {
                        option value=(status) selected[chosen == Some(status)] { (status) }
                    }
                }
            }
            button.button type="submit" { "Show" }
        },
    )
}

fn table(cases: &[CaseSummary]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Cases" {
            table.list {
                thead { tr {
                    th scope="col" { "Case" } th scope="col" { "Level" } th scope="col" { "On" }
                    th scope="col" { "First and last seen" } th.number scope="col" { "Sightings" }
                    th scope="col" { "Status" }
                } }
                tbody { @for case in cases { (row(case)) } }
            }
        }
    }
}

fn row(case: &CaseSummary) -> Markup {
    html! {
        tr {
            th scope="row" {
                a href={ "/cases/" (text::segment(&case.id)) } { (text::foreign(&case.title)) }
                br; span.quiet { (text::visible(&case.id)) }
            }
            td { (level(case.level)) }
            td { (entities(&case.entities, case.entity_count)) }
            td { (text::when(case.first)) br; (text::when(case.last)) }
            td.number { (text::number(case.sightings)) }
            td {
                (case.status)
                @if case.status == "open" && case.open_questions > 0 {
                    br; span.quiet { (text::counted(case.open_questions as u64, "question")) " open" }
                }
            }
        }
    }
}

fn entities(names: &[String], count: usize) -> Markup {
    html! {
        @for name in names { (text::foreign(name)) br; }
        @if count > names.len() { span.quiet { "and " (text::number((count - names.len()) as u64)) " more" } }
    }
}

/// A level, told by colour and by word.
pub fn level(level: Level) -> Markup {
    html! { span class={ "level level-" (level.word()) } { (level.word()) } }
}
