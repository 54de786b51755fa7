//! `watch rules explain`.

use crate::arguments::RulesExplain;
use crate::output::{self, BadInput, Outcome, plain};
use ::watch::origin::applies;
use ::watch::sigma::evaluate::{Explanation, explain};
use ::watch::sigma::rule::{Logsource, Rule};
use ::watch::sigma::rule_set::RuleSet;
use anyhow::Result;
use runtime::watch::rules::{Wanted, load};
use runtime::watch::single::{EventError, with_event};
use std::path::Path;

pub(super) fn run(arguments: &RulesExplain) -> Result<Outcome> {
    let mut paths = arguments.rules.clone();
    let is_file = Path::new(&arguments.rule).is_file();
    if is_file {
        paths.insert(0, arguments.rule.clone().into());
    }
    let wanted = Wanted { paths, pipelines: arguments.pipeline.clone(), is_shipped: !is_file };
    let set = load(&wanted).map_err(|error| BadInput(format!("{:#}", anyhow::Error::from(error))))?;
    let rule = found(&set, &arguments.rule)?;
    let format = arguments.input_format.map(|word| word.0);
    let told = with_event(&set, &arguments.event, format, arguments.number, |event, names| {
        let mut text = heading(rule, &event.origin);
        tell(&explain(rule, event, names), 0, &mut text);
        text
    });
    let text = told.map_err(|error: EventError| BadInput(format!("{:#}", anyhow::Error::from(error))))?;
    output::print(&text)?;
    Ok(Outcome::Done)
}

/// The rule that a person named, by its id, its name, its title or its file.
fn found<'s>(set: &'s RuleSet, wanted: &str) -> Result<&'s Rule> {
    let is_it = |rule: &&Rule| {
        rule.id == wanted
            || rule.name.as_deref() == Some(wanted)
            || rule.title.eq_ignore_ascii_case(wanted)
            || *rule.place.file == *wanted
    };
    if let Some(rule) = set.rules.iter().find(is_it) {
        return Ok(rule);
    }
    if let Some(fault) = set.faults.iter().find(|fault| fault.is_error && *fault.place.file == *wanted) {
        return Err(BadInput(format!("{}:{}: {}", fault.place.file, fault.place.line, fault.message)).into());
    }
    let is_correlation =
        set.correlations.iter().any(|rule| rule.id == wanted || rule.title.eq_ignore_ascii_case(wanted));
    let reason = if is_correlation {
        "looks at many events: only the rules it correlates can be explained"
    } else {
        "no such rule"
    };
    Err(BadInput(format!("{}: {reason}", plain(wanted))).into())
}

fn heading(rule: &Rule, origin: &::watch::event::Origin<'_>) -> String {
    let Logsource { category, product, service } = &rule.logsource;
    let rules_words = [product, service, category].map(|word| word.as_deref().unwrap_or("any")).join("/");
    let words = origin.product.iter().chain(&origin.services).chain(&origin.categories);
    let found = words.map(AsRef::as_ref).collect::<Vec<&str>>().join("/");
    let is_about = if applies(&rule.logsource, origin) { "yes" } else { "no " };
    format!("{}\n{is_about} the event is of {rules_words}: it is of {}\n", plain(&rule.title), plain(&found))
}

fn tell(part: &Explanation, depth: usize, text: &mut String) {
    let mark = if part.is_held { "yes" } else { "no " };
    let values = part.values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", ");
    let values = match (part.parts.is_empty(), values.is_empty()) {
        (true, false) => format!(": it is {values}"),
        _ => String::new(),
    };
    text.push_str(&plain(&format!("{}{mark} {}{values}", "  ".repeat(depth), part.text)));
    text.push('\n');
    part.parts.iter().for_each(|part| tell(part, depth + 1, text));
}
