//! Today: what needs a person, oldest first.

use super::chrome::{Chrome, Section, document};
use super::{chart, piece, text};
use maud::{Markup, html};
use model::EventTime;

/// The page.
#[derive(Debug, Clone)]
pub struct TodayView {
    /// What the person who is signed in can act on.
    pub mine: Waiting,
    /// What waits for somebody else.
    pub others: Waiting,
    /// Figures of the last 24 hours.
    pub day: DayFigures,
    /// Messages, and those of them that were acted on, by day, oldest first: some two weeks.
    pub days: Vec<DayCount>,
}

/// Things that wait, as far as one page shows them.
#[derive(Debug, Clone, Default)]
pub struct Waiting {
    /// Those that have waited longest, in order.
    pub tasks: Vec<Task>,
    /// How many more there are.
    pub more: u64,
}

/// One thing that needs a person.
#[derive(Debug, Clone)]
pub struct Task {
    /// What kind of thing.
    pub kind: TaskKind,
    /// Since when it waits.
    pub since: EventTime,
    /// When it lapses or must be done, if ever.
    pub due: Option<EventTime>,
    /// What it is about, such as the campaign's name.
    pub title: String,
    /// One sentence more; may be empty.
    pub detail: String,
    /// Path of the page on which to act, beginning with `/`.
    pub path: String,
}

/// Kinds of things that need a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskKind {
    /// A campaign was found and nobody has confirmed or dismissed it.
    ConfirmCampaign,
    /// Warnings are drafted and wait for approval.
    ApproveWarnings,
    /// A warning is held, and the hold will lapse.
    HeldWarning,
    /// Somebody proposes to release a message from quarantine.
    ApproveRelease,
    /// Somebody proposes to move messages out of mailboxes.
    ApprovePurge,
    /// Another decision waits for a second person.
    ApproveOther,
    /// A sensor has stopped delivering.
    FailingSensor,
    /// An account that decides was handed over: whoever knows the person asks whether it is the right one.
    Handover,
    /// Letters that were decided on are not sent.
    Letters,
    /// A supplied copy of a register should be destroyed, and nobody attested it.
    OverdueCopy,
    /// The machine needs attention: space, queue, store.
    Machine,
}

impl TaskKind {
    fn words(self) -> &'static str {
        match self {
            Self::ConfirmCampaign => "Campaign to confirm",
            Self::ApproveWarnings => "Warnings to approve",
            Self::HeldWarning => "Warning on hold",
            Self::ApproveRelease => "Release to approve",
            Self::ApprovePurge => "Removal to approve",
            Self::ApproveOther => "Decision to approve",
            Self::FailingSensor => "Sensor not working",
            Self::Handover => "Account handed over",
            Self::Letters => "Letters not sent",
            Self::OverdueCopy => "Copy overdue",
            Self::Machine => "Machine",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::ConfirmCampaign => "kind kind-campaign",
            Self::ApproveWarnings | Self::HeldWarning | Self::Letters => "kind kind-warning",
            Self::ApproveRelease | Self::ApprovePurge | Self::ApproveOther => "kind kind-decision",
            Self::FailingSensor | Self::Handover | Self::OverdueCopy | Self::Machine => "kind kind-machine",
        }
    }
}

/// Figures of the last 24 hours.
#[derive(Debug, Clone, Copy, Default)]
pub struct DayFigures {
    /// Messages looked at.
    pub messages: u64,
    /// Delivered without what reports an opening.
    pub disarmed: u64,
    /// Kept in quarantine.
    pub quarantined: u64,
    /// Campaigns of concern that are not yet dismissed, of all time.
    pub campaigns: u64,
    /// Members whom such a campaign reached and who are not yet warned, of all time.
    pub unwarned: u64,
}

/// A day's messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCount {
    /// Any time of the day.
    pub day: EventTime,
    /// All messages.
    pub messages: u64,
    /// Those of them that were disarmed or quarantined.
    pub acted: u64,
}

/// Markup of the page.
pub fn render(view: &TodayView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Today" }, "What needs a person, oldest first."))
        div.columns {
            div.wide {
                section aria-labelledby="mine" {
                    h2 #mine { "Waiting for you" }
                    @if view.mine.tasks.is_empty() {
                        (piece::empty("Nothing waits for you.", "New campaigns and proposals will appear here."))
                    } @else { (list(&view.mine, chrome)) }
                }
                @if !view.others.tasks.is_empty() {
                    section aria-labelledby="others" {
                        h2 #others { "Waiting for somebody else" }
                        (list(&view.others, chrome))
                    }
                }
            }
            aside.narrow aria-label="The last days" {
                (figures(&view.day))
                (chart::columns::days(&view.days))
            }
        }
    };
    document(chrome, Some(Section::Today), "Today", body)
}

fn list(waiting: &Waiting, chrome: &Chrome) -> Markup {
    html! {
        ol.tasks { @for task in &waiting.tasks { li.task { (item(task, chrome)) } } }
        @if waiting.more > 0 {
            p.quiet {
                "And " (text::number(waiting.more)) " more, which came later: among "
                a href="/campaigns?standing=open" { "open campaigns" } " and " a href="/decisions" { "decisions" } "."
            }
        }
    }
}

fn item(task: &Task, chrome: &Chrome) -> Markup {
    html! {
        span class=(task.kind.class()) { (task.kind.words()) }
        a.task-title href=(text::local(&task.path)) { (text::foreign(&task.title)) }
        @if !task.detail.is_empty() { p.task-detail { (text::foreign(&task.detail)) } }
        p.task-time {
            (chrome.ago(task.since))
            @if let Some(due) = task.due {
                " · " span.due { @if due < chrome.now { "lapsed " } @else { "lapses " } (text::ago(due, chrome.now)) }
            }
        }
    }
}

fn figures(day: &DayFigures) -> Markup {
    html! {
        dl.figures {
            div { dt { "Mails, last 24 h" } dd { (text::number(day.messages)) } }
            div { dt { "Disarmed" } dd { (text::number(day.disarmed)) } }
            div { dt { "Quarantined" } dd { (text::number(day.quarantined)) } }
            div { dt { "Open campaigns" } dd { a href="/campaigns" { (text::number(day.campaigns)) } } }
            div { dt { "Members to warn" } dd { a href="/members" { (text::number(day.unwarned)) } } }
        }
    }
}
