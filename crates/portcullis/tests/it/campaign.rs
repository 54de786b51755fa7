//! `campaign …` and `member …`.

use crate::program::{MEMBERS, Work, beacon, check, hold, json_lines, letter, mailbox, portcullis, run};

/// Scans the test mailbox with a proxy log; answers with the data folder.
fn scanned(work: &Work) -> String {
    let (mbox, members, data) =
        (work.file("inbox.mbox", mailbox()), work.file("members.csv", MEMBERS), work.text("data"));
    let log = proxy_log(work);
    check(&["mail", "scan", "--members", &members, "--proxy-log", &log, "--data", &data, &mbox], 0);
    data
}

/// A log in which one member opens.
fn proxy_log(work: &Work) -> String {
    let log = [
        // M002 opened; the same URL fetched by another member, an article, a tunnel and a stranger prove nothing.
        format!("1610968000.000 90 192.0.2.7 TCP_MISS/200 43 GET {} M002 HIER_DIRECT/192.0.2.1 image/gif", beacon(2, 1)),
        format!("1610968100.000 90 192.0.2.8 TCP_MISS/200 43 GET {} M009 HIER_DIRECT/192.0.2.1 image/gif", beacon(2, 1)),
        // M001's own beacon, but the proxy only asked for the name: nothing was fetched.
        format!("1610968150.000 0 192.0.2.9 TCP_DENIED/407 3900 GET {} M001 HIER_NONE/- text/html", beacon(1, 1)),
        "1610968200.000 90 192.0.2.9 TCP_MISS/200 43 GET https://harbourherald.example/2021/harbour-vote M003 HIER_DIRECT/192.0.2.1 text/html".to_owned(),
        "1610968300.000 90 192.0.2.9 TCP_TUNNEL/200 43 CONNECT open.mailer.example:443 M001 HIER_DIRECT/192.0.2.1 -".to_owned(),
        format!("1610968400.000 90 192.0.2.9 TCP_MISS/200 43 GET {} - HIER_DIRECT/192.0.2.1 image/gif", beacon(4, 1)),
    ];
    work.file("proxy.log", log.join("\n") + "\n")
}

#[test]
fn an_export_tells_the_whole_campaign() {
    let work = Work::new();
    let data = scanned(&work);
    let rows = json_lines(&check(&["campaign", "export", "--data", &data, "--format", "jsonl"], 0));
    let of_concern: Vec<_> = rows.iter().filter(|row| row["concern"] == true).collect();
    assert_eq!(of_concern.len(), 1);
    let campaign = of_concern[0];
    assert_eq!(campaign["messages"].as_array().map(Vec::len), Some(8));
    assert_eq!(campaign["senders"].as_array().map(Vec::len), Some(2));
    assert!(campaign["first_alert"]["after_messages"].as_u64().is_some_and(|after| (3..=8).contains(&after)));
    assert_eq!(
        campaign["members"],
        serde_json::json!({"M001": "delivered", "M002": "opened", "M003": "delivered", "M004": "delivered"})
    );
    let codes: Vec<&str> = campaign["reasons"]
        .as_array()
        .expect("reasons")
        .iter()
        .filter_map(|reason| reason["code"].as_str())
        .collect();
    assert!(codes.contains(&"IMITATES_LINKED") && codes.contains(&"SEVERAL_SENDERS"), "{codes:?}");
}

#[test]
fn the_ledger_gives_each_state_its_evidence() {
    let work = Work::new();
    let data = scanned(&work);
    let rows = json_lines(&check(&["member", "show", "M002", "--data", &data, "--format", "jsonl"], 0));
    assert_eq!((rows.len(), rows[0]["state"].as_str()), (1, Some("opened")));
    let entry = check(&["evidence", "show", &rows[0]["evidence"].to_string(), "--data", &data], 0);
    assert!(entry.contains("member.state") && entry.contains("the commitment is opened"), "{entry}");
    assert!(
        !entry.lines().next().is_some_and(|line| line.contains("M002")),
        "the log itself names nobody: {entry}"
    );
    let message = check(&["evidence", "show", &rows[0]["message_evidence"].to_string(), "--data", &data], 0);
    assert!(message.contains("bait-2-"), "{message}");
}

