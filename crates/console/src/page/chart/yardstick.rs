//! The PHIA probability yardstick with one of its terms marked.

use maud::{Markup, html};
use model::Likelihood;

/// The terms in order. What is said with one is better understood beside the others.
const TERMS: [Likelihood; 7] = [
    Likelihood::RemoteChance,
    Likelihood::HighlyUnlikely,
    Likelihood::Unlikely,
    Likelihood::RealisticPossibility,
    Likelihood::Likely,
    Likelihood::HighlyLikely,
    Likelihood::AlmostCertain,
];
/// Width of a field and of the gap after it.
const FIELD: usize = 18;
const STEP: usize = 20;

/// The yardstick with `likelihood` marked.
pub fn marked(likelihood: Likelihood) -> Markup {
    html! {
        svg.yardstick viewBox={ "0 0 " (STEP * TERMS.len()) " 8" } preserveAspectRatio="none" role="img" aria-label={
            (likelihood) ", on a scale from a remote chance to almost certain"
        } {
            @for (at, term) in TERMS.into_iter().enumerate() {
                rect class=(if term == likelihood { "field field-marked" } else { "field" })
                    x=(STEP * at) y="0" width=(FIELD) height="8" { title { (term) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_term_is_marked_once() {
        for term in TERMS {
            assert_eq!(marked(term).into_string().matches("field-marked").count(), 1, "{term}");
        }
    }
}
