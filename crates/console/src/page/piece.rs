//! Pieces that several pages show: states, empty places, pages of a list, links to evidence.

use super::chart::glyph;
use super::chrome::{Chrome, Section};
use super::text::{number, segment};
use maud::{Markup, html};
use model::{LeafIndex, Likelihood, MemberState};
use std::collections::BTreeMap;

/// How many members are in each state.
pub type StateCounts = BTreeMap<MemberState, usize>;

/// The heading of a page, with a sentence on what it is for.
pub fn heading(title: Markup, about: &str) -> Markup {
    html! {
        div.heading { h1 { (title) } @if !about.is_empty() { p.about { (about) } } }
    }
}

/// A state of the ledger, told by colour, by mark and by word.
pub fn state(state: MemberState) -> Markup {
    html! { span class={ "state state-" (state.word()) } { (glyph::alone(Some(state))) (state.word()) } }
}

/// The states in which at least one member is, with their numbers, the furthest first.
pub fn states(counts: &StateCounts) -> Markup {
    html! {
        span.states {
            @for (state, count) in counts.iter().rev().filter(|(_, count)| **count > 0) {
                span class={ "state state-" (state.word()) } {
                    (glyph::alone(Some(*state))) (number(*count as u64)) " " (state.word())
                }
                " "
            }
        }
    }
}

/// How many opened, where the states do not say so any more because some were warned since.
pub fn had_opened(counts: &StateCounts, opened: usize) -> Markup {
    let is_told = counts.get(&MemberState::Opened).copied().unwrap_or(0) >= opened;
    html! { @if !is_told { span.quiet { (number(opened as u64)) " had opened" } } }
}

/// A term of the PHIA probability yardstick.
pub fn likelihood(likelihood: Likelihood) -> Markup {
    html! { span.likelihood { (likelihood) } }
}

/// What stands where there is nothing, and what to do about it.
pub fn empty(title: &str, about: &str) -> Markup {
    html! { div.empty { p { strong { (title) } } p { (about) } } }
}

/// A link to an entry of the evidence log.
pub fn evidence(leaf: Option<LeafIndex>) -> Markup {
    html! {
        @match leaf {
            Some(leaf) => a.leaf href={ "/evidence/" (leaf) } { "entry " (number(leaf.0)) },
            None => span.quiet { "none" },
        }
    }
}

/// A link to a campaign.
pub fn campaign(id: &str, name: &str) -> Markup {
    html! { a href={ "/campaigns/" (segment(id)) } { (super::text::foreign(name)) } }
}

/// A campaign: as a link for those who may open it, and for members as its identifier, because its name may tell of a
/// protected group.
pub fn campaign_for(chrome: &Chrome, id: &str, name: &str) -> Markup {
    if chrome.shows(Section::Campaigns) {
        campaign(id, name)
    } else {
        html! { code { (super::text::visible(id)) } }
    }
}

/// An entry of the evidence log: as a link for those who may open it, and for members as its number, to ask about.
pub fn evidence_for(chrome: &Chrome, leaf: Option<LeafIndex>) -> Markup {
    match leaf {
        Some(leaf) if !chrome.shows(Section::Evidence) => html! { span.leaf { "entry " (number(leaf.0)) } },
        leaf => evidence(leaf),
    }
}

/// A link to a member: by name where the viewer was shown it, else by identifier.
pub fn member(id: &str, name: Option<&str>) -> Markup {
    html! {
        a href={ "/members/" (segment(id)) } { (super::text::foreign(id)) }
        @if let Some(name) = name { " " (super::text::foreign(name)) }
    }
}

/// The way to the next page of a list. `path` begins with `/`.
pub fn next(path: Option<&str>) -> Markup {
    html! {
        @if let Some(path) = path { p.next { a.button href=(super::text::local(path)) rel="next" { "Show more" } } }
    }
}
