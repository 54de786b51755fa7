//! `register canary` and `register supply` as a user meets them.

use crate::program::{Work, check, run};
use serde_json::Value;

/// Parts of names, out of which 400 of each kind are made.
const BEGINNINGS: [&str; 20] = [
    "Ald", "Bren", "Cor", "Dun", "Eld", "Farn", "Gar", "Hol", "Ing", "Jes", "Kel", "Lon", "Mar", "Nor",
    "Ost", "Pel", "Quar", "Ros", "Stan", "Thorn",
];
const ENDS: [&str; 20] = [
    "ack", "bury", "combe", "dale", "ey", "ford", "gate", "ham", "ins", "kirk", "ley", "mer", "ner", "over",
    "port", "rick", "son", "ton", "well", "worth",
];

fn name(number: usize) -> String {
    let part =
        |parts: [&'static str; 20], number: usize| parts.into_iter().nth(number % 20).unwrap_or_default();
    format!("{}{}", part(BEGINNINGS, number), part(ENDS, number / 20))
}

/// An invented register.
fn register(electors: usize) -> String {
    let mut text = String::from(
        "Elector Number Prefix,Elector Number,Elector Number Suffix,Elector Surname,Elector Forename,PostCode,Address1\n",
    );
    for number in 0..electors {
        let (surname, forename) = (name(number * 7 + number / 400), name(number * 11 + 3 + number / 90));
        let (house, street) = (number % 60 + 1, number / 60);
        let postcode = format!("N{} {}AB", street % 90 + 1, street / 90 % 10);
        text.push_str(&format!(
            "NM,{number},0,{surname},{forename},{postcode},{house} {} Road\n",
            name(street)
        ));
    }
    text
}

/// A folder with a register and the copies of these recipients.
fn planted(recipients: &[&str]) -> Work {
    let work = Work::new();
    work.file("r.csv", register(12_000));
    let (input, data) = (work.text("r.csv"), work.text("data"));
    for recipient in recipients {
        let out = work.text(&format!("{recipient}.csv"));
        check(
            &[
                "register",
                "canary",
                "plant",
                &input,
                "--register",
                "hill",
                "--copy",
                recipient,
                "--out",
                &out,
                "--data",
                &data,
            ],
            0,
        );
    }
    work
}

/// What `trace` says of a leak.
fn trace(work: &Work, leak: &str) -> Value {
    let (leak, data) = (work.file("leak.txt", leak), work.text("data"));
    let shown = check(
        &["register", "canary", "trace", &leak, "--register", "hill", "--data", &data, "--format", "json"],
        0,
    );
    serde_json::from_str(&shown).expect("one JSON document")
}

fn named(traced: &Value) -> Vec<&str> {
    let copies = traced["copies"].as_array().expect("copies").iter();
    copies.filter(|copy| copy["named"] == true).filter_map(|copy| copy["recipient"].as_str()).collect()
}

/// The rows of a copy, without its header.
fn rows(work: &Work, recipient: &str) -> Vec<String> {
    let copy = std::fs::read_to_string(work.path(&format!("{recipient}.csv"))).expect("a copy");
    copy.lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn a_small_leak_in_another_form_names_its_copy() {
    let work = planted(&["party-a", "party-b", "party-c"]);
    let copy = rows(&work, "party-b");
    assert!(copy.len() > 12_500, "canaries are among the {} rows", copy.len());
    // Every 40th row, backwards, in capitals, with other separators.
    let leak: Vec<String> =
        copy.iter().rev().step_by(40).map(|row| row.to_uppercase().replace(',', " | ")).collect();
    let traced = trace(&work, &leak.join("\n"));
    assert_eq!(named(&traced), ["party-b"], "{traced}");
    check(&["evidence", "verify", &work.text("data")], 0);
}

#[test]
fn two_who_leave_out_what_differs_are_named() {
    let work = planted(&["party-a", "party-b", "party-c", "party-d"]);
    let other: std::collections::BTreeSet<String> = rows(&work, "party-c").into_iter().collect();
    let common: Vec<String> = rows(&work, "party-a").into_iter().filter(|row| other.contains(row)).collect();
    let traced = trace(&work, &common.join("\n"));
    let named = named(&traced);
    assert!(!named.is_empty() && named.iter().all(|name| ["party-a", "party-c"].contains(name)), "{traced}");
}

#[test]
fn the_register_itself_names_nobody_and_a_copy_is_never_sealed() {
    let work = planted(&["party-a"]);
    let original = std::fs::read_to_string(work.path("r.csv")).expect("the register");
    let traced = trace(&work, &original);
    assert_eq!((named(&traced).len(), &traced["canaries"]), (0, &Value::from(0)), "{traced}");
    let (copy, data) = (work.text("party-a.csv"), work.text("data"));
    let refused = run(&["register", "seal", &copy, "--register", "hill", "--data", &data]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("are canaries"));
    check(&["register", "seal", &work.text("r.csv"), "--register", "hill", "--data", &data], 0);
    let again =
        ["register", "canary", "plant", &work.text("r.csv"), "--register", "hill", "--copy", "party-a"];
    let refused = run(&[&again[..], &["--out", &work.text("x.csv"), "--data", &data]].concat());
    assert_ne!(refused.status.code(), Some(0), "one recipient has one copy");
    assert!(!work.path("x.csv").exists());
}

#[test]
fn a_register_that_is_too_small_hides_no_canaries() {
    let work = Work::new();
    let (input, data) = (work.file("r.csv", register(20)), work.text("data"));
    let out = work.text("c.csv");
    let refused = run(&[
        "register",
        "canary",
        "plant",
        &input,
        "--register",
        "hill",
        "--copy",
        "a",
        "--out",
        &out,
        "--data",
        &data,
    ]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("too few"), "{refused:?}");
    assert!(!work.path("c.csv").exists());
}

#[test]
fn a_copy_that_should_be_destroyed_is_overdue_until_somebody_attests() {
    let work = Work::new();
    let data = work.text("data");
    let record = |until: &str, code| {
        let ground = "regulation 103";
        check(
            &[
                "register",
                "supply",
                "record",
                "--register",
                "hill",
                "--recipient",
                "Hill Party",
                "--ground",
                ground,
                "--until",
                until,
                "--data",
                &data,
            ],
            code,
        )
    };
    assert!(record("2999-01-01", 0).starts_with("S-0001: copy of hill for Hill Party on the ledger"));
    record("2001-01-01", 1);
    record("next year", 2);
    check(&["register", "supply", "list", "--overdue", "--data", &data], 0);
    let attest = ["register", "supply", "destroyed", "S-0001", "--attested-by", "the agent", "--data", &data];
    check(&attest, 0);
    check(&attest, 1);
    let shown = check(&["register", "supply", "list", "--format", "jsonl", "--data", &data], 0);
    let row: Value = serde_json::from_str(shown.trim()).expect("one row");
    assert_eq!((row["state"].as_str(), row["attested_by"].as_str()), (Some("destroyed"), Some("the agent")));
    check(&["evidence", "verify", &data], 0);
}
