//! What is read of whole files, and what is wrong with them.

use super::*;
use crate::event::{Event, Field, FieldNames, Value};
use crate::sigma::evaluate::matches;

fn load(text: &str) -> RuleSet {
    let mut set = RuleSet::default();
    set.load("r.yml", text);
    set.finish()
}

fn rule(detection: &str) -> String {
    format!("title: t\nlogsource: {{category: test}}\ndetection:\n{detection}\n")
}

/// Fields with their values; `null` is null.
type Fields<'a> = &'a [(&'a str, &'a str)];

#[track_caller]
fn check(detection: &str, event: Fields<'_>, expected: bool) {
    let set = load(&rule(detection));
    assert_eq!(set.faults.iter().filter(|fault| fault.is_error).collect::<Vec<_>>(), Vec::<&Fault>::new());
    let mut names = FieldNames::default();
    let value = |text: &str| if text == "null" { Value::Null } else { Value::Text(text.to_owned().into()) };
    let fields =
        event.iter().map(|(name, text)| Field { id: names.intern(name), value: value(text) }).collect();
    let event = Event { fields, ..Event::default() };
    assert_eq!(
        matches(set.rules.first().expect("one rule"), &event, &names),
        expected,
        "{detection} {event:?}"
    );
}

/// One search of one field.
#[track_caller]
fn check_field(key: &str, values: &str, found: &str, expected: bool) {
    check(&format!("  s:\n    {key}: {values}\n  condition: s"), &[("f", found)], expected);
}

#[track_caller]
fn check_fault(text: &str, line: u32, expected: &str) {
    let set = load(text);
    let fault = set.faults.first().expect("a fault");
    assert_eq!(fault.place.line, line, "{}", fault.message);
    assert!(fault.message.contains(expected), "{}", fault.message);
}

#[test]
fn values_are_compared_as_the_specification_says() {
    check_field("f", "ABC", "abc", true);
    check_field("f", "a*c", "abbc", true);
    check_field("f", "a?c", "abbc", false);
    check_field("f|contains", "b", "aBc", true);
    check_field("f|startswith", "b", "abc", false);
    check_field("f|endswith", r"'\cmd.exe'", r"C:\Windows\CMD.EXE", true);
    check_field("f|cased", "ABC", "abc", false);
    check_field("f", "[x, abc]", "abc", true);
    check_field("f|contains|all", "[a, c]", "abc", true);
    check_field("f|contains|all", "[a, x]", "abc", false);
    check_field("f|neq", "abc", "abc", false);
    check_field("f|neq", "[abc, x]", "y", true);
    check_field("f", "4688", "4688", true);
    check_field("f", "''", "", true);
    check_field("f", "null", "null", true);
    check_field("f|exists", "true", "", true);
    check_field("f|exists", "false", "x", false);
    check("  s: {g: null}\n  condition: s", &[("f", "x")], true);
    check("  s: {g|exists: false}\n  condition: s", &[("f", "x")], true);
    check("  s: {g: x}\n  condition: s", &[("f", "x")], false);
}

#[test]
fn values_are_transformed_before_they_are_compared() {
    check_field("f|re", "'^a[bx]c$'", "abc", true);
    check_field("f|re", "'^A'", "abc", false);
    check_field("f|re|i", "'^A'", "abc", true);
    check_field("f|cidr", "10.0.0.0/8", "10.20.30.40", true);
    check_field("f|cidr", "['10.0.0.0/8', 'fe80::/10']", "fe80::1", true);
    check_field("f|cidr", "10.0.0.0/8", "11.0.0.1", false);
    check_field("f|cidr", "10.0.0.0/8", "::ffff:10.0.0.1", true);
    check_field("f|gte", "10", "10", true);
    check_field("f|lt", "10", "9.5", true);
    check_field("f|gt", "10", "0x10", true);
    check_field("f|hour", "9", "2026-11-23T09:30:00Z", true);
    check_field("f|hour|gte", "22", "2026-11-23T23:30:00Z", true);
    check_field("f|windash|contains", "' -enc '", "powershell \u{2013}enc abc", true);
    check_field("f|base64", "foo", "Zm9v", true);
    check_field("f|base64offset|contains", "http://", "xxaHR0cDovL2V4YW1wbGU=", true);
    check_field("f|wide|base64offset|contains", "cmd", "AAAAYwBtAGQA", true);
    check("  s: {f|fieldref: g}\n  condition: s", &[("f", "x"), ("g", "X")], true);
    check("  s: {f|fieldref|neq: g}\n  condition: s", &[("f", "x"), ("g", "X")], false);
    check("  s: {f|fieldref|startswith: g}\n  condition: s", &[("f", "xyz"), ("g", "X")], true);
}

