//! The member ledger: for each member and campaign of concern how far it came, each step with its evidence.

mod by_member;
#[cfg(test)]
mod opening_tests;
mod original;
mod treatment;

pub use by_member::{members_after, of_member, rows};
pub use original::{forget_original, original_leaf, originals_before};
pub use treatment::{Treatment, Treatments, put_blocked, put_released, put_warned, warned, warned_entry};

use crate::clock::rfc3339;
use crate::correlate::Findings;
use crate::data::Data;
use crate::evidence_log::Entry;
use crate::overview;
use crate::row::CampaignRow;
use anyhow::{Context, Result};
use evidence::Value;
use model::{EventTime, LeafIndex, MemberState, Ordinal, Sha256};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use store::{Batch, Records};

const CAMPAIGNS: &str = "mail.campaign";
/// Leaf of the alert, by campaign.
const ALERTS: &str = "mail.alert";
const LEDGER: &str = "mail.ledger";
const DISARMED: &str = "mail.disarmed";

/// Steps of one member in one campaign.
#[derive(Debug, Clone)]
pub struct Standing {
    steps: BTreeMap<MemberState, (EventTime, Option<Ordinal>)>,
    /// Messages in the mailbox that can still report an opening.
    armed: usize,
}

/// By campaign, by member; sorted, so that the same mail leaves its entries in the same order.
pub type States = BTreeMap<String, BTreeMap<String, Standing>>;

impl Standing {
    /// A member who is named in a campaign since `time`.
    pub fn new(time: EventTime) -> Self {
        Self { steps: BTreeMap::from([(MemberState::Targeted, (time, None))]), armed: 0 }
    }

    /// Notes a step; the first time of each counts.
    pub fn add(&mut self, state: MemberState, time: EventTime, record: Option<Ordinal>) {
        self.armed += usize::from(state == MemberState::Delivered);
        let step = self.steps.entry(state).or_insert((time, record));
        if time < step.0 || step.1.is_none() {
            *step = (time.min(step.0), record.or(step.1));
        }
    }

    /// How far it came. One message that can still report keeps a member from being disarmed.
    pub fn state(&self) -> MemberState {
        let is_reached = |state: &MemberState| *state != MemberState::Disarmed || self.armed == 0;
        self.steps.keys().rev().copied().find(is_reached).unwrap_or(MemberState::Targeted)
    }

    /// When the member first opened a message of the campaign, whatever was done about it afterwards.
    fn opened(&self) -> Option<EventTime> {
        self.steps.get(&MemberState::Opened).map(|(time, _)| *time)
    }

    /// Whether the sender was told of an opening, also where the member was warned afterwards.
    pub fn has_opened(&self) -> bool {
        self.opened().is_some()
    }

    fn since(&self) -> (EventTime, Option<Ordinal>) {
        self.steps.get(&self.state()).copied().unwrap_or((EventTime(0), None))
    }
}

/// A row of the member ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerRow {
    /// The campaign.
    pub campaign: String,
    /// The member.
    pub member: String,
    /// [`MemberState`].
    pub state: String,
    /// When it came to this, RFC 3339.
    pub since: String,
    /// Entry of the evidence log that proves it.
    pub evidence: u64,
    /// Entry of the evidence log that proves the first message to the member; `null` where none is recorded.
    pub message_evidence: Option<u64>,
    /// When the member first opened a message, RFC 3339: it stays when the member is warned. `null` where no opening is
    /// known.
    #[serde(default)]
    pub opened: Option<String>,
    /// Entry of the evidence log that proves the opening.
    #[serde(default)]
    pub opened_evidence: Option<u64>,
}

impl LedgerRow {
    /// The opening, with its evidence: of the row itself where that is how far the member came.
    fn opening(&self) -> (Option<String>, Option<u64>) {
        if self.opened.is_none() && self.state == MemberState::Opened.word() {
            return (Some(self.since.clone()), Some(self.evidence));
        }
        (self.opened.clone(), self.opened_evidence)
    }

    /// Whether the member opened a message, also when a warning followed.
    pub fn has_opened(&self) -> bool {
        self.opening().0.is_some()
    }

    /// Whether the member came as far as `state`, or further.
    fn has_reached(&self, state: MemberState) -> bool {
        self.state.parse().is_ok_and(|reached: MemberState| reached >= state)
    }
}

