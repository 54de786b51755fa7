//! Signing in: by password and code, by a link that works once, or through the house's own sign-on.

use super::chrome::{Chrome, document};
use super::{form, text};
use maud::{Markup, html};

/// The page.
#[derive(Debug, Clone, Default)]
pub struct SignInView {
    /// What was typed before.
    pub account: String,
    /// Why it did not work. Never says which part was wrong.
    pub fault: Option<String>,
    /// The secret of a link that works once, where the page was opened by one.
    pub one_time: Option<String>,
    /// Name of the house's own sign-on, where there is one.
    pub sign_on: Option<String>,
    /// Path to go to afterwards, beginning with `/`.
    pub then: String,
}

/// Markup of the page.
pub fn render(view: &SignInView, chrome: &Chrome) -> Markup {
    let body = html! {
        div.sign-in {
            h1 { "Sign in" }
            @if let Some(fault) = &view.fault { p.notice.notice-refused role="alert" { (text::foreign(fault)) } }
            @match &view.one_time {
                Some(secret) => (once(secret, view, chrome)),
                None => (password(view, chrome)),
            }
            @if let Some(name) = &view.sign_on {
                p.or { "or" }
                p { a.button.button-wide href="/sign-in/oidc" { "Sign in with " (text::foreign(name)) } }
            }
            p.quiet { a href="/acknowledge" { "You were warned by letter?" } }
        }
    };
    document(chrome, None, "Sign in", body)
}

/// Shown for a moment to somebody whom the house's own sign-on has sent back.
pub fn signed_in(target: &str, chrome: &Chrome) -> Markup {
    let body = html! {
        div.sign-in { h1 { "You are signed in" } p { a.button.button-main href=(target) { "Go on" } } }
    };
    document(chrome, None, "Signed in", body)
}

fn password(view: &SignInView, chrome: &Chrome) -> Markup {
    form::post(
        chrome,
        "/sign-in",
        html! {
            input type="hidden" name="then" value=(text::local(&view.then));
            label.field {
                span { "Account" }
                input name="account" value=(view.account) autocomplete="username" maxlength="64" required autofocus;
            }
            label.field { span { "Password" } input type="password" name="password" autocomplete="current-password" maxlength="256" required; }
            label.field {
                span { "Code from your app, if you have one" }
                input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="10";
            }
            button.button.button-main.button-wide type="submit" { "Sign in" }
        },
    )
}

/// A link from a mail may be fetched by a machine that looks at it, so that signing in needs a click.
fn once(secret: &str, view: &SignInView, chrome: &Chrome) -> Markup {
    form::post(
        chrome,
        "/sign-in",
        html! {
            input type="hidden" name="one_time" value=(secret);
            input type="hidden" name="then" value=(text::local(&view.then));
            p { "This link works once." }
            button.button.button-main.button-wide type="submit" { "Sign in" }
        },
    )
}
