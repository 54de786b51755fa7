//! Wildcards, networks and explanations.

use super::*;
use crate::event::{Field, FieldId};
use crate::sigma::rule_set::RuleSet;
use crate::sigma::value::pieces;

#[test]
fn wildcards_go_back_only_as_far_as_they_must() {
    let check = |pattern: &str, text: &str, expected: bool| {
        let like = Pattern { pieces: pieces(pattern), case: Case::Insensitive };
        assert_eq!(text_matches(&like, text), expected, "{pattern} {text}");
    };
    check("", "", true);
    check("", "a", false);
    check("*", "", true);
    check("a*b*c", "aXbXbXc", true);
    check("a*b*c", "aXcXb", false);
    check("*a?", "xaab", true);
    check("ς*", "Σx", false);
    check("σ*", "Σx", true);
    check(&"*a".repeat(50), &"a".repeat(5_000), true);
    check(&format!("{}b", "*a".repeat(50)), &"a".repeat(5_000), false);
}

#[test]
fn networks_hold_their_addresses_only() {
    let check = |network: &str, prefix, address: &str, expected: bool| {
        let network = Network { address: network.parse().expect("an address"), prefix };
        assert_eq!(
            is_within(address.parse().expect("an address"), network),
            expected,
            "{network:?} {address}"
        );
    };
    check("192.0.2.0", 24, "192.0.2.255", true);
    check("192.0.2.0", 24, "192.0.3.0", false);
    check("0.0.0.0", 0, "203.0.113.1", true);
    check("0.0.0.0", 0, "2001:db8::1", false);
    check("192.0.2.1", 32, "192.0.2.1", true);
    check("2001:db8::", 32, "2001:db8:ffff::1", true);
    check("2001:db8::1", 128, "2001:db8::2", false);
}

#[test]
fn an_explanation_shows_what_was_compared() {
    let mut set = RuleSet::default();
    set.load("r.yml", "title: t\nlogsource: {product: x}\ndetection:\n  s: {f: [a, b], g|exists: false}\n  condition: s and not k\n  k: [zz]\n");
    let mut names = FieldNames::default();
    let fields = vec![
        Field { id: names.intern("f"), value: Value::Text("B".into()) },
        Field { id: FieldId::OTHER, value: Value::Text("zz top".into()) },
    ];
    let event = Event { fields, ..Event::default() };
    let found = explain(set.rules.first().expect("one rule"), &event, &names);
    let mut lines = Vec::new();
    fn tell(part: &Explanation, depth: usize, lines: &mut Vec<String>) {
        let mark = if part.is_held { "yes" } else { "no" };
        lines.push(
            format!("{}{mark} {} {}", "  ".repeat(depth), part.text, part.values.join(","))
                .trim_end()
                .to_owned(),
        );
        part.parts.iter().for_each(|part| tell(part, depth + 1, lines));
    }
    tell(&found, 0, &mut lines);
    let expected = [
        "no all of",
        "  yes all of",
        "    yes any of",
        "      no f is like 'a' B",
        "      yes f is like 'b' B",
        "    yes g does not exist",
        "  no not",
        "    yes any field contains 'zz'",
    ];
    assert_eq!(lines, expected);
}
