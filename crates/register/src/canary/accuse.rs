//! Which copy leaked, out of the entries that were seen, with a bound on the chance that it is innocent.

use super::code::FALSE_ACCUSATION;

/// What is known when a leak was looked through.
#[derive(Debug, Clone, Copy)]
pub struct Observed<'a> {
    /// For each shared entry: the share of copies that get it, and whether it is in the leak.
    pub shared: &'a [(f64, bool)],
    /// About which share of a copy's rows the leak holds, from 0 to 1. A wrong value costs certainty, never an innocent.
    pub share: f64,
    /// Copies that may have been put together, at most; 8 at most are thought of.
    pub colluders: u32,
    /// For each copy: which shared entries it got, and how many of its own entries are in the leak.
    pub copies: &'a [(&'a [bool], usize)],
}

/// What speaks against one copy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accusation {
    /// Entries seen that no other copy has.
    pub own: usize,
    /// At most this is the chance that a copy which did not take part fits the shared entries as well as this one, over all copies
    /// together; from 0 to 1.
    pub bound: f64,
}

impl Accusation {
    /// Whether it is named: it has an entry seen that no other copy has, or fits the shared ones better than chance allows.
    pub fn is_named(&self) -> bool {
        self.own > 0 || self.bound <= FALSE_ACCUSATION
    }
}

/// Judges each copy.
pub fn accuse(observed: &Observed<'_>) -> Vec<Accusation> {
    let schemes = schemes(observed.colluders);
    let steps: Vec<Vec<Step>> = schemes.iter().map(|scheme| steps(observed, scheme)).collect();
    let copies = observed.copies.len().max(1);
    let judge = |(code, own): &(&[bool], usize)| Accusation { own: *own, bound: bound(&steps, code, copies) };
    observed.copies.iter().map(judge).collect()
}

/// What those who leak may have done with entries that some of their copies have and others have not.
#[derive(Debug, Clone, Copy)]
enum Habit {
    /// They keep what all have: what differs is suspicious.
    All,
    /// They put everything together.
    Any,
    /// They take each row from one of the copies by lot.
    Lot,
    /// They toss a coin for what differs.
    Coin,
    /// They keep what most have.
    Most,
}

/// A habit, and how many copies were put together.
#[derive(Debug, Clone, Copy)]
struct Scheme {
    habit: Habit,
    copies: i32,
}

fn schemes(colluders: u32) -> Vec<Scheme> {
    let colluders = i32::try_from(colluders.clamp(1, 8)).unwrap_or(1);
    let habits = [Habit::All, Habit::Any, Habit::Lot, Habit::Coin, Habit::Most];
    let several = (2..=colluders).flat_map(|copies| habits.map(|habit| Scheme { habit, copies }));
    std::iter::once(Scheme { habit: Habit::All, copies: 1 }).chain(several).collect()
}

impl Scheme {
    /// Chances that an entry of this bias stays, where one of the copies has it and where that one has not.
    fn stays(self, bias: f64) -> (f64, f64) {
        let (others, count) = (self.copies - 1, f64::from(self.copies));
        let (all, none) = (bias.powi(others), (1.0 - bias).powi(others));
        let (with, without) = match self.habit {
            Habit::All => (all, 0.0),
            Habit::Any => (1.0, 1.0 - none),
            Habit::Lot => ((1.0 + f64::from(others) * bias) / count, f64::from(others) * bias / count),
            Habit::Coin => (f64::midpoint(1.0, all), (1.0 - none) / 2.0),
            Habit::Most => {
                (at_least(others, self.copies / 2, bias), at_least(others, self.copies / 2 + 1, bias))
            }
        };
        (with.clamp(SLIP, 1.0 - SLIP), without.clamp(SLIP, 1.0 - SLIP))
    }
}

/// Nothing is quite impossible: entries are overlooked, and rarely somebody is taken for one.
const SLIP: f64 = 1e-3;

/// The chance that at least `least` of `count` copies have an entry.
fn at_least(count: i32, least: i32, bias: f64) -> f64 {
    let exactly = |k: i32| {
        let ways: f64 = (0..k).map(|i| f64::from(count - i) / f64::from(i + 1)).product();
        ways * bias.powi(k) * (1.0 - bias).powi(count - k)
    };
    (least.max(0)..=count).map(exactly).sum()
}

