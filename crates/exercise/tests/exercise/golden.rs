//! What single mails and log lines look like.

use exercise::{Plan, ProxyFormat};
use expect_test::{expect, expect_file};

use crate::reader::{Memory, listed, small, written};

#[test]
fn proxy_logs_in_each_format() {
    let line = |proxy, number| {
        let (memory, _) = written(&Plan { proxy, ..small(1, "lantern") });
        memory.text("proxy.log").lines().nth(number).unwrap().to_owned()
    };
    expect![[r#"
        1609748244.926    513 192.0.2.32 TCP_TUNNEL/200 100100 CONNECT weather.padgate.example:443 M032 HIER_DIRECT/203.0.113.138 -
        192.0.2.32 - alva.kellkirk@northmere.example [04/Jan/2021:08:17:24 +0000] "CONNECT weather.padgate.example:443 HTTP/1.1" 200 100100 "-" "Mozilla/5.0"
        2021-01-04 08:17:24 192.0.2.32 alva.kellkirk@northmere.example CONNECT weather.padgate.example:443 200 100100
        {"time":"2021-01-04T08:17:24Z","client":"192.0.2.32","user":"M032","method":"CONNECT","url":"weather.padgate.example:443","status":200,"bytes":100100}
    "#]].assert_eq(&format!(
        "{}\n{}\n{}\n{}\n",
        line(ProxyFormat::Squid, 0),
        line(ProxyFormat::Combined, 0),
        line(ProxyFormat::W3c, 3),
        line(ProxyFormat::Json, 0)
    ));
}

/// The first mail in the given mailboxes' order whose id is, or is not, hostile and which has the mark.
fn sample(memory: &Memory, kind: &str) -> String {
    let truth = memory.text("truth/lawful.jsonl") + &memory.text("truth/campaigns.jsonl");
    let line = truth.lines().find(|line| line.contains(kind)).unwrap();
    let id = listed(line, "messages").remove(0);
    memory.mails().into_iter().find(|mail| mail.message_id == id).unwrap().raw
}

#[test]
fn a_hostile_mail() {
    let (memory, _) = written(&small(1, "beacon=img"));
    expect_file!["golden/hostile.eml"].assert_eq(&sample(&memory, "\"id\":\"C1\""));
}

#[test]
fn a_petition_mail() {
    let (memory, _) = written(&small(1, "none"));
    expect_file!["golden/petition.eml"].assert_eq(&sample(&memory, "\"petition\""));
}

#[test]
fn a_reply_in_a_thread() {
    let (memory, _) = written(&small(1, "none"));
    expect_file!["golden/thread.eml"].assert_eq(&sample(&memory, "\"correspondence\""));
}

#[test]
fn an_invitation() {
    let (memory, _) = written(&small(1, "none"));
    expect_file!["golden/invitation.eml"].assert_eq(&sample(&memory, "\"notification\""));
}
