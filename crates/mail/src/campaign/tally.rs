//! What was counted of the messages of one strand or one operation.

use crate::feature::Feature;
use model::EventTime;
use std::collections::{HashMap, HashSet};

/// A protected group as detectors see it: its number, never its name.
#[derive(Debug, Clone, Default)]
pub struct Forum {
    /// By member index.
    pub is_inside: Vec<bool>,
    /// Whether its addresses were never given to anybody.
    pub is_canary: bool,
}

impl Forum {
    /// Members of the group as a share of the house, 0 to 1.
    pub fn share(&self) -> f64 {
        let inside = self.is_inside.iter().filter(|inside| **inside).count();
        inside as f64 / self.is_inside.len().max(1) as f64
    }
}

/// A recipient: a member by index, or another address by hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Recipient {
    /// Index in the house.
    Member(u32),
    /// Hash of an address that belongs to no member.
    Other(u64),
}

/// How the sender stood to the house when its strand began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Neither sender nor domain had been seen.
    Novel,
    /// The sender had not been seen; its domain is a hub.
    NovelAtHub,
    /// The sender had not been seen; its organization had.
    KnownOrganization,
}

/// Sums over messages. Adding is all there is: an operation that loses a strand is summed anew.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Hashes of message ids: one mail delivered to many mailboxes is one message.
    pub messages: HashSet<u64>,
    /// Messages to each recipient.
    pub recipients: HashMap<Recipient, u32>,
    /// Distinct members among the recipients.
    pub members: usize,
    /// Distinct members inside each forum.
    pub inside: Vec<usize>,
    /// Messages with a token.
    pub tokened: usize,
    /// Messages with a hidden load.
    pub hidden: usize,
    /// Messages with a load that carries a token or is hidden.
    pub beaconed: usize,
    /// Messages with honest list headers.
    pub honest_lists: usize,
    /// Messages whose sender imitates whom it links to.
    pub imitations: usize,
    /// Messages whose sender's domain looks like another organization's.
    pub lookalikes: usize,
    /// Messages that link only elsewhere.
    pub elsewhere: usize,
    /// Messages that link to the sender's organization.
    pub home: usize,
    /// Messages that answer a message of the house.
    pub replies: usize,
    /// Messages by standing of their strand.
    pub novel: usize,
    /// Messages of new senders at hubs.
    pub novel_at_hub: usize,
    /// Messages of new senders of known organizations.
    pub known: usize,
    /// Sum of how warm history was for each message, 0 to 1.
    pub warmth: f32,
    /// Messages in all, copies included.
    pub copies: usize,
    /// Earliest message.
    pub first: Option<EventTime>,
    /// Latest message.
    pub last: Option<EventTime>,
}

/// What the correlator knows of a message beside its record.
#[derive(Debug, Clone, Copy)]
pub struct Circumstance {
    /// How the sender stood when its strand began.
    pub standing: Standing,
    /// Whether the sender's domain looks like another organization's.
    pub is_lookalike: bool,
    /// Whether the message answers one of the house.
    pub is_reply: bool,
    /// How much history there was when the strand began, 0 to 1.
    pub warmth: f32,
}

impl Tally {
    /// Counts one message.
    pub fn add(
        &mut self,
        feature: &Feature,
        message: u64,
        to: &[Recipient],
        forums: &[Forum],
        seen: Circumstance,
    ) {
        let traits = &feature.sender_traits;
        self.messages.insert(message);
        self.copies += 1;
        to.iter().for_each(|recipient| self.add_recipient(*recipient, 1, forums));
        self.tokened += usize::from(feature.remotes.iter().any(|remote| remote.is_tokened()));
        self.hidden += usize::from(feature.remotes.iter().any(|remote| remote.is_load() && remote.is_hidden));
        self.beaconed += usize::from(
            feature
                .remotes
                .iter()
                .any(|remote| remote.is_load() && (remote.is_hidden || remote.is_tokened())),
        );
        self.honest_lists += usize::from(traits.is_honest_list);
        self.imitations += usize::from(traits.imitates_linked);
        self.lookalikes += usize::from(seen.is_lookalike);
        self.elsewhere += usize::from(traits.links_elsewhere_only);
        self.home += usize::from(traits.links_home);
        self.replies += usize::from(seen.is_reply);
        self.novel += usize::from(seen.standing == Standing::Novel);
        self.novel_at_hub += usize::from(seen.standing == Standing::NovelAtHub);
        self.known += usize::from(seen.standing == Standing::KnownOrganization);
        self.warmth += seen.warmth;
        self.extend(Some(feature.time), Some(feature.time));
    }

    /// Counts everything that another tally counted.
    pub fn merge(&mut self, other: &Self, forums: &[Forum]) {
        self.messages.extend(&other.messages);
        self.copies += other.copies;
        other.recipients.iter().for_each(|(recipient, count)| self.add_recipient(*recipient, *count, forums));
        self.tokened += other.tokened;
        self.hidden += other.hidden;
        self.beaconed += other.beaconed;
        self.honest_lists += other.honest_lists;
        self.imitations += other.imitations;
        self.lookalikes += other.lookalikes;
        self.elsewhere += other.elsewhere;
        self.home += other.home;
        self.replies += other.replies;
        self.novel += other.novel;
        self.novel_at_hub += other.novel_at_hub;
        self.known += other.known;
        self.warmth += other.warmth;
        self.extend(other.first, other.last);
    }

    fn extend(&mut self, first: Option<EventTime>, last: Option<EventTime>) {
        self.first = [self.first, first].into_iter().flatten().min();
        self.last = [self.last, last].into_iter().flatten().max();
    }

    fn add_recipient(&mut self, recipient: Recipient, count: u32, forums: &[Forum]) {
        let known = self.recipients.entry(recipient).or_default();
        *known += count;
        if *known > count {
            return;
        }
        let Recipient::Member(member) = recipient else { return };
        self.members += 1;
        self.inside.resize(forums.len(), 0);
        for (inside, forum) in self.inside.iter_mut().zip(forums) {
            *inside += usize::from(forum.is_inside.get(member as usize) == Some(&true));
        }
    }

    /// A count as a share of all messages, 0 to 1.
    pub fn share(&self, count: usize) -> f32 {
        count as f32 / self.copies.max(1) as f32
    }

    /// Seconds from the first to the last message.
    pub fn duration_secs(&self) -> i64 {
        match (self.first, self.last) {
            (Some(first), Some(last)) => last.secs_since(first),
            _ => 0,
        }
    }
}
