//! Mail made to hurt the reader: it is reported, bounded, and the rest goes on.

use crate::program::{Work, check, json_lines, letter};

/// Scans one hostile mail between two letters; answers with its row.
#[track_caller]
fn row(mail: &[u8]) -> serde_json::Value {
    let work = Work::new();
    work.file("in/a.eml", letter(1, 3));
    work.file("in/b.eml", mail);
    work.file("in/c.eml", letter(2, 3));
    let mut rows = json_lines(&check(&["mail", "scan", "--format", "jsonl", &work.text("in")], 0));
    assert_eq!(rows.len(), 3);
    rows.swap_remove(1)
}

fn has_limit(row: &serde_json::Value) -> bool {
    row["reasons"].as_array().is_some_and(|reasons| reasons.iter().any(|reason| reason["code"] == "LIMIT"))
}

const HEAD: &str = "From: a@b.example\r\nSubject: x\r\nMessage-ID: <h@b.example>\r\nMIME-Version: 1.0\r\n";

#[test]
fn a_hundred_thousand_parts() {
    let mut mail = format!("{HEAD}Content-Type: multipart/mixed; boundary=q\r\n\r\n");
    (0..100_000).for_each(|_| mail.push_str("--q\r\nContent-Type: text/plain\r\n\r\nx\r\n"));
    assert!(has_limit(&row(mail.as_bytes())));
}

#[test]
fn twenty_thousand_nested_multiparts() {
    let mut mail = HEAD.to_owned();
    (0..20_000).for_each(|depth| {
        mail.push_str(&format!("Content-Type: multipart/mixed; boundary=b{depth}\r\n\r\n--b{depth}\r\n"))
    });
    assert!(has_limit(&row(mail.as_bytes())));
}

#[test]
fn twenty_thousand_nested_messages() {
    let mut mail = HEAD.to_owned();
    (0..20_000).for_each(|_| mail.push_str("Content-Type: message/rfc822\r\n\r\nFrom: c@d.example\r\n"));
    assert!(has_limit(&row(mail.as_bytes())));
    let odd = mail.replace("message/rfc822", "MeSsAgE/RfC822");
    assert!(has_limit(&row(odd.as_bytes())));
}

#[test]
fn a_hundred_thousand_links_and_attributes() {
    let links: String =
        (0..100_000).map(|number| format!("<a href=https://h{number}.example/{number}>x</a>")).collect();
    assert!(has_limit(&row(format!("{HEAD}Content-Type: text/html\r\n\r\n{links}").as_bytes())));
    let attributes: String = (0..100_000).map(|number| format!(" a{number}=1")).collect();
    row(format!("{HEAD}Content-Type: text/html\r\n\r\n<img{attributes} src=https://t.example/x.gif>")
        .as_bytes());
}

#[test]
fn deep_nesting_and_header_bombs() {
    row(format!("{HEAD}Content-Type: text/html\r\n\r\n{}", "<div>".repeat(60_000)).as_bytes());
    let headers: String = (0..100_000).map(|number| format!("X-{number}: {number}\r\n")).collect();
    assert!(has_limit(&row(format!("{HEAD}{headers}\r\nbody").as_bytes())));
    let folded = format!("{HEAD}X-Long: {}\r\n\r\nbody", "a\r\n ".repeat(300_000));
    row(folded.as_bytes());
}

#[test]
fn broken_charsets_and_bytes() {
    row(format!("{HEAD}Content-Type: text/html; charset=utf-7\r\n\r\n+ADw-img src=x+AD4-").as_bytes());
    row(&[HEAD.as_bytes(), b"Content-Type: text/plain; charset=nonsense\r\n\r\n", &[0xff; 4_000]].concat());
}

/// Such a mail once made a record that the store refused, and so ended the scan of all others.
#[test]
fn recipients_senders_and_hosts_beyond_any_record() {
    let long = "l".repeat(900);
    let to: Vec<String> = (0..600).map(|number| format!("{number}{long}@house.example")).collect();
    row(format!("From: a@b.example\r\nTo: {}\r\n\r\nbody", to.join(",\r\n ")).as_bytes());
    let labels = "a.".repeat(450);
    row(format!("From: x@{labels}example\r\nReturn-Path: <y@b.{labels}example>\r\n\r\nbody").as_bytes());
    let hosts: String = (0..40)
        .map(|number| format!("<img src=https://h{number}.{}example/{number}>", "b.".repeat(3_000)))
        .collect();
    row(format!("{HEAD}Content-Type: text/html\r\n\r\n{hosts}").as_bytes());
}

#[test]
fn boundaries_that_are_compared_everywhere_or_never_found() {
    let dashes = "-".repeat(900_000);
    let long =
        format!("{HEAD}Content-Type: multipart/mixed; boundary={dashes}\r\n\r\n{dashes}\r\n{dashes}\r\n");
    assert!(has_limit(&row(long.as_bytes())));
    let missing = "--q\r\nContent-Type: multipart/mixed; boundary=none\r\n\r\nx\r\n".repeat(60);
    let text = "hello again\n".repeat(800_000);
    let mail =
        format!("{HEAD}Content-Type: multipart/mixed; boundary=q\r\n\r\n{missing}--q\r\n\r\n{text}--q--\r\n");
    assert!(has_limit(&row(mail.as_bytes())));
}
