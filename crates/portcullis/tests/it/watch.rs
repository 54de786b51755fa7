//! `watch scan`, `watch rules` and what `serve` follows, as a user meets them.

use crate::program::{Work, check, json_lines, run};
use crate::server::Server;
use std::fs::OpenOptions;
use std::io::Write;

/// A worker of the mail server starts a command interpreter, as winlogbeat writes it.
fn shell(host: &str, time: &str) -> String {
    let event = serde_json::json!({
        "@timestamp": time,
        "event": {"code": 1, "provider": "Microsoft-Windows-Sysmon"},
        "winlog": {
            "channel": "Microsoft-Windows-Sysmon/Operational",
            "computer_name": host,
            "event_id": 1,
            "event_data": {
                "Image": "C:\\Windows\\System32\\cmd.exe",
                "CommandLine": "cmd.exe /c whoami",
                "ParentImage": "C:\\Windows\\System32\\inetsrv\\w3wp.exe",
                "ParentCommandLine": "w3wp.exe -ap MSExchangeOWAAppPool",
            },
        },
    });
    format!("{event}\n")
}

const TITLE: &str = "Worker Process of Exchange Starts a Command Interpreter";

fn logs(work: &Work) -> String {
    work.file(
        "logs/sysmon.jsonl",
        shell("mail-1", "2021-08-24T10:00:00Z") + &shell("mail-2", "2021-08-25T10:00:00Z"),
    );
    work.file("logs/readme.txt", "these are logs\n");
    work.text("logs")
}

#[test]
fn a_scan_shows_what_was_seen_and_where() {
    let work = Work::new();
    let folder = logs(&work);
    let shown = check(&["watch", "scan", &folder], 0);
    assert!(shown.contains(TITLE) && shown.contains("sysmon.jsonl line 1"), "{shown}");
    assert!(
        shown.contains("2 events in 1 log, from 2021-08-24T10:00:00Z to 2021-08-25T10:00:00Z"),
        "{shown}"
    );
    let told = run(&["watch", "scan", &folder]);
    let told = String::from_utf8_lossy(&told.stderr);
    assert!(told.contains("1 file in folders is no log") && told.contains("nothing was kept"), "{told}");
}

#[test]
fn a_sighting_is_a_line_of_json_in_an_order_that_stays() {
    let work = Work::new();
    let folder = logs(&work);
    let first = check(&["watch", "scan", "--format", "jsonl", &folder], 0);
    assert_eq!(first, check(&["watch", "scan", "--format", "jsonl", &folder], 0));
    let rows = json_lines(&first);
    let row = rows.iter().find(|row| row["rule"]["title"] == TITLE).expect("it is seen");
    assert_eq!(row["time"], "2021-08-24T10:00:00Z");
    assert_eq!(row["position"], "line 1");
    assert_eq!(row["event"]["CommandLine"], "cmd.exe /c whoami");
    assert_eq!(row["case"], "CASE-1");
    assert!(row["logsource"].as_str().expect("text").contains("process_creation"), "{row}");
    assert!(row["rule"]["tags"].as_array().expect("tags").contains(&"attack.t1505.003".into()));
}

#[test]
fn a_case_is_opened_once_and_not_closed_before_its_questions_are_settled() {
    let work = Work::new();
    let (folder, data) = (logs(&work), work.text("data"));
    check(&["watch", "scan", "--data", &data, &folder], 0);
    let again = check(&["watch", "scan", "--data", &data, &folder], 0);
    let first = json_lines(&check(&["case", "list", "--format", "jsonl", "--data", &data], 0));
    assert_eq!(first.len(), 2, "one for each host: {first:?}");
    let seen: Vec<u64> = first.iter().map(|case| case["sightings"].as_u64().expect("a number")).collect();
    assert!(again.contains(&format!("of which {} were known", seen.iter().sum::<u64>())), "{again} {seen:?}");
    assert!(seen[0] > 0 && seen[0] == seen[1], "{seen:?}");
    let refused = run(&["case", "close", "--data", &data, "CASE-1", "seen once"]);
    assert_ne!(refused.status.code(), Some(0));
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(told.contains("entry") && told.contains("scope"), "{told}");
    // The next one on the same host, 270 days later, joins.
    let later = work.file("later.jsonl", shell("mail-1", "2022-05-21T10:00:00Z"));
    check(&["watch", "scan", "--data", &data, &later], 0);
    let cases = json_lines(&check(&["case", "list", "--format", "jsonl", "--data", &data], 0));
    let has_grown = |case: &serde_json::Value| case["sightings"] == 2 * seen[0];
    assert!(cases.len() == 2 && cases.iter().any(has_grown), "{cases:?}");
    check(&["evidence", "verify", &data], 0);
}

