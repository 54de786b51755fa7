//! How probable it is that a query and a list entry are the same person or organisation, and why, piece by piece.
//!
//! Each piece of evidence adds its log-odds, as Fellegi and Sunter weigh records; the weights of names are trained on the
//! variants that the official lists themselves give of one entity. What agrees never lowers a score.

pub mod align;
pub mod evidence;
pub mod weights;

mod explain;

use std::collections::HashMap;

use crate::index::Index;
use crate::index::candidates::Probe;
use crate::list::{Kind, PartialDate};
use crate::name::readings;
use align::{Alignment, align};
pub use explain::{Piece, Why};
use weights::Model;

/// Who is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The name in any script and order.
    pub name: String,
    /// What it is, if that is known.
    pub kind: Kind,
    /// Dates of birth; usually one or none.
    pub births: Vec<PartialDate>,
    /// Nationalities, as names of countries or codes.
    pub nationalities: Vec<String>,
    /// Numbers of documents.
    pub identifiers: Vec<String>,
}

impl Query {
    /// A query that only has a name.
    pub fn named(name: &str, kind: Kind) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            births: Vec::new(),
            nationalities: Vec::new(),
            identifiers: Vec::new(),
        }
    }
}

/// An entry that may be who is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The entry's number in the index.
    pub entry: u32,
    /// The number of the name that agrees best.
    pub name: u32,
    /// The calibrated probability, above 0 and below 1.
    pub score: f64,
    /// The evidence for and against; the weights, with that of [`Why::Prior`], sum up to the log-odds of the score.
    pub explanation: Vec<Piece>,
}

/// Finds entries by name and weighs them.
#[derive(Debug, Clone)]
pub struct Screener {
    index: Index,
}

/// The best form of an entry so far.
struct Best {
    form: u32,
    name: u32,
    log_odds: f64,
    alignment: Alignment,
    probe: usize,
}

impl Screener {
    /// A screener over an index.
    pub fn new(index: Index) -> Self {
        Self { index }
    }

    /// The index.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Entries whose score is at least `threshold`, the highest first; equal scores stand in the order of the index.
    pub fn screen(&self, query: &Query, threshold: f64) -> Vec<Hit> {
        self.screen_with(&weights::MODELS, query, threshold)
    }

    fn screen_with(&self, models: &weights::Models, query: &Query, threshold: f64) -> Vec<Hit> {
        let probes: Vec<Probe> = readings(&query.name, query.kind)
            .iter()
            .map(|reading| Probe::new(&self.index, reading))
            .collect();
        let mut best: HashMap<u32, Best> = HashMap::new();
        for (number, probe) in probes.iter().enumerate() {
            for form in probe.candidates(&self.index) {
                let Some((entry, name)) = self.index.entry_of_form(form) else { continue };
                if !self.may_bear(query.kind, entry) {
                    continue;
                }
                let alignment = align(&self.index, probe, form);
                let log_odds = self.model(models, entry).log_odds(&alignment, self.index.is_weak(name));
                if best.get(&entry).is_none_or(|known| known.log_odds < log_odds) {
                    best.insert(entry, Best { form, name, log_odds, alignment, probe: number });
                }
            }
        }
        let mut hits: Vec<Hit> = best
            .into_iter()
            .filter_map(|(entry, best)| self.hit(models, query, entry, &best, &probes, threshold))
            .collect();
        hits.sort_by(|left, right| right.score.total_cmp(&left.score).then(left.entry.cmp(&right.entry)));
        hits
    }

    /// Whether an entry may be what the query is: what is not known excludes nothing, and only persons are set against the rest.
    fn may_bear(&self, asked: Kind, entry: u32) -> bool {
        let listed = self.index.kind(entry);
        asked == Kind::Unknown
            || listed == Kind::Unknown
            || (asked == Kind::Person) == (listed == Kind::Person)
    }

    fn model<'m>(&self, models: &'m weights::Models, entry: u32) -> &'m Model {
        if self.index.is_person(entry) { &models.person } else { &models.organisation }
    }

    fn hit(
        &self,
        models: &weights::Models,
        query: &Query,
        entry: u32,
        best: &Best,
        probes: &[Probe],
        threshold: f64,
    ) -> Option<Hit> {
        let facts = evidence::compare(&self.index, query, entry);
        let log_odds = best.log_odds + facts.iter().map(|piece| piece.weight).sum::<f64>();
        let score = probability(log_odds);
        if score < threshold {
            return None;
        }
        let probe = probes.get(best.probe)?;
        let model = self.model(models, entry);
        let mut explanation = explain::names(
            &self.index,
            probe,
            best.form,
            &best.alignment,
            model,
            self.index.is_weak(best.name),
        );
        explanation.extend(facts);
        Some(Hit { entry, name: best.name, score, explanation })
    }
}

/// The probability that log-odds stand for.
pub fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}
