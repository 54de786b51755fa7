//! What was done to a message on its way to a member: disarmed, blocked, or released from quarantine.

use super::{LEDGER, LedgerRow, by_member, is_disarmed, state_entry};
use crate::clock::rfc3339;
use crate::data::Data;
use crate::evidence_log::Entry;
use anyhow::Result;
use mail::feature::Feature;
use model::{EventTime, LeafIndex, MemberState, Sha256, Verdict};
use std::collections::HashMap;
use store::{Batch, Records};

/// `blocked` or `released`, by digest and member.
const BLOCKED: &str = "mail.blocked";
/// When a member was warned, RFC 3339, by campaign and member.
const WARNED: &str = "mail.warned";
/// Members of one message that are looked up.
const MEMBERS_MAX: usize = 1_000;
/// Source of messages that the milter judges before they are delivered.
const BEFORE_DELIVERY: &str = "milter:";

/// Which kinds of treatment were ever recorded, so that nothing is looked up that cannot be there.
#[derive(Debug, Clone, Copy)]
pub struct Treatments {
    has_disarmed: bool,
    has_blocked: bool,
}

/// What was done to one message.
#[derive(Debug, Clone, Default)]
pub struct Treatment {
    is_disarmed: bool,
    /// Whether it is blocked, by member; a released one is not.
    blocked: HashMap<String, bool>,
    /// Whether it was judged before its delivery, so that only a record of what was done can tell whether it arrived.
    is_undecided: bool,
}

impl Treatments {
    /// Looks which there are.
    ///
    /// # Errors
    /// When the store fails.
    pub fn of(data: &Data) -> Result<Self> {
        let has_blocked = !data.store.records.scan(BLOCKED, None, 1)?.is_empty();
        Ok(Self { has_disarmed: super::has_disarmed(data)?, has_blocked })
    }

    /// What was done to the message of a record.
    ///
    /// # Errors
    /// When the store fails.
    pub fn treatment(self, data: &Data, feature: &Feature) -> Result<Treatment> {
        let mut treatment = Treatment {
            is_disarmed: self.has_disarmed && is_disarmed(data, feature.digest)?,
            blocked: HashMap::new(),
            is_undecided: feature.verdict == Verdict::Quarantine
                && feature.source.starts_with(BEFORE_DELIVERY),
        };
        if self.has_blocked {
            let prefix = format!("{}/", feature.digest);
            for (key, word) in data.store.records.scan(BLOCKED, Some(&prefix), MEMBERS_MAX)? {
                let Some(member) = key.strip_prefix(&prefix) else { break };
                treatment.blocked.insert(member.to_owned(), word == b"blocked");
            }
        }
        Ok(treatment)
    }
}

impl Treatment {
    /// How far the message came with a member; `was_delivered` is what its record says.
    pub fn state(&self, was_delivered: bool, member: &str) -> MemberState {
        match (was_delivered, self.blocked.get(member)) {
            (false, _) => MemberState::Targeted,
            (true, Some(true)) => MemberState::Blocked,
            (true, _) if self.is_disarmed => MemberState::Disarmed,
            (true, None) if self.is_undecided => MemberState::Targeted,
            (true, _) => MemberState::Delivered,
        }
    }

    /// Whether a message that was delivered as its record says is in the mailbox of a member.
    pub fn is_in_mailbox(&self, member: &str) -> bool {
        self.state(true, member) >= MemberState::Delivered
    }
}

/// Adds to a batch that a message was stopped before the mailboxes of these members. For those who were given a copy of it
/// before, it stays delivered: what they have, they have.
///
/// # Errors
/// When the store fails.
pub fn put_blocked(data: &Data, batch: &mut Batch, digest: Sha256, members: &[String]) -> Result<()> {
    for member in members {
        let key = format!("{digest}/{member}");
        if data.store.records.get(BLOCKED, &key)?.is_none() {
            batch.put(BLOCKED, &key, "blocked");
        }
    }
    Ok(())
}

/// Adds to a batch that a message which had been stopped was delivered to these members all the same.
pub fn put_released(batch: &mut Batch, digest: Sha256, members: &[String]) {
    members.iter().for_each(|member| {
        batch.put(BLOCKED, &format!("{digest}/{member}"), "released");
    });
}

/// The entry that proves that a member was warned.
pub fn warned_entry(campaign: &str, member: &str, now: EventTime) -> Entry {
    state_entry(campaign, member, MemberState::Warned, now)
}

/// Adds to a batch that a member was warned, with the leaf of [`warned_entry`].
///
/// # Errors
/// When the store fails.
pub fn put_warned(
    data: &Data,
    batch: &mut Batch,
    campaign: &str,
    member: &str,
    leaf: LeafIndex,
    now: EventTime,
) -> Result<()> {
    let key = format!("{campaign}/{member}");
    let before: Option<LedgerRow> =
        data.store.records.get(LEDGER, &key)?.map(|bytes| serde_json::from_slice(&bytes)).transpose()?;
    let (opened, opened_evidence) = before.as_ref().map(LedgerRow::opening).unwrap_or_default();
    let row = LedgerRow {
        campaign: campaign.to_owned(),
        member: member.to_owned(),
        state: MemberState::Warned.word().to_owned(),
        since: rfc3339(now),
        evidence: leaf.0,
        message_evidence: before.and_then(|before| before.message_evidence),
        opened,
        opened_evidence,
    };
    by_member::put(batch, &row)?;
    batch.put(WARNED, &key, rfc3339(now));
    Ok(())
}

/// When members were warned of a campaign.
///
/// # Errors
/// When the store fails.
pub fn warned(data: &Data, campaign: &str) -> Result<Vec<(String, EventTime)>> {
    let prefix = format!("{campaign}/");
    let rows = data.collection_under(WARNED, &prefix)?;
    let read = |(key, time): (String, Vec<u8>)| {
        let time = crate::clock::parse_rfc3339(std::str::from_utf8(&time).ok()?)?;
        Some((key.strip_prefix(&prefix)?.to_owned(), time))
    };
    Ok(rows.into_iter().filter_map(read).collect())
}