#[test]
fn what_cannot_be_read_has_a_place_and_the_rest_goes_on() {
    let work = Work::new();
    let log =
        work.file("a.jsonl", format!("{{\"a\": 1}}\n{{broken\n{}", shell("mail-1", "2021-08-24T10:00:00Z")));
    let output = run(&["watch", "scan", &log]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("line 2"), "{told}");
    assert!(String::from_utf8_lossy(&output.stdout).contains(TITLE));
    let odd = work.file("odd", "nothing that anybody knows\n");
    let output = run(&["watch", "scan", &odd]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--input-format"), "{output:?}");
    assert_eq!(run(&["watch", "scan", &work.text("absent")]).status.code(), Some(2));
    assert_eq!(run(&["watch", "scan", "--input-format", "iis", &log]).status.code(), Some(2));
    assert_eq!(run(&["watch", "scan", "--logsource", "host=a", &log]).status.code(), Some(2));
}

#[test]
fn rules_are_checked_with_file_and_line_and_explained() {
    let work = Work::new();
    let rule = "title: Odd\nid: 0ff1ce00-0000-4000-8000-000000000001\nlogsource: {category: process_creation}\n\
        detection:\n  s:\n    Image|endswith: '\\cmd.exe'\n  condition: s\n";
    let good = work.file("rules/good.yml", rule);
    check(&["watch", "rules", "check", &good], 0);
    work.file("rules/bad.yml", rule.replace("endswith", "endwith").replace("0001", "0002"));
    let told = check(&["watch", "rules", "check", &work.text("rules")], 1);
    assert!(told.contains("bad.yml:6: error: "), "{told}");
    let log = work.file("a.jsonl", shell("mail-1", "2021-08-24T10:00:00Z"));
    let why = check(&["watch", "rules", "explain", &good, &log], 0);
    assert!(why.contains("Image") && why.contains("cmd.exe"), "{why}");
    assert!(check(&["watch", "rules", "list"], 0).contains(TITLE));
}

#[test]
fn rules_are_tested_by_what_lies_beside_them() {
    let told = check(&["watch", "rules", "test", "--format", "jsonl"], 0);
    assert!(json_lines(&told).len() > 100, "{told}");
    let work = Work::new();
    work.file("rules/a.yml", "title: a\nlogsource: {product: x}\ndetection: {s: {b: c}, condition: s}\n");
    let test = |word: &str| {
        let text =
            format!("title: c\nlogsource: {{product: x}}\nevents: [{{event: {{b: c}}}}]\n{word}: [a]\n");
        work.file("rules/tests/a.yml", text);
    };
    test("matches");
    check(&["watch", "rules", "test", &work.text("rules")], 0);
    test("quiet");
    let told = check(&["watch", "rules", "test", &work.text("rules")], 1);
    assert!(told.contains("a.yml:4") && told.contains("matched once"), "{told}");
    test("loud");
    let told = check(&["watch", "rules", "test", &work.text("rules")], 1);
    assert!(told.contains("`loud` is not known in a test"), "{told}");
}

/// The number in `watch::live: new=2`.
fn new_sightings(line: &str) -> u64 {
    let (_, number) = line.split_once("new=").expect("it is told");
    number.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
}

#[test]
fn a_served_house_sees_a_line_as_soon_as_it_is_written() {
    let work = Work::new();
    let log = work.file("sysmon.jsonl", "");
    let config = "[house]\ndata = \"state\"\n[logs.mail-server]\npath = \"sysmon.jsonl\"\n";
    let mut server = Server::start(&work, config);
    let append = |line: &str| {
        let mut file = OpenOptions::new().append(true).open(&log).expect("it opens");
        file.write_all(line.as_bytes()).expect("it is written");
    };
    append(&shell("mail-1", "2021-08-24T10:00:00Z"));
    let first = server.line_with("watch::live: new=");
    assert!(server.get("/metrics").contains("portcullis_log_events_total{source=\"logs-1\"}"));
    server.kill();
    let mut server = Server::start(&work, config);
    append(&shell("mail-1", "2021-08-24T11:00:00Z"));
    let second = server.line_with("watch::live: new=");
    let (status, words) = server.terminate();
    assert_eq!(status.code(), Some(0), "{words}");
    let cases = json_lines(&check(&["case", "list", "--format", "jsonl", "--data", &work.text("state")], 0));
    let seen = new_sightings(&first) + new_sightings(&second);
    assert_eq!((cases.len(), &cases[0]["sightings"]), (1, &serde_json::json!(seen)), "{cases:?}");
    check(&["evidence", "verify", &work.text("state")], 0);
}
