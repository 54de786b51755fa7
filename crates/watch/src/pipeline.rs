//! Processing pipelines in pySigma's YAML: what a house changes in rules of others, so that they speak of its logs' own fields.

mod condition;
mod read;
mod transformation;

use crate::sigma::placeholder::Placeholders;
use crate::sigma::rule_set::{Fault, RuleSet};
use crate::sigma::yaml::documents;
use condition::{ItemConditions, RuleConditions, Told};
use std::sync::Arc;
use transformation::{Transformation, Transformed};

/// A pipeline.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// Its name, or that of its file.
    pub name: String,
    /// Pipelines are applied in the order of these numbers, the lowest first.
    pub priority: i64,
    file: Arc<str>,
    vars: Vec<(String, Vec<String>)>,
    items: Vec<Item>,
}

/// One step.
#[derive(Debug, Clone)]
struct Item {
    id: Option<String>,
    line: u32,
    transformation: Transformation,
    rule_conditions: RuleConditions,
    item_conditions: ItemConditions,
}

impl Pipeline {
    /// Reads a pipeline. `file` is its name for people.
    ///
    /// # Errors
    /// Everything that is wrong with it, with its line; a pipeline is in force as a whole or not at all.
    pub fn read(file: &str, text: &str) -> Result<Self, Vec<Fault>> {
        let file: Arc<str> = file.into();
        let (documents, wrong) = documents(text);
        let mut wrongs: Vec<_> = wrong.into_iter().collect();
        let pipeline = documents.first().map(|document| read::pipeline(document, &file, &mut wrongs));
        match pipeline {
            Some(pipeline) if wrongs.is_empty() => Ok(pipeline),
            _ => Err(read::faults(&file, wrongs)),
        }
    }

    /// What stands for placeholders of rules.
    pub(crate) fn add_placeholders(&self, placeholders: &mut Placeholders) {
        for item in &self.items {
            match &item.transformation {
                Transformation::ValuePlaceholders(names) => {
                    let vars = self.vars.iter().filter(|(name, _)| names.is_for(name));
                    placeholders.values.extend(vars.cloned());
                }
                Transformation::WildcardPlaceholders(names) => {
                    placeholders.wildcards.extend(names.named().map(str::to_owned));
                }
                _ => {}
            }
        }
    }

    /// Changes the rules of a set. A rule that the pipeline refuses is a fault and no longer in force.
    pub(crate) fn apply(&self, set: &mut RuleSet) {
        let mut faults = Vec::new();
        set.rules.retain_mut(|rule| {
            let mut told = Told::default();
            for item in &self.items {
                if !item.rule_conditions.hold_for_rule(rule, &told) {
                    continue;
                }
                match item.transformation.apply(rule, &item.item_conditions, &mut told) {
                    Transformed::Unchanged => {}
                    Transformed::Changed => told.applied.extend(item.id.clone()),
                    Transformed::Refused(message) => {
                        let message = format!("{message} (pipeline {} line {})", self.file, item.line);
                        faults.push(Fault { place: rule.place.clone(), is_error: true, message });
                        return false;
                    }
                }
            }
            true
        });
        for correlation in &mut set.correlations {
            for item in &self.items {
                if item.rule_conditions.hold_for_correlation(correlation) {
                    item.transformation.apply_to_correlation(correlation);
                }
            }
        }
        set.faults.append(&mut faults);
    }
}

#[cfg(test)]
mod tests;