#[test]
fn keywords_are_looked_for_in_all_values() {
    check("  k: [Alpha, beta]\n  condition: k", &[("f", "xx alphabet")], true);
    check("  k: [alpha, beta]\n  condition: k", &[("f", "gamma")], false);
    // The list that other engines compare as whole values, so that three rules against ProxyShell never match.
    check("  k:\n    '|all': [alpha, beta]\n  condition: k", &[("f", "1 alpha"), ("g", "2 beta 3")], true);
    check("  k:\n    '|all': [alpha, beta]\n  condition: k", &[("f", "1 alpha")], false);
    check("  k: [{f: x}, {g: y}]\n  condition: k", &[("g", "y")], true);
    check("  k: 12\n  condition: k", &[("f", "a12b")], true);
}

#[test]
fn a_list_of_conditions_is_any_of_them() {
    check("  a: {f: x}\n  b: {f: y}\n  condition: [a, b]", &[("f", "y")], true);
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    check_fault(&rule("  s: {f: x}\n  condition: t"), 5, "there is no search `t`");
    check_fault(&rule("  s:\n    f|contain: x\n  condition: s"), 5, "there is no modifier `contain`");
    check_fault(&rule("  s:\n    f|re: '(?=x)'\n  condition: s"), 5, "look-ahead");
    check_fault(&rule("  s:\n    f|re: '(a{1000}){1000}'\n  condition: s"), 5, "too much memory");
    check_fault(&rule("  s:\n    f|cidr: 10.0.0.0/99\n  condition: s"), 5, "no network");
    check_fault(&rule("  s:\n    f: []\n  condition: s"), 5, "empty list");
    check_fault(&rule("  s:\n    f: [[a]]\n  condition: s"), 5, "not a list");
    check_fault(&rule("  s:\n    f|expand: '%x%'\n  condition: s"), 5, "`%x%`");
    check_fault(&rule("  s:\n    f|contains: ''\n  condition: s"), 5, "in every value");
    check_fault(&rule("  s: {f: x}\n  timeframe: 5m\n  condition: s"), 5, "write a correlation");
    check_fault(&rule("  s: {f: x}\n  condition: s | count() > 5"), 5, "no longer Sigma");
    check_fault(&rule("  s: {f: x}"), 4, "there is no `condition`");
    check_fault("title: t\ndetection: {}\n", 1, "there is no `logsource`");
    check_fault("title: t\n", 1, "there is no `detection`");
    check_fault("- a\n", 1, "a rule is a map");
    check_fault("title: t\nlevel: grave\nlogsource: {product: x}\ndetection: {}\n", 2, "a level is");
}

#[test]
fn what_is_suspicious_is_told_and_in_force() {
    let set = load(&rule("  s: {f|contains|all: x}\n  unused: {f: y}\n  condition: s"));
    assert_eq!(set.rules.len(), 1);
    let messages: Vec<_> = set.faults.iter().map(|fault| (fault.is_error, fault.message.as_str())).collect();
    let expected = [
        (false, "`f|contains|all`: `all` does nothing with one value"),
        (false, "no condition uses the search `unused`"),
    ];
    assert_eq!(messages, expected);
    assert!(set.is_sound());
}

#[test]
fn a_document_that_is_wrong_does_not_hide_the_others() {
    let good = rule("  s: {f: x}\n  condition: s");
    let set = load(&format!("{good}---\ntitle: broken\n---\n{}", good.replace("title: t", "title: u")));
    assert_eq!((set.rules.len(), set.faults.len()), (2, 1));
}

