//! Who wrote to the house before: the consent history against which novelty is judged.

use super::tally::Standing;
use super::weight;
use crate::domain::{domain_of, organization_label, organizational_domain};
use crate::feature::Feature;
use model::{EventTime, time::DAY_SECS};
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64;

/// What is remembered of one sender address. Forty bytes each: they outlive every strand.
#[derive(Debug, Clone, Copy)]
pub struct Sender {
    /// First message.
    pub first: EventTime,
    /// Latest message.
    pub last: EventTime,
    /// Messages.
    pub messages: u32,
    /// Messages that answered one of the house.
    pub replies: u32,
    /// How the sender stood when it first wrote.
    pub standing: Standing,
    /// Whether its domain looked like that of another organization by then.
    pub is_lookalike: bool,
}

#[derive(Debug, Clone, Copy)]
struct Domain {
    first: EventTime,
    senders: u32,
}

/// Senders and the organizations behind them, by hash. Memory is linear in distinct senders of the window.
#[derive(Debug, Default)]
pub struct History {
    senders: HashMap<u64, Sender>,
    domains: HashMap<u64, Domain>,
    /// Organization by the letters of its name: the first that was seen with these.
    names: HashMap<u64, u64>,
    first: Option<EventTime>,
}

/// A domain that was first seen this recently is as new as its senders: look-alikes are registered for one operation.
const DOMAIN_KNOWN_SECS: i64 = 7 * DAY_SECS;

impl History {
    /// Records a message of a sender (by hash of its address) and tells what is known of the sender, this message included.
    pub fn record(&mut self, sender: u64, feature: &Feature, is_reply: bool) -> Sender {
        let now = feature.time;
        self.first = Some(self.first.map_or(now, |first| first.min(now)));
        if !self.senders.contains_key(&sender) {
            let standing = self.standing(feature);
            let is_lookalike = self.is_lookalike(domain_of(&feature.sender));
            self.senders.insert(
                sender,
                Sender { first: now, last: now, messages: 0, replies: 0, standing, is_lookalike },
            );
        }
        let Some(known) = self.senders.get_mut(&sender) else { unreachable!("inserted above") };
        known.messages += 1;
        known.replies += u32::from(is_reply);
        known.last = known.last.max(now);
        *known
    }

    /// Whether another organization was seen first with the same letters in its name.
    fn is_lookalike(&mut self, host: &str) -> bool {
        let Some(name) = name_key(host) else { return false };
        let organization = xxh3_64(organizational_domain(host).as_bytes());
        *self.names.entry(name).or_insert(organization) != organization
    }

    /// How a sender stands that was never seen; counts it to its organization.
    fn standing(&mut self, feature: &Feature) -> Standing {
        let key = organization_key(&feature.sender);
        let domain = self.domains.entry(key).or_insert(Domain { first: feature.time, senders: 0 });
        domain.senders += 1;
        match domain {
            domain if domain.senders > weight::HUB_SENDERS_MIN => Standing::NovelAtHub,
            domain if feature.time.secs_since(domain.first) > DOMAIN_KNOWN_SECS => {
                Standing::KnownOrganization
            }
            _ => Standing::Novel,
        }
    }

    /// How much history there is, 0 to 1: novelty means nothing while everybody is new.
    pub fn warmth(&self, now: EventTime) -> f32 {
        let days = self.first.map_or(0, |first| now.secs_since(first)) as f32 / DAY_SECS as f32;
        (days / weight::WARM_UP_DAYS).clamp(0.0, 1.0)
    }

    /// Distinct senders seen.
    pub fn len(&self) -> usize {
        self.senders.len()
    }

    /// Whether nobody wrote yet.
    pub fn is_empty(&self) -> bool {
        self.senders.is_empty()
    }

    /// Forgets senders who were silent since `before`.
    pub fn forget(&mut self, before: EventTime) {
        self.senders.retain(|_, sender| sender.last >= before);
    }
}

/// Fewest letters of a name that are its own: shorter ones meet by chance.
const NAME_LETTERS_MIN: usize = 8;

/// The letters of an organization's name, without hyphens, digits and ending.
fn name_key(host: &str) -> Option<u64> {
    let letters: Vec<u8> = organization_label(host).bytes().filter(u8::is_ascii_alphabetic).collect();
    (letters.len() >= NAME_LETTERS_MIN).then(|| xxh3_64(&letters))
}

/// Key of the organization behind an address.
pub fn organization_key(address: &str) -> u64 {
    xxh3_64(organizational_domain(domain_of(address)).as_bytes())
}
