//! `mail hunt`: which recorded messages an indicator fits, whenever they arrived.

use crate::clock::rfc3339;
use crate::data::Data;
use crate::record;
use crate::row::CampaignRow;
use anyhow::Result;
use mail::feature::Feature;
use mail::hunt::Indicator;
use mail::member::House;
use model::{Defects, Ordinal};
use serde::Serialize;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use store::Features;

/// A recorded message that fits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// What it fits.
    pub indicator: String,
    /// When it arrived, RFC 3339.
    pub time: String,
    /// Digest of the message, SHA-256.
    pub digest: String,
    /// `Message-ID` without brackets.
    pub message_id: String,
    /// Where it was read.
    pub source: String,
    /// Author's address.
    pub from: String,
    /// Subject.
    pub subject: String,
    /// Addresses that it was for.
    pub to: Vec<String>,
    /// Members among them.
    pub members: Vec<String>,
    /// What was proposed when it was read.
    pub verdict: String,
    /// Entry of the evidence log that proves it.
    pub evidence: Option<u64>,
}

/// What is recorded of the first `at_most` messages of a campaign, in order of time. Others may have taken their ids: only
/// senders of the campaign count.
///
/// # Errors
/// When the store fails.
pub fn of_campaign(data: &Data, house: &House, campaign: &CampaignRow, at_most: usize) -> Result<Vec<Hit>> {
    let ids: BTreeSet<&String> = campaign.messages.iter().take(at_most).collect();
    let indicators: Vec<Indicator> = ids.iter().filter_map(|id| format!("id:{id}").parse().ok()).collect();
    let mut hits = Vec::new();
    hunt(data, house, &indicators, |hit| {
        if campaign.senders.contains(&hit.from) {
            hits.push(hit);
        }
        Ok(())
    })?;
    hits.sort_by(|a, b| (&a.time, &a.source).cmp(&(&b.time, &b.source)));
    hits.truncate(at_most);
    Ok(hits)
}

/// Looks for each indicator, and gives every hit to `take`, by indicator and in order of acceptance. Answers with the
/// records that may have fitted and could not be read.
///
/// # Errors
/// When the store or `take` fails.
pub fn hunt(
    data: &Data,
    house: &House,
    indicators: &[Indicator],
    mut take: impl FnMut(Hit) -> Result<()>,
) -> Result<Defects> {
    let mut defects = Defects::default();
    for indicator in indicators {
        let mut take = |ordinal, feature: &Feature| {
            take(hit(indicator, feature, house, data.leaves.of(ordinal).map(|leaf| leaf.0)))
        };
        let groups = indicator.terms();
        defects.append(if groups.is_empty() {
            read_all(data, indicator, &mut take)?
        } else {
            read_candidates(data, indicator, &groups, &mut take)?
        });
    }
    Ok(defects)
}

/// Takes a record that fits.
type Take<'a> = dyn FnMut(Ordinal, &Feature) -> Result<()> + 'a;

fn read_candidates(
    data: &Data,
    indicator: &Indicator,
    groups: &[Vec<u64>],
    take: &mut Take<'_>,
) -> Result<Defects> {
    let mut defects = Defects::default();
    for ordinal in candidates(data, groups)? {
        match record::read(data, ordinal)? {
            Ok(feature) if indicator.matches(&feature) => take(ordinal, &feature)?,
            Ok(_) => {}
            Err(unread) => unread.report(&mut defects),
        }
    }
    Ok(defects)
}

/// Records with a term of every group, and those of whose terms nothing is known.
fn candidates(data: &Data, groups: &[Vec<u64>]) -> Result<BTreeSet<Ordinal>> {
    let mut found: Option<BTreeSet<Ordinal>> = None;
    for group in groups {
        let mut of_group = BTreeSet::new();
        for term in group {
            of_group.extend(data.store.features.lookup(*term)?);
        }
        found = Some(match found {
            Some(before) => before.intersection(&of_group).copied().collect(),
            None => of_group,
        });
    }
    let mut found = found.unwrap_or_default();
    found.extend(data.store.features.unindexed()?);
    Ok(found)
}

fn read_all(data: &Data, indicator: &Indicator, take: &mut Take<'_>) -> Result<Defects> {
    let (mut defects, mut failure) = (Defects::default(), None);
    let all = Ordinal(0)..Ordinal(data.store.features.len());
    let scanned = data.store.features.scan(all, &mut |ordinal, _, bytes| {
        let taken = match record::decode(ordinal, bytes) {
            Ok(feature) if indicator.matches(&feature) => take(ordinal, &feature),
            Ok(_) => Ok(()),
            Err(unread) => {
                unread.report(&mut defects);
                Ok(())
            }
        };
        failure = taken.err();
        if failure.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    let unnamed = scanned.damaged - scanned.damage.len() as u64;
    scanned.damage.into_iter().for_each(|damage| defects.push(record::defect(damage)));
    defects.count += unnamed;
    failure.map_or(Ok(defects), Err)
}

fn hit(indicator: &Indicator, feature: &Feature, house: &House, evidence: Option<u64>) -> Hit {
    let members: BTreeSet<String> = feature
        .recipients()
        .filter_map(|address| house.by_address(address).and_then(|index| house.member(index)))
        .map(|member| member.id.to_string())
        .collect();
    Hit {
        indicator: indicator.to_string(),
        time: rfc3339(feature.time),
        digest: feature.digest.to_string(),
        message_id: feature.message_id.clone(),
        source: feature.source.clone(),
        from: feature.sender.clone(),
        subject: feature.subject.clone(),
        to: feature.recipients().map(str::to_owned).collect(),
        members: members.into_iter().collect(),
        verdict: feature.verdict.word().to_owned(),
        evidence,
    }
}
