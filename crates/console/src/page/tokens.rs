//! Tokens: which programs may ask, for whom, what, and until when.

use super::Chrome;
use super::chrome::{Section, document};
use super::{form, piece, text};
use maud::{Markup, html};
use model::EventTime;

/// The page.
#[derive(Debug, Clone)]
pub struct TokensView {
    /// Tokens that can be used.
    pub tokens: Vec<TokenRow>,
    /// The scopes that a token of this person may have.
    pub scopes: Vec<&'static str>,
    /// Whether a code of the second factor is asked for.
    pub asks_code: bool,
    /// A token that was made just now. It is shown this once.
    pub fresh: Option<String>,
}

/// A token, without itself.
#[derive(Debug, Clone)]
pub struct TokenRow {
    /// What the form that ends it names.
    pub key: String,
    /// What it is for.
    pub name: String,
    /// The account for which it acts.
    pub account: String,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// Until when.
    pub until: EventTime,
}

/// Markup of the page.
pub fn render(view: &TokensView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Tokens for programs" }, "A program with your token acts for you, and never for more."))
        @if let Some(fresh) = &view.fresh {
            div.notice.notice-done role="status" {
                p { "This is the token. It is shown this once; keep it where only the program reads it." }
                p { code { (text::visible(fresh)) } }
            }
        }
        @if view.tokens.is_empty() {
            (piece::empty("No token.", "Make one below for a program that asks by the HTTP interface."))
        } @else { (table(view, chrome)) }
        section aria-labelledby="create" {
            h2 #create { "New token" }
            (create(view, chrome))
        }
        p {
            @if chrome.shows(Section::Accounts) { a href="/accounts" { "Back to the accounts" } }
            @else { a href="/account" { "Back to your account" } }
        }
    };
    document(chrome, Some(Section::Accounts), "Tokens for programs", body)
}

fn table(view: &TokensView, chrome: &Chrome) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Tokens" {
            table.list {
                thead { tr {
                    th scope="col" { "What for" } th scope="col" { "Acts for" } th scope="col" { "Scopes" }
                    th scope="col" { "Until" } th scope="col" { span.unseen { "End it" } }
                } }
                tbody { @for token in &view.tokens { (row(token, chrome)) } }
            }
        }
    }
}

fn row(token: &TokenRow, chrome: &Chrome) -> Markup {
    let end = html! {
        input type="hidden" name="action" value="revoke";
        input type="hidden" name="key" value=(token.key);
        button.button.button-small type="submit" { "End" span.unseen { " " (text::visible(&token.name)) } }
    };
    html! {
        tr {
            th scope="row" { (text::foreign(&token.name)) }
            td { (text::foreign(&token.account)) }
            td { (text::foreign(&token.scopes.join(", "))) }
            td { (text::day(token.until)) }
            td { (form::post(chrome, "/tokens", end)) }
        }
    }
}

fn create(view: &TokensView, chrome: &Chrome) -> Markup {
    let fields = html! {
        input type="hidden" name="action" value="create";
        label.field { span { "What is it for?" } input name="name" maxlength="100" autocomplete="off" required; }
        fieldset {
            legend { "Scopes" }
            @for scope in &view.scopes {
                label.check { input type="checkbox" name="scope" value=(scope); span { (scope) } }
            }
        }
        label.field { span { "Days for which it can be used" } input type="number" name="days" min="1" max="366" value="90" required; }
        @if view.asks_code {
            label.field {
                span { "A code of your second factor" }
                input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="10" required;
            }
        }
        button.button.button-main type="submit" { "Make token" }
    };
    form::post(chrome, "/tokens", fields)
}
