//! What rules say of each other must be so: ids are given once, and a correlation's rules are there.

use super::correlation::Correlation;
use super::rule::Place;
use super::rule_set::{Fault, RuleSet};
use std::collections::{BTreeMap, BTreeSet};

/// Refuses what has the id or the name of something before it.
pub(crate) fn refuse_twins(set: &mut RuleSet) {
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    let mut faults = Vec::new();
    let mut is_first = |id: &str, name: Option<&String>, place: &Place| {
        let names: BTreeSet<&str> = std::iter::once(id).chain(name.map(String::as_str)).collect();
        if let Some((name, first)) = names.iter().find_map(|name| Some((name, seen.get(*name)?))) {
            let message = format!("`{name}` is already used in {} line {}", first.file, first.line);
            faults.push(Fault { place: place.clone(), is_error: true, message });
            return false;
        }
        seen.extend(names.into_iter().map(|name| (name.to_owned(), place.clone())));
        true
    };
    set.rules.retain(|rule| is_first(&rule.id, rule.name.as_ref(), &rule.place));
    set.correlations.retain(|rule| is_first(&rule.id, rule.name.as_ref(), &rule.place));
    set.faults.append(&mut faults);
}

/// Refuses correlations that look at rules that are not there, or at themselves, and then those that look at these.
pub(crate) fn refuse_dangling(set: &mut RuleSet) {
    let mut sound: BTreeSet<String> = BTreeSet::new();
    for rule in &set.rules {
        sound.extend(names(&rule.id, rule.name.as_ref()));
    }
    let mut open: Vec<Correlation> = std::mem::take(&mut set.correlations);
    loop {
        let (ready, rest): (Vec<_>, Vec<_>) = open
            .into_iter()
            .partition(|correlation| correlation.rules.iter().all(|rule| sound.contains(rule)));
        open = rest;
        if ready.is_empty() {
            break;
        }
        for correlation in ready {
            sound.extend(names(&correlation.id, correlation.name.as_ref()));
            set.correlations.push(correlation);
        }
    }
    let circling: BTreeSet<String> =
        open.iter().flat_map(|correlation| names(&correlation.id, correlation.name.as_ref())).collect();
    for correlation in open {
        let missing =
            correlation.rules.iter().find(|rule| !sound.contains(*rule) && !circling.contains(*rule));
        let message = match missing {
            Some(rule) => format!("there is no rule `{rule}` to correlate"),
            None => "its rules look at each other in a circle, or at a correlation that is not in force"
                .to_owned(),
        };
        set.faults.push(Fault { place: correlation.place, is_error: true, message });
    }
    for correlation in &set.correlations {
        set.faults.extend(alias_faults(correlation));
    }
}

fn names(id: &str, name: Option<&String>) -> impl Iterator<Item = String> {
    std::iter::once(id.to_owned()).chain(name.cloned())
}

/// An alias that names a rule which is not correlated does nothing.
fn alias_faults(correlation: &Correlation) -> Vec<Fault> {
    let strangers = correlation.aliases.iter().flat_map(|(alias, rules)| {
        rules.keys().filter(|rule| !correlation.rules.contains(rule)).map(move |rule| (alias, rule))
    });
    strangers
        .map(|(alias, rule)| Fault {
            place: correlation.place.clone(),
            is_error: false,
            message: format!("the alias `{alias}` speaks of `{rule}`, which is not among the rules"),
        })
        .collect()
}
