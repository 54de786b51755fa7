//! What of the correlator's state is stored as campaigns and ledger rows already, so that only what changed is stored.

use crate::correlate::{Collector, Findings, LISTED_MESSAGES_MIN, id_of};
use crate::data::Data;
use crate::ledger;
use anyhow::Result;
use mail::campaign::{Correlator, Operation};
use mail::member::House;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Shortest time between two updates of lawful operations: nobody waits for these.
const LAWFUL_EVERY: Duration = Duration::from_secs(60);
/// Shortest time between two updates of campaigns of concern.
const CONCERN_EVERY: Duration = Duration::from_secs(1);
/// An update may take one part in so many of the time, whatever is stored.
const SHARE: u32 = 20;

/// What is stored, by campaign.
#[derive(Default)]
pub(super) struct Publication {
    stored: HashMap<String, Fingerprint>,
    /// Ends of the last updates, and how long they took.
    last: Option<Update>,
    last_lawful: Option<Instant>,
}

struct Update {
    ended: Instant,
    took: Duration,
}

/// As much of an operation as changes with every message that it gains, and with every strand that it gains or loses.
#[derive(PartialEq, Eq, Clone, Copy)]
struct Fingerprint {
    messages: usize,
    records: usize,
    strands: usize,
    joined: usize,
    is_concern: bool,
}

impl Fingerprint {
    fn of(correlator: &Correlator<'_>, operation: &Operation) -> Self {
        Self {
            messages: operation.tally.messages.len(),
            records: correlator.strands(operation).iter().map(|strand| strand.records.len()).sum(),
            strands: operation.strands.len(),
            joined: operation.joined.len(),
            is_concern: operation.first_alert.is_some(),
        }
    }
}

/// Which operations an update looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Those of concern that changed.
    Concern,
    /// All that changed.
    Changed,
    /// All: something else than messages has changed what members have.
    All,
}

impl Publication {
    /// What is due now, if anything.
    pub(super) fn due(&self, now: Instant) -> Option<Which> {
        // Until all was stored once, nobody knows which of the stored campaigns are no more.
        let Some(last) = &self.last else { return Some(Which::All) };
        if now.duration_since(last.ended) < CONCERN_EVERY.max(last.took.saturating_mul(SHARE)) {
            return None;
        }
        let is_lawful_due = self.last_lawful.is_none_or(|last| now.duration_since(last) >= LAWFUL_EVERY);
        Some(if is_lawful_due { Which::Changed } else { Which::Concern })
    }

    /// Stores what changed. Answers how many campaigns were stored.
    ///
    /// # Errors
    /// When the store fails; the same update is then due again.
    pub(super) fn update(
        &mut self,
        data: &mut Data,
        correlator: &Correlator<'_>,
        house: &House,
        which: Which,
    ) -> Result<usize> {
        let began = Instant::now();
        let listed = correlator.operations(LISTED_MESSAGES_MIN);
        let prints: HashMap<String, Fingerprint> = listed
            .iter()
            .map(|operation| (id_of(operation), Fingerprint::of(correlator, operation)))
            .collect();
        let is_due = |operation: &&&Operation| {
            let id = id_of(operation);
            let print = prints.get(&id);
            let has_changed = which == Which::All || self.stored.get(&id) != print;
            has_changed && (which != Which::Concern || operation.first_alert.is_some())
        };
        let gone = || self.stored.keys().filter(|id| !prints.contains_key(*id)).cloned().collect();
        let mut findings = if which == Which::All { Findings::complete() } else { Findings::partial(gone()) };
        let collector = Collector::new(data, house)?;
        for operation in listed.iter().filter(is_due) {
            collector.collect(correlator, operation, &listed, &mut findings)?;
        }
        ledger::update(data, &findings)?;
        for campaign in &findings.campaigns {
            if let Some(print) = prints.get(&campaign.id) {
                self.stored.insert(campaign.id.clone(), *print);
            }
        }
        self.stored.retain(|id, _| prints.contains_key(id));
        let now = Instant::now();
        self.last = Some(Update { ended: now, took: now.duration_since(began) });
        if which != Which::Concern {
            self.last_lawful = Some(now);
        }
        Ok(findings.campaigns.len())
    }
}
