//! Messages of a campaign over time, with the moment of the first alert.

use super::{figure, scaled};
use crate::page::text::{counted, number, when, written};
use maud::{Markup, html};
use model::EventTime;

const COLUMN: u64 = 8;
const STEP: u64 = 10;
const HEIGHT: u64 = 110;
/// Columns that a screen bears; then the next longer step of time is taken.
const COLUMNS_MAX: i64 = 120;
/// Steps of time in seconds, each with its name and how its beginning is written.
const STEPS: [(i64, &str, &str); 6] = [
    (3_600, "hour", "%-d %b, %H:%M"),
    (6 * 3_600, "six hours", "%-d %b, %H:%M"),
    (86_400, "day", "%-d %b %Y"),
    (7 * 86_400, "week", "%-d %b %Y"),
    (30 * 86_400, "30 days", "%-d %b %Y"),
    (365 * 86_400, "365 days", "%-d %b %Y"),
];

/// Messages in steps of one length.
struct Steps {
    first: EventTime,
    length_secs: i64,
    name: &'static str,
    form: &'static str,
    /// Messages in each step: before the alert, and from it on.
    counts: Vec<(u64, u64)>,
}

/// `times` of messages as columns; those from `alert` on are told apart, and the step of the alert is marked.
pub fn messages(times: &[EventTime], alert: Option<EventTime>) -> Markup {
    let Some(steps) = Steps::of(times, alert) else {
        return html! { p.quiet { "No mail has a time." } };
    };
    figure(caption(&steps, alert), picture(&steps, alert), table(&steps))
}

impl Steps {
    fn of(times: &[EventTime], alert: Option<EventTime>) -> Option<Self> {
        let (first, last) = (*times.iter().min()?, *times.iter().max()?);
        let fits = |(length, _, _): &&(i64, &str, &str)| last.secs_since(first) / length < COLUMNS_MAX;
        let (length_secs, name, form) = *STEPS.iter().find(fits).or(STEPS.last())?;
        let first = EventTime(first.0.div_euclid(length_secs).saturating_mul(length_secs));
        let place = |time: EventTime| usize::try_from(time.secs_since(first) / length_secs).unwrap_or(0);
        let mut counts = vec![(0, 0); place(last).min(COLUMNS_MAX as usize * 2) + 1];
        for time in times {
            if let Some((before, after)) = counts.get_mut(place(*time)) {
                *(if alert.is_some_and(|alert| *time >= alert) { after } else { before }) += 1;
            }
        }
        Some(Self { first, length_secs, name, form, counts })
    }

    fn time(&self, at: usize) -> EventTime {
        self.first.plus_secs(self.length_secs.saturating_mul(at as i64))
    }

    fn place(&self, time: EventTime) -> Option<usize> {
        let place = usize::try_from(time.secs_since(self.first) / self.length_secs).ok()?;
        (place < self.counts.len()).then_some(place)
    }

    fn highest(&self) -> u64 {
        self.counts.iter().map(|(before, after)| before + after).max().unwrap_or(0)
    }
}

fn caption(steps: &Steps, alert: Option<EventTime>) -> Markup {
    html! {
        strong { "Mails by " (steps.name) }
        @if let Some(alert) = alert {
            span.keys {
                span.key.key-before { "before the first alert" } " "
                span.key.key-after { "from the first alert on, " (when(alert)) }
            }
        }
        span.quiet { "highest: " (number(steps.highest())) }
    }
}

fn picture(steps: &Steps, alert: Option<EventTime>) -> Markup {
    let width = STEP * steps.counts.len() as u64;
    let top = steps.highest();
    let mark = alert.and_then(|alert| steps.place(alert)).map(|place| STEP * place as u64);
    html! {
        svg.timeline viewBox={ "0 0 " (width) " " (HEIGHT) } preserveAspectRatio="none" role="img"
            aria-labelledby="timeline-title timeline-desc" {
            title #timeline-title { "Mails by " (steps.name) }
            desc #timeline-desc { (description(steps, alert)) }
            @if let Some(x) = mark { line.alert x1=(x) y1="0" x2=(x) y2=(HEIGHT) {} }
            line.base x1="0" y1=(HEIGHT) x2=(width) y2=(HEIGHT) {}
            @for (at, (before, after)) in steps.counts.iter().enumerate() {
                (column(STEP * at as u64, scaled(*before, top, HEIGHT - 8), scaled(*after, top, HEIGHT - 8)))
            }
        }
        p.axis aria-hidden="true" {
            span { (written(steps.first, steps.form)) }
            span { (written(steps.time(steps.counts.len() / 2), steps.form)) }
            span { (written(steps.time(steps.counts.len().saturating_sub(1)), steps.form)) }
        }
    }
}

fn column(x: u64, before: u64, after: u64) -> Markup {
    html! {
        @if before > 0 { rect.bar.bar-before x=(x) y=(HEIGHT - before) width=(COLUMN) height=(before) {} }
        @if after > 0 {
            rect.bar.bar-after x=(x) y=(HEIGHT.saturating_sub(before + after)) width=(COLUMN) height=(after) {}
        }
    }
}

fn description(steps: &Steps, alert: Option<EventTime>) -> String {
    let (before, after) =
        steps.counts.iter().fold((0, 0), |(sum, rest), (before, after)| (sum + before, rest + after));
    match alert {
        Some(_) => {
            format!("{} before the first alert, {} from it on", counted(before, "mail"), number(after))
        }
        None => counted(before, "mail"),
    }
}

fn table(steps: &Steps) -> Markup {
    html! {
        table.list {
            thead { tr {
                th scope="col" { (steps.name) " from" } th.number scope="col" { "before the alert" }
                th.number scope="col" { "from it on" }
            } }
            tbody {
                @for (at, (before, after)) in steps.counts.iter().enumerate().filter(|(_, (before, after))| before + after > 0) {
                    tr {
                        th scope="row" { (written(steps.time(at), steps.form)) }
                        td.number { (number(*before)) }
                        td.number { (number(*after)) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONDAY: EventTime = EventTime(1_610_928_000);

    #[track_caller]
    fn check(times: &[i64], alert: Option<i64>, name: &str, counts: &[(u64, u64)]) {
        let times: Vec<EventTime> = times.iter().map(|secs| MONDAY.plus_secs(*secs)).collect();
        let steps = Steps::of(&times, alert.map(|secs| MONDAY.plus_secs(secs))).unwrap();
        assert_eq!((steps.name, steps.counts.as_slice()), (name, counts));
    }

    #[test]
    fn messages_are_counted_by_step_and_parted_at_the_alert() {
        check(&[0, 60, 3_600, 7_300], Some(3_600), "hour", &[(2, 0), (0, 1), (0, 1)]);
        check(&[0], None, "hour", &[(1, 0)]);
    }

    #[test]
    fn a_long_campaign_is_counted_in_longer_steps() {
        for (days, name) in [(4, "hour"), (20, "six hours"), (60, "day"), (700, "week")] {
            let times = [MONDAY, MONDAY.plus_secs(days * 86_400)];
            assert_eq!(Steps::of(&times, None).unwrap().name, name, "{days} days");
        }
    }

    #[test]
    fn times_that_no_calendar_holds_cost_no_memory() {
        let times = [EventTime(i64::MIN), EventTime(i64::MAX)];
        assert!(Steps::of(&times, None).unwrap().counts.len() <= 241);
    }
}
