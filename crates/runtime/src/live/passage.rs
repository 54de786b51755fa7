//! A message on its way to its recipients, which a mail server waits with, and what is done to it.

use super::{Judged, Wait};
use crate::data::Data;
use crate::intake::{self, Beside, Detected};
use crate::ledger;
use crate::measure::blocking;
use crate::measure::quarantine::{self, Arrival, Grounds, Keeping};
use crate::row::ReasonRow;
use anyhow::Result;
use mail::disarm::Disarmed;
use model::{EventTime, LeafIndex, Sha256, Verdict};
use std::collections::HashSet;
use std::sync::Arc;
use store::Batch;

/// The reason why mail of a blocked sender is kept.
const BLOCKED: &str = "BLOCKED_SENDER";

/// What the machine may do by itself with a message.
#[derive(Debug, Clone, Copy)]
pub struct Powers {
    /// Whether it disarms messages. Otherwise they are delivered as they are.
    pub disarms: bool,
    /// Whether it keeps messages in quarantine. Otherwise they are disarmed, if that is allowed.
    pub quarantines: bool,
}

impl Powers {
    /// What it may do of what is proposed.
    pub(super) fn allowed(self, proposed: Verdict) -> Verdict {
        match proposed {
            Verdict::Quarantine if self.quarantines => Verdict::Quarantine,
            Verdict::Quarantine | Verdict::Disarm if self.disarms => Verdict::Disarm,
            _ => Verdict::Pass,
        }
    }
}

/// What persons decided about a message before it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decided {
    /// It was in quarantine, and is sent to its recipients.
    Released,
    /// Mail of its sender is kept.
    Blocked,
    /// Nothing.
    Nothing,
}

/// A message on its way.
pub(super) struct Passage {
    pub(super) powers: Powers,
    pub(super) wait: Arc<Wait>,
    pub(super) received: EventTime,
    pub(super) arrival: Arrival<'static>,
    /// The message without its loads, where it was known beforehand that this will be asked for.
    pub(super) disarmed: Option<Disarmed>,
}

impl Passage {
    /// What two persons decided about this very message before it came.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn decided(&self, data: &Data) -> Result<Decided> {
        let envelope = self.arrival.envelope();
        if quarantine::is_released(data, self.arrival.bytes(), &envelope.rcpt_to, self.received)?.is_some() {
            return Ok(Decided::Released);
        }
        for sender in [self.arrival.author(), &envelope.mail_from] {
            if blocking::is_blocked(data, sender)? {
                return Ok(Decided::Blocked);
            }
        }
        Ok(Decided::Nothing)
    }

    /// What is to be done to it as proposed.
    pub(super) fn treatment(&mut self, judged: &Judged) -> Treatment {
        match self.powers.allowed(judged.verdict) {
            Verdict::Pass if judged.verdict == Verdict::Quarantine => Treatment::DeliverAllTheSame,
            Verdict::Pass => Treatment::Deliver,
            Verdict::Disarm => Treatment::Disarm(self.disarm()),
            Verdict::Quarantine => Treatment::Keep(Grounds::from(judged)),
        }
    }

    fn disarm(&mut self) -> Disarmed {
        self.disarmed.take().unwrap_or_else(|| mail::disarm::disarm(self.arrival.bytes()))
    }
}

/// What is done to a message.
#[derive(Debug)]
pub(super) enum Treatment {
    Deliver,
    /// The configuration lets the machine do nothing about a message that should be kept.
    DeliverAllTheSame,
    Disarm(Disarmed),
    Keep(Grounds),
}

/// Persons decided, so how certain the machine is does not matter.
pub(super) fn blocked(mut grounds: Grounds) -> Grounds {
    let detail = "two persons decided to keep mail of this sender".to_owned();
    grounds.reasons.insert(0, ReasonRow { code: BLOCKED.to_owned(), weight: 0.0, detail });
    grounds
}

/// What is stored once it is known where its entry stands.
enum Row {
    Disarmed(Sha256),
    Kept(Box<Keeping>),
}

/// Makes messages durable, and what is done to others with it: originals are sealed, and every treatment has its evidence.
///
/// # Errors
/// When the store fails.
pub(super) fn carry_out<'a>(
    data: &mut Data,
    batch: &[Detected],
    treated: impl Iterator<Item = (&'a Passage, &'a Treatment)>,
) -> Result<()> {
    let mut beside = Beside::default();
    let (mut rows, mut to_keep, mut delivered) = (Vec::new(), Vec::new(), Vec::new());
    let (mut disarmed_here, mut now) = (HashSet::new(), EventTime(i64::MIN));
    for (Passage { arrival, received, .. }, treatment) in treated {
        now = now.max(*received);
        match treatment {
            Treatment::Deliver => {}
            Treatment::DeliverAllTheSame => delivered.push(arrival),
            Treatment::Disarm(disarmed) => {
                beside.originals.push(arrival.bytes());
                let digest = arrival.digest();
                if disarmed_here.insert(digest) && ledger::original_leaf(data, digest)?.is_none() {
                    beside.entries.push(crate::disarm::entry(digest, disarmed));
                    rows.push(Row::Disarmed(digest));
                }
            }
            Treatment::Keep(grounds) => {
                beside.originals.push(arrival.bytes());
                to_keep.push((arrival, grounds.clone()));
            }
        }
    }
    for keeping in quarantine::prepare(data, to_keep, now)? {
        beside.entries.push(keeping.entry());
        rows.push(Row::Kept(Box::new(keeping)));
    }
    intake::commit_with(data, batch, &beside, |data, first, documents| {
        delivered.iter().for_each(|arrival| arrival.put_delivered(documents));
        put(rows, data, first, documents)
    })
}

/// Adds the rows of entries, the first of which stands at `first`.
fn put(rows: Vec<Row>, data: &Data, first: LeafIndex, documents: &mut Batch) -> Result<()> {
    for (leaf, row) in (first.0..).map(LeafIndex).zip(rows) {
        match row {
            Row::Disarmed(digest) => ledger::put_disarmed(documents, &digest.to_string(), leaf),
            Row::Kept(keeping) => keeping.put(data, documents, leaf)?,
        }
    }
    Ok(())
}
