//! Campaigns as pages show them: heads for lists, details for one. Both are made with the campaign's row, from the same
//! records, so that no page has to read these again.

use crate::data::Data;
use crate::measure::Page;
use crate::row::{AlertRow, CampaignRow};
use anyhow::Result;
use mail::feature::Feature;
use model::EventTime;
use model::time::DAY_SECS;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::Batch;

const HEADS: &str = "mail.campaign_head";
/// Those heads again to which a person is alerted. Of a million messages thousands of newsletters are listed, which the
/// pages do not show.
const CONCERNS: &str = "mail.campaign_concern";
const DETAILS: &str = "mail.campaign_detail";

/// Bars of a spark line at most; a longer campaign has bars of several days.
const DAILY_MAX: usize = 60;
/// Subjects that are kept of one campaign, each once.
const SUBJECTS_MAX: usize = 50;
/// Senders and hosts, each, that are counted in one campaign.
const COUNTED_MAX: usize = 500;

/// A campaign in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CampaignHead {
    /// As [`CampaignRow::id`].
    pub id: String,
    /// As [`CampaignRow::name`].
    pub name: String,
    /// As [`CampaignRow::concern`].
    pub concern: bool,
    /// As [`CampaignRow::likelihood`].
    pub likelihood: String,
    /// Time of the first message, in seconds since 1970.
    pub first: i64,
    /// Time of the latest message, in seconds since 1970.
    pub last: i64,
    /// As [`CampaignRow::first_alert`].
    pub first_alert: Option<AlertRow>,
    /// Distinct messages.
    pub messages: u64,
    /// Sender accounts.
    pub senders: u64,
    /// Copies by day from the first to the last, at most 60 bars.
    pub daily: Vec<u64>,
    /// Members by state.
    pub states: BTreeMap<String, u64>,
    /// Members who opened, also those who were warned since.
    #[serde(default)]
    pub opened: u64,
}

/// What a page shows of one campaign beyond its row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CampaignDetail {
    /// Time of each copy in seconds since 1970, ascending.
    pub times: Vec<i64>,
    /// Copies by sender's address.
    pub senders: BTreeMap<String, u64>,
    /// Copies by host that would be told of an opening.
    pub hosts: BTreeMap<String, u64>,
    /// Subjects in order of appearance.
    pub subjects: Vec<String>,
    /// The protected group in which recipients are concentrated.
    pub forum: Option<String>,
}

impl CampaignDetail {
    /// Counts one copy; they come in order of time.
    pub(crate) fn add(&mut self, feature: &Feature) {
        self.times.push(feature.time.0);
        count(&mut self.senders, &feature.sender);
        let mut hosts: Vec<&str> = feature
            .remotes
            .iter()
            .filter(|remote| remote.is_load() || remote.is_tokened())
            .map(|remote| remote.host())
            .collect();
        hosts.sort_unstable();
        hosts.dedup();
        hosts.into_iter().for_each(|host| count(&mut self.hosts, host));
        if self.subjects.len() < SUBJECTS_MAX && !self.subjects.contains(&feature.subject) {
            self.subjects.push(feature.subject.clone());
        }
    }

    fn daily(&self) -> Vec<u64> {
        let (Some(first), Some(last)) = (self.times.first(), self.times.last()) else { return Vec::new() };
        let days = usize::try_from(last.saturating_sub(*first) / DAY_SECS).unwrap_or_default() + 1;
        let width = DAY_SECS.saturating_mul(i64::try_from(days.div_ceil(DAILY_MAX)).unwrap_or(1));
        let mut bars = Vec::new();
        for time in &self.times {
            let bar = usize::try_from((time - first) / width).unwrap_or_default();
            bars.resize(bars.len().max(bar + 1), 0);
            if let Some(count) = bars.get_mut(bar) {
                *count += 1;
            }
        }
        bars
    }

    /// The head of the campaign of which this is the detail.
    fn head(&self, row: &CampaignRow) -> CampaignHead {
        let mut states = BTreeMap::new();
        row.members.values().for_each(|state| count(&mut states, state));
        CampaignHead {
            id: row.id.clone(),
            name: row.name.clone(),
            concern: row.concern,
            likelihood: row.likelihood.clone(),
            first: self.times.first().copied().unwrap_or_default(),
            last: self.times.last().copied().unwrap_or_default(),
            first_alert: row.first_alert.clone(),
            messages: row.messages.len() as u64,
            senders: row.senders.len() as u64,
            daily: self.daily(),
            states,
            opened: row.opened.len() as u64,
        }
    }
}

