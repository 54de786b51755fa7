//! Correlations on short logs, each as a rule's author would write and read it.

mod binned;

use super::*;
use crate::event::{Field, Value};
use crate::memory::MemoryState;
use crate::sigma::rule_set::RuleSet;

const RULES: &str = "
title: A
id: 00000000-0000-4000-8000-00000000000a
name: a
logsource: {product: test}
detection: {s: {kind: a}, condition: s}
---
title: B
id: 00000000-0000-4000-8000-00000000000b
name: b
logsource: {product: test}
detection: {s: {kind: b}, condition: s}
---
title: C
id: 00000000-0000-4000-8000-00000000000c
name: c
logsource: {product: test}
detection: {s: {kind: c}, condition: s}
---
";

/// A log in lines: `SECONDS RULE field=value...`; a field may occur more than once. `advance SECONDS` moves the watermark, `close` ends a scan.
struct House {
    set: RuleSet,
    names: FieldNames,
    correlator: Correlator,
    state: MemoryState,
    alerts: Vec<Alert>,
    lines: u64,
}

impl House {
    fn new(correlations: &str) -> Self {
        let mut set = RuleSet::new(Vec::new());
        set.load("test.yml", &format!("{RULES}{correlations}"));
        let set = set.finish();
        assert_eq!(set.faults, [], "the rules are sound");
        let mut names = FieldNames::default();
        let correlator = Correlator::new(&set.rules, &set.correlations, &mut names);
        Self { set, names, correlator, state: MemoryState::default(), alerts: Vec::new(), lines: 0 }
    }

    fn read(&mut self, log: &str) {
        for line in log.lines().map(str::trim).filter(|line| !line.is_empty()) {
            self.lines += 1;
            let mut words = line.split(' ');
            let first = words.next().expect("a line has a word");
            if let Some(told) = match first {
                "advance" => {
                    let watermark = millis(words.next().expect("a time"));
                    Some(self.correlator.advance(&mut self.state, watermark).expect("memory"))
                }
                "close" => Some(self.correlator.close(&mut self.state).expect("memory")),
                _ => None,
            } {
                self.alerts.extend(told);
                continue;
            }
            let rule = words.next().expect("a rule");
            let rule =
                self.set.rules.iter().position(|found| found.name.as_deref() == Some(rule)).expect(rule);
            let fields = words
                .filter_map(|word| word.split_once('='))
                .map(|(name, value)| Field { id: self.names.id(name), value: Value::Text(value.into()) });
            let event = Event { fields: fields.collect(), time: Some(millis(first)), ..Event::default() };
            let at = Offset { source: 1, position: self.lines };
            self.alerts.extend(self.correlator.observe(&mut self.state, rule, &event, at).expect("memory"));
        }
    }

    /// `TITLE at SECONDS: group, fields [lines]` for each alert.
    fn told(&self) -> Vec<String> {
        self.alerts.iter().map(|alert| self.line(alert)).collect()
    }

    fn line(&self, alert: &Alert) -> String {
        let pairs = |pairs: &[(String, String)]| {
            pairs.iter().map(|(name, value)| format!(" {name}={value}")).collect::<String>()
        };
        let evidence: Vec<u64> = alert.evidence.iter().map(|at| at.position).collect();
        format!(
            "{} {}{}{} {evidence:?}",
            self.set.correlations[alert.correlation].title,
            alert.time.0 as f64 / 1_000.0,
            pairs(&alert.group),
            pairs(&alert.fields),
        )
    }
}

/// Seconds, or days where a `d` follows.
fn millis(text: &str) -> EventMillis {
    let (number, unit) = text.strip_suffix('d').map_or((text, 1_000.0), |days| (days, 86_400_000.0));
    EventMillis((number.parse::<f64>().expect(text) * unit) as i64)
}

fn correlation(title: &str, body: &str) -> String {
    format!("title: {title}\ncorrelation: {body}\n---\n")
}

