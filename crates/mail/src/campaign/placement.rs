//! Which operation a strand belongs to: where it has most in common, for as long as it does.

use super::bond::{self, Ground};
use super::correlator::Correlator;
use super::key::{Key, KeyKind};
use super::operation::{Operation, OperationIndex, Strand};
use super::tally::Tally;
use super::weight;
use model::CampaignId;
use std::collections::{BTreeMap, BTreeSet};

/// Concentration (log-likelihood ratio) of a strand from which on it is compared by aim: a single recipient in the group.
const AIMED_RATIO_MIN: f32 = 0.9;
/// Operations that one strand is compared with.
const CANDIDATES_MAX: usize = 48;
/// Rarity of a key from which on its other users are compared with a strand.
const RARITY_MIN: f32 = 0.12;
/// Messages of a strand up to which it is placed with each.
const PLACED_EACH_MAX: usize = 12;

impl Correlator<'_> {
    /// A young strand is placed with each message, an old one with every fourth: it hardly changes any more.
    pub(super) fn is_worth_placing(&self, sender: u64) -> bool {
        let messages = self.strands.get(&sender).map_or(0, |strand| strand.records.len());
        messages <= PLACED_EACH_MAX || messages.is_multiple_of(4)
    }

    /// Puts a strand where it has most in common.
    pub(super) fn place(&mut self, sender: u64) {
        let Some(strand) = self.strands.get(&sender) else { return };
        let here = strand.operation;
        let scores = self.scores(strand);
        let best =
            scores.iter().filter(|(_, score)| **score >= weight::JOIN).max_by(|a, b| a.1.total_cmp(b.1));
        let Some((&there, &score)) = best else {
            // Nothing binds it any more to an operation that it once joined: it stands alone again.
            if self.size(here) > 1 && scores.get(&here).is_none_or(|score| *score < weight::JOIN * 0.6) {
                self.leave(sender);
            }
            return;
        };
        let stays = scores.get(&here).copied().unwrap_or_default();
        if there != here && (self.size(here) == 1 || score > stays + 1.0) {
            return self.move_strand(sender, there);
        }
        let others =
            scores.iter().filter(|(other, score)| **other != here && **score >= weight::JOIN_OPERATIONS);
        if let Some((&other, _)) = others.max_by(|a, b| a.1.total_cmp(b.1)) {
            self.join(here, other);
        }
    }

    /// Joins two operations that began apart, where at least half of the smaller one's strands are bound to the larger one. The
    /// smaller one stays named among the reasons: nothing is merged silently.
    fn join(&mut self, one: OperationIndex, other: OperationIndex) {
        let (small, large) = if self.size(one) <= self.size(other) { (one, other) } else { (other, one) };
        if self.size(large) > weight::JOIN_STRANDS_MAX {
            return;
        }
        let senders: Vec<u64> =
            self.operations.get(small).map(|left| left.strands.iter().copied().collect()).unwrap_or_default();
        let is_bound = |sender: &&u64| {
            let scores = self.strands.get(sender).map(|strand| self.scores(strand)).unwrap_or_default();
            scores.get(&large).is_some_and(|score| *score >= weight::JOIN_OPERATIONS)
        };
        let bound = senders.iter().filter(is_bound).count();
        if bound * 2 < senders.len() {
            return;
        }
        let joined = self.operations.get(small).and_then(|left| left.id);
        senders.iter().for_each(|sender| self.move_strand(*sender, large));
        if let (Some(operation), Some(id)) = (self.operations.get_mut(large), joined) {
            operation
                .joined
                .push((id, format!("{bound} of its {} senders are bound to this one", senders.len())));
        }
    }

    /// How strongly a strand is bound to each operation nearby: by its strongest bond to another strand in it.
    fn scores(&self, strand: &Strand) -> BTreeMap<OperationIndex, f32> {
        let ground =
            Ground { commonness: &self.commonness, senders: self.history.len(), forums: &self.forums };
        let mut scores: BTreeMap<OperationIndex, f32> = BTreeMap::new();
        for other in self.candidates(strand) {
            let Some(other) = self.strands.get(&other) else { continue };
            let score = bond::strength(&bond::bonds(strand, other, ground));
            let best = scores.entry(other.operation).or_default();
            *best = best.max(score);
        }
        scores
    }

    fn candidates(&self, strand: &Strand) -> BTreeSet<u64> {
        let mut found = BTreeSet::new();
        for key in strand.keys.keys().filter(|key| self.is_telling(**key)) {
            if found.len() >= CANDIDATES_MAX {
                break;
            }
            found.extend(self.users.of(*key));
        }
        if let (true, Some((forum, _))) = (strand.is_furtive(), strand.aim(&self.forums)) {
            let aims_there = |sender: &&u64| {
                let other = self.strands.get(sender).and_then(|other| other.aim(&self.forums));
                other.is_some_and(|(aim, ratio)| aim == forum && ratio >= AIMED_RATIO_MIN)
            };
            found.extend(self.recent.iter().rev().filter(aims_there).take(CANDIDATES_MAX));
        }
        found.remove(&strand.sender);
        found
    }

    /// Whether sharing this key alone is worth a comparison: hubs and stock page layouts are not.
    fn is_telling(&self, key: Key) -> bool {
        key.kind != KeyKind::ShapeBand && self.commonness.rarity(key, self.history.len()) >= RARITY_MIN
    }

    fn size(&self, operation: OperationIndex) -> usize {
        self.operations.get(operation).map_or(0, |operation| operation.strands.len())
    }

    fn leave(&mut self, sender: u64) {
        let fresh = self.operations.len();
        let first = self
            .strands
            .get(&sender)
            .and_then(|strand| strand.tally.messages.iter().min().copied())
            .unwrap_or(sender);
        self.operations.push(Operation { id: Some(CampaignId(first)), ..Operation::default() });
        self.move_strand(sender, fresh);
    }

    fn move_strand(&mut self, sender: u64, there: OperationIndex) {
        let Some(strand) = self.strands.get_mut(&sender) else { return };
        let here = std::mem::replace(&mut strand.operation, there);
        let alert = self.operations.get_mut(here).and_then(|left| {
            left.strands.remove(&sender);
            left.first_alert.filter(|_| left.strands.is_empty())
        });
        self.recount(here);
        if let Some(joined) = self.operations.get_mut(there) {
            joined.strands.insert(sender);
            joined.first_alert = joined.first_alert.or(alert);
        }
        self.recount(there);
    }

    fn recount(&mut self, operation: OperationIndex) {
        let Some(counted) = self.operations.get_mut(operation) else { return };
        counted.tally = Tally::default();
        for strand in counted.strands.iter().filter_map(|sender| self.strands.get(sender)) {
            counted.tally.merge(&strand.tally, &self.forums);
        }
    }
}
