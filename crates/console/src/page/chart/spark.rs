//! A line as small as a word, for the rows of a table.

use super::scaled;
use maud::{Markup, html};

/// Width and height of the picture.
const WIDTH: u64 = 120;
const HEIGHT: u64 = 28;
/// Points at most: more would be narrower than a pixel.
const POINTS_MAX: usize = 60;

/// `counts` in order of time, as an area. Longer series are summed in groups.
pub fn line(counts: &[u64]) -> Markup {
    let counts = grouped(counts);
    let top = counts.iter().copied().max().unwrap_or(0);
    let step = WIDTH / counts.len().max(1) as u64;
    html! {
        svg.spark viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } width=(WIDTH) height=(HEIGHT) role="img" {
            title { (description(&counts, top)) }
            line.base x1="0" y1=(HEIGHT - 1) x2=(WIDTH) y2=(HEIGHT - 1) {}
            @for (at, count) in counts.iter().enumerate() {
                @let height = scaled(*count, top, HEIGHT - 2);
                @if height > 0 {
                    rect.bar x=(step * at as u64) y=(HEIGHT - 1 - height) width=((step - 1).clamp(1, 12)) height=(height) {}
                }
            }
        }
    }
}

fn grouped(counts: &[u64]) -> Vec<u64> {
    let size = counts.len().div_ceil(POINTS_MAX).max(1);
    counts
        .chunks(size)
        .map(|chunk| chunk.iter().fold(0u64, |sum, count| sum.saturating_add(*count)))
        .collect()
}

fn description(counts: &[u64], top: u64) -> String {
    format!("{} steps of time, at most {top} mails in one", counts.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_series_keeps_its_sum() {
        let counts = vec![2; 1_000];
        let short = grouped(&counts);
        assert!(short.len() <= POINTS_MAX);
        assert_eq!(short.iter().sum::<u64>(), 2_000);
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert!(!line(&[]).into_string().contains("<rect"));
    }
}