#[track_caller]
fn check(correlations: &[(&str, &str)], log: &str, expected: &[&str]) {
    let text: String = correlations.iter().map(|(title, body)| correlation(title, body)).collect();
    let mut house = House::new(&text);
    house.read(log);
    assert_eq!(house.told(), expected);
}

const THREE: (&str, &str) =
    ("three", "{type: event_count, rules: [a], group-by: [user], timespan: 10s, condition: {gte: 3}}");

#[test]
fn a_count_is_told_when_it_is_reached_and_again_after_the_window() {
    check(
        &[THREE],
        "1 a user=x
         2 a user=x
         3 a user=y
         4 a user=X
         5 a user=x
         14 a user=x
         15 a user=x
         16 a user=x",
        &["three 4 user=X [1, 2, 4]", "three 15 user=x [5, 6, 7]"],
    );
    check(&[THREE], "1 a user=x\n11 a user=x\n11.5 a user=x", &[]);
    check(&[THREE], "1 a user=x\n11 a user=x\n11 a user=x", &["three 11 user=x [1, 2, 3]"]);
}

#[test]
fn events_out_of_order_are_counted_where_they_belong() {
    check(&[THREE], "5 a user=x\n1 a user=x\n3 a user=x", &["three 5 user=x [2, 1, 3]"]);
    check(&[THREE], "5 a user=x\n30 a user=x\n1 a user=x\n3 a user=x", &["three 5 user=x [3, 1, 4]"]);
    check(
        &[THREE],
        "1 a user=x\n2 a user=x\n3 a user=x\n2.5 a user=x\n0 a user=x\n4 a user=x",
        &["three 3 user=x [1, 2, 3]"],
    );
}

#[test]
fn an_event_without_the_field_of_the_group_is_left_out_and_one_with_a_list_is_in_each_group() {
    check(&[THREE], "1 a\n2 a\n3 a", &[]);
    check(&[THREE], "1 a user=x user=y\n2 a user=y user=x\n3 a user=y", &["three 3 user=y [1, 2, 3]"]);
}

#[test]
fn distinct_values_are_counted_alone_and_together() {
    let one =
        "{type: value_count, rules: [a], group-by: [ip], timespan: 10s, condition: {field: user, gte: 3}}";
    check(
        &[("values", one)],
        "1 a ip=i user=x\n2 a ip=i user=y\n3 a ip=i user=Y\n4 a ip=i user=x\n5 a ip=i\n6 a ip=i user=z",
        &["values 6 ip=i [1, 2, 3, 4, 6]"],
    );
    let two = "{type: value_count, rules: [a], timespan: 10s, condition: {field: [ip, user], gt: 2}}";
    check(
        &[("values", two)],
        "1 a ip=i user=x\n2 a ip=j user=x\n3 a ip=j user=x\n4 a ip=i\n5 a ip=i user=y",
        &["values 5 [1, 2, 3, 5]"],
    );
}

#[test]
fn all_rules_or_so_many_of_them_within_the_time() {
    let all = "{type: temporal, rules: [a, b, c], group-by: [user], timespan: 10s}";
    check(
        &[("all", all)],
        "1 c user=x\n2 a user=x\n3 a user=y\n9 b user=x\n10 c user=x",
        &["all 9 user=x [1, 2, 4]"],
    );
    let two = "{type: temporal, rules: [a, b, c], timespan: 10s, condition: {gte: 2}}";
    check(&[("two", two)], "1 a\n2 a\n12 c\n13 b", &["two 12 [2, 3]"]);
}

#[test]
fn rules_in_their_order_where_one_moment_has_any_order() {
    let ordered = "{type: temporal_ordered, rules: [a, b, c], timespan: 10s}";
    check(&[("ordered", ordered)], "1 b\n2 a\n3 c\n4 b\n5 c", &["ordered 5 [1, 2, 3, 4, 5]"]);
    check(&[("ordered", ordered)], "1 c\n2 b\n3 a", &[]);
    check(&[("ordered", ordered)], "1 c\n1 b\n1 a", &["ordered 1 [2, 1, 3]"]);
    check(&[("ordered", ordered)], "5 c\n1 a\n3 b", &["ordered 5 [2, 1, 3]"]);
}

