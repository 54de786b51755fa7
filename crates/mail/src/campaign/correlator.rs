//! The correlator: takes feature records in order of time and holds strands and operations.

use super::bond::{self, Ground};
use super::history::History;
use super::key::{Commonness, Key, KeyKind, Users, keys};
use super::likelihood;
use super::observation::{forums, may_report, message_key, recipients};
use super::operation::{FirstAlert, Operation, OperationIndex, STRAND_KEYS_MAX, STRAND_SKETCHES_MAX, Strand};
use super::tally::{Circumstance, Forum, Tally};
use super::weight;
use crate::domain::domain_of;
use crate::feature::{Feature, RemoteFeature};
use crate::member::House;
use crate::sketch::Sketch;
use model::{CampaignId, EventTime, Reason, time::DAY_SECS};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use xxhash_rust::xxh3::xxh3_64;

/// Days for which senders, strands and keys are remembered.
pub const WINDOW_DAYS: i64 = 400;
/// Recently active furtive strands that are compared by aim alone.
const RECENT_MAX: usize = 256;
/// Code of the reason that names an operation that was joined into another: nothing is merged silently.
const JOINED: &str = "JOINED";
/// Messages after which the window is swept.
const SWEEP_EVERY: u64 = 50_000;

/// A person is to be told: an operation has become a campaign of concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alert {
    /// The campaign.
    pub campaign: CampaignId,
    /// When, and after how many of its messages.
    pub first_alert: FirstAlert,
}

/// Holds what is known of the mail so far. Everything in it can be rebuilt from the records.
pub struct Correlator<'house> {
    pub(super) house: &'house House,
    pub(super) forums: Vec<Forum>,
    pub(super) history: History,
    pub(super) commonness: Commonness,
    pub(super) users: Users,
    pub(super) strands: HashMap<u64, Strand>,
    pub(super) operations: Vec<Operation>,
    /// Furtive strands, the latest at the back.
    pub(super) recent: VecDeque<u64>,
    observed: u64,
}

impl<'house> Correlator<'house> {
    /// A correlator that has seen nothing.
    pub fn new(house: &'house House) -> Self {
        Self {
            house,
            forums: forums(house),
            history: History::default(),
            commonness: Commonness::default(),
            users: Users::default(),
            strands: HashMap::new(),
            operations: Vec::new(),
            recent: VecDeque::new(),
            observed: 0,
        }
    }

    /// Takes the next record in order of time. `position` is what the caller calls it. Answers with an alert when this
    /// message tips the scale. O(keys × candidates), whatever the window holds.
    pub fn observe(&mut self, position: u64, feature: &Feature) -> Option<Alert> {
        self.observed += 1;
        if self.observed.is_multiple_of(SWEEP_EVERY) {
            self.forget(feature.time.plus_secs(-WINDOW_DAYS * DAY_SECS));
        }
        let sender = xxh3_64(feature.sender.as_bytes());
        let is_reply = feature.replies_to_domains.iter().any(|domain| self.house.domains().contains(domain));
        let known = self.history.record(sender, feature, is_reply);
        let is_strand = self.strands.contains_key(&sender);
        if self.is_internal(feature) || (feature.remotes.is_empty() && !is_strand) {
            return None;
        }
        let keys = keys(feature);
        let is_lawful = feature.sender_traits.is_honest_list || known.replies > 0;
        keys.iter().for_each(|key| self.commonness.record(*key, sender, is_lawful));
        if !is_strand && (known.replies > 0 || !may_report(feature)) {
            return None;
        }
        let warmth = self.history.warmth(known.first);
        let circumstance =
            Circumstance { standing: known.standing, is_lookalike: known.is_lookalike, is_reply, warmth };
        self.extend_strand(sender, position, feature, &keys, circumstance);
        if self.is_worth_placing(sender) {
            self.place(sender);
        }
        self.judge(sender, feature.time)
    }

    /// Mail from our own domains is the forum's secretariat and the members themselves.
    fn is_internal(&self, feature: &Feature) -> bool {
        self.house.domains().contains(domain_of(&feature.sender))
    }

    fn extend_strand(
        &mut self,
        sender: u64,
        position: u64,
        feature: &Feature,
        keys: &[Key],
        seen: Circumstance,
    ) {
        let to = recipients(self.house, feature);
        let message = message_key(feature);
        let fresh = self.operations.len();
        let strand = self.strands.entry(sender).or_insert_with(|| {
            self.operations.push(Operation { id: Some(CampaignId(message)), ..Operation::default() });
            new_strand(sender, feature, seen, fresh)
        });
        let circumstance = Circumstance { is_reply: seen.is_reply, ..strand.circumstance };
        strand.records.push(position);
        strand.tally.add(feature, message, &to, &self.forums, circumstance);
        remember(&mut strand.texts, feature.text);
        remember(&mut strand.shapes, feature.shape);
        for key in keys {
            if strand.keys.len() < STRAND_KEYS_MAX || strand.keys.contains_key(key) {
                strand.keys.insert(*key, feature.time);
            }
            if key.kind != KeyKind::ShapeBand {
                self.users.record(*key, sender);
            }
        }
        let telling = feature.remotes.iter().filter(|remote| remote.is_load() || remote.is_tokened());
        strand.add_hosts(telling.take(8).map(RemoteFeature::host));
        if let Some(operation) = self.operations.get_mut(strand.operation) {
            operation.strands.insert(sender);
            operation.tally.add(feature, message, &to, &self.forums, circumstance);
        }
        if strand.is_furtive() {
            self.recent.retain(|other| *other != sender);
            self.recent.push_back(sender);
            if self.recent.len() > RECENT_MAX {
                self.recent.pop_front();
            }
        }
    }

