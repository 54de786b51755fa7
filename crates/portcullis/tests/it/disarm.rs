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
