//! Replay of the recorded messages through the correlator, in order of time, and what comes out of it.

use crate::clock::rfc3339;
use crate::data::Data;
use crate::ledger::{self, States};
use crate::opening::{self, KnownFetch, Sent};
use crate::overview::CampaignDetail;
use crate::progress::Progress;
use crate::record;
use crate::row::{AlertRow, CampaignRow, LinkRow, ReasonRow};
use anyhow::Result;
use mail::campaign::observation::{message_key, recipients};
use mail::campaign::tally::Recipient;
use mail::campaign::{Correlator, Operation, likelihood, link};
use mail::feature::Feature;
use mail::member::{House, MemberIndex};
use model::{CampaignId, Defects, EventTime, Likelihood, MemberState, Ordinal};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use store::Features;

/// What correlation found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Operations with several messages, those of concern among them, in order of time.
    pub campaigns: Vec<CampaignRow>,
    /// What pages show of each of them, in the same order.
    pub details: Vec<CampaignDetail>,
    /// Evidence and state of each member in each campaign of concern.
    pub states: States,
    /// Whether `campaigns` are all there are; otherwise those that are not among them stay as they were.
    pub is_complete: bool,
    /// Ids of campaigns that are no more, where not all were collected.
    pub gone: Vec<String>,
    /// Records that could not be read, where all were.
    pub unread: Defects,
    /// Position in `campaigns`, by ordinal of the record.
    members_of: HashMap<u64, usize>,
}

impl Findings {
    /// Nothing yet; what will be collected is all there is.
    pub fn complete() -> Self {
        Self { is_complete: true, ..Self::default() }
    }

    /// Nothing yet; what will be collected is some of it, and the campaigns in `gone` are no more.
    pub fn partial(gone: Vec<String>) -> Self {
        Self { gone, ..Self::default() }
    }

    /// The campaign that a record belongs to.
    pub fn campaign_of(&self, ordinal: u64) -> Option<&CampaignRow> {
        self.members_of.get(&ordinal).and_then(|&position| self.campaigns.get(position))
    }

    /// Records of a campaign, ascending.
    pub fn records_of(&self, id: &str) -> Vec<Ordinal> {
        let position = self.campaigns.iter().position(|campaign| campaign.id == id);
        let mut records: Vec<Ordinal> = self
            .members_of
            .iter()
            .filter(|(_, at)| Some(**at) == position)
            .map(|(ordinal, _)| Ordinal(*ordinal))
            .collect();
        records.sort_unstable();
        records
    }
}

/// Fewest messages of an operation that is listed: two mails by one sender are no operation.
pub const LISTED_MESSAGES_MIN: usize = 3;
/// Score of a message for belonging to a campaign of concern.
pub const CAMPAIGN_SCORE: u8 = 90;
/// Code of the reason that names the campaign which a message belongs to.
pub const BELONGS: &str = "CAMPAIGN";

/// Correlates everything that was recorded, and brings campaigns and the member ledger up to date, with evidence. A record
/// that cannot be read is set aside in [`Findings::unread`].
///
/// # Errors
/// When the store fails.
pub fn correlate(data: &mut Data, house: &House, progress: &dyn Progress) -> Result<Findings> {
    let mut correlator = Correlator::new(house);
    let unread = replay(data, &mut correlator, progress)?;
    let mut findings = collect(data, &correlator, house)?;
    findings.unread = unread;
    ledger::update(data, &findings)?;
    Ok(findings)
}

fn replay(data: &Data, correlator: &mut Correlator<'_>, progress: &dyn Progress) -> Result<Defects> {
    let mut unread = Defects::default();
    let order = in_order_of_time(data)?;
    progress.begin("correlating", Some(order.len() as u64));
    let ordinals = order.into_iter().map(|(_, ordinal)| ordinal).collect::<Vec<_>>();
    let mut done = 0;
    record::read_many(data, &ordinals, |ordinal, record| {
        match record {
            Ok(feature) => drop(correlator.observe(ordinal.0, &feature)),
            Err(why) => why.report(&mut unread),
        }
        done += 1;
        if done % 256 == 0 {
            progress.at(done);
        }
    })?;
    progress.end();
    Ok(unread)
}

/// All records in the order in which they are correlated.
///
/// # Errors
/// When the store fails.
pub fn in_order_of_time(data: &Data) -> Result<Vec<(EventTime, Ordinal)>> {
    let mut order = data.store.features.times().collect::<Result<Vec<_>, _>>()?;
    order.sort_unstable();
    Ok(order)
}

