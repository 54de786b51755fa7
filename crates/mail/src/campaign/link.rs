//! Which campaigns may be the work of one cluster: linked with reasons for and against, never merged.

use super::correlator::Correlator;
use super::likelihood;
use super::operation::Operation;
use model::{CampaignId, Reason, time::DAY_SECS};
use std::collections::BTreeSet;

/// A possible connection of one campaign to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Linked {
    /// The other campaign.
    pub campaign: CampaignId,
    /// Log-odds that both are the work of one cluster, before a person has looked.
    pub log_odds: f32,
    /// Reasons for (positive) and against (negative).
    pub reasons: Vec<Reason>,
}

/// Log-odds before anything is compared: of two campaigns against one house, most are not by one cluster.
const PRIOR: f32 = -2.0;
/// Least log-odds at which a connection is worth a person's time.
const WORTH: f32 = -1.0;

/// Connections of one campaign of concern to the others.
pub fn links(correlator: &Correlator<'_>, one: &Operation, others: &[&Operation]) -> Vec<Linked> {
    let others = others.iter().filter(|other| other.id != one.id && other.first_alert.is_some());
    let linked = others.filter_map(|other| {
        let reasons = compare(correlator, one, other);
        let log_odds = PRIOR + reasons.iter().map(|reason| reason.weight).sum::<f32>();
        (log_odds >= WORTH).then_some(Linked { campaign: other.id?, log_odds, reasons })
    });
    linked.collect()
}

fn compare(correlator: &Correlator<'_>, one: &Operation, other: &Operation) -> Vec<Reason> {
    let mut reasons = vec![shared_recipients(one, other), same_manner(one, other), pause(one, other)];
    reasons.extend(same_aim(correlator, one, other));
    reasons.push(shared(correlator, one, other, "SENDERS", 3.0, -0.5, |strand| {
        BTreeSet::from([strand.address.clone()])
    }));
    reasons.push(shared(correlator, one, other, "HOSTS", 2.0, -0.5, |strand| strand.hosts.clone()));
    reasons.extend(common_ground(correlator, one, other));
    reasons
}

fn shared_recipients(one: &Operation, other: &Operation) -> Reason {
    let both = one
        .tally
        .recipients
        .keys()
        .filter(|recipient| other.tally.recipients.contains_key(recipient))
        .count();
    let smaller = one.tally.recipients.len().min(other.tally.recipients.len()).max(1);
    let share = both as f32 / smaller as f32;
    let detail = format!("{both} recipients of both, of {smaller} of the smaller campaign");
    Reason { code: "SHARED_RECIPIENTS", weight: (share - 0.4) * 4.0, detail }
}

/// The group that both are concentrated on.
fn same_aim(correlator: &Correlator<'_>, one: &Operation, other: &Operation) -> Option<Reason> {
    let aim = |operation: &Operation| {
        likelihood::best_forum(&operation.tally, correlator.forums()).filter(|(_, ratio)| *ratio > 1.0)
    };
    let ((left, _), (right, _)) = aim(one).zip(aim(other))?;
    let detail = "both are concentrated on the same protected group".to_owned();
    (left == right).then_some(Reason { code: "SAME_GROUP", weight: 1.0, detail })
}

/// Habits that stay when names and hosts change.
fn same_manner(one: &Operation, other: &Operation) -> Reason {
    let habit = |count: fn(&Operation) -> usize| {
        let share = |operation: &Operation| operation.tally.share(count(operation));
        (share(one) > 0.5) == (share(other) > 0.5)
    };
    let habits = [
        ("recipient tokens", habit(|operation| operation.tally.tokened)),
        ("imitation of those linked to", habit(|operation| operation.tally.imitations)),
        ("no list headers", habit(|operation| operation.tally.copies - operation.tally.honest_lists)),
        ("several senders", (one.strands.len() > 1) == (other.strands.len() > 1)),
    ];
    let same: Vec<&str> = habits.iter().filter(|(_, same)| *same).map(|(name, _)| *name).collect();
    let weight = 0.5 * same.len() as f32 - 0.5 * (habits.len() - same.len()) as f32;
    Reason { code: "SAME_MANNER", weight, detail: format!("alike in: {}", same.join(", ")) }
}

fn pause(one: &Operation, other: &Operation) -> Reason {
    let gap = [(one, other), (other, one)]
        .iter()
        .filter_map(|(a, b)| Some(b.tally.first?.secs_since(a.tally.last?)))
        .max()
        .unwrap_or_default();
    let days = gap.max(0) / DAY_SECS;
    Reason {
        code: "PAUSE",
        weight: -(days as f32 / 200.0).min(1.5),
        detail: format!("{days} days between them"),
    }
}

fn shared(
    correlator: &Correlator<'_>,
    one: &Operation,
    other: &Operation,
    code: &'static str,
    with: f32,
    without: f32,
    of: impl Fn(&super::operation::Strand) -> BTreeSet<String>,
) -> Reason {
    let all = |operation: &Operation| {
        correlator.strands(operation).into_iter().flat_map(&of).collect::<BTreeSet<String>>()
    };
    let both: Vec<String> = all(one).intersection(&all(other)).take(5).cloned().collect();
    let name = code.to_lowercase();
    let (code, shares) = match (code, both.is_empty()) {
        ("SENDERS", false) => ("SHARED_SENDERS", true),
        ("SENDERS", true) => ("NO_SHARED_SENDERS", false),
        (_, false) => ("SHARED_HOSTS", true),
        (_, true) => ("NO_SHARED_HOSTS", false),
    };
    let detail =
        if shares { format!("{name} of both: {}", both.join(", ")) } else { format!("no {name} in common") };
    Reason { code, weight: if shares { with } else { without }, detail }
}

/// The strongest common ground of any two strands, kind by kind.
fn common_ground(correlator: &Correlator<'_>, one: &Operation, other: &Operation) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    let (left, right) = (correlator.strands(one), correlator.strands(other));
    let pairs = left.iter().take(16).flat_map(|a| right.iter().take(16).map(move |b| (a, b)));
    for bond in pairs.flat_map(|(a, b)| correlator.bonds(a, b)) {
        let weight = bond.weight.min(1.5);
        match reasons.iter_mut().find(|reason| reason.code == bond.code) {
            Some(reason) => reason.weight = reason.weight.max(weight),
            None => reasons.push(Reason {
                code: bond.code,
                weight,
                detail: "between a sender of one and a sender of the other".into(),
            }),
        }
    }
    reasons.retain(|reason| reason.weight >= 0.1);
    reasons
}
