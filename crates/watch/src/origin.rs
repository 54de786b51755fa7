//! Which events a rule is about: each word of its `logsource` is a word of the event's origin.

use crate::event::Origin;
use crate::sigma::rule::Logsource;
use std::borrow::Cow;

/// Is a rule with this logsource about events of this origin?
pub fn applies(logsource: &Logsource, origin: &Origin<'_>) -> bool {
    let is_one = |wanted: &Option<String>, found: Option<&str>| {
        wanted.as_deref().is_none_or(|wanted| found == Some(wanted))
    };
    is_one(&logsource.product, origin.product.as_deref())
        && is_among(&logsource.service, &origin.services)
        && is_among(&logsource.category, &origin.categories)
}

fn is_among(wanted: &Option<String>, found: &[Cow<'_, str>]) -> bool {
    wanted.as_deref().is_none_or(|wanted| found.iter().any(|found| found == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: [Option<&str>; 3], expected: bool) {
        let [category, product, service] = words.map(|word| word.map(str::to_owned));
        let origin = Origin {
            product: Some("windows".into()),
            services: vec!["sysmon".into()],
            categories: vec!["process_creation".into(), "other".into()],
        };
        assert_eq!(applies(&Logsource { category, product, service }, &origin), expected);
    }

    #[test]
    fn each_word_of_the_rule_is_among_the_events() {
        check([Some("process_creation"), Some("windows"), None], true);
        check([Some("other"), None, None], true);
        check([None, None, Some("sysmon")], true);
        check([None, None, None], true);
        check([Some("process_creation"), Some("linux"), None], false);
        check([Some("file_event"), Some("windows"), None], false);
        check([None, Some("windows"), Some("security")], false);
    }
}
