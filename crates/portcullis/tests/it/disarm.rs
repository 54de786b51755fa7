//! `mail disarm`.

use crate::program::{Work, bait, check, json_lines, run, run_with};

#[test]
fn the_message_comes_out_harmless_and_the_original_is_sealed() {
    let work = Work::new();
    let (mail, data, out) = (work.file("a.eml", bait(1, 1, 18)), work.text("data"), work.text("out.eml"));
    check(&["mail", "disarm", &mail, "--data", &data, "-o", &out], 0);
    let harmless = std::fs::read_to_string(&out).expect("the message");
    assert!(!harmless.contains("open.mailer.example") && harmless.contains("shorten the way to school"));
    let rows = json_lines(&check(&["mail", "scan", "--format", "jsonl", &out], 0));
    assert_eq!(rows[0]["beacons"], serde_json::json!([]));
    let sealed: Vec<u8> = crate::program::files(&work.path("data/blobs"))
        .iter()
        .flat_map(|path| std::fs::read(path).expect("a blob"))
        .collect();
    assert!(!sealed.windows(12).any(|window| window == b"open.mailer."), "originals lie encrypted");
    assert!(check(&["evidence", "show", "0", "--data", &data], 0).contains("mail.disarmed"));
}

#[test]
fn a_pipe_will_do() {
    let work = Work::new();
    let data = work.text("data");
    let output = run_with(&["mail", "disarm", "-", "--data", &data], bait(1, 1, 18).as_bytes());
    assert!(
        output.status.success() && !String::from_utf8_lossy(&output.stdout).contains("open.mailer.example")
    );
}

#[test]
fn nothing_is_no_message() {
    let work = Work::new();
    let output = run(&["mail", "disarm", &work.file("empty.eml", ""), "--data", &work.text("data")]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn of_many_loads_the_first_are_named_and_the_rest_is_counted() {
    let work = Work::new();
    let page = format!(
        "From: a@b.example\r\nContent-Type: text/html\r\n\r\n{}",
        "<img src=http://t.example/a>".repeat(100)
    );
    let output = run_with(&["mail", "disarm", "-", "--data", &work.text("data")], page.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(told.matches("removed: image").count(), 20, "{told}");
    assert!(told.contains("removed: and 80 more") && told.contains("100 removed"), "{told}");
}

/// The file is the only plain copy: it is replaced once its original is sealed, and the way back is told.
#[test]
fn an_original_that_was_written_over_comes_back() {
    let work = Work::new();
    let (mail, data) = (work.file("a.eml", bait(1, 1, 18)), work.text("data"));
    let output = run(&["mail", "disarm", &mail, "--data", &data, "-o", &mail]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && told.contains("portcullis mail original"), "{told}");
    let digest =
        told.split("mail original ").nth(1).and_then(|rest| rest.split(' ').next()).expect("a digest");
    let back = work.text("back.eml");
    let original = |message: &str, code: i32| {
        check(
            &["mail", "original", message, "--data", &data, "-o", &back, "--purpose", "a member asked"],
            code,
        )
    };
    original(digest, 0);
    assert_eq!(std::fs::read_to_string(&back).expect("the original"), bait(1, 1, 18));
    assert!(check(&["evidence", "show", "1", "--data", &data], 0).contains("access.recorded"));
    original(digest, 1);
    assert_eq!(
        std::fs::read_to_string(&back).expect("it is kept"),
        bait(1, 1, 18),
        "nothing is written over"
    );
    original("nobody@nowhere.example", 2);
    check(&["mail", "scan", "--data", &data, &back], 0);
    std::fs::remove_file(&back).expect("a file");
    original("bait-1-1@mailer.example", 0);
}
