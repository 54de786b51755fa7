//! How much a token tells: the rarer it is, the more.

use crate::name::{Token, TokenKind};

/// The least weight of a token that is not an initial.
pub(crate) const LEAST: f32 = 0.25;
/// The weight of a token that no list has.
pub(crate) const UNKNOWN: f32 = 8.0;

/// The weight of a token that `entries` of `all` entries have.
pub(crate) fn of_frequency(token: &Token, entries: u32, all: u32) -> f32 {
    if token.is_initial() {
        return 0.0;
    }
    let share = f64::from(entries.max(1)) / f64::from(all.max(1));
    let told = -(share.max(super::population::share(token)).min(1.0).ln()) as f32;
    scaled(token, told.min(UNKNOWN + 2.0))
}

/// The weight of a token of a query that no list has.
pub(crate) fn of_unknown(token: &Token) -> f32 {
    if token.is_initial() { 0.0 } else { scaled(token, UNKNOWN) }
}

/// What names of persons often leave out tells less: patronymics, and words of descent and rank.
fn scaled(token: &Token, told: f32) -> f32 {
    const PARTICLES: [&str; 24] = [
        "bin", "ibn", "ben", "bint", "binti", "abu", "abou", "umm", "von", "van", "der", "den", "de", "da",
        "di", "dos", "del", "mr", "mrs", "dr", "haji", "hajji", "mullah", "sheikh",
    ];
    const PATRONYMICS: [&str; 9] =
        ["ovich", "evich", "ovna", "evna", "ichna", "ovych", "ivna", "yevich", "ogly"];
    if token.kind != TokenKind::Word {
        return told.max(LEAST);
    }
    let factor = if PARTICLES.contains(&token.text.as_str()) {
        0.3
    } else if token.text.len() > 7 && PATRONYMICS.iter().any(|ending| token.text.ends_with(ending)) {
        0.4
    } else {
        1.0
    };
    (told * factor).max(LEAST)
}
