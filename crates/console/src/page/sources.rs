//! Sources: which logs are read, how far, and who fell silent.

use super::chrome::{Chrome, Section, document};
use super::{piece, text};
use maud::{Markup, html};
use model::EventTime;
use runtime::watch::standing::SourceState;

/// The page.
#[derive(Debug, Clone)]
pub struct SourcesView {
    /// In the order of the configuration.
    pub sources: Vec<SourceView>,
    /// Why nothing is read at present.
    pub failure: Option<String>,
    /// Rules in force, and of these how many could fire.
    pub rules: (usize, usize),
}

/// A source of logs.
#[derive(Debug, Clone)]
pub struct SourceView {
    /// What the house calls it.
    pub name: String,
    /// Where it is.
    pub path: String,
    /// How it does.
    pub state: SourceState,
    /// When it was heard last, or since when it is listened to.
    pub heard: EventTime,
    /// The newest event that it told.
    pub newest: Option<EventTime>,
    /// Files, events and records that could not be read.
    pub counts: [u64; 3],
    /// Bytes that wait.
    pub lag_bytes: u64,
    /// Hours of silence after which somebody is told.
    pub silent_after_hours: u64,
    /// What could not be read last.
    pub last_defect: Option<String>,
}

/// Markup of the page.
pub fn render(view: &SourcesView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Sources" }, "The logs that are read. What nobody collects, no rule finds."))
        @if let Some(failure) = &view.failure {
            p.notice.notice-refused { "Nothing is read at present: " (text::foreign(failure)) }
        }
        @if view.sources.is_empty() {
            (piece::empty("No source is configured.", "Name logs in the configuration, each in a section [logs.NAME]."))
        } @else {
            p {
                (text::counted(view.rules.0 as u64, "rule")) " in force; " (text::number(view.rules.1 as u64))
                " of them could find something in what these logs say. " a href="/rules" { "Rules" }
            }
            (table(&view.sources, chrome))
        }
    };
    document(chrome, Some(Section::Sources), "Sources", body)
}

fn table(sources: &[SourceView], chrome: &Chrome) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Sources" {
            table.list {
                thead { tr {
                    th scope="col" { "Source" } th scope="col" { "State" } th scope="col" { "Newest event" }
                    th.number scope="col" { "Waiting" } th.number scope="col" { "Files" } th.number scope="col" { "Events" }
                    th.number scope="col" { "Unreadable" }
                } }
                tbody { @for source in sources { (row(source, chrome)) } }
            }
        }
    }
}

fn row(source: &SourceView, chrome: &Chrome) -> Markup {
    let [files, events, defects] = source.counts;
    html! {
        tr {
            th scope="row" {
                (text::foreign(&source.name))
                br; span.quiet { (text::foreign(&source.path)) }
                @if let Some(defect) = &source.last_defect { br; span.quiet { "Last unreadable: " (text::foreign(defect)) } }
            }
            td {
                span class={ "sensor-state " (tone(source.state)) } { (source.state.word()) }
                br; span.quiet { (since(source, chrome)) }
            }
            td {
                @match source.newest {
                    Some(newest) => { (text::when(newest)) },
                    None => { span.quiet { "none since the start" } },
                }
            }
            td.number { (text::bytes(source.lag_bytes)) }
            td.number { (text::number(files)) }
            td.number { (text::number(events)) }
            td.number { (text::number(defects)) }
        }
    }
}

fn since(source: &SourceView, chrome: &Chrome) -> Markup {
    html! {
        @match source.state {
            SourceState::Waiting => { "listened to since " (text::ago(source.heard, chrome.now)) },
            SourceState::Speaking => { "heard " (text::ago(source.heard, chrome.now)) },
            SourceState::Silent => { "not heard since " (text::ago(source.heard, chrome.now)) },
            SourceState::Missing => { "no such file or folder" },
        }
        ", told after " (text::counted(source.silent_after_hours, "hour")) " of silence"
    }
}

fn tone(state: SourceState) -> &'static str {
    match state {
        SourceState::Speaking => "sensor-working",
        SourceState::Waiting => "sensor-idle",
        SourceState::Silent | SourceState::Missing => "sensor-failing",
    }
}
