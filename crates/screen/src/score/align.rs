//! Which token of a query stands for which token of a listed name.

use crate::index::candidates::Probe;
use crate::index::link::Level;
use crate::index::{Index, NO_PAIR};

/// Tokens of both sides that stand for each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// Place in the query, and how many tokens from there.
    pub asked: (usize, usize),
    /// Place in the listed name, and how many tokens from there.
    pub listed: (usize, usize),
    /// How they agree.
    pub level: Level,
    /// How much the agreement tells: the weight of the rarer side's tokens together.
    pub weight: f32,
}

/// All tokens of both sides, matched or left over.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Alignment {
    /// What stands for each other, in the order of the query.
    pub matches: Vec<Match>,
    /// Places of the query that nothing stands for, with their weights.
    pub asked_only: Vec<(usize, f32)>,
    /// Places of the listed name that nothing stands for, with their weights.
    pub listed_only: Vec<(usize, f32)>,
    /// Weight of all tokens of the query, and of the listed name.
    pub totals: (f32, f32),
    /// Whether matched tokens stand in another order, beyond a surname that is first or last.
    pub is_reordered: bool,
}

/// Aligns a query with a form: closest agreement first, then the heaviest, then the nearest place.
pub(crate) fn align(index: &Index, probe: &Probe, form: u32) -> Alignment {
    let mut options = options(index, probe, form);
    options.sort_by(|left, right| {
        let by_span = right.asked.1.max(right.listed.1).cmp(&left.asked.1.max(left.listed.1));
        left.level
            .cmp(&right.level)
            .then(right.weight.total_cmp(&left.weight))
            .then(by_span)
            .then(distance(left).cmp(&distance(right)))
    });
    let (tokens, _) = index.form(form);
    let (mut asked_taken, mut listed_taken): (u64, u64) = (0, 0);
    let mut matches: Vec<Match> = Vec::new();
    for option in options {
        let (asked, listed) = (bits(option.asked), bits(option.listed));
        if asked_taken & asked == 0 && listed_taken & listed == 0 {
            asked_taken |= asked;
            listed_taken |= listed;
            matches.push(option);
        }
    }
    matches.sort_by_key(|found| found.asked.0);
    let listed_weights: Vec<f32> = tokens.iter().map(|token| index.weight(*token)).collect();
    Alignment {
        is_reordered: is_reordered(&matches),
        matches,
        asked_only: left_over(&probe.weights, asked_taken),
        listed_only: left_over(&listed_weights, listed_taken),
        totals: (probe.weights.iter().sum(), listed_weights.iter().sum()),
    }
}

/// Every way in which tokens may stand for each other.
fn options(index: &Index, probe: &Probe, form: u32) -> Vec<Match> {
    let (tokens, pairs) = index.form(form);
    let mut found = Vec::new();
    let asked_weight = |place: usize, count: usize| probe.weights.iter().skip(place).take(count).sum::<f32>();
    for (place, (token, pair)) in tokens.iter().zip(pairs).enumerate() {
        let own = index.weight(*token);
        let both = own + tokens.get(place + 1).map_or(0.0, |next| index.weight(*next));
        for (listed, posted, weight) in [((place, 1), *token, own), ((place, 2), *pair, both)] {
            if posted == NO_PAIR {
                continue;
            }
            for (unit, level) in probe.links_of(posted) {
                let Some(unit) = probe.units.get(usize::from(unit)) else { continue };
                let asked = (unit.place, if unit.facts.is_pair { 2 } else { 1 });
                // What an approximate agreement tells is what the listed tokens tell: a misspelling is always rare.
                let weight = if level <= Level::Joined {
                    weight.max(asked_weight(asked.0, asked.1).min(weight))
                } else {
                    weight
                };
                found.push(Match { asked, listed, level, weight });
            }
        }
        probe.abbreviations(index, *token, |asked| {
            found.push(Match { asked: (asked, 1), listed: (place, 1), level: Level::Initial, weight: own });
        });
    }
    found
}

fn distance(option: &Match) -> usize {
    option.asked.0.abs_diff(option.listed.0)
}

fn bits((place, count): (usize, usize)) -> u64 {
    (if count == 2 { 3 } else { 1 }) << place.min(62)
}

fn left_over(weights: &[f32], taken: u64) -> Vec<(usize, f32)> {
    weights.iter().copied().enumerate().filter(|(place, _)| taken >> (*place).min(63) & 1 == 0).collect()
}

/// Whether the listed places, in the order of the query, are anything but ascending or ascending with one turn-around.
fn is_reordered(matches: &[Match]) -> bool {
    let places = matches.iter().map(|found| found.listed.0);
    let descents = places.clone().zip(places.clone().skip(1)).filter(|(one, next)| next < one).count();
    let is_turned = match (matches.first(), matches.last()) {
        (Some(first), Some(last)) => last.listed.0 < first.listed.0,
        _ => false,
    };
    descents > 1 || (descents == 1 && !is_turned)
}
