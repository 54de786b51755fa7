//! What a message has that others may share: keys of several kinds, and how common each is.

use crate::domain::{domain_of, organizational_domain};
use crate::feature::{Feature, RemoteFeature};
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// What a key was made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyKind {
    /// Two neighbouring minima of the text's sketch: finds candidates, and binds by resemblance.
    TextBand,
    /// Two neighbouring minima of the HTML's sketch.
    ShapeBand,
    /// Template of a load or tokened link.
    Template,
    /// Value in a slot of a load or tokened link.
    Slot,
    /// Shape of a load's URL, whatever the host.
    UrlShape,
    /// A page linked to without a token.
    LinkedPage,
    /// An organization linked to.
    LinkedHost,
    /// Organization of the sender.
    SenderDomain,
    /// Subject without case and numbers.
    Subject,
    /// Mailing service: its own words, or the organization of the envelope sender.
    Service,
}

/// A thing that messages may have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// What it was made of.
    pub kind: KeyKind,
    /// Hash of its value, seeded with the kind.
    pub hash: u64,
}

impl Key {
    fn new(kind: KeyKind, value: &[u8]) -> Self {
        Self { kind, hash: xxh3_64_with_seed(value, kind as u64 + 1) }
    }

    /// What no key of this kind comes before.
    pub(super) fn first_of(kind: KeyKind) -> Self {
        Self { kind, hash: 0 }
    }
}

/// URLs of a message that are made into keys.
const REMOTES_MAX: usize = 10;

