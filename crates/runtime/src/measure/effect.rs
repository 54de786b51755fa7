//! What a decision does: whether it can be done, what it takes hold of while it waits, and what becomes fact when a second
//! person approves it. Everything goes into the batch that stores the decision itself, so both are facts or neither is.

use super::decision::{Decision, Measure};
use super::{Result, assessment, blocking, outbox, purge, quarantine, unmask, warning};
use crate::data::Data;
use crate::watch::answer;
use model::{EventTime, LeafIndex};
use store::Batch;

/// The measure in its normal spelling, if it can be carried out.
pub(super) fn check(data: &Data, measure: Measure, now: EventTime) -> Result<Measure> {
    match measure {
        Measure::Warn { campaign, warnings } => {
            let warnings = warning::check(data, &campaign, warnings)?;
            Ok(Measure::Warn { campaign, warnings })
        }
        Measure::Dismiss { campaign } => {
            assessment::check_dismissal(data, &campaign)?;
            Ok(Measure::Dismiss { campaign })
        }
        Measure::Release { item } => {
            quarantine::check_release(data, &item, None, now)?;
            Ok(Measure::Release { item })
        }
        Measure::Purge { campaign } => {
            purge::check(data, &campaign)?;
            Ok(Measure::Purge { campaign })
        }
        Measure::Restore { purge } => {
            purge::check_restore(data, &purge, None, now)?;
            Ok(Measure::Restore { purge })
        }
        Measure::BlockSender { address } => {
            let address = blocking::check(data, &address, false)?;
            Ok(Measure::BlockSender { address })
        }
        Measure::UnblockSender { address } => {
            let address = blocking::check(data, &address, true)?;
            Ok(Measure::UnblockSender { address })
        }
        Measure::Unmask { member } => {
            unmask::check(&member)?;
            Ok(Measure::Unmask { member })
        }
        Measure::AcceptOpen { question } => {
            answer::check_acceptance(data, &question)?;
            Ok(Measure::AcceptOpen { question })
        }
    }
}

/// Whether an approval still finds what was proposed.
pub(super) fn check_again(data: &Data, decision: &Decision, now: EventTime) -> Result<()> {
    match &decision.measure {
        Measure::Warn { campaign, warnings } => {
            assessment::check_not_dismissed(data, campaign)?;
            outbox::check_room(data, warnings.len())
        }
        Measure::Purge { campaign } => assessment::check_not_dismissed(data, campaign),
        Measure::Release { item } => quarantine::check_release(data, item, Some(&decision.id), now),
        Measure::Restore { purge } => purge::check_restore(data, purge, Some(&decision.id), now),
        Measure::AcceptOpen { question } => answer::check_acceptance(data, question).map(drop),
        Measure::Dismiss { .. }
        | Measure::BlockSender { .. }
        | Measure::UnblockSender { .. }
        | Measure::Unmask { .. } => Ok(()),
    }
}

/// Takes hold of what the proposal is about, so that two proposals do not do the same thing twice.
pub(super) fn reserve(data: &Data, decision: &mut Decision, now: EventTime, batch: &mut Batch) -> Result<()> {
    match &decision.measure {
        Measure::Warn { warnings, .. } => warning::reserve(data, warnings, Some(&decision.id), batch),
        Measure::Release { item } => quarantine::reserve(data, item, Some(&decision.id), batch),
        Measure::Purge { campaign } => purge::plan(data, campaign, &decision.id, now, batch),
        Measure::Restore { purge } => purge::reserve_restore(data, purge, Some(&decision.id), batch),
        Measure::Dismiss { .. }
        | Measure::BlockSender { .. }
        | Measure::UnblockSender { .. }
        | Measure::Unmask { .. }
        | Measure::AcceptOpen { .. } => Ok(()),
    }
}

/// Lets go of it.
pub(super) fn free(data: &Data, decision: &Decision, batch: &mut Batch) -> Result<()> {
    match &decision.measure {
        Measure::Warn { warnings, .. } => warning::reserve(data, warnings, None, batch),
        Measure::Release { item } => quarantine::reserve(data, item, None, batch),
        Measure::Purge { campaign } => purge::discard(data, campaign, batch),
        Measure::Restore { purge } => purge::reserve_restore(data, purge, None, batch),
        Measure::Dismiss { .. }
        | Measure::BlockSender { .. }
        | Measure::UnblockSender { .. }
        | Measure::Unmask { .. }
        | Measure::AcceptOpen { .. } => Ok(()),
    }
}

/// Makes it a fact, or begins to.
pub(super) fn carry_out(
    data: &mut Data,
    decision: &mut Decision,
    leaf: LeafIndex,
    now: EventTime,
    batch: &mut Batch,
) -> Result<()> {
    let id = decision.id.clone();
    decision.steps = match &decision.measure {
        Measure::Warn { warnings, .. } => warning::approve(data, warnings, &id, leaf, now, batch)?,
        Measure::Release { item } => quarantine::release(data, item, &id, leaf, now, batch)?,
        Measure::Purge { campaign } => purge::approve(data, campaign, now, batch)?,
        Measure::Restore { purge } => purge::approve_restore(data, purge, now, batch)?,
        Measure::Dismiss { campaign } => assessment::dismiss(decision, campaign, leaf, now, batch)?,
        Measure::BlockSender { address } => blocking::block(address, &id, leaf, now, batch)?,
        Measure::UnblockSender { address } => blocking::unblock(address, batch),
        Measure::Unmask { member } => unmask::grant(decision, member, now, batch)?,
        Measure::AcceptOpen { question } => answer::accept(data, decision, question, now, batch)?,
    };
    Ok(())
}
