//! What pipelines make of rules.

use super::*;
use crate::event::{Event, Field, FieldNames, Value};
use crate::sigma::evaluate::matches;

fn set(pipeline: &str, rule: &str) -> RuleSet {
    let pipeline = Pipeline::read("p.yml", pipeline).expect("it is a pipeline");
    let mut set = RuleSet::new(vec![pipeline]);
    set.load("r.yml", rule);
    set.finish()
}

fn rule(search: &str) -> String {
    format!("title: t\nlogsource: {{product: windows}}\ndetection:\n  s:\n{search}\n  condition: s\n")
}

#[track_caller]
fn check(pipeline: &str, search: &str, event: &[(&str, &str)], expected: bool) {
    let set = set(pipeline, &rule(search));
    assert_eq!(set.faults, []);
    let mut names = FieldNames::default();
    let fields = event
        .iter()
        .map(|(name, value)| Field { id: names.intern(name), value: Value::Text((*value).into()) });
    let event = Event { fields: fields.collect(), ..Event::default() };
    assert_eq!(matches(set.rules.first().expect("one rule"), &event, &names), expected, "{search} {event:?}");
}

#[test]
fn names_are_mapped_to_one_or_several() {
    let mapping =
        "transformations:\n- type: field_name_mapping\n  mapping: {Image: process.path, User: [u1, u2]}\n";
    check(mapping, "    Image: a", &[("process.path", "a")], true);
    check(mapping, "    Image: a", &[("Image", "a")], false);
    check(mapping, "    User: a", &[("u2", "a")], true);
    check(mapping, "    Other|fieldref: Image", &[("Other", "a"), ("process.path", "A")], true);
}

#[test]
fn steps_are_taken_for_the_rules_and_fields_that_they_are_for() {
    let other = "transformations:\n- type: field_name_prefix\n  prefix: x.\n  rule_conditions:\n  - type: logsource\n    product: linux\n";
    check(other, "    Image: a", &[("Image", "a")], true);
    let negated = format!("{other}  rule_cond_not: true\n");
    check(&negated, "    Image: a", &[("x.Image", "a")], true);
    let fields = "transformations:\n- type: field_name_suffix\n  suffix: .x\n  field_name_conditions:\n  - type: include_fields\n    fields: ['Im*']\n";
    check(fields, "    Image: a\n    User: b", &[("Image.x", "a"), ("User", "b")], true);
}

#[test]
fn conditions_are_added_dropped_and_replaced() {
    let added = "transformations:\n- type: add_condition\n  conditions: {EventID: [1, 2]}\n";
    check(added, "    Image: a", &[("Image", "a"), ("EventID", "2")], true);
    check(added, "    Image: a", &[("Image", "a"), ("EventID", "3")], false);
    let dropped = "transformations:\n- type: drop_detection_item\n  field_name_conditions:\n  - {type: include_fields, fields: [Image]}\n";
    check(dropped, "    Image: a\n    User: b", &[("User", "b")], true);
    let replaced = "transformations:\n- type: replace_string\n  regex: '^C:'\n  replacement: 'D:'\n";
    check(replaced, "    Image|endswith: 'C:\\x'", &[("Image", "zD:\\x")], true);
}

#[test]
fn placeholders_have_the_values_of_the_pipeline() {
    let vars = "vars: {admins: [anna, 'b*']}\ntransformations:\n- type: value_placeholders\n";
    check(vars, "    User|expand: '%admins%'", &[("User", "ANNA")], true);
    check(vars, "    User|expand: '%admins%'", &[("User", "bert")], true);
    check(vars, "    User|expand: '%admins%'", &[("User", "carl")], false);
}

#[test]
fn a_refused_rule_is_a_fault_with_its_place() {
    let set = set("transformations:\n- type: rule_failure\n  message: no such log here\n", &rule("    a: b"));
    assert!(set.rules.is_empty());
    let [fault] = set.faults.as_slice() else { panic!("one fault") };
    assert_eq!((&*fault.place.file, fault.is_error), ("r.yml", true));
    assert_eq!(fault.message, "no such log here (pipeline p.yml line 2)");
}

#[test]
fn what_is_not_understood_refuses_the_pipeline() {
    let check = |text: &str, line: u32, expected: &str| {
        let faults = Pipeline::read("p.yml", text).expect_err("it is refused");
        let fault = faults.first().expect("a fault");
        assert_eq!(fault.place.line, line, "{}", fault.message);
        assert!(fault.message.contains(expected), "{}", fault.message);
    };
    check("transformations:\n- type: teleport\n", 2, "`teleport` is not supported");
    check("transformations:\n- type: rule_failure\n", 2, "there is no `message`");
    check("postprocessing:\n- type: x\n", 2, "text of queries");
    check("", 1, "nothing in it");
    check("a: [", 1, "not YAML");
}