    fn judge(&mut self, sender: u64, now: EventTime) -> Option<Alert> {
        let index = self.strands.get(&sender)?.operation;
        let operation = self.operations.get(index)?;
        let tally = &operation.tally;
        let is_enough = tally.messages.len().min(tally.recipients.len()) >= weight::ALERT_MESSAGES_MIN;
        if operation.first_alert.is_some()
            || !is_enough
            || likelihood::log_odds(&self.reasons(operation)) < weight::ALERT
        {
            return None;
        }
        let first_alert = FirstAlert { time: now, after_messages: tally.messages.len() };
        let operation = self.operations.get_mut(index)?;
        operation.first_alert = Some(first_alert);
        operation.id.map(|campaign| Alert { campaign, first_alert })
    }

    /// Reasons for and against an operation being a campaign of concern.
    pub fn reasons(&self, operation: &Operation) -> Vec<Reason> {
        let mut reasons = likelihood::reasons(
            &operation.tally,
            operation.strands.len(),
            self.echo(operation),
            &self.forums,
        );
        reasons.extend(operation.joined.iter().map(|(id, why)| Reason {
            code: JOINED,
            weight: 0.0,
            detail: format!("{id} began apart and was joined into this one: {why}"),
        }));
        reasons
    }

    /// Share of an operation's senders, 0 to 1, who use the words of the first; 0 for fewer than three senders.
    fn echo(&self, operation: &Operation) -> f32 {
        let strands: Vec<&Strand> = operation
            .strands
            .iter()
            .take(weight::JOIN_STRANDS_MAX)
            .filter_map(|sender| self.strands.get(sender))
            .collect();
        let first = strands
            .iter()
            .filter(|strand| !strand.texts.is_empty())
            .min_by_key(|strand| (strand.tally.first, strand.sender));
        let (Some(first), true) = (first, strands.len() >= 3) else { return 0.0 };
        let alike = strands
            .iter()
            .filter(|strand| bond::best(&first.texts, &strand.texts) >= weight::ECHO_RESEMBLANCE_MIN)
            .count();
        (alike - 1) as f32 / (strands.len() - 1) as f32
    }

    /// Drops what was silent since `before`, unless a person was alerted to it.
    fn forget(&mut self, before: EventTime) {
        let operations = &self.operations;
        self.strands.retain(|_, strand| {
            let is_of_concern =
                operations.get(strand.operation).is_some_and(|operation| operation.first_alert.is_some());
            is_of_concern || strand.tally.last.is_some_and(|last| last >= before)
        });
        let strands = &self.strands;
        for operation in &mut self.operations {
            // Positions stay; what an operation without strands has counted goes.
            if operation.first_alert.is_none()
                && !operation.strands.iter().any(|sender| strands.contains_key(sender))
            {
                *operation = Operation::default();
            }
        }
        self.users.retain(|sender| strands.contains_key(&sender));
        self.history.forget(before);
    }

    /// Operations with at least `messages_min` messages, in the order in which they began.
    pub fn operations(&self, messages_min: usize) -> Vec<&Operation> {
        let mut all: Vec<&Operation> = self
            .operations
            .iter()
            .filter(|operation| operation.tally.messages.len() >= messages_min)
            .collect();
        all.sort_by_key(|operation| (operation.tally.first, operation.id));
        all
    }

    /// The operation that this sender's mail belongs to now, if any of it does, and the positions of those messages.
    pub fn operation_of(&self, address: &str) -> Option<(&Operation, &[u64])> {
        let strand = self.strands.get(&xxh3_64(address.as_bytes()))?;
        Some((self.operations.get(strand.operation)?, &strand.records))
    }

    /// Strands of an operation, by sender's address.
    pub fn strands<'a>(&'a self, operation: &'a Operation) -> Vec<&'a Strand> {
        let mut all: Vec<&Strand> =
            operation.strands.iter().filter_map(|sender| self.strands.get(sender)).collect();
        all.sort_by(|a, b| a.address.cmp(&b.address));
        all
    }

    /// Protected groups as the detectors see them.
    pub fn forums(&self) -> &[Forum] {
        &self.forums
    }

    /// Common ground of two strands, as it stands now.
    pub fn bonds(&self, a: &Strand, b: &Strand) -> Vec<bond::Bond> {
        bond::bonds(
            a,
            b,
            Ground { commonness: &self.commonness, senders: self.history.len(), forums: &self.forums },
        )
    }
}

fn new_strand(
    sender: u64,
    feature: &Feature,
    circumstance: Circumstance,
    operation: OperationIndex,
) -> Strand {
    Strand {
        sender,
        address: feature.sender.clone(),
        records: Vec::new(),
        tally: Tally::default(),
        keys: BTreeMap::new(),
        texts: Vec::new(),
        shapes: Vec::new(),
        hosts: BTreeSet::new(),
        circumstance,
        operation,
    }
}

fn remember(sketches: &mut Vec<Sketch>, sketch: Sketch) {
    let is_known = sketches.iter().any(|known| known.resemblance(&sketch) > 0.8);
    if !sketch.is_empty() && !is_known && sketches.len() < STRAND_SKETCHES_MAX {
        sketches.push(sketch);
    }
}
