//! Charts, drawn on the server as SVG. Shapes are SVG and words are HTML, so that words stay readable at any width, and
//! each chart has the same numbers as a table.
//!
//! Sizes are attributes and colours are classes: the content security policy allows no style in the markup.

pub mod bars;
pub mod columns;
pub mod glyph;
pub mod letter;
pub mod proof;
pub mod share;
pub mod sightings;
pub mod spark;
pub mod spread;
pub mod timeline;
pub mod yardstick;

use maud::{Markup, html};

/// A chart with its caption and the same numbers as a table, which opens on demand.
fn figure(caption: Markup, picture: Markup, table: Markup) -> Markup {
    html! {
        figure.chart {
            figcaption { (caption) }
            (picture)
            details.numbers.chart-numbers { summary { "The numbers" } div.scroll tabindex="0" role="region" aria-label="The numbers" { (table) } }
        }
    }
}

/// `part` of `whole` on a scale of `length` units, rounded down; something is at least one unit, so that it is seen.
fn scaled(part: u64, whole: u64, length: u64) -> u64 {
    match (part, whole) {
        (0, _) | (_, 0) => 0,
        _ => u64::try_from(u128::from(part) * u128::from(length) / u128::from(whole))
            .unwrap_or(length)
            .clamp(1, length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_seen_and_nothing_is_not() {
        assert_eq!(scaled(0, 10, 100), 0);
        assert_eq!(scaled(1, 1_000_000, 100), 1);
        assert_eq!(scaled(u64::MAX, u64::MAX, 100), 100);
        assert_eq!(scaled(3, 0, 100), 0);
    }
}
