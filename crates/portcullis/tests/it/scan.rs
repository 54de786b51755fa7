//! `mail scan`.

use crate::program::{MEMBERS, Work, bait, check, json_lines, letter, mailbox, run};

#[test]
fn rows_come_in_input_order_and_nothing_else_is_printed() {
    let work = Work::new();
    let mbox = work.file("inbox.mbox", mailbox());
    let rows = json_lines(&check(&["mail", "scan", "--format", "jsonl", &mbox], 0));
    let sources: Vec<String> = rows.iter().map(|row| row["source"].as_str().expect("a source").to_owned()).collect();
    assert_eq!(sources, (1..=68).map(|number| format!("{mbox}#{number}")).collect::<Vec<_>>());
    let keys: Vec<&String> = rows[0].as_object().expect("an object").keys().collect();
    let promised = ["beacons", "campaign", "date", "from", "message_id", "reasons", "score", "source", "to", "verdict"];
    let mut sorted = keys.clone();
    sorted.sort();
    assert_eq!(sorted, promised.iter().collect::<Vec<_>>());
}

#[test]
fn a_campaign_is_found_and_its_mails_are_named() {
    let work = Work::new();
    let (mbox, members) = (work.file("inbox.mbox", mailbox()), work.file("members.csv", MEMBERS));
    let rows = json_lines(&check(&["mail", "scan", "--members", &members, "--format", "jsonl", &mbox], 0));
    let (inside, outside): (Vec<_>, Vec<_>) = rows.iter().partition(|row| !row["campaign"].is_null());
    assert_eq!((inside.len(), outside.len()), (8, 60));
    for row in inside {
        assert!(row["message_id"].as_str().is_some_and(|id| id.starts_with("bait-")));
        assert_ne!(row["verdict"], "pass");
        assert!(row["beacons"][0]["token"].as_str().is_some_and(|token| token.len() == 16));
    }
}

#[test]
fn the_same_mail_is_found_in_every_wrapping() {
    let work = Work::new();
    let plain = bait(1, 1, 18);
    work.file("box/cur/1.M1P1.mx:2,S", &plain);
    work.file("box/new/2.M1P1.mx", bait(2, 1, 18));
    std::fs::create_dir_all(work.path("box/tmp")).expect("a folder");
    work.file("mails/a.eml", bait(3, 1, 18));
    let rows = json_lines(&check(&["mail", "scan", "--format", "jsonl", &work.text("box"), &work.text("mails")], 0));
    let ids: Vec<&str> = rows.iter().filter_map(|row| row["message_id"].as_str()).collect();
    assert_eq!(ids, ["bait-1-1@mailer.example", "bait-2-1@mailer.example", "bait-3-1@mailer.example"]);
}

#[test]
fn what_is_no_mail_is_set_aside_and_the_rest_goes_on() {
    let work = Work::new();
    work.file("in/a.eml", letter(1, 3));
    work.file("in/b.eml", b"\x89PNG\r\n\x1a\n\0\0\0\0");
    work.file("in/c.eml", letter(2, 3));
    let output = run(&["mail", "scan", "--format", "jsonl", &work.text("in")]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(json_lines(&String::from_utf8_lossy(&output.stdout)).len(), 2);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("b.eml") && errors.contains("byte 0"), "{errors}");
}

#[test]
fn bad_usage_is_told_from_failed_work() {
    let work = Work::new();
    let mbox = work.file("inbox.mbox", mailbox());
    check(&["mail", "scan", "no-such-file"], 2);
    check(&["mail", "scan"], 2);
    check(&["mail", "scan", "--members", &work.file("members.csv", "name;address\n"), &mbox], 2);
}

#[test]
fn scanning_again_records_nothing_twice() {
    let work = Work::new();
    let (mbox, data) = (work.file("inbox.mbox", mailbox()), work.text("data"));
    let members = work.file("members.csv", MEMBERS);
    let scan = ["mail", "scan", "--members", &members, "--data", &data, &mbox];
    check(&scan, 0);
    let entries = check(&["evidence", "verify", &data], 0);
    assert!(check(&scan, 0).contains("68 known from before"));
    assert_eq!(check(&["evidence", "verify", &data], 0), entries);
}
