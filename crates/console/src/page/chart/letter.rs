//! A drawing of a message as a reader would see it: lines of text on a sheet, links and pictures as dead marks.
//!
//! It is made from the text alone. The message's own HTML never reaches a browser.

use crate::page::quarantined::Block;
use crate::page::text::{visible, visible_lines};
use maud::{Markup, html};

/// Width of the sheet, its margin, and the height of a line.
const WIDTH: u64 = 420;
const MARGIN: u64 = 24;
const LINE: u64 = 18;
/// Characters that fit on a line.
const LINE_CHARS: usize = 56;
/// Lines that are drawn; the text beside it is whole.
const LINES_MAX: usize = 60;
/// Height of the place of a picture, in lines.
const PICTURE_LINES: u64 = 4;

/// Something drawn, and how many lines it takes.
enum Stroke {
    Words(&'static str, String),
    Picture(String),
    Gap,
}

/// `blocks` on a sheet.
pub fn drawing(blocks: &[Block]) -> Markup {
    let (strokes, end) = placed(blocks);
    let height = end + MARGIN;
    html! {
        svg.letter-drawing viewBox={ "0 0 " (WIDTH) " " (height) } width=(WIDTH) height=(height) role="img"
            aria-labelledby="letter-title letter-desc" {
            title #letter-title { "Drawing of the mail" }
            desc #letter-desc { "Lines of text, links and places of pictures. The text itself stands beside it." }
            rect.sheet x="0.5" y="0.5" width=(WIDTH - 1) height=(height - 1) rx="6" {}
            @for (stroke, y) in &strokes { (drawn(stroke, *y)) }
        }
    }
}

/// What is drawn, each with the height at which it begins; and the height at which all ends.
fn placed(blocks: &[Block]) -> (Vec<(Stroke, u64)>, u64) {
    let mut y = MARGIN;
    let mut place = |stroke: Stroke| {
        let top = y;
        y += LINE * lines(&stroke);
        (stroke, top)
    };
    let strokes = blocks.iter().flat_map(strokes).take(LINES_MAX).map(&mut place).collect();
    (strokes, y)
}

fn strokes(block: &Block) -> Vec<Stroke> {
    let (class, words) = match block {
        Block::Heading(words) => ("line line-heading", words),
        Block::Text(words) => ("line", words),
        Block::Link(words, _) => ("line line-link", words),
        Block::Picture(words) => return vec![Stroke::Picture(visible(words)), Stroke::Gap],
    };
    let wrapped = wrapped(&visible_lines(words)).into_iter().map(|line| Stroke::Words(class, line));
    wrapped.chain([Stroke::Gap]).collect()
}

fn lines(stroke: &Stroke) -> u64 {
    if matches!(stroke, Stroke::Picture(_)) { PICTURE_LINES } else { 1 }
}

fn drawn(stroke: &Stroke, y: u64) -> Markup {
    html! {
        @match stroke {
            Stroke::Words(class, words) => text class=(class) x=(MARGIN) y=(y + LINE - 5) { (words) },
            Stroke::Picture(words) => {
                rect.picture x=(MARGIN) y=(y) width=(WIDTH - MARGIN * 2) height=(LINE * PICTURE_LINES - 6) rx="4" {}
                text.line.line-picture x=(WIDTH / 2) y=(y + LINE * 2) text-anchor="middle" {
                    @if words.is_empty() { "picture" } @else { (words) }
                }
            },
            Stroke::Gap => {},
        }
    }
}

/// `text` in lines that fit on the sheet, at most as many as are drawn.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace().take(LINES_MAX * LINE_CHARS) {
        let word: String = word.chars().take(LINE_CHARS).collect();
        let Some(line) = lines.last_mut() else { break };
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > LINE_CHARS {
            lines.push(word);
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
        if lines.len() > LINES_MAX {
            break;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_on_the_sheet() {
        let lines = wrapped(&format!("{} {}", "word ".repeat(30), "x".repeat(500)));
        assert!(lines.iter().all(|line| line.chars().count() <= LINE_CHARS), "{lines:?}");
        assert!(lines.len() > 2);
    }

    #[test]
    fn a_long_mail_is_drawn_in_part() {
        let markup = drawing(&vec![Block::Text("one".into()); 5_000]).into_string();
        assert!(markup.matches("<text").count() <= LINES_MAX);
    }
}
