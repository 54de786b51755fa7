//! What went wrong, whose turn it is, and where to go from here.

use super::chrome::{Chrome, document};
use super::text;
use maud::{Markup, html};

/// The page.
#[derive(Debug, Clone)]
pub struct ErrorView {
    /// Status of the HTTP answer.
    pub status: u16,
    /// What went wrong, in a few words.
    pub title: String,
    /// What the reader can do.
    pub about: String,
    /// Mark under which our log tells more.
    pub reference: Option<String>,
}

/// Markup of the page.
pub fn render(view: &ErrorView, chrome: &Chrome) -> Markup {
    let body = html! {
        div.error-page {
            p.status { (view.status) }
            h1 { (text::foreign(&view.title)) }
            p { (text::foreign(&view.about)) }
            @if let Some(reference) = &view.reference { p.quiet { "Reference " code { (text::visible(reference)) } } }
            p { a.button href="/" { "Back to the start" } }
        }
    };
    document(chrome, None, &view.title, body)
}
