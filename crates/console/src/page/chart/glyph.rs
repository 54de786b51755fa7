//! The sign of each state of the ledger: a colour, and a mark that tells it without colour.

use maud::{Markup, html};
use model::MemberState;

/// Side of a sign, in units of the picture.
pub const SIDE: u64 = 16;

/// The sign of `state` with its corner at (`x`, `y`); an empty field where the campaign did not write to the member.
pub fn at(x: u64, y: u64, state: Option<MemberState>, title: &str) -> Markup {
    let word = state.map_or("none", MemberState::word);
    html! {
        g class={ "cell cell-" (word) } transform={ "translate(" (x) " " (y) ")" } {
            @if !title.is_empty() { title { (title) } }
            rect x="0.5" y="0.5" width="15" height="15" rx="3" {}
            @if let Some(marks) = state.and_then(marks) { path d=(marks) {} }
        }
    }
}

/// The sign alone, for legends.
pub fn alone(state: Option<MemberState>) -> Markup {
    html! {
        svg.glyph viewBox={ "0 0 " (SIDE) " " (SIDE) } width=(SIDE) height=(SIDE) aria-hidden="true" { (at(0, 0, state, "")) }
    }
}

/// What is drawn over the colour, as a path.
fn marks(state: MemberState) -> Option<&'static str> {
    match state {
        MemberState::Targeted => Some("M8 7v2"),
        MemberState::Blocked => Some("M4.5 4.5l7 7M11.5 4.5l-7 7"),
        MemberState::Delivered => Some("M4 12L12 4"),
        MemberState::Disarmed => Some("M4 8h8"),
        MemberState::Opened => Some("M8 4.5a3.5 3.5 0 1 0 0.01 0zM8 7.5v1"),
        MemberState::Warned => Some("M4 8.5l3 3 5-7"),
    }
}
