//! Placeholders of values, `%administrators%`: only whoever runs the rules knows what stands for them (`expand`).

use super::pattern::Piece;
use super::value::pieces;
use model::limit::RULE_VALUE_VARIANTS_MAX;
use std::collections::{BTreeMap, BTreeSet};

/// What pipelines put in the places of placeholders.
#[derive(Debug, Clone, Default)]
pub(crate) struct Placeholders {
    /// The values of a name (`vars`).
    pub(crate) values: BTreeMap<String, Vec<String>>,
    /// Names that stand for anything (`wildcard_placeholders`).
    pub(crate) wildcards: BTreeSet<String>,
}

impl Placeholders {
    /// All texts that `text` stands for, with the pieces of each.
    pub(crate) fn expand(&self, text: &str) -> Result<Vec<Vec<Piece>>, String> {
        let mut written = vec![String::new()];
        let mut rest = text;
        while let Some((before, name, after)) = next(rest) {
            let choices = self.choices(name)?;
            if written.len().saturating_mul(choices.len()) > RULE_VALUE_VARIANTS_MAX {
                return Err(format!("its placeholders stand for more than {RULE_VALUE_VARIANTS_MAX} values"));
            }
            written = written
                .iter()
                .flat_map(|start| choices.iter().map(move |choice| format!("{start}{before}{choice}")))
                .collect();
            rest = after;
        }
        Ok(written.into_iter().map(|start| pieces(&format!("{start}{rest}"))).collect())
    }

    fn choices(&self, name: &str) -> Result<Vec<String>, String> {
        if let Some(values) = self.values.get(name).filter(|values| !values.is_empty()) {
            return Ok(values.clone());
        }
        if self.wildcards.contains(name) {
            return Ok(vec!["*".to_owned()]);
        }
        Err(format!("nothing says what `%{name}%` stands for: give its values under `vars` in a pipeline"))
    }
}

/// The first placeholder of a text, with what stands around it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('%')?;
    let (name, after) = rest.split_once('%')?;
    let is_name = !name.is_empty() && name.chars().all(|sign| sign.is_alphanumeric() || "_-.".contains(sign));
    is_name.then_some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sigma::value::written;

    #[test]
    fn each_placeholder_stands_for_each_of_its_values() {
        let mut placeholders = Placeholders::default();
        placeholders.values.insert("a".to_owned(), vec!["x".to_owned(), "y*".to_owned()]);
        placeholders.wildcards.insert("b".to_owned());
        let check = |text, expected: &[&str]| {
            let found = placeholders.expand(text).expect("they are known");
            assert_eq!(found.iter().map(|pieces| written(pieces)).collect::<Vec<_>>(), expected, "{text}");
        };
        check("1%a%2%a%", &["1x2x", "1x2y*", "1y*2x", "1y*2y*"]);
        check("%b%", &["*"]);
        check("100% sure", &["100% sure"]);
        assert!(placeholders.expand("%c%").expect_err("unknown").contains("`%c%`"));
    }
}
