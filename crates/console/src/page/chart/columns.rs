//! Columns over time, each with a part that is told apart.

use super::{figure, scaled};
use crate::page::domains::PassCount;
use crate::page::health::HourCount;
use crate::page::text::{number, written};
use crate::page::today::DayCount;
use maud::{Markup, html};
use model::EventTime;

/// Width of a column and of the gap after it, and height of the highest, in units of the picture.
const COLUMN: u64 = 8;
const STEP: u64 = 10;
const HEIGHT: u64 = 80;

/// A column: when, how many, and how many of them are told apart.
struct Column {
    time: EventTime,
    whole: u64,
    part: u64,
}

/// How a chart is called, and its parts.
struct Words {
    id: &'static str,
    title: &'static str,
    whole: &'static str,
    part: Option<&'static str>,
    /// How a time is written, as `strftime`.
    form: &'static str,
}

/// Messages by day, and those acted on.
pub fn days(days: &[DayCount]) -> Markup {
    let columns: Vec<Column> =
        days.iter().map(|day| Column { time: day.day, whole: day.messages, part: day.acted }).collect();
    let words = Words {
        id: "chart-days",
        title: "Mails by day",
        whole: "all mails",
        part: Some("disarmed or kept in quarantine"),
        form: "%-d %b",
    };
    chart(&words, &columns)
}

/// Messages in DMARC reports by day, and those that failed.
pub fn passes(days: &[PassCount]) -> Markup {
    let columns: Vec<Column> = days
        .iter()
        .map(|day| Column { time: day.day, whole: day.passed.saturating_add(day.failed), part: day.failed })
        .collect();
    let words = Words {
        id: "chart-passes",
        title: "Mails in our name, by day",
        whole: "all",
        part: Some("not proved to be ours"),
        form: "%-d %b",
    };
    chart(&words, &columns)
}

/// Messages by hour.
pub fn hours(hours: &[HourCount]) -> Markup {
    let columns: Vec<Column> =
        hours.iter().map(|hour| Column { time: hour.hour, whole: hour.messages, part: 0 }).collect();
    let words = Words {
        id: "chart-hours",
        title: "Mails by hour",
        whole: "mails",
        part: None,
        form: "%-d %b, %H:%M",
    };
    chart(&words, &columns)
}

fn chart(words: &Words, columns: &[Column]) -> Markup {
    if highest(columns) == 0 {
        return html! { p.quiet { (words.title) ": none in this time." } };
    }
    figure(caption(words, columns), picture(words, columns), table(words, columns))
}

fn caption(words: &Words, columns: &[Column]) -> Markup {
    html! {
        strong { (words.title) }
        @if let Some(part) = words.part {
            span.keys {
                span.key.key-whole { (words.whole) } " "
                span.key.key-part { (part) }
            }
        }
        span.quiet { "highest: " (number(highest(columns))) }
    }
}

fn highest(columns: &[Column]) -> u64 {
    columns.iter().map(|column| column.whole).max().unwrap_or(0)
}

fn picture(words: &Words, columns: &[Column]) -> Markup {
    let width = STEP * columns.len() as u64;
    let top = highest(columns);
    html! {
        svg.columns-chart viewBox={ "0 0 " (width) " " (HEIGHT) } preserveAspectRatio="none" role="img"
            aria-labelledby={ (words.id) "-title " (words.id) "-desc" } {
            title id={ (words.id) "-title" } { (words.title) }
            desc id={ (words.id) "-desc" } { (description(words, columns)) }
            line.base x1="0" y1=(HEIGHT) x2=(width) y2=(HEIGHT) {}
            @for (at, column) in columns.iter().enumerate() {
                @let x = STEP * at as u64;
                (bar("bar", x, scaled(column.whole, top, HEIGHT)))
                (bar("bar bar-part", x, scaled(column.part, top, HEIGHT)))
            }
        }
        (axis(words, columns))
    }
}

fn bar(class: &str, x: u64, height: u64) -> Markup {
    html! {
        @if height > 0 { rect class=(class) x=(x) y=(HEIGHT - height) width=(COLUMN) height=(height) {} }
    }
}

fn axis(words: &Words, columns: &[Column]) -> Markup {
    let middle = columns.get(columns.len() / 2).filter(|_| columns.len() > 4);
    html! {
        p.axis aria-hidden="true" {
            @for column in columns.first().into_iter().chain(middle).chain(columns.last()) {
                span { (written(column.time, words.form)) }
            }
        }
    }
}

fn description(words: &Words, columns: &[Column]) -> String {
    let whole: u64 = columns.iter().map(|column| column.whole).sum();
    let part: u64 = columns.iter().map(|column| column.part).sum();
    let parted = words.part.map(|name| format!(", {} {name}", number(part))).unwrap_or_default();
    format!("{} columns, {} {}{parted}", columns.len(), number(whole), words.whole)
}

fn table(words: &Words, columns: &[Column]) -> Markup {
    html! {
        table.list {
            thead { tr {
                th scope="col" { "When" } th.number scope="col" { (words.whole) }
                @if let Some(part) = words.part { th.number scope="col" { (part) } }
            } }
            tbody {
                @for column in columns {
                    tr {
                        th scope="row" { (written(column.time, words.form)) }
                        td.number { (number(column.whole)) }
                        @if words.part.is_some() { td.number { (number(column.part)) } }
                    }
                }
            }
        }
    }
}
