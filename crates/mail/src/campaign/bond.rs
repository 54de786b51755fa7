//! How much two strands have in common, weighed by how rare it is and how long ago it was.

use super::key::{Commonness, Key, KeyKind};
use super::operation::Strand;
use super::tally::Forum;
use super::weight::{self, bond};
use crate::sketch::Sketch;
use model::{EventTime, time::DAY_SECS};
use std::collections::BTreeMap;

/// One thing in common: what, and how much it binds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bond {
    /// Stable name.
    pub code: &'static str,
    /// Contribution to the sum that is compared with [`weight::JOIN`].
    pub weight: f32,
}

/// What is the same for every comparison.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// How common each key is.
    pub commonness: &'a Commonness,
    /// Senders in all.
    pub senders: usize,
    /// Protected groups.
    pub forums: &'a [Forum],
}

/// Everything that binds two strands, strongest kinds first.
pub fn bonds(a: &Strand, b: &Strand, ground: Ground<'_>) -> Vec<Bond> {
    let mut all = shared_keys(a, b, ground);
    let gap = gap_days(a, b);
    let text = best(&a.texts, &b.texts);
    if text >= bond::TEXT_RESEMBLANCE_MIN {
        all.push(Bond {
            code: "SAME_TEXT",
            weight: bond::TEXT * text * decay(gap, weight::STRONG_HALF_LIFE_DAYS),
        });
    }
    let rarity = shared_shape_rarity(a, b, ground);
    all.push(Bond {
        code: "SAME_SHAPE",
        weight: bond::SHAPE * best(&a.shapes, &b.shapes) * rarity * decay(gap, weight::WEAK_HALF_LIFE_DAYS),
    });
    // One wave starts together; a regular sender that happens to be active in the same week does not belong to it.
    let start_gap = start_gap_days(a, b);
    if gap <= weight::AIM_DAYS_MAX && start_gap <= aim_days(a, b) && a.is_furtive() && b.is_furtive() {
        if a.tally.imitations > 0 && b.tally.imitations > 0 {
            all.push(Bond { code: "BOTH_IMITATE", weight: bond::IMITATION });
        }
        let is_alone = strength(&all) < bond::AIM_GROUND_MIN;
        let full = if is_alone { bond::AIM_RATIO_FULL_ALONE } else { bond::AIM_RATIO_FULL };
        let days = if start_gap <= weight::SAME_DAYS_MAX { bond::AIM_SAME_DAYS } else { 0.0 };
        let ratio = common_aim(a, b, ground.forums);
        all.push(Bond { code: "SAME_AIM", weight: (bond::AIM + days) * (ratio / full).clamp(0.0, 1.0) });
    }
    all.push(Bond { code: "UNLIKE_MANNER", weight: -unlikeness(a, b) });
    all.retain(|bond| bond.weight.abs() > 0.01);
    all
}

/// How surely the less concentrated of both aims at the forum that both aim at; 0 where they aim at none or another.
fn common_aim(a: &Strand, b: &Strand, forums: &[Forum]) -> f32 {
    match (a.aim(forums), b.aim(forums)) {
        (Some((forum, ratio)), Some((other, other_ratio))) if forum == other => ratio.min(other_ratio),
        _ => 0.0,
    }
}

/// Customers of one mailing service share its templates and hosts, and differ in what they do there.
fn unlikeness(a: &Strand, b: &Strand) -> f32 {
    let differs = |count: fn(&Strand) -> usize| (a.tally.share(count(a)) - b.tally.share(count(b))).abs();
    bond::UNLIKE_LISTS * differs(|strand| strand.tally.honest_lists)
        + bond::UNLIKE_LINKS * differs(|strand| strand.tally.home)
        + bond::UNLIKE_TOKENS * differs(|strand| strand.tally.tokened)
        + bond::UNLIKE_IMITATION * differs(|strand| strand.tally.imitations)
        + bond::UNLIKE_HIDING * differs(|strand| strand.tally.hidden)
}

/// Sum of what binds.
pub fn strength(bonds: &[Bond]) -> f32 {
    bonds.iter().map(|bond| bond.weight).sum()
}

