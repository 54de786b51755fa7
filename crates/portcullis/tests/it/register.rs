//! `register seal`, `register verify`, `register diff` as a user meets them.

use crate::program::{Work, check, run};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

pub(crate) const HEADER: &str = "Elector Number Prefix,Elector Number,Elector Number Suffix,Elector Markers,Elector DOB,\
                      Elector Surname,Elector Forename,PostCode,Address1";

/// A register of the electors 1 to 5, each with a surname of its own.
pub(crate) fn rows() -> Vec<String> {
    let row = |(number, name): (usize, &str)| format!("AB,{number},0,,,{name},Ann,AB1 2CD,\"1, Hill Road\"");
    ["Archer", "Baker", "Cook", "Draper", "Ewing"]
        .into_iter()
        .zip(1..)
        .map(|(name, n)| row((n, name)))
        .collect()
}

pub(crate) fn csv(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// A folder with a sealed register.
pub(crate) fn sealed() -> Work {
    let work = Work::new();
    work.file("r.csv", csv(&rows()));
    let (input, data) = (work.text("r.csv"), work.text("data"));
    let shown = check(&["register", "seal", &input, "--register", "hill-ward", "--data", &data], 0);
    assert!(shown.starts_with("sealed 5 electors of hill-ward\nroot "), "{shown}");
    work
}

/// What `verify` says of a copy.
#[track_caller]
fn verify(work: &Work, copy: &str, code: i32) -> Value {
    work.file("copy.csv", copy);
    let (seal, copy, data) = (work.text("r.csv.seal"), work.text("copy.csv"), work.text("data"));
    let shown =
        check(&["register", "verify", "--seal", &seal, &copy, "--data", &data, "--format", "json"], code);
    serde_json::from_str(&shown).expect("one JSON document")
}

#[test]
fn a_copy_in_another_order_with_other_line_ends_is_the_same() {
    let work = sealed();
    let mut rows = rows();
    rows.reverse();
    let verified = verify(&work, &csv(&rows).replace('\n', "\r\n"), 0);
    assert_eq!((&verified["same"], &verified["entry"]), (&json!(true), &json!(0)));
}

#[test]
fn exactly_the_touched_electors_are_named() {
    let work = sealed();
    let mut rows = rows();
    rows[1] = rows[1].replace("Baker", "Barker");
    rows[2] = rows[2].replace("AB,3", "AB,9");
    let verified = verify(&work, &csv(&rows), 1);
    assert_eq!(verified["same"], json!(false));
    let expected = json!([
        {"key": "AB/2/0", "change": "altered"},
        {"key": "AB/3/0", "change": "missing"},
        {"key": "AB/9/0", "change": "added"},
    ]);
    assert_eq!(verified["electors"], expected);
}

#[test]
fn a_ragged_row_is_told_by_its_line_and_nothing_is_called_the_same() {
    let work = sealed();
    let verified = verify(&work, &(csv(&rows()) + "AB,6\n"), 1);
    assert_eq!((&verified["same"], &verified["set_aside"]), (&json!(false), &json!(1)));
}

#[test]
fn a_damaged_or_foreign_seal_proves_nothing() {
    let work = sealed();
    let seal = std::fs::read(work.path("r.csv.seal")).expect("a seal");
    std::fs::write(work.path("torn.seal"), &seal[..seal.len() - 1]).expect("a file");
    let (torn, copy, data) = (work.text("torn.seal"), work.text("r.csv"), work.text("data"));
    let output = run(&["register", "verify", "--seal", &torn, &copy, "--data", &data]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("ends too early"));

    let foreign = sealed();
    std::fs::copy(foreign.path("r.csv.seal"), work.path("r.csv.seal")).expect("a copy");
    assert_eq!(verify(&work, &csv(&rows()), 1)["entry"], Value::Null);
}

#[test]
fn a_seal_is_never_written_over_and_its_key_is_private() {
    let work = sealed();
    let (input, data) = (work.text("r.csv"), work.text("data"));
    check(&["register", "seal", &input, "--register", "hill-ward", "--data", &data], 2);
    let key = std::fs::metadata(work.path("data/keys/register.key")).expect("a key");
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
    check(&["evidence", "verify", &data], 0);
}

#[test]
fn a_diff_names_electors_and_fields() {
    let work = Work::new();
    let before = rows();
    let mut after = before.clone();
    after[0] = after[0].replace("Ann", "Anne").replace("2CD", "2CE");
    after.remove(4);
    after.push(before[4].replace("AB,5", "AB,7"));
    work.file("a.csv", csv(&before));
    work.file("b.csv", csv(&after));
    let (a, b) = (work.text("a.csv"), work.text("b.csv"));
    let shown = check(&["register", "diff", &a, &b, "--format", "json"], 0);
    let shown: Value = serde_json::from_str(&shown).expect("one JSON document");
    let expected = json!({"changed": 1, "removed": 1, "added": 1, "electors": [
        {"key": "AB/1/0", "change": "changed", "fields": ["forename", "postcode"]},
        {"key": "AB/5/0", "change": "removed", "fields": []},
        {"key": "AB/7/0", "change": "added", "fields": []},
    ]});
    assert_eq!(shown, expected);
}

#[test]
fn a_patch_makes_the_register_before_into_the_one_after() {
    let work = Work::new();
    let before = rows();
    let mut after = before.clone();
    after[0] = after[0].replace("Ann", "\"An \"\"A\"\" ne\"").replace("1, Hill", "1,\nHill");
    after.remove(4);
    after.insert(1, before[4].replace("AB,5", "AB,0"));
    work.file("a.csv", csv(&before));
    work.file("b.csv", csv(&after));
    let [a, b, patch, made] = ["a.csv", "b.csv", "ab.patch", "made.csv"].map(|name| work.text(name));
    check(&["register", "diff", &a, &b, "--patch", &patch], 0);
    check(&["register", "apply", &patch, &a, "--out", &made], 0);
    let shown = check(&["register", "diff", &b, &made], 0);
    assert_eq!(shown, "0 changed, 0 removed, 0 added\n");
    let made_text = std::fs::read_to_string(work.path("made.csv")).expect("a register");
    assert_eq!(made_text.lines().next(), Some(HEADER));

    check(&["register", "apply", &patch, &b, "--out", &work.text("none.csv")], 1);
    assert!(!work.path("none.csv").exists());
    check(&["register", "apply", &patch, &a, "--out", &made], 2);
}

#[test]
fn other_columns_are_mapped_and_a_header_without_a_key_is_bad_input() {
    let work = Work::new();
    work.file("a.csv", "Nr,Nom\n1,Hill\n");
    work.file("b.csv", "Nr,Nom\n1,Mill\n");
    work.file("map.toml", "[columns]\n\"Nr\" = \"number\"\n\"Nom\" = \"surname\"\n");
    let (a, b, map) = (work.text("a.csv"), work.text("b.csv"), work.text("map.toml"));
    let shown = check(&["register", "diff", &a, &b, "--mapping", &map, "--format", "jsonl"], 0);
    assert!(shown.contains(r#"{"key":"1","change":"changed","fields":["surname"]}"#), "{shown}");
    check(&["register", "diff", &a, &b], 2);
}
