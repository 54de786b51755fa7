//! How many members are in each state, as one bar.

use super::scaled;
use crate::page::piece::StateCounts;
use maud::{Markup, html};

/// Width and height of the picture.
const WIDTH: u64 = 160;
const HEIGHT: u64 = 10;

/// The bar; the words stand beside it, so it is hidden from those who do not see it.
pub fn states(counts: &StateCounts) -> Markup {
    let whole: u64 = counts.values().fold(0, |sum, count| sum.saturating_add(*count as u64));
    let mut x = 0;
    let parts: Vec<(&'static str, u64, u64)> = counts
        .iter()
        .rev()
        .map(|(state, count)| {
            let (left, width) = (x, scaled(*count as u64, whole, WIDTH));
            x += width;
            (state.word(), left, width)
        })
        .collect();
    html! {
        svg.share viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } preserveAspectRatio="none" aria-hidden="true" {
            @for (word, left, width) in parts {
                @if width > 0 { rect class={ "share-" (word) } x=(left) y="0" width=(width) height=(HEIGHT) {} }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;
    use model::MemberState;

    #[test]
    fn shares_stand_side_by_side_and_the_furthest_comes_first() {
        let counts = StateCounts::from([(MemberState::Delivered, 1), (MemberState::Opened, 3)]);
        let bar = states(&counts).into_string();
        expect![[r#"<svg class="share" viewBox="0 0 160 10" preserveAspectRatio="none" aria-hidden="true"><rect class="share-opened" x="0" y="0" width="120" height="10"></rect><rect class="share-delivered" x="120" y="0" width="40" height="10"></rect></svg>"#]]
            .assert_eq(&bar);
    }
}