/// Logarithms of how much likelier what was seen of an entry is if a copy took part, where it has the entry and where it has not.
#[derive(Debug, Clone, Copy)]
struct Step {
    with: f64,
    without: f64,
}

fn steps(observed: &Observed<'_>, scheme: &Scheme) -> Vec<Step> {
    let share = observed.share.clamp(SLIP, 1.0);
    let step = |(bias, is_seen): &(f64, bool)| {
        let (with, without) = scheme.stays(*bias);
        let chance = |stays: f64| if *is_seen { share * stays } else { 1.0 - share * stays };
        let mean = chance(bias * with + (1.0 - bias) * without);
        Step { with: (chance(with) / mean).ln(), without: (chance(without) / mean).ln() }
    };
    observed.shared.iter().map(step).collect()
}

/// Markov's bound. An innocent copy's code was drawn without regard to the leak, so that the mean of each likelihood ratio over
/// such codes is 1 whatever was seen, and so is that of their average: it is above `k` with a chance of at most `1/k`.
fn bound(steps: &[Vec<Step>], code: &[bool], copies: usize) -> f64 {
    let has = |place: usize| code.get(place).copied().unwrap_or(false);
    let score = |steps: &Vec<Step>| -> f64 {
        steps.iter().enumerate().map(|(place, step)| if has(place) { step.with } else { step.without }).sum()
    };
    #[expect(clippy::cast_precision_loss, reason = "a few thousand copies, a few schemes")]
    let (copies, schemes) = (copies as f64, steps.len().max(1) as f64);
    let ratio = steps.iter().map(|steps| score(steps).min(600.0).exp()).sum::<f64>() / schemes;
    (copies / ratio).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::{chance::Chance, code::bias};
    use super::*;

    const ENTRIES: usize = 921;

    /// Copies with random codes, and what a leak of three of them shows when `keep` says what stays of an entry that so many of the
    /// three have.
    fn named(seed: u8, copies: usize, keep: impl Fn(usize, &mut Chance) -> bool) -> Vec<usize> {
        let mut chance = Chance::new([seed; 32]);
        let biases: Vec<f64> = (0..ENTRIES).map(|_| bias(&mut chance)).collect();
        let codes: Vec<Vec<bool>> =
            (0..copies).map(|_| biases.iter().map(|bias| chance.unit() < *bias).collect()).collect();
        let has = |place: usize| codes.iter().take(3).filter(|code| code[place]).count();
        let shared: Vec<(f64, bool)> =
            biases.iter().enumerate().map(|(place, bias)| (*bias, keep(has(place), &mut chance))).collect();
        let copies: Vec<(&[bool], usize)> = codes.iter().map(|code| (code.as_slice(), 0)).collect();
        let accused = accuse(&Observed { shared: &shared, share: 1.0, colluders: 3, copies: &copies });
        accused
            .iter()
            .enumerate()
            .filter(|(_, accusation)| accusation.is_named())
            .map(|(place, _)| place)
            .collect()
    }

    #[track_caller]
    fn check(what: &str, keep: impl Fn(usize, &mut Chance) -> bool + Copy) {
        let (mut traced, mut of_three) = (0, 0);
        for seed in 0..8 {
            let named = named(seed, 100, keep);
            assert!(named.iter().all(|place| *place < 3), "{what}: an innocent copy of seed {seed}");
            traced += usize::from(!named.is_empty());
            of_three += named.len();
        }
        assert!(
            traced == 8 && of_three >= 16,
            "{what}: {traced} of 8 leaks traced, {of_three} of 24 copies named"
        );
    }

    #[test]
    fn three_who_compare_their_copies_are_named_whatever_they_do() {
        check("only what all have", |has, _| has == 3);
        check("whatever one has", |has, _| has > 0);
        check("what most have", |has, _| has >= 2);
        check("a copy by lot", |has, chance| chance.below(3) < has);
        check("a coin", |has, chance| has == 3 || has > 0 && chance.below(2) == 0);
    }

    #[test]
    fn without_entries_nobody_is_named() {
        let accused =
            accuse(&Observed { shared: &[], share: 1.0, colluders: 3, copies: &[(&[], 0), (&[], 1)] });
        assert_eq!(accused.iter().map(Accusation::is_named).collect::<Vec<_>>(), [false, true]);
    }
}
