//! The own account: password and second factor.

use super::Chrome;
use super::chrome::document;
use super::{form, piece, qr, text};
use maud::{Markup, html};
use model::EventTime;

/// The page.
#[derive(Debug, Clone)]
pub struct AccountView {
    /// Its name.
    pub account: String,
    /// Whether it has a password.
    pub has_password: bool,
    /// Whether it signs in at the house's own sign-on, and so needs neither password nor second factor here.
    pub signs_in_elsewhere: bool,
    /// Whether a second factor is set up.
    pub has_second_factor: bool,
    /// What must be done before anything else.
    pub needs: Option<String>,
    /// A second factor that waits for its first code.
    pub offer: Option<Offer>,
    /// When others opened the way into the account, and what they did, the latest first.
    pub handovers: Vec<(EventTime, String)>,
    /// Whether its roles have a use for tokens.
    pub may_have_tokens: bool,
}

/// A secret for an authenticator program.
#[derive(Debug, Clone)]
pub struct Offer {
    /// In Base32, to be typed.
    pub secret: String,
    /// As an `otpauth:` address, which programs on the same device open.
    pub address: String,
}

/// Markup of the page.
pub fn render(view: &AccountView, chrome: &Chrome) -> Markup {
    let body = html! {
        (piece::heading(html! { "Your account" }, "How you prove that you are you."))
        @if let Some(needs) = &view.needs { p.notice.notice-refused role="status" { (text::foreign(needs)) } }
        @if view.signs_in_elsewhere {
            p { "You sign in with the house's own sign-on. There is nothing to set up here." }
        } @else {
            (password(view, chrome))
            @if view.has_password { (second_factor(view, chrome)) }
        }
        @if view.may_have_tokens { p { a href="/tokens" { "Tokens for programs that act for you" } } }
        (handovers(view))
    };
    document(chrome, None, "Your account", body)
}

/// What was done without the owner has to be told to the owner.
fn handovers(view: &AccountView) -> Markup {
    html! {
        @if !view.handovers.is_empty() {
            section aria-labelledby="handovers" {
                h2 #handovers { "Who opened the way into this account" }
                ul { @for (at, what) in &view.handovers { li { (text::written(*at, "%-d %b %Y, %H:%M")) ": " (text::foreign(what)) } } }
                p.quiet { "If one of these is a surprise, tell the auditor: somebody may have acted in your name." }
            }
        }
    }
}

fn password(view: &AccountView, chrome: &Chrome) -> Markup {
    let fields = html! {
        @if view.has_password {
            label.field {
                span { "Current password" }
                input type="password" name="current" autocomplete="current-password" maxlength="256" required;
            }
        }
        label.field {
            span { "New password, at least twelve characters" }
            input type="password" name="password" autocomplete="new-password" minlength="12" maxlength="256" required;
        }
        p.quiet { "Some words that have nothing to do with you are better than a short word with signs in it." }
        button.button.button-main type="submit" {
            @if view.has_password { "Change password" } @else { "Choose password" }
        }
    };
    html! {
        section aria-labelledby="password" {
            h2 #password { "Password" }
            (form::post(chrome, "/account/password", fields))
        }
    }
}

fn second_factor(view: &AccountView, chrome: &Chrome) -> Markup {
    html! {
        section aria-labelledby="second-factor" {
            h2 #second-factor { "Second factor" }
            @if view.has_second_factor {
                p { "Set up. If the device is lost, an administrator gives you a new link." }
            } @else if let Some(offer) = &view.offer {
                (confirm(offer, chrome))
            } @else {
                p { "A code from an authenticator app keeps out whoever learns your password." }
                (form::post(chrome, "/account/second-factor", html! {
                    button.button.button-main type="submit" { "Set up a second factor" }
                }))
            }
        }
    }
}

fn confirm(offer: &Offer, chrome: &Chrome) -> Markup {
    let fields = html! {
        label.field {
            span { "The code that it shows" }
            input name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="10" required;
        }
        button.button.button-main type="submit" { "Confirm" }
    };
    html! {
        p {
            "Scan the picture with the app, or type the key below it, or "
            a href=(offer.address) { "open the key in an app on this device" } "."
        }
        @if let Some(picture) = qr::picture(&offer.address, "QR code of the key that stands below") { p { (picture) } }
        p { code { (grouped(&offer.secret)) } }
        (form::post(chrome, "/account/second-factor", fields))
    }
}

/// In fours, as people type.
fn grouped(secret: &str) -> String {
    let letters: Vec<char> = text::visible(secret).chars().collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_shown_in_fours() {
        assert_eq!(grouped("GEZDGNBVGY"), "GEZD GNBV GY");
    }
}
