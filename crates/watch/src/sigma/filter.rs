//! Filters: conditions that a house adds to rules of others (specification of filters 2.0).

use super::condition::Condition;
use super::detection;
use super::expression::one_or;
use super::placeholder::Placeholders;
use super::rule::{Logsource, Place, Rule};
use super::rule_set::Fault;
use super::yaml::{Content, Node, Wrong};

/// What must hold besides a rule's own conditions.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    title: String,
    logsource: Logsource,
    /// The rules by id or name; none means all of the logsource (`any`).
    rules: Option<Vec<String>>,
    condition: Condition,
    place: Place,
}

/// Reads the `filter` of a document.
pub(crate) fn read(
    title: String,
    logsource: Logsource,
    body: &Node,
    place: Place,
    placeholders: &Placeholders,
    notes: &mut Vec<Wrong>,
) -> Result<Filter, Wrong> {
    let Some(rules) = body.get("rules") else {
        return Err(Wrong::at(body.line, "there are no `rules` to filter"));
    };
    let rules = match &rules.content {
        Content::Text(text) if text == "any" => None,
        Content::Text(_) | Content::List(_) => Some(super::document::texts(body, "rules")?),
        _ => return Err(Wrong::at(rules.line, "`rules` is a list of ids or names, or `any`")),
    };
    let conditions = detection::read(body, &["rules"], placeholders, notes)?;
    let is_negated = conditions.iter().any(has_not);
    if !is_negated {
        notes.push(Wrong::at(
            body.line,
            "this filter keeps only what it selects; to leave that out, its condition is `not ...`",
        ));
    }
    Ok(Filter { title, logsource, rules, condition: one_or(conditions, Condition::Any), place })
}

fn has_not(condition: &Condition) -> bool {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(has_not),
        Condition::Not(_) => true,
        Condition::Is(_) => false,
    }
}

impl Filter {
    /// Adds the condition to the rules that the filter is for, and says which of them there are not.
    pub(crate) fn apply(&self, rules: &mut [Rule]) -> Vec<Fault> {
        let Some(wanted) = &self.rules else {
            rules.iter_mut().filter(|rule| self.is_for(rule)).for_each(|rule| self.add_to(rule));
            return Vec::new();
        };
        let mut faults = Vec::new();
        for name in wanted {
            match rules.iter_mut().find(|rule| rule.id == *name || rule.name.as_ref() == Some(name)) {
                None => faults.push(self.fault(format!("there is no rule `{name}`"))),
                Some(rule) if !self.is_for(rule) => {
                    faults.push(self.fault(format!("the rule `{name}` is for another logsource")));
                }
                Some(rule) => self.add_to(rule),
            }
        }
        faults
    }

    fn fault(&self, message: String) -> Fault {
        Fault {
            place: self.place.clone(),
            is_error: true,
            message: format!("{message} (in the filter \"{}\")", self.title),
        }
    }

    /// Each word of the filter's logsource is the rule's too.
    fn is_for(&self, rule: &Rule) -> bool {
        let is_same = |mine: &Option<String>, other: &Option<String>| mine.is_none() || mine == other;
        is_same(&self.logsource.category, &rule.logsource.category)
            && is_same(&self.logsource.product, &rule.logsource.product)
            && is_same(&self.logsource.service, &rule.logsource.service)
    }

    fn add_to(&self, rule: &mut Rule) {
        for condition in &mut rule.conditions {
            let own = std::mem::replace(condition, Condition::All(Vec::new()));
            *condition = Condition::All(vec![own, self.condition.clone()]);
        }
    }
}
