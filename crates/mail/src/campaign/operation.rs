//! Strands and operations: what the correlator holds of mail that may belong to a campaign.

use super::key::Key;
use super::likelihood;
use super::tally::{Circumstance, Forum, Tally};
use crate::sketch::Sketch;
use model::{CampaignId, EventTime};
use std::collections::{BTreeMap, BTreeSet};

/// Number of an operation within one correlator.
pub type OperationIndex = usize;

/// Messages of one sender address that may belong to a campaign.
#[derive(Debug)]
pub struct Strand {
    /// Hash of the sender's address.
    pub sender: u64,
    /// The sender's address.
    pub address: String,
    /// Positions of its records, in order of time.
    pub records: Vec<u64>,
    /// What was counted of them.
    pub tally: Tally,
    /// What it has in common with others, and when it was last seen.
    pub keys: BTreeMap<Key, EventTime>,
    /// Sketches of its texts, the first few that differ.
    pub texts: Vec<Sketch>,
    /// Sketches of its HTML, the first few that differ.
    pub shapes: Vec<Sketch>,
    /// Hosts of its loads and tokened links.
    pub hosts: BTreeSet<String>,
    /// How its sender stood when it began.
    pub circumstance: Circumstance,
    /// Where it belongs.
    pub operation: OperationIndex,
}

/// Keys that are remembered of one strand.
pub const STRAND_KEYS_MAX: usize = 256;
/// Sketches of each kind that are remembered of one strand.
pub const STRAND_SKETCHES_MAX: usize = 4;

/// Hosts that are remembered of one strand.
const STRAND_HOSTS_MAX: usize = 32;

impl Strand {
    /// Remembers hosts: of too many, the first by name.
    pub fn add_hosts<'a>(&mut self, hosts: impl Iterator<Item = &'a str>) {
        for host in hosts {
            if !self.hosts.contains(host) {
                self.hosts.insert(host.to_owned());
            }
        }
        while self.hosts.len() > STRAND_HOSTS_MAX {
            self.hosts.pop_last();
        }
    }

    /// The forum towards which its recipients lean, and how much (log-likelihood ratio).
    pub fn aim(&self, forums: &[Forum]) -> Option<(usize, f32)> {
        likelihood::best_forum(&self.tally, forums).filter(|(_, ratio)| *ratio > 0.4)
    }

    /// Whether it is tracked, unasked for and new: what a reconnaissance strand always is. A new address at a provider of
    /// mailboxes is not enough, unless it imitates: constituents write from there.
    pub fn is_furtive(&self) -> bool {
        let tally = &self.tally;
        let is_tracked = tally.tokened.max(tally.beaconed) > 0;
        let is_unasked = tally.honest_lists == 0 && tally.replies == 0;
        is_tracked && is_unasked && (tally.novel * 2 >= tally.copies || tally.imitations > 0)
    }
}

/// When a person was first alerted to an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstAlert {
    /// Time of the message that tipped the scale.
    pub time: EventTime,
    /// Distinct messages of the operation by then, that one included.
    pub after_messages: usize,
}

/// Strands that seem to be the work of one hand.
#[derive(Debug, Default)]
pub struct Operation {
    /// Named after its first message.
    pub id: Option<CampaignId>,
    /// Senders of its strands.
    pub strands: BTreeSet<u64>,
    /// Sum over its strands.
    pub tally: Tally,
    /// Set once, never taken back.
    pub first_alert: Option<FirstAlert>,
    /// Operations that were joined into this one, with the reason.
    pub joined: Vec<(CampaignId, String)>,
}