/// The strongest shared key of each kind: ten links to one page bind no more than one.
fn shared_keys(a: &Strand, b: &Strand, ground: Ground<'_>) -> Vec<Bond> {
    let mut strongest: BTreeMap<KeyKind, f32> = BTreeMap::new();
    let (few, many) = if a.keys.len() <= b.keys.len() { (&a.keys, &b.keys) } else { (&b.keys, &a.keys) };
    // Keys are in order of their kinds, and the sketches' bands bind by resemblance only.
    for (key, seen) in few.range(Key::first_of(KeyKind::Template)..) {
        let (Some(other_seen), Some((base, half_life))) = (many.get(key), base(key.kind)) else { continue };
        let gap = days_between(*seen, *other_seen);
        let weight = base * ground.commonness.rarity(*key, ground.senders) * decay(gap, half_life);
        let kept = strongest.entry(key.kind).or_default();
        *kept = kept.max(weight);
    }
    strongest.into_iter().map(|(kind, weight)| Bond { code: code(kind), weight }).collect()
}

fn base(kind: KeyKind) -> Option<(f32, f32)> {
    let (strong, weak) = (weight::STRONG_HALF_LIFE_DAYS, weight::WEAK_HALF_LIFE_DAYS);
    match kind {
        KeyKind::TextBand | KeyKind::ShapeBand => None,
        KeyKind::Template => Some((bond::TEMPLATE, strong)),
        KeyKind::Slot => Some((bond::SLOT, strong)),
        KeyKind::UrlShape => Some((bond::URL_SHAPE, weak)),
        KeyKind::LinkedPage => Some((bond::LINKED_PAGE, weak)),
        KeyKind::LinkedHost => Some((bond::LINKED_HOST, weak)),
        KeyKind::SenderDomain => Some((bond::SENDER_DOMAIN, strong)),
        KeyKind::Subject => Some((bond::SUBJECT, weak)),
        KeyKind::Service => Some((bond::SERVICE, weak)),
    }
}

fn code(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::TextBand => "SAME_TEXT",
        KeyKind::ShapeBand => "SAME_SHAPE",
        KeyKind::Template => "SAME_URL_TEMPLATE",
        KeyKind::Slot => "SAME_URL_VALUE",
        KeyKind::UrlShape => "SAME_URL_SHAPE",
        KeyKind::LinkedPage => "SAME_PAGE_LINKED",
        KeyKind::LinkedHost => "SAME_SITE_LINKED",
        KeyKind::SenderDomain => "SAME_SENDER_DOMAIN",
        KeyKind::Subject => "SAME_SUBJECT",
        KeyKind::Service => "SAME_SERVICE",
    }
}

/// Rarity of the rarest part of the structure that both share: a mailing service's stock template binds nobody.
fn shared_shape_rarity(a: &Strand, b: &Strand, ground: Ground<'_>) -> f32 {
    let bands = a.keys.range(Key::first_of(KeyKind::ShapeBand)..Key::first_of(KeyKind::Template));
    let shared = bands.map(|(key, _)| key).filter(|key| b.keys.contains_key(key));
    shared.map(|key| ground.commonness.rarity(*key, ground.senders)).fold(0.0, f32::max)
}

/// The highest resemblance between any two sketches, 0 to 1.
pub fn best(a: &[Sketch], b: &[Sketch]) -> f32 {
    let pairs = a.iter().flat_map(|left| b.iter().map(move |right| left.resemblance(right)));
    pairs.fold(0.0, f32::max)
}

fn decay(gap_days: f32, half_life_days: f32) -> f32 {
    (-gap_days / half_life_days * std::f32::consts::LN_2).exp()
}

fn days_between(a: EventTime, b: EventTime) -> f32 {
    a.secs_since(b).unsigned_abs() as f32 / DAY_SECS as f32
}

/// Days between beginnings over which a common aim binds: longer where both are slow.
fn aim_days(a: &Strand, b: &Strand) -> f32 {
    let shorter = a.tally.duration_secs().min(b.tally.duration_secs()) as f32 / DAY_SECS as f32;
    weight::AIM_DAYS_MAX.max(shorter * weight::AIM_DURATION_SHARE)
}

/// Days between the first messages of two strands.
fn start_gap_days(a: &Strand, b: &Strand) -> f32 {
    a.tally.first.zip(b.tally.first).map_or(0.0, |(a, b)| days_between(a, b))
}

/// Days between the times in which two strands were active; 0 where these overlap.
fn gap_days(a: &Strand, b: &Strand) -> f32 {
    let (Some(a_first), Some(a_last), Some(b_first), Some(b_last)) =
        (a.tally.first, a.tally.last, b.tally.first, b.tally.last)
    else {
        return 0.0;
    };
    let gap = b_first.secs_since(a_last).max(a_first.secs_since(b_last)).max(0);
    gap as f32 / DAY_SECS as f32
}