/// Stores campaigns and ledger as they are now. Every alert and every change of state is an entry of the evidence log.
/// What `findings` say nothing of stays as it was, unless they are complete.
///
/// # Errors
/// When the store fails.
pub fn update(data: &mut Data, findings: &Findings) -> Result<()> {
    let before = if findings.is_complete { campaigns(data)? } else { stored(data, &findings.campaigns)? };
    record_alerts(data, &before, findings)?;
    record_states(data, findings)?;
    let mut batch = Batch::new();
    let current: HashSet<&str> = findings.campaigns.iter().map(|campaign| campaign.id.as_str()).collect();
    before
        .iter()
        .map(|old| &old.id)
        .chain(&findings.gone)
        .filter(|id| !current.contains(id.as_str()))
        .for_each(|id| {
            batch.delete(CAMPAIGNS, id);
            overview::delete(&mut batch, id);
        });
    for (campaign, detail) in findings.campaigns.iter().zip(&findings.details) {
        overview::put(&mut batch, campaign, detail)?;
        batch.put(CAMPAIGNS, &campaign.id, serde_json::to_vec(campaign)?);
    }
    Ok(data.store.records.apply(&batch)?)
}

/// What is stored of these campaigns.
fn stored(data: &Data, campaigns: &[CampaignRow]) -> Result<Vec<CampaignRow>> {
    campaigns.iter().filter_map(|fresh| campaign(data, &fresh.id).transpose()).collect()
}

fn record_alerts(data: &mut Data, before: &[CampaignRow], findings: &Findings) -> Result<()> {
    let was_alerted = |id: &str| before.iter().any(|old| old.id == id && old.concern);
    let fresh = findings.campaigns.iter().filter(|campaign| campaign.concern && !was_alerted(&campaign.id));
    let fresh: Vec<&CampaignRow> = fresh.collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let entries = fresh.iter().map(|campaign| alert_entry(campaign)).collect::<Result<Vec<_>>>()?;
    let first = data.record(&entries)?;
    let mut batch = Batch::new();
    for (offset, campaign) in fresh.iter().enumerate() {
        batch.put(ALERTS, &campaign.id, (first.0 + offset as u64).to_string());
    }
    Ok(data.store.records.apply(&batch)?)
}

/// The entry that proves when a person was first alerted to a campaign.
///
/// # Errors
/// When the store fails.
pub fn alert_evidence(data: &Data, campaign: &str) -> Result<Option<LeafIndex>> {
    let leaf = data.store.records.get(ALERTS, campaign)?;
    Ok(leaf.and_then(|leaf| String::from_utf8(leaf).ok()?.parse().ok()).map(LeafIndex))
}

fn alert_entry(campaign: &CampaignRow) -> Result<Entry> {
    let alert = campaign.first_alert.as_ref().context("a campaign of concern has its first alert")?;
    let time = crate::clock::parse_rfc3339(&alert.time).context("the first alert has a time")?;
    let after = u32::try_from(alert.after_messages).unwrap_or(u32::MAX);
    let public =
        vec![("campaign", Value::from(campaign.id.as_str())), ("after_messages", Value::from(after))];
    let private = Value::object([
        ("name", Value::from(campaign.name.as_str())),
        (
            "senders",
            Value::from(
                campaign.senders.iter().map(|sender| Value::from(sender.as_str())).collect::<Vec<_>>(),
            ),
        ),
        (
            "reasons",
            Value::from(
                campaign.reasons.iter().map(|reason| Value::from(reason.detail.as_str())).collect::<Vec<_>>(),
            ),
        ),
    ]);
    Ok(Entry { kind: "campaign.alerted", time, public, private: private.to_canonical().into_bytes() })
}

