//! Conditions that are judged when their window is over, and sums.

use super::{House, check, correlation};

#[test]
fn what_can_cease_to_hold_is_judged_when_its_window_is_over() {
    let few = "{type: event_count, rules: [a], group-by: [user], timespan: 10s, condition: {lt: 3}}";
    check(
        &[("few", few)],
        "1 a user=x\n2 a user=x\n3 a user=x\n11 a user=x\nadvance 20",
        &["few 20 user=x [4]"],
    );
    check(&[("few", few)], "1 a user=X\n11 a user=x\nadvance 19\n9 a user=X", &["few 10 user=X [1]"]);
    check(&[("few", few)], "1 a user=x\nclose\nclose\nadvance 30", &["few 10 user=x [1]"; 3]);
    let other = "{type: value_count, rules: [a], timespan: 10s, condition: {field: user, neq: 2}}";
    check(
        &[("other", other)],
        "1 a user=x\n2 a user=y\n3 a user=X\n12 a user=x\n23 a user=x\n24 a user=y\n25 a user=z\nclose",
        &["other 20 [4]", "other 30 [5, 6, 7]"],
    );
    let only_one = "{type: temporal, rules: [a, b], timespan: 10s, condition: {eq: 1}}";
    check(&[("one", only_one)], "1 a\n2 b\n11 b\nclose", &["one 20 [3]"]);
}

#[test]
fn means_and_percentiles_are_of_all_numbers_of_a_window() {
    let mean = "{type: value_avg, rules: [a], timespan: 10s, condition: {field: size, gt: 5}}";
    check(&[("mean", mean)], "1 a size=9\n2 a size=1\n3 a size=x\n11 a size=9\nclose", &["mean 20 [4]"]);
    let high = "{type: value_percentile, rules: [a], timespan: 10s, condition: {field: size, gte: 8, percentile: 50}}";
    check(
        &[("high", high)],
        "1 a size=1\n2 a size=8\n3 a size=70\n11 a size=1\n12 a size=8\nclose",
        &["high 10 [1, 2, 3]"],
    );
    let sum = "{type: value_sum, rules: [a], timespan: 10s, condition: {field: size, gte: 100}}";
    let hundred: String = (0..100).map(|at| format!("{} a size=1\n", f64::from(at) / 20.0)).collect();
    let evidence: Vec<u64> = (1..=100).collect();
    check(&[("sum", sum)], &hundred, &[&format!("sum 4.95 {evidence:?}")]);
}

#[test]
fn a_window_of_more_events_than_are_kept_is_judged_by_all_of_them() {
    let cases = [
        ("{type: event_count, rules: [a], timespan: 1d, condition: {eq: 3000}}", 1),
        ("{type: event_count, rules: [a], timespan: 1d, condition: {lt: 3000}}", 0),
        ("{type: value_avg, rules: [a], timespan: 1d, condition: {field: size, gte: 1499.5}}", 1),
        ("{type: value_avg, rules: [a], timespan: 1d, condition: {field: size, gt: 1499.5}}", 0),
        (
            "{type: value_percentile, rules: [a], timespan: 1d, condition: {field: size, gt: 2650, lt: 2750, percentile: 90}}",
            1,
        ),
        ("{type: value_count, rules: [a], timespan: 1d, condition: {field: size, gt: 2850, lt: 3150}}", 1),
        ("{type: value_sum, rules: [a], timespan: 1d, condition: {field: size, eq: 4498500}}", 1),
    ];
    let log: String = (0..3_000).map(|size| format!("{size} a size={size}\n")).collect();
    for (body, expected) in cases {
        let mut house = House::new(&correlation("bin", body));
        house.read(&log);
        house.read("close");
        assert_eq!(house.alerts.len(), expected, "{body}");
        assert!(house.state.bytes() < 200_000, "{} bytes", house.state.bytes());
    }
}

#[test]
fn windows_that_are_judged_feed_each_other() {
    let few = "{type: event_count, rules: [a], group-by: [user], timespan: 10s, condition: {lt: 3}}";
    let often = "{type: event_count, rules: [few], timespan: 60s, condition: {eq: 2}}";
    for end in ["close", "advance 1000\nadvance 1000"] {
        check(
            &[("often", often), ("few", few)],
            &format!("1 a user=x\n2 a user=y\n{end}"),
            &["often 60 [1, 2]"],
        );
    }
}
