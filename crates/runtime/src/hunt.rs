//! `mail hunt`: which recorded messages an indicator fits, whenever they arrived.

use crate::clock::rfc3339;
use crate::data::Data;
use crate::intake::Leaves;
use anyhow::Result;
use mail::feature::Feature;
use mail::hunt::Indicator;
use mail::member::House;
use model::Ordinal;
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

/// Looks for each indicator, and gives every hit to `take`, by indicator and in order of acceptance.
///
/// # Errors
/// When the store or `take` fails.
pub fn hunt(
    data: &Data,
    house: &House,
    indicators: &[Indicator],
    mut take: impl FnMut(Hit) -> Result<()>,
) -> Result<u64> {
    let leaves = Leaves::read(data)?;
    let mut hits = 0;
    for indicator in indicators {
        each_match(data, indicator, &mut |ordinal, feature| {
            hits += 1;
            take(hit(indicator, feature, house, leaves.of(ordinal).map(|leaf| leaf.0)))
        })?;
    }
    Ok(hits)
}

fn each_match(
    data: &Data,
    indicator: &Indicator,
    take: &mut dyn FnMut(Ordinal, &Feature) -> Result<()>,
) -> Result<()> {
    let groups = indicator.terms();
    if groups.is_empty() {
        return read_all(data, indicator, take);
    }
    for ordinal in candidates(data, &groups)? {
        // A damaged record was reported when the folder was opened or is by `evidence verify`; the others still count.
        let Ok(bytes) = data.store.features.get(ordinal) else { continue };
        if let Some(feature) = Feature::decode(&bytes).filter(|feature| indicator.matches(feature)) {
            take(ordinal, &feature)?;
        }
    }
    Ok(())
}

/// Records with a term of every group.
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
    Ok(found.unwrap_or_default())
}

fn read_all(
    data: &Data,
    indicator: &Indicator,
    take: &mut dyn FnMut(Ordinal, &Feature) -> Result<()>,
) -> Result<()> {
    let mut failure = None;
    let all = Ordinal(0)..Ordinal(data.store.features.len());
    data.store.features.scan(all, &mut |ordinal, _, bytes| {
        let fitting = Feature::decode(bytes).filter(|feature| indicator.matches(feature));
        match fitting.map_or(Ok(()), |feature| take(ordinal, &feature)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failure = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    failure.map_or(Ok(()), Err)
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
