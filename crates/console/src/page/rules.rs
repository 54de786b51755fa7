//! Rules: what fires, and what never could.

use super::chrome::{Chrome, Section, document};
use super::{cases, form, piece, text};
use maud::{Markup, html};
use runtime::watch::standing::{Reach, RuleStandingRow};
use watch::sigma::rule::Level;

/// The page.
#[derive(Debug, Clone)]
pub struct RulesView {
    /// Rules in the order to show.
    pub rules: Vec<RuleStandingRow>,
    /// Only these are shown.
    pub kind: Option<&'static str>,
    /// Only those whose title or kind of logs has this text.
    pub text: String,
    /// How many rules there are of each kind, in the order of [`KINDS`].
    pub counts: [usize; 4],
    /// Rules that are not in force, with the reason.
    pub faults: Vec<String>,
    /// How many of these there are.
    pub fault_count: usize,
    /// Path of the next page.
    pub next: Option<String>,
}

/// What the list can be narrowed to, and what that means.
pub const KINDS: [(&str, &str); 4] =
    [("fired", "fired"), ("able", "could fire"), ("blind", "logs lack fields"), ("deaf", "no such log")];

/// Markup of the page.
pub fn render(view: &RulesView, chrome: &Chrome) -> Markup {
    let about = "What fires, and what never could because no log says what it looks at.";
    let body = html! {
        (piece::heading(html! { "Rules" }, about))
        (filter(view))
        (faults(view))
        @if view.rules.is_empty() {
            (piece::empty("No rule here.", "Rules are in force where logs are followed: see Sources."))
        } @else {
            (table(&view.rules))
            (piece::next(view.next.as_deref()))
        }
    };
    document(chrome, Some(Section::Sources), "Rules", body)
}

fn filter(view: &RulesView) -> Markup {
    form::get(
        "/rules",
        html! {
            label.field-inline {
                span { "Which" }
                select name="kind" {
                    option value="" selected[view.kind.is_none()] { "all" }
                    @for ((word, meaning), count) in KINDS.iter().zip(view.counts) {
                        option value=(word) selected[view.kind == Some(word)] {
                            (meaning) " (" (text::number(count as u64)) ")"
                        }
                    }
                }
            }
            label.field-inline { span { "Text" } input type="search" name="text" value=(text::visible(&view.text)); }
            button.button type="submit" { "Show" }
        },
    )
}

fn faults(view: &RulesView) -> Markup {
    html! {
        @if view.fault_count > 0 {
            details {
                summary { (text::counted(view.fault_count as u64, "rule")) " not in force" }
                ul {
                    @for fault in &view.faults { li { (text::foreign(fault)) } }
                    @if view.fault_count > view.faults.len() {
                        li.quiet { "and " (text::number((view.fault_count - view.faults.len()) as u64)) " more" }
                    }
                }
            }
        }
    }
}

fn table(rules: &[RuleStandingRow]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Rules" {
            table.list {
                thead { tr {
                    th scope="col" { "Rule" } th scope="col" { "Level" } th scope="col" { "Looks at" }
                    th.number scope="col" { "Fired" } th scope="col" { "Could it?" }
                } }
                tbody { @for rule in rules { (row(rule)) } }
            }
        }
    }
}

fn row(rule: &RuleStandingRow) -> Markup {
    html! {
        tr {
            th scope="row" { (text::foreign(&rule.title)) }
            td { (cases::level(Level::from_word(&rule.level).unwrap_or(Level::Medium))) }
            td { (text::foreign(&rule.about)) }
            td.number {
                (text::number(rule.fired))
                @if let Some(last) = &rule.last { br; span.quiet { (text::visible(last.get(..10).unwrap_or(last))) } }
            }
            td {
                @match rule.reach {
                    Reach::Able => { "yes" },
                    Reach::Blind => {
                        "logs of this kind never had "
                        (text::foreign(&rule.unseen_fields.iter().take(3).cloned().collect::<Vec<_>>().join(", ")))
                        @if rule.unseen_fields.len() > 3 { " and others" }
                    },
                    Reach::Deaf => { span.quiet { "no log of this kind" } },
                }
            }
        }
    }
}