#[test]
fn collections_share_what_is_global() {
    let text = "action: global\ntitle: t\nlogsource: {product: x}\ndetection:\n  condition: s\n---\nid: a\ndetection:\n  s: {f: 1}\n---\n\
                id: b\ndetection:\n  s: {f: 2}\n---\naction: repeat\nid: c\nlogsource: {service: y}\n---\naction: reset\n---\n\
                title: alone\n";
    let set = load(text);
    assert_eq!(set.rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!(set.rules.last().and_then(|rule| rule.logsource.service.as_deref()), Some("y"));
    assert_eq!(set.faults.len(), 1, "the last one has no detection: {:?}", set.faults);
}

const FILTERED: &str =
    "title: r\nid: r1\nlogsource: {product: x}\ndetection:\n  s: {f: 1}\n  condition: s\n---\n";

#[test]
fn filters_are_added_to_the_rules_that_they_name() {
    let filter = "title: f\nlogsource: {product: x}\nfilter:\n  rules: [r1]\n  admin: {u: anna}\n  condition: not admin\n";
    let set = load(&format!("{FILTERED}{filter}"));
    assert_eq!(set.faults, []);
    let mut names = FieldNames::default();
    let (f, u) = (names.intern("f"), names.intern("u"));
    let mut event =
        Event { fields: vec![Field { id: f, value: Value::Text("1".into()) }], ..Event::default() };
    assert!(matches(&set.rules[0], &event, &names));
    event.fields.push(Field { id: u, value: Value::Text("Anna".into()) });
    assert!(!matches(&set.rules[0], &event, &names));
}

#[test]
fn filters_say_what_they_cannot_do() {
    let filter = |logsource: &str, rules: &str, condition: &str| {
        format!(
            "{FILTERED}title: f\nlogsource: {logsource}\nfilter:\n  rules: {rules}\n  a: {{u: b}}\n  condition: {condition}\n"
        )
    };
    check_fault(&filter("{product: x}", "[r2]", "not a"), 8, "there is no rule `r2`");
    check_fault(&filter("{product: y}", "[r1]", "not a"), 8, "for another logsource");
    check_fault(&filter("{product: x}", "any", "a"), 11, "keeps only what it selects");
}

fn correlation(body: &str) -> String {
    format!("{}---\ntitle: c\nid: c1\ncorrelation:\n{body}", FILTERED.trim_end_matches("---\n"))
}

#[test]
fn correlations_are_read_with_their_thresholds() {
    let set = load(&correlation(
        "  type: event_count\n  rules: r1\n  group-by: [u]\n  timespan: 90m\n  condition: {gte: 10, lt: 20}\n",
    ));
    assert_eq!(set.faults, []);
    let found = set.correlations.first().expect("one");
    assert_eq!((found.timespan_secs, found.rules.as_slice()), (5_400, &["r1".to_owned()][..]));
    let types = [
        ("value_count", "condition: {field: [a, b], gte: 3}"),
        ("temporal", "condition: {gte: 1}"),
        ("temporal_ordered", "generate: true"),
        ("value_sum", "condition: {field: a, gt: 1.5}"),
        ("value_avg", "condition: {field: a, gt: 1}"),
        ("value_percentile", "condition: {field: a, percentile: 95, gt: 1}"),
        ("value_median", "condition: {field: a, gt: 1}"),
        ("first_seen", "condition: {field: a}\n  learning: 14d"),
        ("first_seen", "condition: {field: a}\n  versions: ignored"),
        ("recurrence", "gap: 1d"),
        ("silence", "group-by: [h]"),
    ];
    for (word, rest) in types {
        let set = load(&correlation(&format!("  type: {word}\n  rules: [r1]\n  timespan: 400d\n  {rest}\n")));
        assert_eq!((set.faults.as_slice(), set.correlations.len()), (&[][..], 1), "{word}");
    }
}

#[test]
fn correlations_that_cannot_work_are_told() {
    let check = |body: &str, line: u32, expected: &str| check_fault(&correlation(body), line, expected);
    check("  type: event_count\n  rules: [r1]\n  timespan: 1h\n", 11, "there is no `condition`");
    check("  type: event_count\n  rules: [r1]\n  timespan: 1h\n  condition: r1 and r1\n", 14, "is a map");
    check("  type: event_count\n  rules: [r1]\n  timespan: 1x\n  condition: {gte: 1}\n", 13, "no duration");
    check(
        "  type: event_count\n  rules: [r1]\n  timespan: 1h\n  group_by: [u]\n  condition: {gte: 1}\n",
        14,
        "`group_by` is not known",
    );
    check("  type: event_count\n  rules: [r9]\n  timespan: 1h\n  condition: {gte: 1}\n", 8, "no rule `r9`");
    check("  type: temporal\n  rules: [c1]\n  timespan: 1h\n", 8, "in a circle");
    check("  type: dance\n  rules: [r1]\n  timespan: 1h\n", 11, "no correlation type `dance`");
    check("  type: recurrence\n  rules: [r1]\n  timespan: 1h\n  gap: 2h\n", 11, "not shorter than");
    check("  type: temporal\n  rules: [r1]\n  timespan: 1h\n  gap: 2h\n", 14, "no meaning for `temporal`");
}

#[test]
fn a_second_rule_of_the_same_id_is_refused() {
    let set = load(&format!("{FILTERED}{}", FILTERED.trim_end_matches("---\n")));
    assert_eq!(set.rules.len(), 1);
    assert!(
        set.faults
            .iter()
            .any(|fault| fault.is_error && fault.message.contains("`r1` is already used in r.yml line 1"))
    );
}
