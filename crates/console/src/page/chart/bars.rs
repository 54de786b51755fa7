//! Bars beside words: reasons for and against, counts, and how long something took.

use super::scaled;
use crate::page::reason::ReasonView;
use crate::page::text::{foreign, number};
use maud::{Markup, html};

/// Half the width of a picture of signed bars, and the whole of one of counts.
const LENGTH: u64 = 100;
/// Rows that are shown at once; the others open on demand.
const ROWS_SHOWN: usize = 12;

/// What speaks for and against, the strongest for first, as bars to the right and to the left.
pub fn reasons(reasons: &[ReasonView]) -> Markup {
    if reasons.is_empty() {
        return html! { p.quiet { "No reason is on record." } };
    }
    let mut reasons: Vec<&ReasonView> = reasons.iter().collect();
    reasons.sort_by(|one, other| other.weight.total_cmp(&one.weight));
    let top = reasons.iter().map(|reason| milli(reason.weight)).max().unwrap_or(0);
    html! {
        div.chart {
            p.for-against aria-hidden="true" { span {} span.scale { span { "against" } span { "for" } } span { "weight" } }
            ul.reasons { @for reason in reasons { li { (reason_line(reason, top)) } } }
        }
    }
}

/// A weight in thousandths, without its sign: pictures need whole numbers.
fn milli(weight: f32) -> u64 {
    (f64::from(weight).abs() * 1_000.0) as u64
}

fn reason_line(reason: &ReasonView, top: u64) -> Markup {
    let length = scaled(milli(reason.weight), top, LENGTH);
    let (class, speaks, x) = if reason.weight < 0.0 {
        ("bar bar-against", "against", LENGTH - length)
    } else {
        ("bar bar-for", "for", LENGTH)
    };
    html! {
        span.seen { (foreign(&reason.detail)) " " code { (foreign(&reason.code)) } }
        svg.signed viewBox={ "0 0 " (LENGTH * 2) " 14" } preserveAspectRatio="none" aria-hidden="true" {
            rect class=(class) x=(x) y="1" width=(length) height="12" {}
            line.base x1=(LENGTH) y1="0" x2=(LENGTH) y2="14" {}
        }
        span.number { span.unseen { "speaks " (speaks) ", weight " } (signed(reason.weight)) }
    }
}

/// `+2.50`, `−1.00`, with the sign that screen readers know as minus.
fn signed(weight: f32) -> String {
    let sign = if weight < 0.0 { '−' } else { '+' };
    format!("{sign}{:.2}", weight.abs())
}

/// Names and counts, the most first.
pub fn counts(rows: &[(String, u64)], name: &str, what: &str) -> Markup {
    if rows.is_empty() {
        return html! { p.quiet { "None." } };
    }
    let mut rows: Vec<&(String, u64)> = rows.iter().collect();
    rows.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    let top = rows.first().map_or(0, |(_, count)| *count);
    let (shown, rest) = rows.split_at(rows.len().min(ROWS_SHOWN));
    html! {
        div.chart {
            (count_table(shown, name, what, top))
            @if !rest.is_empty() {
                details { summary { (number(rest.len() as u64)) " more" } (count_table(rest, name, what, top)) }
            }
        }
    }
}

fn count_table(rows: &[&(String, u64)], name: &str, what: &str, top: u64) -> Markup {
    html! {
        table.counts {
            thead { tr { th scope="col" { (name) } th.number colspan="2" scope="col" { (what) } } }
            tbody {
                @for (name, count) in rows {
                    tr {
                        th scope="row" { (foreign(name)) }
                        td { (count_bar(*count, top)) }
                        td.number { (number(*count)) }
                    }
                }
            }
        }
    }
}

fn count_bar(count: u64, top: u64) -> Markup {
    html! {
        svg.count viewBox={ "0 0 " (LENGTH) " 14" } preserveAspectRatio="none" aria-hidden="true" {
            rect.bar x="0" y="1" width=(scaled(count, top, LENGTH)) height="12" {}
        }
    }
}

/// How long verdicts took: classes by their upper bound in milliseconds, and messages in each.
pub fn latency(classes: &[(u64, u64)]) -> Markup {
    let top = classes.iter().map(|(_, count)| *count).max().unwrap_or(0);
    if top == 0 {
        return html! { p.quiet { "No verdict since the start." } };
    }
    html! {
        div.chart { table.counts {
            thead { tr { th scope="col" { "Up to" } th.number colspan="2" scope="col" { "Mails" } } }
            tbody {
                @for (bound, count) in classes {
                    tr {
                        th scope="row" { (number(*bound)) " ms" }
                        td { (count_bar(*count, top)) }
                        td.number { (number(*count)) }
                    }
                }
            }
        } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_keep_their_sign() {
        assert_eq!(signed(2.5), "+2.50");
        assert_eq!(signed(-1.0), "−1.00");
    }

    #[test]
    fn a_weight_that_is_no_number_is_drawn_as_nothing() {
        let odd = |weight| ReasonView { code: "ODD".into(), weight, detail: String::new() };
        let markup = reasons(&[odd(f32::NAN), odd(f32::INFINITY), odd(-1.0)]).into_string();
        assert!(markup.contains("ODD"));
    }
}