#[test]
fn show_and_list_are_for_people() {
    let work = Work::new();
    let data = scanned(&work);
    let list = check(&["campaign", "list", "--data", &data], 0);
    assert!(list.contains("3 delivered") && list.contains("1 opened"), "{list}");
    let shown = check(&["campaign", "show", "C-", "--data", &data], 0);
    assert!(shown.contains("for and against") && shown.contains("IMITATES_LINKED"), "{shown}");
    check(&["campaign", "show", "C-none", "--data", &data], 2);
    check(&["member", "show", "M999", "--data", &data], 2);
}

/// As on a terminal of 80 columns: what is to be copied stays in one piece, and nothing is wider.
#[test]
fn ids_and_times_are_not_broken() {
    let work = Work::new();
    let data = scanned(&work);
    let narrow = |arguments: &[&str]| {
        let output = portcullis(arguments).env("COLUMNS", "80").output().expect("the binary starts");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        text
    };
    let row = &json_lines(&check(&["campaign", "export", "--data", &data], 0))
        .into_iter()
        .find(|row| row["concern"] == true)
        .expect("a campaign");
    let (id, alert) =
        (row["id"].as_str().expect("an id"), row["first_alert"]["time"].as_str().expect("a time"));
    let list = narrow(&["campaign", "list", "--data", &data]);
    assert!(list.contains(id) && list.contains(alert) && list.contains(" 2021-01-18: "), "{list}");
    let members = narrow(&["member", "list", "--data", &data]);
    assert!(members.contains(id) && members.contains("evidence"), "{members}");
    let show = narrow(&["campaign", "show", id, "--data", &data]);
    assert!(show.contains("desk1@herald-news1.example: Vote on the harbour bill"), "{show}");
    assert!(show.contains("M002 opened"), "{show}");
    assert!(show.contains("before") && show.contains("2021-01-18T09:04:00Z"), "{show}");
}

#[test]
fn a_data_folder_that_is_not_there_is_named() {
    let work = Work::new();
    let output = run(&["campaign", "list", "--data", &work.text("nowhere")]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("nowhere is no data folder") && told.contains("mail scan --data"), "{told}");
    assert!(!work.path("nowhere").exists(), "asking makes no folder");
}

#[test]
fn a_data_folder_in_use_is_named() {
    let work = Work::new();
    let data = scanned(&work);
    let lock = hold(&work);
    let scan = ["mail", "scan", "--data", &data, &work.file("new.eml", letter(1, 19))];
    let output = run(&scan);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("waiting for another process") && told.contains("in use by another process"),
        "{told}"
    );
    drop(lock);
    check(&scan, 0);
}

#[test]
fn a_proxy_log_may_come_later_and_alone() {
    let work = Work::new();
    let (mbox, members, data) =
        (work.file("inbox.mbox", mailbox()), work.file("members.csv", MEMBERS), work.text("data"));
    check(&["mail", "scan", "--members", &members, "--data", &data, &mbox], 0);
    let state = || {
        let rows = check(&["member", "show", "M002", "--data", &data, "--format", "jsonl"], 0);
        json_lines(&rows)[0]["state"].as_str().expect("a state").to_owned()
    };
    assert_eq!(state(), "delivered");
    check(&["mail", "scan", "--proxy-log", &proxy_log(&work), "--data", &data], 0);
    assert_eq!(state(), "opened");
}

/// One record whose bytes have rotted costs itself: it is told, and the campaign around it is found all the same.
#[test]
fn a_damaged_record_stops_no_correlation() {
    let work = Work::new();
    let data = scanned(&work);
    let records = work.path("data/features/records-00000000000000000000.seg");
    let mut bytes = std::fs::read(&records).expect("the feature records");
    let id = b"bait-4-2@mailer";
    let at = bytes.windows(id.len()).position(|window| window == id).expect("the record of a bait");
    bytes[at] ^= 1;
    std::fs::write(&records, bytes).expect("the damaged records");
    let output = run(&["mail", "scan", "--data", &data, &work.file("new.eml", letter(1, 19))]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("its body is not as it was written"), "{told}");
    let rows = json_lines(&check(&["campaign", "export", "--data", &data, "--format", "jsonl"], 0));
    let of_concern: Vec<_> = rows.iter().filter(|row| row["concern"] == true).collect();
    assert_eq!((of_concern.len(), of_concern[0]["messages"].as_array().map(Vec::len)), (1, Some(7)));
}
