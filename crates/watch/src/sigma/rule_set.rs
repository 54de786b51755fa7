//! All rules that are in force, and everything that is wrong with the others.

use super::correlation::Correlation;
use super::document;
use super::filter::Filter;
use super::placeholder::Placeholders;
use super::rule::{Place, Rule};
use super::yaml::{Node, Wrong, documents};
use super::{collection, references};
use crate::pipeline::Pipeline;
use model::limit::RULE_FILE_BYTES_MAX;
use std::sync::Arc;

/// Something about a rule that its author must know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where it is.
    pub place: Place,
    /// The rule is not in force because of it; else it is only suspicious.
    pub is_error: bool,
    /// What is wrong, in a line.
    pub message: String,
}

/// Rules, correlations and filters of any number of files.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    /// Rules about single events.
    pub rules: Vec<Rule>,
    /// Rules about many events.
    pub correlations: Vec<Correlation>,
    /// What is wrong, in the order in which it was found.
    pub faults: Vec<Fault>,
    filters: Vec<Filter>,
    pipelines: Vec<Pipeline>,
    placeholders: Placeholders,
}

impl RuleSet {
    /// No rules yet. What is loaded goes through `pipelines`, in the order of their priorities.
    pub fn new(mut pipelines: Vec<Pipeline>) -> Self {
        pipelines.sort_by_key(|pipeline| pipeline.priority);
        let mut placeholders = Placeholders::default();
        for pipeline in &pipelines {
            pipeline.add_placeholders(&mut placeholders);
        }
        Self { pipelines, placeholders, ..Self::default() }
    }

    /// Reads a file with any number of documents. `file` is its name for people. A document that is wrong is a fault, and the others
    /// are read.
    pub fn load(&mut self, file: &str, text: &str) {
        let file: Arc<str> = file.into();
        if text.len() > RULE_FILE_BYTES_MAX {
            let wrong =
                Wrong::at(1, format!("larger than {RULE_FILE_BYTES_MAX} bytes, which no file of rules is"));
            return self.fault(&file, wrong, true);
        }
        let (documents, wrong) = documents(text);
        if let Some(wrong) = wrong {
            self.fault(&file, wrong, true);
        }
        match collection::merged(documents) {
            Ok(documents) => documents.iter().for_each(|document| self.add(&file, document)),
            Err(wrong) => self.fault(&file, wrong, true),
        }
    }

    /// Puts everything in force once all files are read: filters, pipelines, and what correlations refer to.
    #[must_use]
    pub fn finish(mut self) -> Self {
        references::refuse_twins(&mut self);
        for filter in std::mem::take(&mut self.filters) {
            let faults = filter.apply(&mut self.rules);
            self.faults.extend(faults);
        }
        for pipeline in std::mem::take(&mut self.pipelines) {
            pipeline.apply(&mut self);
        }
        references::refuse_dangling(&mut self);
        self
    }

    /// Only suspicious things were found.
    pub fn is_sound(&self) -> bool {
        self.faults.iter().all(|fault| !fault.is_error)
    }

    fn add(&mut self, file: &Arc<str>, document: &Node) {
        let mut notes = Vec::new();
        let place = |line| Place { file: Arc::clone(file), line };
        let read = document::read(document, place(document.line), &self.placeholders, &mut notes);
        for note in notes {
            self.fault(file, note, false);
        }
        match read {
            Ok(document::Read::Rule(rule)) => self.rules.push(*rule),
            Ok(document::Read::Correlation(correlation)) => self.correlations.push(*correlation),
            Ok(document::Read::Filter(filter)) => self.filters.push(*filter),
            Err(wrong) => self.fault(file, wrong, true),
        }
    }

    fn fault(&mut self, file: &Arc<str>, wrong: Wrong, is_error: bool) {
        let place = Place { file: Arc::clone(file), line: wrong.line };
        self.faults.push(Fault { place, is_error, message: wrong.message });
    }
}

#[cfg(test)]
mod tests;