fn collect(data: &Data, correlator: &Correlator<'_>, house: &House) -> Result<Findings> {
    let listed = correlator.operations(LISTED_MESSAGES_MIN);
    let collector = Collector::new(data, house)?;
    let mut findings = Findings::complete();
    for operation in &listed {
        collector.collect(correlator, operation, &listed, &mut findings)?;
    }
    Ok(findings)
}

/// What the records of one operation tell.
struct ReadOperation {
    records: Vec<u64>,
    message_ids: Vec<String>,
    states: BTreeMap<String, ledger::Standing>,
    outlets: BTreeMap<String, usize>,
    detail: CampaignDetail,
}

/// Makes rows and states of operations, from their records.
pub struct Collector<'a> {
    data: &'a Data,
    house: &'a House,
    fetches: Vec<KnownFetch>,
    treatments: ledger::Treatments,
}

impl<'a> Collector<'a> {
    /// Reads what all operations share.
    ///
    /// # Errors
    /// When the store fails.
    pub fn new(data: &'a Data, house: &'a House) -> Result<Self> {
        let treatments = ledger::Treatments::of(data)?;
        Ok(Self { data, house, fetches: opening::known(data)?, treatments })
    }

    /// Adds one operation to `findings`; `listed` are those that it may be linked with.
    ///
    /// # Errors
    /// When the store fails.
    pub fn collect(
        &self,
        correlator: &Correlator<'_>,
        operation: &Operation,
        listed: &[&Operation],
        findings: &mut Findings,
    ) -> Result<()> {
        let read = self.read(correlator, operation)?;
        let position = findings.campaigns.len();
        findings.members_of.extend(read.records.iter().map(|ordinal| (*ordinal, position)));
        if operation.first_alert.is_some() {
            findings.states.insert(id_of(operation), read.states.clone());
        }
        let (row, detail) = row(correlator, operation, listed, self.house, read);
        findings.campaigns.push(row);
        findings.details.push(detail);
        Ok(())
    }

    fn read(&self, correlator: &Correlator<'_>, operation: &Operation) -> Result<ReadOperation> {
        let mut records: Vec<u64> =
            correlator.strands(operation).iter().flat_map(|strand| strand.records.iter().copied()).collect();
        records.sort_unstable();
        let mut read = ReadOperation {
            records,
            message_ids: Vec::new(),
            states: BTreeMap::new(),
            outlets: BTreeMap::new(),
            detail: CampaignDetail::default(),
        };
        let mut sent = Sent::default();
        let mut features = Vec::with_capacity(read.records.len());
        for ordinal in &read.records {
            // One that has rotted since it was correlated is told by the next replay; what it said of members stays.
            if let Ok(feature) = record::read(self.data, Ordinal(*ordinal))? {
                features.push((*ordinal, feature));
            }
        }
        features.sort_by_key(|(ordinal, feature)| (feature.time, *ordinal));
        let mut seen = HashSet::new();
        for (ordinal, feature) in &features {
            if seen.insert(message_key(feature)) {
                read.message_ids.push(feature.message_id.clone());
            }
            read.detail.add(feature);
            *read.outlets.entry(feature.sender_name.clone()).or_default() += 1;
            self.deliver(*ordinal, feature, &mut read.states, &mut sent)?;
        }
        self.open(&sent, &mut read.states);
        for (member, time) in ledger::warned(self.data, &id_of(operation))? {
            if let Some(standing) = read.states.get_mut(&member) {
                standing.add(MemberState::Warned, time, None);
            }
        }
        Ok(read)
    }

    /// Who has this message in the mailbox, and in which state.
    fn deliver(
        &self,
        ordinal: u64,
        feature: &Feature,
        states: &mut BTreeMap<String, ledger::Standing>,
        sent: &mut Sent,
    ) -> Result<()> {
        let (members, others) = split(&recipients(self.house, feature));
        sent.add(feature, &members, others);
        let treatment = self.treatments.treatment(self.data, feature)?;
        for index in members {
            let Some(member) = self.house.member(index) else { continue };
            let has_it = feature.delivered_to.is_empty()
                || feature.delivered_to.iter().any(|address| self.house.by_address(address) == Some(index));
            let state = treatment.state(has_it, &member.id.0);
            let standing =
                states.entry(member.id.0.clone()).or_insert_with(|| ledger::Standing::new(feature.time));
            standing.add(state, feature.time, Some(Ordinal(ordinal)));
        }
        Ok(())
    }

