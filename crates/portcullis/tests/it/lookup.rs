//! `register index` and `register lookup` as a user meets them.

use crate::program::{Work, check, run};
use serde_json::Value;

const HEADER: &str = "Elector Number,Elector Surname,Elector Forename,PostCode,Address1";

/// A folder with a register that was sealed and indexed.
fn indexed() -> Work {
    let work = Work::new();
    work.file(
        "r.csv",
        format!("{HEADER}\n1,Quarrell,Zoë,N1 2AB,14 Hill Road\n2,Archer,Ann,N1 2AB,16 Hill Road\n"),
    );
    let (input, seal, data) = (work.text("r.csv"), work.text("r.csv.seal"), work.text("data"));
    check(&["register", "seal", &input, "--register", "hill", "--data", &data], 0);
    assert_eq!(ask(&work, "Zoe Quarrell", &[], 1), Value::Null, "there is no index yet");
    check(&["register", "index", &input, "--seal", &seal, "--data", &data], 0);
    work
}

/// What the register says of a name in a postcode.
#[track_caller]
fn ask(work: &Work, name: &str, more: &[&str], code: i32) -> Value {
    let data = work.text("data");
    let question =
        ["register", "lookup", name, "--register", "hill", "--postcode", "N1 2AB", "--by", "treasurer"];
    let rest = ["--purpose", "donation of 25 March", "--data", &data, "--format", "json"];
    let shown = check(&[&question[..], &rest[..], more].concat(), code);
    serde_json::from_str(&shown).unwrap_or_default()
}

#[test]
fn a_question_is_answered_by_a_word_and_is_evidence() {
    let work = indexed();
    assert_eq!(ask(&work, "ZOE QUARRELL", &[], 0)["answer"], "registered");
    assert_eq!(ask(&work, "Zoe Quarell", &[], 0)["answer"], "similar");
    assert_eq!(ask(&work, "Zoe Archer", &[], 0)["answer"], "not found");
    let row = ask(&work, "Ann Archer", &["--address", "16 Hill Road"], 0);
    assert_eq!((&row["answer"], &row["register"]), (&"registered".into(), &"hill".into()));
    let entry = row["evidence"].to_string();
    let shown = check(&["evidence", "show", &entry, "--data", &work.text("data")], 0);
    assert!(shown.contains("donation of 25 March") && shown.contains("treasurer"), "{shown}");
    check(&["evidence", "verify", &work.text("data")], 0);
}

#[test]
fn an_answer_is_of_the_version_that_was_in_force() {
    let work = indexed();
    assert_eq!(ask(&work, "Ann Archer", &["--on", "2020-01-01"], 1), Value::Null, "nothing was sealed then");
    assert_eq!(ask(&work, "Ann Archer", &["--on", "2999-01-01"], 0)["answer"], "registered");
    ask(&work, "Ann Archer", &["--on", "yesterday"], 2);
    ask(&work, "Archer", &[], 2);
}

#[test]
fn only_what_was_sealed_is_indexed() {
    let work = indexed();
    let other = work.file("other.csv", format!("{HEADER}\n1,Quarrell,Zoë,N1 2AB,14 Hill Road\n"));
    let (seal, data) = (work.text("r.csv.seal"), work.text("data"));
    let refused = run(&["register", "index", &other, "--seal", &seal, "--data", &data]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("not what was sealed"), "{refused:?}");
}

#[test]
fn nobody_asks_their_way_through_a_register() {
    let work = indexed();
    let answered = (0..61).take_while(|_| {
        let data = work.text("data");
        let question = [
            "register",
            "lookup",
            "Ann Archer",
            "--register",
            "hill",
            "--postcode",
            "N1 2AB",
            "--by",
            "treasurer",
        ];
        run(&[&question[..], &["--purpose", "p", "--data", &data]].concat()).status.success()
    });
    assert_eq!(answered.count(), 60);
}