fn record_states(data: &mut Data, findings: &Findings) -> Result<()> {
    let mut entries = Vec::new();
    let mut rows = Vec::new();
    for (campaign, members) in &findings.states {
        let old: HashMap<String, LedgerRow> =
            ledger_of(data, campaign)?.into_iter().map(|row| (row.member.clone(), row)).collect();
        for (member, standing) in members {
            let state = standing.state();
            let known = old.get(member);
            // A state that persons or machines reached once is never taken back.
            if let Some(row) = known.filter(|row| row.has_reached(state)) {
                // Who opens after the warning, or was warned before the opening was known, has opened all the same.
                if let (None, Some(time)) = (row.opening().0, standing.opened()) {
                    rows.push(LedgerRow { opened: Some(rfc3339(time)), ..row.clone() });
                    entries.push(state_entry(campaign, member, MemberState::Opened, time));
                }
                continue;
            }
            let (since, record) = standing.since();
            let delivered = standing.steps.values().find_map(|(_, record)| *record).or(record);
            rows.push(LedgerRow {
                campaign: campaign.clone(),
                member: member.clone(),
                state: state.word().to_owned(),
                since: rfc3339(since),
                evidence: 0,
                message_evidence: delivered.and_then(|ordinal| data.leaves.of(ordinal)).map(|leaf| leaf.0),
                opened: standing.opened().map(rfc3339),
                opened_evidence: known.and_then(|row| row.opening().1),
            });
            entries.push(state_entry(campaign, member, state, since));
        }
    }
    if entries.is_empty() {
        return Ok(());
    }
    let first = data.record(&entries)?;
    let mut batch = Batch::new();
    for (offset, mut row) in rows.into_iter().enumerate() {
        prove(&mut row, first.0 + offset as u64);
        by_member::put(&mut batch, &row)?;
    }
    Ok(data.store.records.apply(&batch)?)
}

/// Notes which entry proves what is new in a row: how far the member came, or that there was an opening too.
fn prove(row: &mut LedgerRow, entry: u64) {
    let is_new_state = row.evidence == 0;
    if is_new_state {
        row.evidence = entry;
    }
    if !is_new_state || row.state == MemberState::Opened.word() {
        row.opened_evidence = Some(entry);
    }
}

fn state_entry(campaign: &str, member: &str, state: MemberState, since: EventTime) -> Entry {
    let private = Value::object([("member", Value::from(member)), ("state", Value::from(state.word()))]);
    let public = vec![("campaign", Value::from(campaign))];
    Entry { kind: "member.state", time: since, public, private: private.to_canonical().into_bytes() }
}

/// Notes that a message was disarmed, with evidence.
///
/// # Errors
/// When the store fails.
pub fn record_disarmed(data: &mut Data, digest: &str, entry: Entry) -> Result<LeafIndex> {
    let leaf = data.record(&[entry])?;
    let mut batch = Batch::new();
    put_disarmed(&mut batch, digest, leaf);
    data.store.records.apply(&batch)?;
    Ok(leaf)
}

/// Adds to a batch that the message with this digest was disarmed, with the leaf of the entry that proves it.
pub fn put_disarmed(batch: &mut Batch, digest: &str, leaf: LeafIndex) {
    batch.put(DISARMED, digest, leaf.0.to_string());
    original::put(batch, digest, leaf);
}

/// Whether any message was ever disarmed.
///
/// # Errors
/// When the store fails.
pub fn has_disarmed(data: &Data) -> Result<bool> {
    Ok(!data.store.records.scan(DISARMED, None, 1)?.is_empty())
}

/// Whether the message with this digest was disarmed.
///
/// # Errors
/// When the store fails.
pub fn is_disarmed(data: &Data, digest: Sha256) -> Result<bool> {
    Ok(data.store.records.get(DISARMED, &digest.to_string())?.is_some())
}

/// Campaigns as they were correlated last, in order of time.
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn campaigns(data: &Data) -> Result<Vec<CampaignRow>> {
    let mut rows: Vec<CampaignRow> = data.documents(CAMPAIGNS)?;
    rows.sort_by(|a, b| (&a.first, &a.id).cmp(&(&b.first, &b.id)));
    Ok(rows)
}

/// One campaign as it was correlated last.
///
/// # Errors
/// When the store fails or the record is damaged.
pub fn campaign(data: &Data, id: &str) -> Result<Option<CampaignRow>> {
    data.document(CAMPAIGNS, id)
}

/// The whole member ledger, by campaign and member.
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn ledger(data: &Data) -> Result<Vec<LedgerRow>> {
    data.documents(LEDGER)
}

/// The member ledger of one campaign, by member.
///
/// # Errors
/// When the store fails or a record is damaged.
pub fn ledger_of(data: &Data, campaign: &str) -> Result<Vec<LedgerRow>> {
    data.documents_under(LEDGER, &format!("{campaign}/"))
}