    fn open(&self, sent: &Sent, states: &mut BTreeMap<String, ledger::Standing>) {
        for fetch in &self.fetches {
            let Some(index) = self.house.by_id(&fetch.member) else { continue };
            if let (Some(time), Some(standing)) = (sent.opened(index, fetch), states.get_mut(&fetch.member)) {
                standing.add(MemberState::Opened, time, None);
            }
        }
    }
}

/// Who opened, also where the member was warned afterwards.
fn opened(states: &BTreeMap<String, ledger::Standing>) -> Vec<String> {
    states.iter().filter(|(_, standing)| standing.has_opened()).map(|(member, _)| member.clone()).collect()
}

fn split(recipients: &[Recipient]) -> (Vec<MemberIndex>, usize) {
    let members: Vec<MemberIndex> = recipients
        .iter()
        .filter_map(|recipient| match recipient {
            Recipient::Member(index) => Some(MemberIndex(*index)),
            Recipient::Other(_) => None,
        })
        .collect();
    let others = recipients.len() - members.len();
    (members, others)
}

fn row(
    correlator: &Correlator<'_>,
    operation: &Operation,
    listed: &[&Operation],
    house: &House,
    mut read: ReadOperation,
) -> (CampaignRow, CampaignDetail) {
    let strands = correlator.strands(operation);
    let reasons = correlator.reasons(operation);
    let log_odds = likelihood::log_odds(&reasons);
    let hosts: BTreeSet<&String> = strands.iter().flat_map(|strand| &strand.hosts).collect();
    let concern = operation.first_alert.is_some();
    let linked = if concern { link::links(correlator, operation, listed) } else { Vec::new() };
    let mut detail = std::mem::take(&mut read.detail);
    detail.forum = forum_name(operation, correlator, house);
    let row = CampaignRow {
        id: id_of(operation),
        name: name(operation, &read, strands.len(), detail.forum.is_some()),
        concern,
        likelihood: Likelihood::of(probability(log_odds)).to_string(),
        log_odds: (log_odds * 100.0).round() / 100.0,
        senders: strands.iter().map(|strand| strand.address.clone()).collect(),
        hosts: hosts.into_iter().cloned().collect(),
        first: operation.tally.first.map(rfc3339),
        last: operation.tally.last.map(rfc3339),
        first_alert: operation
            .first_alert
            .map(|alert| AlertRow { time: rfc3339(alert.time), after_messages: alert.after_messages }),
        messages: read.message_ids,
        members: read
            .states
            .iter()
            .map(|(member, standing)| (member.clone(), standing.state().word().to_owned()))
            .collect(),
        opened: opened(&read.states),
        other_recipients: operation
            .tally
            .recipients
            .keys()
            .filter(|recipient| matches!(recipient, Recipient::Other(_)))
            .count(),
        reasons: reasons.iter().map(ReasonRow::from).collect(),
        linked: linked
            .iter()
            .map(|linked| LinkRow {
                id: linked.campaign.to_string(),
                likelihood: Likelihood::of(probability(linked.log_odds)).to_string(),
                reasons: linked.reasons.iter().map(ReasonRow::from).collect(),
            })
            .collect(),
    };
    (row, detail)
}

/// The id of an operation as it is printed and stored.
pub fn id_of(operation: &Operation) -> String {
    operation.id.unwrap_or(CampaignId(0)).to_string()
}

fn probability(log_odds: f32) -> f64 {
    1.0 / (1.0 + f64::from(-log_odds).exp())
}

fn forum_name(operation: &Operation, correlator: &Correlator<'_>, house: &House) -> Option<String> {
    let (best, ratio) = likelihood::best_forum(&operation.tally, correlator.forums())?;
    let groups = house.groups();
    (ratio > 1.0).then(|| groups.get(best).map(|(group, _)| group.to_string())).flatten()
}

/// A name that tells when and how many; never by whom, and not at which group: auditors read names too, and who belongs to a
/// group reveals political opinion.
fn name(operation: &Operation, read: &ReadOperation, senders: usize, has_forum: bool) -> String {
    let day = operation.tally.first.map(rfc3339).unwrap_or_default();
    let day = day.split('T').next().unwrap_or_default();
    let accounts = if senders == 1 { "1 sender".to_owned() } else { format!("{senders} senders") };
    let aim = if has_forum { " to one protected group" } else { "" };
    let commonest = read.outlets.iter().filter(|(name, _)| !name.is_empty()).max_by_key(|(_, count)| **count);
    let guise = commonest.map(|(name, _)| format!(", as \"{name}\"")).unwrap_or_default();
    format!("{day}: {} messages by {accounts}{aim}{guise}", operation.tally.messages.len())
}
