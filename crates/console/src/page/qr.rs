//! A QR code (ISO/IEC 18004) as a picture in the page itself: nothing is fetched for it, and its text goes nowhere.

use maud::{Markup, html};
use qrcodegen::{QrCode, QrCodeEcc};
use std::fmt::Write as _;

/// Modules of white around the code; the standard asks for four.
const MARGIN: i32 = 4;
/// Width and height of the picture, in CSS pixels: some six to a module for an address of a second factor.
const SIZE: u32 = 280;

/// The code of `text`, which a screen reader calls `label`; `None` where the text is too long for one. It is black on white in dark
/// pages too, because not every camera program reads the reverse.
pub(super) fn picture(text: &str, label: &str) -> Option<Markup> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let edge = code.size() + 2 * MARGIN;
    Some(html! {
        svg role="img" aria-label=(label) width=(SIZE) height=(SIZE) viewBox={ "0 0 " (edge) " " (edge) } shape-rendering="crispEdges" {
            rect width=(edge) height=(edge) fill="#fff" {}
            path fill="#000" d=(dark_modules(&code)) {}
        }
    })
}

/// The dark modules as one path: a stroke for each run in a row.
fn dark_modules(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            if run > 0 {
                // Writing into a string cannot fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + MARGIN, y + MARGIN);
            }
            x += i32::try_from(run).unwrap_or(0).max(1);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws a path of [`dark_modules`] again.
    fn drawn(path: &str) -> Vec<(i32, i32)> {
        let mut modules = Vec::new();
        for stroke in path.split('M').filter(|stroke| !stroke.is_empty()) {
            let (start, rest) = stroke.split_once('h').expect("a run");
            let (x, y) = start.split_once(' ').expect("two numbers");
            let run: i32 = rest.split('v').next().expect("its length").parse().expect("a number");
            let (x, y): (i32, i32) = (x.parse().expect("a number"), y.parse().expect("a number"));
            modules.extend((x..x + run).map(|x| (x - MARGIN, y - MARGIN)));
        }
        modules
    }

    #[test]
    fn every_dark_module_is_drawn_and_no_other() {
        let code = QrCode::encode_text("otpauth://totp/Portcullis:a?secret=GEZDGNBV", QrCodeEcc::Medium)
            .expect("short");
        let all = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        let dark: Vec<(i32, i32)> = all.filter(|(x, y)| code.get_module(*x, *y)).collect();
        assert_eq!(drawn(&dark_modules(&code)), dark);
    }

    #[test]
    fn it_has_a_name_for_who_does_not_see_it_and_nothing_that_the_policy_forbids() {
        let picture = picture("a", "QR code").expect("short").into_string();
        assert!(picture.starts_with("<svg role=\"img\" aria-label=\"QR code\""), "{picture}");
        assert!(!picture.contains("style") && !picture.contains("href"), "{picture}");
    }

    #[test]
    fn a_text_that_is_too_long_has_no_picture() {
        assert!(picture(&"a".repeat(5_000), "QR code").is_none());
    }
}
