//! How far a campaign came, as a picture: a field for each member, the protected group apart.

use super::glyph::{self, SIDE};
use crate::page::campaign::MemberSpot;
use crate::page::text::{counted, foreign, number, visible, when};
use crate::page::{members, piece};
use maud::{Markup, html};
use model::MemberState;
use std::collections::BTreeMap;

/// Distance from one field to the next.
const STEP: u64 = SIDE + 3;
/// Quarters of a pixel that a unit of the picture takes on a screen that is wide enough.
const ZOOM: u64 = 5;
/// Fields that are drawn; the table has all.
const DRAWN_MAX: usize = 2_000;

/// The picture of `spots`, its legend, and the same as a table. `group` names the group that is drawn apart.
pub fn members(spots: &[MemberSpot], group: Option<&str>) -> Markup {
    let reached = spots.iter().filter(|spot| spot.state.is_some()).count();
    if reached == 0 {
        return html! { p.quiet { "No member, as far as is known." } };
    }
    let (inside, outside): (Vec<&MemberSpot>, Vec<&MemberSpot>) =
        spots.iter().partition(|spot| spot.is_in_group);
    html! {
        figure.chart {
            figcaption {
                strong { (counted(reached as u64, "member")) " of " (number(spots.len() as u64)) }
                (legend(spots))
            }
            div.fields {
                @if !inside.is_empty() { (field("spread-group", group.unwrap_or("protected group"), &inside)) }
                @if !outside.is_empty() {
                    (field("spread-others", if inside.is_empty() { "all members" } else { "other members" }, &outside))
                }
            }
            details.numbers { summary { "The same as a table" } (table(spots)) }
        }
        (members::legend())
    }
}

fn field(id: &str, name: &str, spots: &[&MemberSpot]) -> Markup {
    let mut drawn: Vec<&MemberSpot> = spots.to_vec();
    drawn.sort_by(|one, other| other.state.cmp(&one.state).then_with(|| one.id.cmp(&other.id)));
    drawn.truncate(DRAWN_MAX);
    let columns = columns(drawn.len());
    let rows = drawn.len().div_ceil(columns) as u64;
    let (width, height) = (STEP * columns as u64, STEP * rows);
    html! {
        div.field-of-members {
            p.field-name {
                strong { (foreign(name)) } " "
                span.quiet { (number(reached(spots))) " of " (number(spots.len() as u64)) }
            }
            svg.spread viewBox={ "0 0 " (width) " " (height) } width=(width * ZOOM / 4) height=(height * ZOOM / 4) role="img"
                aria-labelledby={ (id) "-title " (id) "-desc" } {
                title id={ (id) "-title" } { (visible(name)) }
                desc id={ (id) "-desc" } { (description(spots)) }
                @for (at, spot) in drawn.iter().enumerate() {
                    (glyph::at(STEP * (at % columns) as u64, STEP * (at / columns) as u64, spot.state, &title(spot)))
                }
            }
        }
    }
}

/// Fields in a row: wider where there are many, so that the picture stays on one screen.
fn columns(count: usize) -> usize {
    count.saturating_mul(2).isqrt().clamp(10, 48)
}

fn reached(spots: &[&MemberSpot]) -> u64 {
    spots.iter().filter(|spot| spot.state.is_some()).count() as u64
}

fn title(spot: &MemberSpot) -> String {
    let state = spot.state.map_or("not written to", MemberState::word);
    let opened = if has_opened_before(spot) { ", had opened" } else { "" };
    format!("{}: {state}{opened}", visible(&spot.id))
}

/// Whether the member opened, and something else is said of the member now.
fn has_opened_before(spot: &MemberSpot) -> bool {
    spot.opened.is_some() && spot.state != Some(MemberState::Opened)
}

fn counts<'a>(spots: impl Iterator<Item = &'a MemberSpot>) -> BTreeMap<MemberState, u64> {
    let mut counts = BTreeMap::new();
    for state in spots.filter_map(|spot| spot.state) {
        *counts.entry(state).or_insert(0) += 1;
    }
    counts
}

fn description(spots: &[&MemberSpot]) -> String {
    let counts = counts(spots.iter().copied());
    let words: Vec<String> =
        counts.iter().map(|(state, count)| format!("{} {state}", number(*count))).collect();
    format!("Of {}: {}", counted(spots.len() as u64, "member"), words.join(", "))
}

fn legend(spots: &[MemberSpot]) -> Markup {
    let counts = counts(spots.iter());
    let before = spots.iter().filter(|spot| has_opened_before(spot)).count() as u64;
    html! {
        ul.keys {
            @for (state, count) in counts.iter().rev() {
                li.key-glyph { (glyph::alone(Some(*state))) " " (number(*count)) " " (state.word()) }
            }
            @if before > 0 { li.key-glyph { (number(before)) " of them had opened" } }
            @if spots.iter().any(|spot| spot.state.is_none()) { li.key-glyph { (glyph::alone(None)) " not written to" } }
        }
    }
}

fn table(spots: &[MemberSpot]) -> Markup {
    let mut reached: Vec<&MemberSpot> = spots.iter().filter(|spot| spot.state.is_some()).collect();
    reached.sort_by(|one, other| other.state.cmp(&one.state).then_with(|| one.id.cmp(&other.id)));
    html! {
        div.scroll tabindex="0" role="region" aria-label="Members reached" {
            table.list {
                thead { tr {
                    th scope="col" { "Member" } th scope="col" { "State" } th scope="col" { "Since" } th scope="col" { "Opened" } th scope="col" { "Evidence" }
                } }
                tbody { @for spot in reached { (row(spot)) } }
            }
        }
    }
}

fn row(spot: &MemberSpot) -> Markup {
    html! {
        tr {
            th scope="row" { (piece::member(&spot.id, spot.name.as_deref())) }
            td { @if let Some(state) = spot.state { (piece::state(state)) } }
            td { @if let Some(since) = spot.since { (when(since)) } }
            td { @if let Some(opened) = spot.opened { (when(opened)) } }
            td { (piece::evidence(spot.evidence)) }
        }
    }
}