fn count(counts: &mut BTreeMap<String, u64>, key: &str) {
    if let Some(count) = counts.get_mut(key) {
        *count += 1;
    } else if counts.len() < COUNTED_MAX {
        counts.insert(key.to_owned(), 1);
    }
}

/// Adds head and detail of a campaign to a batch.
pub(crate) fn put(batch: &mut Batch, row: &CampaignRow, detail: &CampaignDetail) -> Result<()> {
    let head = serde_json::to_vec(&detail.head(row))?;
    if row.concern {
        batch.put(CONCERNS, &row.id, head.clone());
    } else {
        batch.delete(CONCERNS, &row.id);
    }
    batch.put(HEADS, &row.id, head);
    batch.put(DETAILS, &row.id, serde_json::to_vec(detail)?);
    Ok(())
}

/// Adds to a batch that a campaign is no more.
pub(crate) fn delete(batch: &mut Batch, id: &str) {
    batch.delete(HEADS, id).delete(CONCERNS, id).delete(DETAILS, id);
}

/// The heads of all operations that are listed, the latest first.
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn heads(data: &Data) -> Result<Vec<CampaignHead>> {
    Ok(latest_first(data.documents(HEADS)?))
}

/// The heads of the campaigns to which a person is alerted, the latest first.
///
/// # Errors
/// As [`heads`].
pub fn concerns(data: &Data) -> Result<Vec<CampaignHead>> {
    Ok(latest_first(data.documents(CONCERNS)?))
}

fn latest_first(mut heads: Vec<CampaignHead>) -> Vec<CampaignHead> {
    heads.sort_by(|a, b| (b.last, &b.id).cmp(&(a.last, &a.id)));
    heads
}

/// The head of one campaign.
///
/// # Errors
/// As [`heads`].
pub fn head(data: &Data, id: &str) -> Result<Option<CampaignHead>> {
    data.document(HEADS, id)
}

/// What people call a campaign; its identifier where it is not listed any more.
///
/// # Errors
/// As [`heads`].
pub fn name(data: &Data, id: &str) -> Result<String> {
    Ok(head(data, id)?.map_or_else(|| id.to_owned(), |head| head.name))
}

/// Heads by identifier, after the one with the identifier `after`; perhaps only those that are of concern, or the others.
///
/// # Errors
/// As [`heads`].
pub fn page(
    data: &Data,
    is_of_concern: Option<bool>,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<CampaignHead>> {
    let collection = if is_of_concern == Some(true) { CONCERNS } else { HEADS };
    let is_wanted = |head: &CampaignHead| is_of_concern.is_none_or(|wanted| head.concern == wanted);
    let mut rows: Vec<CampaignHead> = Vec::new();
    let mut after = after.map(str::to_owned);
    while rows.len() <= limit {
        let found: Vec<CampaignHead> = data.documents_after(collection, after.as_deref(), limit + 1)?;
        let is_last = found.len() <= limit;
        after = found.last().map(|head| head.id.clone());
        rows.extend(found.into_iter().filter(is_wanted));
        if is_last {
            break;
        }
    }
    Ok(Page::of(rows, limit, |head| head.id.clone()))
}

/// The detail of one campaign.
///
/// # Errors
/// When the store fails or the record is damaged.
pub fn detail(data: &Data, id: &str) -> Result<Option<CampaignDetail>> {
    data.document(DETAILS, id)
}

/// Times as the model has them.
pub fn event_times(detail: &CampaignDetail) -> Vec<EventTime> {
    detail.times.iter().map(|time| EventTime(*time)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(days: &[i64], expected: &[u64]) {
        let times = days.iter().map(|day| 1_610_960_400 + day * DAY_SECS).collect();
        assert_eq!(CampaignDetail { times, ..CampaignDetail::default() }.daily(), expected);
    }

    #[test]
    fn bars_are_days_until_there_are_too_many() {
        check(&[], &[]);
        check(&[0, 0, 2], &[2, 0, 1]);
        check(&[0, 59], &[&[1][..], &[0; 58], &[1]].concat());
        check(&[0, 1, 60], &[&[2][..], &[0; 29], &[1]].concat());
    }
}
