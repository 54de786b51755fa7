//! Registers: sealed versions, supplied copies, and one question at a time.

use super::chrome::{Chrome, Section, document};
use super::form;
use super::{piece, text};
use maud::{Markup, html};
use model::{EventTime, LeafIndex};

/// The page.
#[derive(Debug, Clone, Default)]
pub struct RegistersView {
    /// Sealed versions, by register and time.
    pub versions: Vec<VersionView>,
    /// Supplied copies, those that are overdue first.
    pub supplies: Vec<SupplyView>,
    /// Copies with canaries: only for whoever may know that there are any.
    pub canaries: Option<Vec<CanaryView>>,
    /// Whether the viewer may ask.
    pub may_ask: bool,
}

/// A sealed version of a register.
#[derive(Debug, Clone)]
pub struct VersionView {
    /// Name of the register.
    pub register: String,
    /// When it was sealed.
    pub sealed: EventTime,
    /// Electors.
    pub electors: u64,
    /// Root of the seal.
    pub root: String,
    /// Whether questions are answered from it.
    pub has_index: bool,
    /// Entry with the root.
    pub evidence: LeafIndex,
}

/// A supplied copy.
#[derive(Debug, Clone)]
pub struct SupplyView {
    /// Its number.
    pub id: String,
    /// Name of the register.
    pub register: String,
    /// Who has it.
    pub recipient: String,
    /// The legal ground.
    pub ground: String,
    /// When it has to be destroyed.
    pub until: EventTime,
    /// `held`, `overdue` or `destroyed`.
    pub state: String,
    /// Entry of the last change.
    pub evidence: LeafIndex,
}

/// A copy with canaries.
#[derive(Debug, Clone)]
pub struct CanaryView {
    /// Name of the register.
    pub register: String,
    /// Who has the copy.
    pub recipient: String,
    /// Real electors in it.
    pub electors: u64,
    /// Canaries in it.
    pub canaries: u64,
}

/// Markup of the page.
pub fn render(view: &RegistersView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Registers" }, "What was sealed, who has copies, and single questions in place of a copy."))
        @if view.may_ask && view.versions.iter().any(|version| version.has_index) { (question(view, chrome)) }
        section aria-labelledby="versions" { h2 #versions { "Sealed versions" } (versions(&view.versions)) }
        section aria-labelledby="copies" { h2 #copies { "Copies" } (supplies(&view.supplies, chrome)) }
        @if let Some(canaries) = &view.canaries {
            section aria-labelledby="canaries" { h2 #canaries { "Copies with canaries" } (planted(canaries)) }
        }
    };
    document(chrome, Some(Section::Registers), "Registers", body)
}

fn question(view: &RegistersView, chrome: &Chrome) -> Markup {
    let mut registers: Vec<&str> =
        view.versions.iter().filter(|v| v.has_index).map(|v| v.register.as_str()).collect();
    registers.dedup();
    let fields = html! {
        p { "Is this name at this place on the register? The answer is one word. The question is put on record with your name." }
        label.field { span { "Register" } select name="register" {
            @for register in registers { option value=(register) { (text::visible(register)) } }
        } }
        label.field { span { "Whole name" } input name="name" maxlength="400" required autocomplete="off"; }
        label.field { span { "Postcode" } input name="postcode" maxlength="40" autocomplete="off"; }
        label.field { span { "First line of the address" } input name="address" maxlength="400" autocomplete="off"; }
        label.field { span { "On the day" } input type="date" name="on"; }
        label.field { span { "For what purpose?" } input name="purpose" maxlength="2000" required autocomplete="off"; }
        button.button type="submit" { "Ask" }
    };
    html! {
        section aria-labelledby="ask" {
            h2 #ask { "Ask" }
            (form::post(chrome, "/registers/lookup", fields))
        }
    }
}

fn versions(versions: &[VersionView]) -> Markup {
    html! {
        @if versions.is_empty() {
            (piece::empty("Nothing was sealed here.", "portcullis register seal makes a seal of a register."))
        } @else {
            div.scroll tabindex="0" role="region" aria-label="Sealed versions" { table.list {
                thead { tr {
                    th scope="col" { "Register" } th scope="col" { "Sealed" } th.number scope="col" { "Electors" }
                    th scope="col" { "Root" } th scope="col" { "Can be asked" } th scope="col" { "Evidence" }
                } }
                tbody { @for version in versions { tr {
                    th scope="row" { (text::foreign(&version.register)) }
                    td { (text::when(version.sealed)) }
                    td.number { (text::number(version.electors)) }
                    td { code.hash { (text::visible(&version.root)) } }
                    td { @if version.has_index { "yes" } @else { "no" } }
                    td { (piece::evidence(Some(version.evidence))) }
                } } }
            } }
        }
    }
}

fn supplies(supplies: &[SupplyView], chrome: &Chrome) -> Markup {
    html! {
        @if supplies.is_empty() {
            (piece::empty("No copy is on the ledger.", "portcullis register supply record puts one there."))
        } @else {
            div.scroll tabindex="0" role="region" aria-label="Copies" { table.list {
                thead { tr {
                    th scope="col" { "Copy" } th scope="col" { "State" } th scope="col" { "Recipient" }
                    th scope="col" { "Register" } th scope="col" { "Legal ground" } th scope="col" { "Until" } th scope="col" { "Evidence" }
                } }
                tbody { @for supply in supplies { tr {
                    th scope="row" { (text::visible(&supply.id)) }
                    td { span class={ "sensor-state " (tone(&supply.state)) } { (text::visible(&supply.state)) } }
                    td { (text::foreign(&supply.recipient)) }
                    td { (text::foreign(&supply.register)) }
                    td { (text::foreign(&supply.ground)) }
                    td { (text::day(supply.until)) " (" (text::ago(supply.until, chrome.now)) ")" }
                    td { (piece::evidence(Some(supply.evidence))) }
                } } }
            } }
        }
    }
}

fn tone(state: &str) -> &'static str {
    match state {
        "overdue" => "sensor-failing",
        "held" => "sensor-working",
        _ => "quiet",
    }
}

fn planted(canaries: &[CanaryView]) -> Markup {
    html! {
        @if canaries.is_empty() {
            (piece::empty("No copy has canaries.", "portcullis register canary plant makes a copy that has."))
        } @else {
            div.scroll tabindex="0" role="region" aria-label="Copies with canaries" { table.list {
                thead { tr {
                    th scope="col" { "Register" } th scope="col" { "Recipient" } th.number scope="col" { "Electors" }
                    th.number scope="col" { "Canaries" }
                } }
                tbody { @for copy in canaries { tr {
                    th scope="row" { (text::foreign(&copy.register)) }
                    td { (text::foreign(&copy.recipient)) }
                    td.number { (text::number(copy.electors)) }
                    td.number { (text::number(copy.canaries)) }
                } } }
            } }
        }
    }
}
