//! Which copies a purge is to move: what was recorded of the campaign's senders, and belongs to the campaign.

use super::{BY_CAMPAIGN, COPIES, Copy, CopyState, PURGES, Purge, State, copy_key};
use crate::data::Data;
use crate::measure::{MeasureError, Result, series};
use crate::row::CampaignRow;
use crate::{ledger, record};
use mail::feature::{Feature, TermKind, term};
use mail::member::House;
use model::limit::PURGE_COPIES_MAX;
use model::{EventTime, Ordinal};
use std::collections::{BTreeSet, HashSet};
use store::{Batch, Features};

/// Adds the plan of a purge to `batch`.
pub(in crate::measure) fn plan(
    data: &Data,
    campaign: &str,
    decision: &str,
    now: EventTime,
    batch: &mut Batch,
) -> Result<()> {
    let row = ledger::campaign(data, campaign)?.ok_or(MeasureError::Unknown("campaign"))?;
    let house = data.house()?;
    let mut copies = Vec::new();
    for ordinal in records_of(data, &row)? {
        if let Ok(feature) = record::read(data, ordinal)? {
            add_copies(data, &house, &row, &feature, &mut copies)?;
        }
    }
    if copies.is_empty() {
        return Err(MeasureError::Conflict("no copy of this campaign is known in any mailbox"));
    }
    let left_out = copies.len().saturating_sub(PURGE_COPIES_MAX) as u64;
    copies.truncate(PURGE_COPIES_MAX);
    let id = PURGES.take_one(data)?;
    let members: HashSet<&str> = copies.iter().map(|copy| copy.member.as_str()).collect();
    let purge = Purge {
        id,
        campaign: campaign.to_owned(),
        decision: decision.to_owned(),
        restore: None,
        state: State::Planned,
        planned_at: now,
        approved_at: None,
        copies: copies.len() as u64,
        members: members.len() as u64,
        left_out,
        moved: 0,
        restored: 0,
        gone: 0,
        failed: 0,
    };
    let key = PURGES.key(&purge.id).ok_or(MeasureError::Unknown("purge"))?;
    for (number, copy) in (0..).zip(copies) {
        let copy = Copy { purge: purge.id.clone(), number, due_at: now, ..copy };
        series::put(batch, COPIES, &copy_key(&key, number), &copy)?;
    }
    batch.put(BY_CAMPAIGN, campaign, purge.id.clone());
    PURGES.put(batch, &purge)
}

/// Records by the campaign's senders. A message id alone is not enough: a hostile message can carry that of a lawful one.
fn records_of(data: &Data, row: &CampaignRow) -> Result<BTreeSet<Ordinal>> {
    let mut records: BTreeSet<Ordinal> = data.store.features.unindexed()?.into_iter().collect();
    for sender in &row.senders {
        records.extend(data.store.features.lookup(term(TermKind::Sender, sender.as_bytes()))?);
    }
    Ok(records)
}

fn add_copies(
    data: &Data,
    house: &House,
    row: &CampaignRow,
    feature: &Feature,
    copies: &mut Vec<Copy>,
) -> Result<()> {
    if !row.senders.contains(&feature.sender) || !row.messages.contains(&feature.message_id) {
        return Ok(());
    }
    let treatment = ledger::Treatments::of(data)?.treatment(data, feature)?;
    // Where no server said whom it was delivered to, its recipients are all that is known.
    let delivered = if feature.delivered_to.is_empty() { &feature.to } else { &feature.delivered_to };
    let mut seen = HashSet::new();
    for address in delivered {
        let Some(member) = house.by_address(address).and_then(|index| house.member(index)) else { continue };
        if !treatment.is_in_mailbox(&member.id.0) || !seen.insert(address) {
            continue;
        }
        copies.push(Copy {
            purge: String::new(),
            number: 0,
            member: member.id.0.clone(),
            mailbox: address.clone(),
            message_id: feature.message_id.clone(),
            digest: feature.digest.to_string(),
            received: feature.time,
            source: feature.source.clone(),
            state: CopyState::Planned,
            attempts: 0,
            due_at: EventTime(0),
            problem: String::new(),
            evidence: None,
        });
    }
    Ok(())
}
