//! Saying that a warning was read, by the code that stands in it: for members without an account.

use super::chrome::{Chrome, document};
use super::{form, text};
use maud::{Markup, html};

/// The page.
#[derive(Debug, Clone, Default)]
pub struct AcknowledgeView {
    /// The number that was typed before.
    pub number: String,
    /// Why it did not work.
    pub fault: Option<String>,
    /// Whether it is on record now.
    pub is_done: bool,
}

/// Markup of the page.
pub fn render(view: &AcknowledgeView, chrome: &Chrome) -> Markup {
    let body = html! {
        div.sign-in {
            h1 { "You were warned by letter" }
            @if let Some(fault) = &view.fault { p.notice.notice-refused role="alert" { (text::foreign(fault)) } }
            @if view.is_done {
                p role="status" { "Thank you. It is on record that you have read it." }
            } @else { (fields(view, chrome)) }
        }
    };
    document(chrome, None, "Warning read", body)
}

fn fields(view: &AcknowledgeView, chrome: &Chrome) -> Markup {
    form::post(
        chrome,
        "/acknowledge",
        html! {
            p { "Both stand at the end of the letter." }
            label.field {
                span { "Its number, such as W-17" }
                input name="number" value=(view.number) autocomplete="off" maxlength="20" required autofocus;
            }
            label.field {
                span { "The code that only you have" }
                input name="code" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="40" required;
            }
            button.button.button-main.button-wide type="submit" { "I have read it" }
        },
    )
}
