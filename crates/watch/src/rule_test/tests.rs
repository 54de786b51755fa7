//! Tests of tests: a small set of rules, and what rows come of a file of tests.

use super::*;
use crate::sigma::rule_set::RuleSet;

const RULES: &str = "
title: Failed
name: failed
id: 00000000-0000-4000-8000-00000000000a
logsource: {category: webserver}
detection: {s: {sc-status: 401}, condition: s}
---
title: Three Failed
name: three
correlation: {type: event_count, rules: [failed], group-by: [c-ip], timespan: 1m, condition: {gte: 3}}
---
title: Then None
correlation: {type: silence, rules: [three], group-by: [c-ip], timespan: 1d}
";

/// `LINE RULE yes|no: FOUND` for each row, and the faults.
fn told(text: &str) -> Vec<String> {
    let mut set = RuleSet::new(Vec::new());
    set.load("rules.yml", RULES);
    let set = set.finish();
    assert_eq!(set.faults, []);
    let (tests, faults) = read("tests.yml", text);
    let mut bench = Bench::new(&set);
    let rows = tests.iter().flat_map(|test| bench.run(test)).collect::<Vec<_>>();
    let row = |row: &Row| {
        let passed = if row.is_passed() { "yes" } else { "no" };
        format!("{} {} {passed}: {:?}", row.place.line, row.rule, row.found)
    };
    let faults = faults.iter().map(|fault| format!("{}: {}", fault.place.line, fault.message));
    rows.iter().map(row).chain(faults).collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(told(text), expected);
}

#[test]
fn what_must_match_does_and_what_must_not_does_not() {
    check(
        "title: three
logsource: {category: webserver}
events:
    - {times: 3, every: 10s, event: {sc-status: 401, c-ip: 192.0.2.1}}
matches: [failed, Three Failed, 00000000-0000-4000-8000-00000000000a]
quiet: [Then None]
---
title: three of different places
logsource: {category: webserver}
events:
    - {times: 3, every: 10s, event: {sc-status: 401, c-ip: '192.0.2.{n}'}}
    - {after: 1h, event: {sc-status: 200}}
quiet: [three]
---
title: nothing comes
logsource: {category: webserver}
events:
    - {times: 3, event: {sc-status: 401, c-ip: [192.0.2.1]}}
    - pass: 2d
matches: [Then None]
",
        &[
            "5 failed yes: Ok(3)",
            "5 Three Failed yes: Ok(1)",
            "5 00000000-0000-4000-8000-00000000000a yes: Ok(3)",
            "6 Then None yes: Ok(0)",
            "13 three yes: Ok(0)",
            "20 Then None yes: Ok(1)",
        ],
    );
}

#[test]
fn lines_of_a_log_are_read_as_a_scan_reads_them() {
    check(
        r#"title: lines
events:
    - format: access
      log: |
        192.0.2.1 - - [05/Jan/2026:08:00:01 +0000] "GET /a HTTP/1.1" 401 5
        192.0.2.1 - - [05/Jan/2026:08:00:02 +0000] "GET /a HTTP/1.1" 401 5
        192.0.2.1 - - [05/Jan/2026:08:00:03 +0000] "GET /a HTTP/1.1" 401 5
matches: [three]
"#,
        &["8 three yes: Ok(1)"],
    );
}

#[test]
fn what_is_not_as_expected_fails() {
    check(
        "title: wrong
logsource: {category: webserver}
events: [{event: {sc-status: 401}}]
matches: [three]
quiet: [failed, nobody]
",
        &["4 three no: Ok(0)", "5 failed no: Ok(1)", "5 nobody no: Err(\"there is no such rule\")"],
    );
}

#[test]
fn a_test_that_is_not_understood_is_a_fault() {
    check("title: t\nevents: [{event: {a: b}}]\n", &["1: neither `matches` nor `quiet` names a rule"]);
    check("title: t\nevent: [{event: {a: b}}]\nquiet: [failed]\n", &["2: `event` is not known in a test"]);
    check("title: t\nquiet: [failed]\n", &["1: there are no `events`"]);
    check(
        "title: t\nevents: [{pass: soon}]\nquiet: [failed]\n",
        &["2: `pass: soon` is no duration: a number and `s`, `m`, `h` or `d` are expected"],
    );
    check(
        "title: t\nevents: [{log: x, format: evtx}]\nquiet: [failed]\n",
        &["2: `evtx` is no format of lines"],
    );
    check(
        "title: t\nevents: [{pass: 1d, log: x}]\nquiet: [failed]\n",
        &["2: one of `event`, `log` and `pass` is expected here"],
    );
    check(
        "title: t\nevents: [{times: 0, event: {a: b}}]\nquiet: [failed]\n",
        &["2: `times` is a number from 1 to 100000"],
    );
}