/// Every key of a message, without repeats: at most some sixty.
pub fn keys(feature: &Feature) -> Vec<Key> {
    let mut keys = Vec::with_capacity(48);
    keys.extend(feature.text.bands().map(|band| Key::new(KeyKind::TextBand, &band.to_le_bytes())));
    keys.extend(feature.shape.bands().map(|band| Key::new(KeyKind::ShapeBand, &band.to_le_bytes())));
    feature.remotes.iter().take(REMOTES_MAX).for_each(|remote| of_remote(remote, &mut keys));
    keys.push(Key::new(KeyKind::SenderDomain, organizational_domain(domain_of(&feature.sender)).as_bytes()));
    let subject = normal_subject(&feature.subject);
    if subject.len() >= 6 {
        keys.push(Key::new(KeyKind::Subject, subject.as_bytes()));
    }
    for service in [feature.mailer.as_str(), organizational_domain(&feature.mail_from_domain)] {
        if !service.is_empty() {
            keys.push(Key::new(KeyKind::Service, service.as_bytes()));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn of_remote(remote: &RemoteFeature, keys: &mut Vec<Key>) {
    let host = organizational_domain(remote.host()).as_bytes();
    if remote.is_load() || remote.is_tokened() {
        keys.push(Key::new(KeyKind::Template, remote.template.as_bytes()));
        keys.extend(remote.slots.iter().map(|slot| Key::new(KeyKind::Slot, &slot.to_le_bytes())));
    } else {
        keys.push(Key::new(KeyKind::LinkedPage, remote.template.as_bytes()));
        keys.push(Key::new(KeyKind::LinkedHost, host));
    }
    if remote.is_load() && remote.is_tokened() {
        keys.push(Key::new(KeyKind::UrlShape, &remote.shape.to_le_bytes()));
    }
}

/// A subject without case, numbers, punctuation and marks of answering.
pub fn normal_subject(subject: &str) -> String {
    let lower = subject.to_lowercase();
    let mut rest = lower.trim();
    while let Some(shorter) =
        ["re:", "fw:", "fwd:", "aw:", "sv:"].iter().find_map(|mark| rest.strip_prefix(mark))
    {
        rest = shorter.trim_start();
    }
    rest.chars().filter(|c| c.is_alphabetic()).take(80).collect()
}

/// How many distinct senders, and how many lawful ones, have used a key, counted in constant memory: a count-min sketch (Cormode and
/// Muthukrishnan 2005) behind a table that remembers which sender used which key last.
#[derive(Debug)]
pub struct Commonness {
    all: Counts,
    lawful: Counts,
}

#[derive(Debug)]
struct Counts {
    counts: Vec<u16>,
    seen: Vec<u32>,
}

const COUNTS: usize = 1 << 20;
const ROWS: u64 = 2;
const SEEN: usize = 1 << 20;

impl Default for Commonness {
    fn default() -> Self {
        Self { all: Counts::new(), lawful: Counts::new() }
    }
}

impl Commonness {
    /// Counts `sender` as a user of `key`, once for as long as the pair is remembered.
    pub fn record(&mut self, key: Key, sender: u64, is_lawful: bool) {
        self.all.record(key, sender);
        if is_lawful {
            self.lawful.record(key, sender);
        }
    }

    /// Distinct senders who used the key; rather too many than too few.
    pub fn of(&self, key: Key) -> u16 {
        self.all.of(key)
    }

    /// Inverse document frequency, 0 (everybody has it) to 1 (nobody else has it), of `senders` in all. What several
    /// lawful senders share is a service or a habit, and binds nobody, however few they are: hubs are capped.
    pub fn rarity(&self, key: Key, senders: usize) -> f32 {
        let all = (senders as f32 + 20.0).ln();
        let rare = (1.0 - (f32::from(self.of(key)).max(1.0)).ln() / all).clamp(0.0, 1.0);
        rare / (1.0 + 0.7 * f32::from(self.lawful.of(key)))
    }
}

impl Counts {
    fn new() -> Self {
        Self { counts: vec![0; COUNTS * ROWS as usize], seen: vec![0; SEEN] }
    }

    fn record(&mut self, key: Key, sender: u64) {
        let pair = (key.hash ^ sender.rotate_left(17)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mark = pair as u32 | 1;
        let Some(slot) = self.seen.get_mut((pair >> 44) as usize % SEEN) else { return };
        if std::mem::replace(slot, mark) == mark {
            return;
        }
        for row in 0..ROWS {
            if let Some(count) = self.counts.get_mut(cell(key, row)) {
                *count = count.saturating_add(1);
            }
        }
    }

    fn of(&self, key: Key) -> u16 {
        (0..ROWS).filter_map(|row| self.counts.get(cell(key, row))).min().copied().unwrap_or_default()
    }
}

fn cell(key: Key, row: u64) -> usize {
    let spread = key.hash.rotate_left(row as u32 * 29).wrapping_mul(0xd6e8_feb8_6659_fd93 ^ row);
    (spread >> 44) as usize % COUNTS + COUNTS * row as usize
}

/// Senders that are remembered as users of one key; of a hub only the latest.
const USERS_MAX: usize = 8;

/// Which strands have used a key lately. Holds strands that may belong to a campaign only, so it stays small.
#[derive(Debug, Default)]
pub struct Users(HashMap<u64, Vec<u64>>);

impl Users {
    /// Remembers that the strand of `sender` has `key`.
    pub fn record(&mut self, key: Key, sender: u64) {
        let users = self.0.entry(key.hash).or_default();
        if users.last() == Some(&sender) {
            return;
        }
        users.retain(|user| *user != sender);
        if users.len() >= USERS_MAX {
            users.remove(0);
        }
        users.push(sender);
    }

    /// Senders of the strands that had `key` last.
    pub fn of(&self, key: Key) -> &[u64] {
        self.0.get(&key.hash).map_or(&[], Vec::as_slice)
    }

    /// Forgets senders that are no longer `kept`.
    pub fn retain(&mut self, kept: impl Fn(u64) -> bool) {
        self.0.retain(|_, users| {
            users.retain(|user| kept(*user));
            !users.is_empty()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_share_the_subject_they_answer() {
        assert_eq!(normal_subject("Re: FW: Vote 12 on the bill"), normal_subject("vote on the BILL"));
    }

    #[test]
    fn a_sender_counts_once() {
        let mut commonness = Commonness::default();
        let key = Key::new(KeyKind::Subject, b"vote");
        [1, 1, 1, 2, 2].into_iter().for_each(|sender| commonness.record(key, sender, false));
        assert_eq!(commonness.of(key), 2);
        assert!(
            commonness.rarity(key, 1_000) < commonness.rarity(Key::new(KeyKind::Subject, b"other"), 1_000)
        );
    }

    #[test]
    fn hubs_remember_the_latest_users_only() {
        let mut users = Users::default();
        let key = Key::new(KeyKind::Template, b"t.example/o/{}");
        (0..100).for_each(|sender| users.record(key, sender));
        assert_eq!(users.of(key).len(), USERS_MAX);
        assert_eq!(users.of(key).last(), Some(&99));
    }
}