#[test]
fn a_name_of_a_field_in_each_rule() {
    let aliased = "{type: temporal, rules: [a, b], group-by: [who], timespan: 10s,
        aliases: {who: {a: user, b: account}}}";
    check(&[("aliased", aliased)], "1 a user=x\n2 b user=x\n3 b account=x", &["aliased 3 who=x [1, 3]"]);
}

const FIRST: (&str, &str) = (
    "first",
    "{type: first_seen, rules: [a], group-by: [user], timespan: 400d, learning: 14d, condition: {field: [ip]}}",
);

#[test]
fn a_new_value_is_told_once_after_learning() {
    check(
        &[FIRST],
        "0d a user=x ip=1\n1d a user=x ip=2\n14d a user=x ip=3\n15d a user=x ip=3\n16d a user=y ip=9\n17d a user=x ip=1",
        &["first 1209600 user=x ip=3 [3]"],
    );
    check(
        &[FIRST],
        "0d a user=x ip=1\n20d a user=x ip=2\n421d a user=x ip=2\n422d a user=x ip=1",
        &["first 1728000 user=x ip=2 [2]"],
    );
    let house = "{type: first_seen, rules: [a], timespan: 400d, condition: {field: [ip, user]}}";
    check(
        &[("house", house)],
        "1 a user=x ip=1\n2 a user=x ip=1\n3 a user=x ip=2",
        &["house 1 ip=1 user=x [1]", "house 3 ip=2 user=x [3]"],
    );
}

#[test]
fn a_program_that_was_renewed_is_not_new() {
    let program =
        "{type: first_seen, rules: [a], timespan: 400d, versions: ignored, condition: {field: agent}}";
    check(
        &[("program", program)],
        "1 a agent=browser/91.0\n2 a agent=browser/92.1.7\n3 a agent=other/1",
        &["program 1 agent=browser/# [1]", "program 3 agent=other/# [3]"],
    );
}

#[test]
fn a_value_that_was_away_for_longer_than_the_time_is_new() {
    let short = "{type: first_seen, rules: [a], timespan: 10d, condition: {field: ip}}";
    check(
        &[("short", short)],
        "0d a ip=1\n10d a ip=1\n20.5d a ip=1\nadvance 40d\n41d a ip=1",
        &["short 0 ip=1 [1]", "short 1771200 ip=1 [3]", "short 3542400 ip=1 [5]"],
    );
}

#[test]
fn use_after_a_long_silence_is_told_once() {
    let back = "{type: recurrence, rules: [a], group-by: [path], gap: 30d, timespan: 400d}";
    check(
        &[("back", back)],
        "0d a path=p\n1d a path=p\n20d a path=p\n60d a path=p\n61d a path=p\n62d a path=q\n330d a path=p",
        &["back 5184000 path=p [3, 4]", "back 28512000 path=p [5, 7]"],
    );
    check(&[("back", back)], "0d a path=p\n401d a path=p", &[]);
    check(&[("back", back)], "40d a path=p\n0d a path=p\n20d a path=p", &["back 3456000 path=p [1, 2]"]);
    check(
        &[("back", back)],
        "0d a path=p\n500d a path=p\n200d a path=p",
        &["back 17280000 path=p [1, 3]", "back 43200000 path=p [2, 3]"],
    );
}

#[test]
fn who_falls_silent_is_told_once_and_again_after_speaking() {
    let silent = "{type: silence, rules: [a], group-by: [host], timespan: 1d}";
    check(
        &[("silent", silent)],
        "0d a host=h\n0.5d a host=h\n0.6d a host=g\nadvance 1.4d\nadvance 1.55d\nadvance 9d\n10d a host=h\nadvance 12d",
        &["silent 129600 host=h [2]", "silent 138240 host=g [3]", "silent 950400 host=h [7]"],
    );
}

