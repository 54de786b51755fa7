//! A drawing of a message as a reader would have seen it: words on a sheet, links with the host that they lead to, boxes
//! where pictures were. The message's own HTML never reaches a browser.
//!
//! Only the shapes that are named here are drawn, with numbers of ours; all that comes from the message is text. So there is
//! nothing in the drawing that could load, link or run, whatever the message says.

mod sheet;
mod width;

use crate::page::text::{counted, visible};
use mail::outline::Outline;
use maud::{Markup, html};
use sheet::{INNER, MARGIN, Mark, Sheet, WIDTH};

/// What is drawn.
#[derive(Debug, Clone, Default)]
pub struct Letter {
    /// The author, as the reader would have seen it.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// What it says.
    pub outline: Outline,
    /// Names of attachments.
    pub attachments: Vec<String>,
}

/// `letter` on a sheet.
pub fn drawing(letter: &Letter) -> Markup {
    let sheet = Sheet::of(letter);
    let height = sheet.height();
    html! {
        svg.letter-drawing viewBox={ "0 0 " (WIDTH) " " (height) } width=(WIDTH) height=(height) role="img"
            aria-labelledby="letter-title letter-desc" {
            title #letter-title { "Drawing of the mail" }
            desc #letter-desc { (described(letter)) }
            rect.sheet x="0.5" y="0.5" width=(WIDTH - 1) height=(height - 1) rx="8" {}
            @for mark in sheet.marks() { (drawn(mark)) }
        }
    }
}

fn described(letter: &Letter) -> String {
    let attached = match letter.attachments.len() as u64 {
        0 => String::new(),
        count => format!(" and {}", counted(count, "attachment")),
    };
    let blocks = counted(letter.outline.blocks.len() as u64, "block");
    format!("{blocks}{attached}, from top to bottom. The text itself stands beside it.")
}

fn drawn(mark: &Mark) -> Markup {
    html! {
        @match mark {
            Mark::Line { class, x, y, pieces } => text class=(class) x=(x) y=(y) {
                @for (tone, words) in pieces { tspan class=(tone) { (visible(words)) } }
            },
            Mark::Badge { y, letter } => {
                circle.badge cx=(MARGIN + 16) cy=(y + 16) r="16" {}
                text.badge-letter x=(MARGIN + 16) y=(y + 21) text-anchor="middle" { (visible(letter)) }
            },
            Mark::Rule { y } => line.rule x1=(MARGIN) x2=(MARGIN + INNER) y1=(y) y2=(y) {},
            Mark::Bar { y, height } => rect.quote-bar x=(MARGIN) y=(y) width="3" height=(height) rx="1.5" {},
            Mark::Dot { x, y } => circle.dot cx=(x) cy=(y) r="2.25" {},
            Mark::Box { class, x, y, width, height } => rect class=(class) x=(x) y=(y) width=(width) height=(height) rx="5" {},
            Mark::Hills { x, y } => {
                circle.hills cx=(x + 7) cy=(y + 6) r="2.5" {}
                path.hills d={ "M" (x) " " (y + 20) "l8 -10 6 7 4 -4 8 7z" } {}
            },
            Mark::Clip { x, y } => path.clip d={ "M" (x) " " (y + 6) "v9a4 4 0 0 0 8 0v-11a2.6 2.6 0 0 0 -5.2 0v10a1.2 1.2 0 0 0 2.4 0v-8" } {},
        }
    }
}

#[cfg(test)]
mod tests;
