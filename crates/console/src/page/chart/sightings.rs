//! Sightings of a case over time: a line for each rule, a mark for each sighting.

use super::figure;
use crate::page::cases::level;
use crate::page::text::{counted, foreign, number, when};
use maud::{Markup, html};
use model::EventTime;
use watch::sigma::rule::Level;

const WIDTH: u64 = 1_000;
const HEIGHT: u64 = 16;
/// Rules that are drawn; the table has all.
const LANES_MAX: usize = 20;
/// Marks of one rule that are drawn: more would cover each other.
const MARKS_MAX: usize = 200;

/// What one rule found.
#[derive(Debug, Clone)]
pub struct Lane {
    /// What the rule finds.
    pub title: String,
    /// How grave it is.
    pub level: Level,
    /// How many sightings there are.
    pub sightings: u64,
    /// The first and the last one.
    pub span: (EventTime, EventTime),
    /// Times of sightings that are known here; the first and the last where there are too many.
    pub times: Vec<EventTime>,
}

/// A picture of all lanes on one scale of time.
pub fn lanes(lanes: &[Lane]) -> Markup {
    let (Some(first), Some(last)) =
        (lanes.iter().map(|lane| lane.span.0).min(), lanes.iter().map(|lane| lane.span.1).max())
    else {
        return html! { p.quiet { "Nothing has a time." } };
    };
    let rules = lanes.len() as u64;
    let caption = html! { strong { "Sightings by rule" } span.quiet { (counted(rules, "rule")) } };
    figure(caption, picture(lanes, first, last), table(lanes))
}

fn picture(lanes: &[Lane], first: EventTime, last: EventTime) -> Markup {
    html! {
        div.lanes {
            @for lane in lanes.iter().take(LANES_MAX) {
                p.lane-name { (level(lane.level)) " " (foreign(&lane.title)) }
                svg.lane viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" role="img"
                    aria-label={ (counted(lane.sightings, "sighting")) } {
                    line.base x1="0" y1=(HEIGHT / 2) x2=(WIDTH) y2=(HEIGHT / 2) {}
                    @for time in lane.times.iter().take(MARKS_MAX) {
                        rect class={ "mark mark-" (lane.level.word()) } x=(place(*time, first, last)) y="2"
                            width="6" height=(HEIGHT - 4) {}
                    }
                }
            }
        }
        p.axis aria-hidden="true" { span { (when(first)) } span { (when(last)) } }
    }
}

/// Where a time stands between the first and the last, so that its mark is within the picture.
fn place(time: EventTime, first: EventTime, last: EventTime) -> u64 {
    let whole = u64::try_from(last.secs_since(first)).unwrap_or(0);
    let part = u64::try_from(time.secs_since(first)).unwrap_or(0).min(whole);
    let room = WIDTH - 6;
    if whole == 0 {
        room / 2
    } else {
        u64::try_from(u128::from(part) * u128::from(room) / u128::from(whole)).unwrap_or(0)
    }
}

fn table(lanes: &[Lane]) -> Markup {
    html! {
        table.list {
            thead { tr {
                th scope="col" { "Rule" } th scope="col" { "Level" } th.number scope="col" { "Sightings" }
                th scope="col" { "First" } th scope="col" { "Last" }
            } }
            tbody {
                @for lane in lanes {
                    tr {
                        th scope="row" { (foreign(&lane.title)) }
                        td { (lane.level.word()) }
                        td.number { (number(lane.sightings)) }
                        td { (when(lane.span.0)) }
                        td { (when(lane.span.1)) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_within_the_picture() {
        let (first, last) = (EventTime(0), EventTime(400 * 86_400));
        assert_eq!(place(first, first, last), 0);
        assert_eq!(place(last, first, last), WIDTH - 6);
        assert_eq!(place(first, first, first), (WIDTH - 6) / 2);
        assert_eq!(place(EventTime(i64::MAX), EventTime(i64::MIN), EventTime(i64::MAX)), WIDTH - 6);
    }
}
