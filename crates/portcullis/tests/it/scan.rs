//! `mail scan`.

use crate::program::{MEMBERS, Work, bait, check, json_lines, letter, mailbox, portcullis, run, run_with};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

#[test]
fn rows_come_in_input_order_and_nothing_else_is_printed() {
    let work = Work::new();
    let mbox = work.file("inbox.mbox", mailbox());
    let rows = json_lines(&check(&["mail", "scan", "--format", "jsonl", &mbox], 0));
    let sources: Vec<String> =
        rows.iter().map(|row| row["source"].as_str().expect("a source").to_owned()).collect();
    assert_eq!(sources, (1..=68).map(|number| format!("{mbox}#{number}")).collect::<Vec<_>>());
    let keys: Vec<&String> = rows[0].as_object().expect("an object").keys().collect();
    let promised =
        ["beacons", "campaign", "date", "from", "message_id", "reasons", "score", "source", "to", "verdict"];
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
    let rows =
        json_lines(&check(&["mail", "scan", "--format", "jsonl", &work.text("box"), &work.text("mails")], 0));
    let ids: Vec<&str> = rows.iter().filter_map(|row| row["message_id"].as_str()).collect();
    assert_eq!(ids, ["bait-1-1@mailer.example", "bait-2-1@mailer.example", "bait-3-1@mailer.example"]);
}

/// Message ids of a scan's rows.
#[track_caller]
fn ids(rows: &str) -> Vec<String> {
    json_lines(rows).iter().filter_map(|row| row["message_id"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_pipe_brings_a_message_or_a_mailbox() {
    for (input, count) in [(bait(1, 1, 18), 1), (mailbox(), 68)] {
        let output = run_with(&["mail", "scan", "--format", "jsonl", "-"], input.as_bytes());
        let rows = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!((output.status.code(), ids(&rows).len()), (Some(0), count));
    }
}

#[test]
fn compressed_mailboxes_are_read_like_plain_ones() {
    let work = Work::new();
    let plain = mailbox();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(plain.as_bytes()).expect("memory takes it");
    let inputs = [
        work.file("a.mbox", &plain),
        work.file("b.mbox.gz", gzip.finish().expect("memory takes it")),
        work.file("c.mbox.zst", zstd::encode_all(plain.as_bytes(), 1).expect("memory takes it")),
    ];
    let [expected, gz, zst] =
        inputs.map(|input| ids(&check(&["mail", "scan", "--format", "jsonl", &input], 0)));
    assert_eq!((expected.len(), &gz, &zst), (68, &expected, &expected));
}

#[test]
fn a_compressed_file_that_ends_early_is_set_aside_and_named() {
    let work = Work::new();
    let packed = zstd::encode_all(mailbox().as_bytes(), 1).expect("memory takes it");
    let half = work.file("half.mbox.zst", packed.get(..packed.len() / 2).expect("a half"));
    let output = run(&["mail", "scan", &half, &work.file("a.eml", letter(1, 3))]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("half.mbox.zst"));
}

#[test]
fn what_is_not_passed_is_listed() {
    let work = Work::new();
    let (mbox, members) = (work.file("inbox.mbox", mailbox()), work.file("members.csv", MEMBERS));
    let told = check(&["mail", "scan", "--members", &members, &mbox], 0);
    assert_eq!(told.matches("@herald-news").count(), 8, "{told}");
    assert!(told.contains("inbox.mbox#61") && !told.contains("n1@town1.example"), "{told}");
}

#[test]
fn no_message_at_all_is_said() {
    let work = Work::new();
    std::fs::create_dir(work.path("empty")).expect("a folder");
    for format in ["table", "jsonl"] {
        let from_folder = run(&["mail", "scan", "--format", format, &work.text("empty")]);
        let from_pipe = run_with(&["mail", "scan", "--format", format, "-"], b"");
        for output in [from_folder, from_pipe] {
            let told = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(0), "{told}");
            assert!(told.contains("0 messages"), "{told}");
        }
    }
}

/// The data folder would be spread among the user's own files.
#[test]
fn a_folder_with_other_files_is_no_data_folder() {
    let work = Work::new();
    let mail = work.file("mine/a.eml", letter(1, 3));
    let output = run(&["mail", "scan", "--data", &work.text("mine"), &mail]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("is not empty and no data folder"), "{told}");
    assert_eq!(crate::program::files(&work.path("mine")).len(), 1, "nothing was made");
}

/// As in `portcullis … | head -1`.
#[test]
fn a_reader_who_leaves_is_no_error() {
    let work = Work::new();
    let letters = (0..2_000).map(|number| {
        format!("From x@y.example Mon Jan 18 09:00:00 2021\n{}\n", letter(number, 3).replace("\r\n", "\n"))
    });
    let mbox = work.file("inbox.mbox", letters.collect::<String>());
    let mut command = portcullis(&["mail", "scan", "--format", "jsonl", &mbox, &mbox]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    let output = child.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(line.ends_with("}\n") && !told.contains("portcullis:"), "{told}");
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
    let log_alone = run(&["mail", "scan", "--proxy-log", &mbox]);
    let told = String::from_utf8_lossy(&log_alone.stderr);
    assert_eq!(log_alone.status.code(), Some(2), "{told}");
    assert!(told.contains("say where with --data"), "{told}");
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
