//! `mail hunt`.

use crate::program::{MEMBERS, Work, check, json_lines, mailbox, run};

#[test]
fn indicators_find_what_was_scanned_before_they_were_known() {
    let work = Work::new();
    let (mbox, members, data) =
        (work.file("inbox.mbox", mailbox()), work.file("members.csv", MEMBERS), work.text("data"));
    check(&["mail", "scan", "--members", &members, "--data", &data, &mbox], 0);
    let count = |indicator: &str| {
        json_lines(&check(&["mail", "hunt", indicator, "--data", &data, "--format", "jsonl"], 0)).len()
    };
    assert_eq!(count("desk1@herald-news1.example"), 4);
    assert_eq!(count("mailer.example"), 8);
    assert_eq!(count("open.mailer.example"), 8);
    assert_eq!(count("https://open.mailer.example/o/*"), 8);
    assert_eq!(count("https://harbourherald.example/2021/harbour-vote"), 8);
    assert_eq!(count("*/harbour-vote"), 8);
    assert_eq!(count("subject:street lamps"), 60);
    assert_eq!(count("<bait-1-1@mailer.example>"), 1);
    assert_eq!(count("unknown.example"), 0);
    check(&["mail", "hunt", "hello", "--data", &data], 2);
}

#[test]
fn hits_name_members_and_evidence() {
    let work = Work::new();
    let (mbox, members, data) =
        (work.file("inbox.mbox", mailbox()), work.file("members.csv", MEMBERS), work.text("data"));
    check(&["mail", "scan", "--members", &members, "--data", &data, &mbox], 0);
    let hits = json_lines(&check(
        &["mail", "hunt", "<bait-3-2@mailer.example>", "--data", &data, "--format", "jsonl"],
        0,
    ));
    assert_eq!(hits[0]["members"], serde_json::json!(["M003"]));
    let entry = check(&["evidence", "show", &hits[0]["evidence"].to_string(), "--data", &data], 0);
    assert!(entry.contains("bait-3-2"), "{entry}");
}

/// One record whose bytes have rotted: it is named and counted, and every other one is found.
#[test]
fn a_damaged_record_is_set_aside() {
    let work = Work::new();
    let (mbox, data) = (work.file("inbox.mbox", mailbox()), work.text("data"));
    check(&["mail", "scan", "--data", &data, &mbox], 0);
    let records = work.path("data/features/records-00000000000000000000.seg");
    let mut bytes = std::fs::read(&records).expect("the feature records");
    let at =
        bytes.windows(15).position(|window| window == b"bait-1-1@mailer").expect("the record of the bait");
    bytes[at] ^= 1;
    std::fs::write(&records, bytes).expect("the damaged records");
    for (indicator, left) in [("mailer.example", 7), ("*/harbour-vote", 7), ("<bait-1-2@mailer.example>", 1)]
    {
        let output = run(&["mail", "hunt", indicator, "--data", &data, "--format", "jsonl"]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert_eq!(json_lines(&String::from_utf8_lossy(&output.stdout)).len(), left);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("its body is not as it was written"), "{told}");
    }
}
