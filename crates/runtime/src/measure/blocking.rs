//! Blocked senders: their mail is kept in quarantine, whatever it looks like.

use super::series::{self, Page};
use super::{MeasureError, Result, seconds};
use crate::data::Data;
use model::limit::{ADDRESS_BYTES_MAX, BLOCKED_SENDERS_MAX, MEASURE_PAGE_ROWS_MAX};
use model::{EventTime, LeafIndex};
use serde::{Deserialize, Serialize};
use store::{Batch, Records};

/// By address in lower case.
const BLOCKED: &str = "sender.blocked";

/// A blocked sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockedSender {
    /// The address in lower case.
    pub address: String,
    /// Since when.
    #[serde(with = "seconds")]
    pub since: EventTime,
    /// The decision.
    pub decision: String,
    /// Its entry of the evidence log.
    pub evidence: u64,
}

/// Whether mail by this author or envelope sender is to be kept.
///
/// # Errors
/// When the store fails.
pub fn is_blocked(data: &Data, address: &str) -> Result<bool> {
    match normal(address) {
        Ok(address) => Ok(data.store.records.get(BLOCKED, &address)?.is_some()),
        // What is no address cannot have been blocked.
        Err(_) => Ok(false),
    }
}

/// Blocked senders by address, after the address `after`.
///
/// # Errors
/// When the store fails.
pub fn list(data: &Data, after: Option<&str>, limit: usize) -> Result<Page<BlockedSender>> {
    let limit = limit.clamp(1, MEASURE_PAGE_ROWS_MAX);
    let rows: Vec<BlockedSender> = series::scan(data, BLOCKED, after, limit + 1)?;
    Ok(Page::of(rows, limit, |last| last.address.clone()))
}

/// The address in its normal spelling, if it is or is not blocked as wanted.
pub(super) fn check(data: &Data, address: &str, is_to_be_blocked: bool) -> Result<String> {
    let address = normal(address)?;
    match (is_blocked(data, &address)?, is_to_be_blocked) {
        (true, false) => Err(MeasureError::Conflict("this sender is blocked already")),
        (false, true) => Err(MeasureError::Conflict("this sender is not blocked")),
        (false, false)
            if data.store.records.scan(BLOCKED, None, BLOCKED_SENDERS_MAX)?.len() >= BLOCKED_SENDERS_MAX =>
        {
            Err(MeasureError::Conflict("too many senders are blocked"))
        }
        _ => Ok(address),
    }
}

pub(super) fn block(
    address: &str,
    decision: &str,
    leaf: LeafIndex,
    now: EventTime,
    batch: &mut Batch,
) -> Result<u64> {
    let blocked = BlockedSender {
        address: address.to_owned(),
        since: now,
        decision: decision.to_owned(),
        evidence: leaf.0,
    };
    series::put(batch, BLOCKED, address, &blocked)?;
    Ok(0)
}

pub(super) fn unblock(address: &str, batch: &mut Batch) -> u64 {
    batch.delete(BLOCKED, address);
    0
}

fn normal(address: &str) -> Result<String> {
    let address = address.trim().trim_start_matches('<').trim_end_matches('>').to_lowercase();
    let has_both =
        address.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    let is_plain = !address.chars().any(|c| c.is_whitespace() || c.is_control());
    if has_both && is_plain && address.len() <= ADDRESS_BYTES_MAX {
        Ok(address)
    } else {
        Err(MeasureError::Invalid("this is no address of a sender"))
    }
}