#[test]
fn correlations_look_at_correlations_by_name_or_id() {
    let inner =
        "{type: first_seen, rules: [a], group-by: [user], timespan: 400d, condition: {field: network}}";
    let outer = "{type: value_count, rules: [inner], group-by: [user], timespan: 45d, condition: {field: network, gte: 2}}";
    let chain = "{type: temporal_ordered, rules: [outer, b], group-by: [user], timespan: 1d, generate: true}";
    check(
        &[("inner", inner), ("outer", outer), ("chain", chain)],
        "1 a user=x network=1\n2 a user=x network=1\n3 a user=x network=2\n4 b user=x",
        &["outer 3 user=x [1, 3]", "chain 4 user=x [3, 4]"],
    );
}

#[test]
fn rules_that_others_want_are_told_only_if_one_of_these_says_so() {
    let quiet = "{type: event_count, rules: [a, b], timespan: 10s, condition: {gte: 3}}";
    let generating = "{type: event_count, rules: [b], timespan: 10s, condition: {gte: 3}, generate: true}";
    let text = correlation("quiet", quiet) + &correlation("generating", generating);
    let house = House::new(&text);
    assert_eq!([0, 1, 2].map(|rule| house.correlator.is_told(rule)), [false, true, true]);
    assert_eq!([0, 1, 2].map(|rule| house.correlator.is_wanted(rule)), [true, true, false]);
}

#[test]
fn an_event_that_is_observed_twice_changes_nothing() {
    let back = ("back", "{type: recurrence, rules: [a], group-by: [user], gap: 5s, timespan: 60s}");
    for rule in [THREE, FIRST, back] {
        let mut house = House::new(&correlation(rule.0, rule.1));
        for log in ["1 a user=x ip=1", "2 a user=x ip=1", "20d a user=x ip=2"] {
            house.read(log);
            let (state, alerts) = (house.state.clone(), house.alerts.len());
            house.lines -= 1;
            house.read(log);
            assert_eq!((house.state.clone(), house.alerts.len()), (state, alerts), "{} {log}", rule.0);
        }
    }
}

#[test]
fn what_is_over_is_forgotten_and_nothing_before() {
    let mut house = House::new(&(correlation(THREE.0, THREE.1) + &correlation(FIRST.0, FIRST.1)));
    house.read("0d a user=x ip=1\n1d a user=y ip=2\nadvance 399d");
    assert_eq!(house.correlator.stats().forgotten, 2, "the windows of ten seconds");
    house.read("advance 400d");
    assert_eq!(house.correlator.stats().forgotten, 2, "one who is late may still be of that time");
    house.read("advance 400.5d");
    assert_eq!(house.correlator.stats().forgotten, 4, "a group and its value");
    house.read("advance 402d");
    assert_eq!(house.state.len(), 1, "the watermark");
    house.read("1d a user=y ip=2");
    assert_eq!(house.correlator.stats().late, 1);
}

#[test]
fn state_of_rules_that_are_no_more_goes_when_its_time_is_over() {
    let mut house = House::new(&correlation(FIRST.0, FIRST.1));
    house.read("0d a user=x ip=1");
    let mut other = House::new(&correlation(THREE.0, THREE.1));
    other.state = house.state;
    other.read("advance 399d");
    assert_eq!(other.correlator.stats().forgotten, 0);
    other.read("advance 401d");
    assert_eq!((other.correlator.stats().forgotten, other.state.len()), (2, 1));
}

#[test]
fn state_that_rotted_begins_anew_and_is_counted() {
    let mut house = House::new(&correlation(THREE.0, THREE.1));
    house.read("1 a user=x\n2 a user=x");
    let keys: Vec<_> =
        house.state.scan(b"S", b"T", 9).expect("memory").into_iter().map(|(key, _)| key).collect();
    for key in keys {
        house.state.put(&key, vec![1, 2, 3]).expect("memory");
    }
    house.read("3 a user=x");
    assert_eq!((house.alerts.len(), house.correlator.stats().unreadable), (0, 1));
    house.read("4 a user=x\n5 a user=x");
    assert_eq!(house.alerts.len(), 1);
}
