//! Health: whether everything runs.

use super::chrome::{Chrome, Section, document};
use super::{chart, piece, text};
use maud::{Markup, html};
use model::EventTime;

/// The page.
#[derive(Debug, Clone)]
pub struct HealthView {
    /// Version of the program.
    pub version: String,
    /// Since when it runs.
    pub started: EventTime,
    /// Where mail and reports come from.
    pub sensors: Vec<SensorRow>,
    /// Messages that wait to be recorded, and how many may.
    pub queue: (u64, u64),
    /// Time of the latest group commit.
    pub last_commit: Option<EventTime>,
    /// What went wrong last, and when.
    pub last_error: Option<(String, EventTime)>,
    /// Letters that are not sent, in sentences.
    pub letters: Vec<String>,
    /// What is stored.
    pub store: StoreFigures,
    /// Messages by hour, oldest first: some two days.
    pub hours: Vec<HourCount>,
    /// How long a verdict took, by upper bound in milliseconds: messages in each class.
    pub latency: Vec<(u64, u64)>,
}

/// Where something comes from.
#[derive(Debug, Clone)]
pub struct SensorRow {
    /// Its name in the configuration.
    pub name: String,
    /// Its kind, such as `milter`.
    pub kind: String,
    /// How it is.
    pub state: SensorState,
    /// When it last delivered.
    pub last: Option<EventTime>,
    /// What it says of itself; may be empty.
    pub about: String,
}

/// How a sensor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SensorState {
    /// It delivers.
    Working,
    /// It is there and has nothing to do.
    Idle,
    /// It does not work.
    Failing,
}

impl SensorState {
    fn word(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Idle => "idle",
            Self::Failing => "failing",
        }
    }
}

/// What is stored.
#[derive(Debug, Clone, Copy, Default)]
pub struct StoreFigures {
    /// Feature records.
    pub messages: u64,
    /// Entries of the evidence log.
    pub entries: u64,
    /// Sealed originals.
    pub originals: u64,
    /// Size of everything, in bytes.
    pub bytes: u64,
    /// Space left on the disk, in bytes, where it is known.
    pub free_bytes: Option<u64>,
}

/// An hour's messages.
#[derive(Debug, Clone, Copy)]
pub struct HourCount {
    /// Any time of the hour.
    pub hour: EventTime,
    /// Messages.
    pub messages: u64,
}

/// Markup of the page.
pub fn render(view: &HealthView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Health" }, "Whether everything runs."))
        @if let Some((what, at)) = &view.last_error {
            p.notice.notice-refused { "Last error, " (text::ago(*at, chrome.now)) ": " (text::foreign(what)) }
        }
        @for told in &view.letters {
            p.notice.notice-refused { (text::foreign(told)) ". " a href="/letters" { "Letters" } }
        }
        section aria-labelledby="sensors" { h2 #sensors { "Sensors" } (sensors(view, chrome)) }
        section aria-labelledby="load" {
            h2 #load { "Load" }
            (chart::columns::hours(&view.hours))
            (queue(view, chrome))
        }
        div.halves {
            section aria-labelledby="speed" {
                h2 #speed { "How long a verdict took" }
                (chart::bars::latency(&view.latency))
            }
            section aria-labelledby="store" { h2 #store { "Store" } (store(view, chrome)) }
        }
    };
    document(chrome, Some(Section::Health), "Health", body)
}

fn sensors(view: &HealthView, chrome: &Chrome) -> Markup {
    html! {
        @if view.sensors.is_empty() {
            (piece::empty("No sensor is configured.", "Name a milter, a mailbox or a drop folder in the configuration."))
        }
        ul.sensors {
            @for sensor in &view.sensors {
                li class={ "sensor sensor-" (sensor.state.word()) } {
                    p.sensor-head {
                        span { strong { (text::foreign(&sensor.name)) } " " span.quiet { (text::visible(&sensor.kind)) } }
                        " " span.sensor-state { (sensor.state.word()) }
                    }
                    p {
                        @match sensor.last {
                            Some(last) => { "last delivery " (text::ago(last, chrome.now)) },
                            None => { "no delivery so far" },
                        }
                        @if !sensor.about.is_empty() { " · " (text::foreign(&sensor.about)) }
                    }
                }
            }
        }
    }
}

fn queue(view: &HealthView, chrome: &Chrome) -> Markup {
    let (waiting, limit) = view.queue;
    html! {
        p {
            "Waiting to be recorded: " (text::number(waiting)) " of at most " (text::number(limit)) ". "
            @match view.last_commit {
                Some(at) => { "Last recorded " (text::ago(at, chrome.now)) "." },
                None => { "Nothing was recorded since the start." },
            }
        }
    }
}

fn store(view: &HealthView, chrome: &Chrome) -> Markup {
    let figures = &view.store;
    html! {
        dl.facts.card {
            div { dt { "Mails recorded" } dd { (text::number(figures.messages)) } }
            div { dt { "Evidence entries" } dd { (text::number(figures.entries)) } }
            div { dt { "Sealed originals" } dd { (text::number(figures.originals)) } }
            div { dt { "Size" } dd { (text::bytes(figures.bytes)) } }
            @if let Some(free) = figures.free_bytes { div { dt { "Space left" } dd { (text::bytes(free)) } } }
            div { dt { "Version" } dd { (text::visible(&view.version)) } }
            div { dt { "Running since" } dd { (text::ago(view.started, chrome.now)) } }
        }
    }
}
