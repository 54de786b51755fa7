//! Windows against a model that keeps every event for ever.

use super::*;
use crate::sigma::correlation::{Bound, Threshold};
use proptest::prelude::*;

fn condition(measure: Measure, least: f64, entries_max: usize) -> Condition {
    Condition { measure, threshold: Threshold { bounds: vec![(Bound::GreaterOrEqual, least)] }, entries_max }
}

/// Times of alerts, of events in their order. Every state is written and read on the way.
fn told(events: &[(i64, u64)], plan: &Condition, span: i64) -> Vec<i64> {
    let mut window = Window::default();
    let mut times = Vec::new();
    for (position, (time, item)) in events.iter().enumerate() {
        let at = Offset { source: 1, position: position as u64 };
        let found = window.observe(Entry { time: *time, item: *item, at }, plan, span, i64::MIN);
        times.extend(found.map(|finding| finding.time));
        let bytes = super::super::record::to_bytes(&window);
        assert_eq!(super::super::record::from_bytes(&bytes).as_ref(), Some(&window));
    }
    times
}

/// As [`told`], by looking at all events again for each one.
fn told_by_all(events: &[(i64, u64)], plan: &Condition, span: i64) -> Vec<i64> {
    let mut times: Vec<i64> = Vec::new();
    for (position, (time, _)) in events.iter().enumerate() {
        if times.last().is_some_and(|told| time - told <= span) {
            continue;
        }
        let window: Vec<(i64, u64)> =
            events.iter().take(position + 1).filter(|(other, _)| time - other <= span).copied().collect();
        if holds(&window, plan) {
            times.push(*time);
        }
    }
    times
}

fn holds(window: &[(i64, u64)], plan: &Condition) -> bool {
    let items: Vec<u64> = window.iter().map(|(_, item)| *item).collect();
    let Measure::Ordered(rules) = plan.measure else {
        return plan.threshold.holds(value_of(&items, plan.measure));
    };
    let mut moments = window.to_vec();
    moments.sort();
    let (mut next, mut items) = (0, moments.into_iter().map(|(_, item)| item));
    while next < rules as u64 && items.any(|item| item == next) {
        next += 1;
    }
    next == rules as u64
}

/// Events in their order: steps of time, and items of a few values.
fn events(items: std::ops::Range<u64>, count: usize) -> impl Strategy<Value = Vec<(i64, u64)>> {
    proptest::collection::vec((0_i64..12, items), 1..count).prop_map(|steps| {
        let mut time = 1_000_000;
        let mut events = Vec::new();
        for (step, item) in steps {
            time += step;
            events.push((time, item));
        }
        events
    })
}

proptest! {
    #[test]
    fn counts_and_values_are_exact_where_more_events_are_kept_than_the_condition_needs(
        events in events(0..9, 300), least in 1_u32..7, span in 1_i64..90
    ) {
        for measure in [Measure::Count, Measure::Values, Measure::Rules] {
            let plan = condition(measure, f64::from(least), 4 * least as usize);
            prop_assert_eq!(told(&events, &plan, span), told_by_all(&events, &plan, span));
        }
    }

    #[test]
    fn rules_in_an_order_are_exact_however_few_events_are_kept(
        events in events(0..4, 300), rules in 2_usize..5, span in 1_i64..200
    ) {
        for entries_max in [4, 16, 1_000] {
            let plan = condition(Measure::Ordered(rules), 0.0, entries_max);
            let expected = told_by_all(&events, &plan, span);
            let found = told(&events, &plan, span);
            prop_assert_eq!(found.first(), expected.first(), "{} kept", entries_max);
        }
    }

    /// The first alert is never later than it should be, and where it is earlier, its condition holds in a window that is no more
    /// than one slot longer.
    #[test]
    fn what_is_measured_without_the_events_misses_nothing(
        events in events(0..60, 400), least in 10_u32..60, span in 64_i64..900
    ) {
        for measure in [Measure::Count, Measure::Values, Measure::Sum] {
            let of_measure = |item| if measure == Measure::Sum { f64::to_bits(item as f64 / 32.0) } else { item };
            let events: Vec<_> = events.iter().map(|(time, item)| (*time, of_measure(*item))).collect();
            let plan = condition(measure, f64::from(least), 8);
            let (found, exact) = (told(&events, &plan, span), told_by_all(&events, &plan, span));
            let longer = told_by_all(&events, &plan, span + span / 32);
            if let Some(exact) = exact.first() {
                prop_assert!(found.first().is_some_and(|found| found <= exact), "{found:?} {exact}");
            }
            if let Some(found) = found.first() {
                prop_assert!(longer.first().is_some_and(|longer| longer <= found), "{found} {longer:?}");
            }
        }
    }
}

/// Events that come in any order are told of if the same ones in their order are: where nothing was told before, nothing is covered.
#[test]
fn events_that_come_late_are_found_in_the_middle() {
    let span = 100;
    for (measure, least) in [(Measure::Count, 4.0), (Measure::Values, 4.0), (Measure::Ordered(4), 0.0)] {
        let plan = condition(measure, least, CORRELATION_ENTRIES_MAX);
        // Three of four within each window, again and again; the one that is missing comes last.
        let mut events: Vec<(i64, u64)> = (0..200)
            .flat_map(|round| [0_i64, 1, 3].map(|item| (round * 300 + item * 20, item.unsigned_abs())))
            .collect();
        assert_eq!(told(&events, &plan, span), [0_i64; 0]);
        events.push((100 * 300 + 40, 2));
        assert_eq!(told(&events, &plan, span), [100 * 300 + 60], "{measure:?}");
    }
}

#[test]
fn a_hundred_thousand_small_numbers_make_their_sum() {
    let span = 400 * 86_400_000;
    let plan = condition(Measure::Sum, 99_999.5, CORRELATION_ENTRIES_MAX);
    let mut window = Window::default();
    let told = (0..100_000_u64).find(|step| {
        let at = Offset { source: 1, position: *step };
        let time = *step as i64 * 300_000;
        window.observe(Entry { time, item: 1_f64.to_bits(), at }, &plan, span, i64::MIN).is_some()
    });
    assert_eq!(told, Some(99_999), "347 days of one every five minutes");
}

#[test]
fn a_threshold_beyond_what_is_kept_one_by_one_is_reached() {
    let span = 86_400_000;
    for (measure, least, tolerance) in [(Measure::Count, 5_000_u32, 0), (Measure::Values, 5_000, 250)] {
        let plan = condition(measure, f64::from(least), CORRELATION_ENTRIES_MAX);
        let mut window = Window::default();
        let told = (1..=2 * least).find(|step| {
            let at = Offset { source: 1, position: u64::from(*step) };
            let item = if measure == Measure::Count { 0 } else { at.position };
            window
                .observe(Entry { time: i64::from(*step) * 1_000, item, at }, &plan, span, i64::MIN)
                .is_some()
        });
        let told = told.expect("it is reached");
        assert!(told.abs_diff(least) <= tolerance, "{measure:?} told at {told}");
    }
}
