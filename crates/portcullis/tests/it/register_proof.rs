//! `register prove`, `register disclose`, `register certificate` and `register check`, and a verifier that shares no code with us.

use crate::program::{Work, check, run};
use crate::register::{csv, rows, sealed};
use serde_json::{Value, json};
use std::process::Command;

/// Root of the seal beside `r.csv`, as the evidence log and `verify` have it.
fn root(work: &Work) -> String {
    let (seal, copy, data) = (work.text("r.csv.seal"), work.text("r.csv"), work.text("data"));
    let shown =
        check(&["register", "verify", "--seal", &seal, &copy, "--data", &data, "--format", "json"], 0);
    let shown: Value = serde_json::from_str(&shown).expect("one JSON document");
    shown.get("root").and_then(Value::as_str).expect("a root").to_owned()
}

/// A proof for the third of five electors.
fn disclosed() -> (Work, String) {
    let work = sealed();
    let (seal, input, data) = (work.text("r.csv.seal"), work.text("r.csv"), work.text("data"));
    let out = work.text("one.proof");
    let fields = "surname,postcode";
    let disclose = ["register", "disclose", "AB/3/0", "--fields", fields, "--seal", &seal, &input];
    check(&[&disclose[..], &["--data", &data, "--out", &out]].concat(), 0);
    (work, out)
}

/// What the verifier that was written from the documentation says, and whether it accepts. `make test` installs Python.
fn verifier(arguments: &[&str]) -> (bool, String) {
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/register_verifier/check.py");
    let output = Command::new("python3").arg(program).args(arguments).output().expect("python3 runs");
    let told = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&told).into_owned())
}

#[test]
fn a_disclosure_shows_the_chosen_fields_and_nothing_else() {
    let (work, proof) = disclosed();
    let root = root(&work);
    let shown = check(&["register", "check", &proof, "--root", &root, "--format", "json"], 0);
    let shown: Value = serde_json::from_str(&shown).expect("one JSON document");
    assert_eq!(shown["fields"], json!({"surname": "Cook", "postcode": "AB1 2CD"}));
    assert_eq!(
        (&shown["elector"], &shown["entry"], &shown["hidden"]),
        (&json!("AB/3/0"), &json!(0), &json!(2))
    );

    let bytes = std::fs::read(&proof).expect("a proof");
    assert!(bytes.len() <= 2_048);
    assert!(!String::from_utf8_lossy(&bytes).contains("Hill Road"));
    let (is_accepted, told) = verifier(&["proof", &proof, &root]);
    assert!(
        is_accepted && told.contains(r#""fields": {"postcode": "AB1 2CD", "surname": "Cook"}"#),
        "{told}"
    );
}

#[test]
fn an_altered_proof_or_another_root_is_refused() {
    let (work, proof) = disclosed();
    check(&["register", "check", &proof, "--root", "AAAA"], 1);
    let mut bytes = std::fs::read(&proof).expect("a proof");
    let place = bytes.windows(4).position(|window| window == b"Cook").expect("a surname");
    bytes[place] = b'B';
    work.file("altered.proof", &bytes);
    let altered = work.text("altered.proof");
    check(&["register", "check", &altered], 1);
    let (is_accepted, told) = verifier(&["proof", &altered]);
    assert!(!is_accepted, "{told}");
}

#[test]
fn only_what_was_sealed_is_proven() {
    let work = sealed();
    let (seal, data) = (work.text("r.csv.seal"), work.text("data"));
    let altered = rows().join("\n").replace("Cook", "Brook");
    work.file("altered.csv", csv(&[altered]));
    let altered = work.text("altered.csv");
    let prove = |elector: &str| {
        let output = run(&["register", "prove", elector, "--seal", &seal, &altered, "--data", &data]);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, told) = prove("AB/3/0");
    assert!(code == Some(1) && told.contains("is not the one that was sealed"), "{told}");
    assert_eq!(prove("AB/9/0").0, Some(1));
    assert_eq!(prove("AB/1/0").0, Some(0));
    check(&["register", "check", &work.text("r.csv.seal.AB-1-0.proof")], 0);
}

const NOTICES: &str = "Elector Number Prefix,Elector Number,Elector Number Suffix,Change,Notice\n";

/// A second seal of the register, after these notices and changes: Baker is renamed, Ewing removed, Field added.
fn certified(notices: &str, code: i32) -> (Work, Value) {
    let work = sealed();
    let rows = rows().join("\n").replace("Baker", "Barker").replace("AB,5,0,,,Ewing", "AB,6,0,,,Field");
    work.file("next.csv", csv(&[rows]));
    work.file("notices.csv", format!("{NOTICES}{notices}"));
    let (next, data) = (work.text("next.csv"), work.text("data"));
    check(&["register", "seal", &next, "--register", "hill-ward", "--data", &data], 0);
    let [from, to, file, out] = names(&work);
    let shown = check(
        &[
            "register",
            "certificate",
            "--from",
            &from,
            "--to",
            &to,
            "--notices",
            &file,
            "--out",
            &out,
            "--data",
            &data,
            "--format",
            "json",
        ],
        code,
    );
    check(&["evidence", "verify", &data], 0);
    (work, serde_json::from_str(&shown).expect("one JSON document"))
}

fn names(work: &Work) -> [String; 4] {
    ["r.csv.seal", "next.csv.seal", "notices.csv", "next.certificate"].map(|name| work.text(name))
}

/// Checks the certificate of a house with us and with the other verifier.
#[track_caller]
fn check_both(work: &Work, code: i32) {
    let [from, to, _, out] = names(work);
    check(&["register", "check", &out, "--from", &from, "--to", &to], code);
    let (is_accepted, told) = verifier(&["certificate", &out, &from, &to]);
    assert_eq!(is_accepted, code == 0, "{told}");
}

#[test]
fn a_later_register_is_the_earlier_one_and_the_notices() {
    let (work, shown) = certified("AB,2,0,changed,N-1\nAB,5,0,removed,N-2\nAB,6,0,added,N-3\n", 0);
    let expected =
        json!({"complete": true, "electors": 3, "unexplained": 0, "not_carried_out": 0, "open": []});
    assert_eq!(shown, expected);
    check_both(&work, 0);
}

#[test]
fn what_nobody_authorised_is_listed() {
    let (work, shown) = certified("AB,5,0,removed,N-2\nAB,6,0,added,N-3\nAB,1,0,removed,N-4\n", 1);
    let open = json!([
        {"key": ["AB", "2", "0"], "change": "changed", "notices": []},
        {"key": ["AB", "1", "0"], "change": "none", "notices": ["N-4"]},
    ]);
    assert_eq!(
        (&shown["unexplained"], &shown["not_carried_out"], &shown["open"]),
        (&json!(1), &json!(1), &open)
    );
    check_both(&work, 1);
}

#[test]
fn a_certificate_that_hides_a_change_is_refused() {
    let (work, _) = certified("AB,5,0,removed,N-2\nAB,6,0,added,N-3\n", 1);
    let [_, _, _, out] = names(&work);
    let text = std::fs::read_to_string(&out).expect("a certificate");
    let hidden: String = text
        .lines()
        .filter(|line| !line.contains("changed") && !line.starts_with("{\"electors"))
        .map(|l| format!("{l}\n"))
        .collect();
    std::fs::write(&out, hidden + "{\"electors\":2,\"unexplained\":0,\"not_carried_out\":0}\n")
        .expect("a file");
    check_both(&work, 1);
}
