//! `init`, `config show`, and `serve` from start to end.

use crate::program::{MEMBERS, Work, check, mailbox, run};
use crate::server::Server;

#[test]
fn init_writes_a_configuration_once_and_it_is_taken() {
    let work = Work::new();
    let folder = work.text("house");
    check(&["init", &folder], 0);
    let again = run(&["init", &folder]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"));
    let shown =
        check(&["config", "show", "--config", &work.text("house/portcullis.toml"), "--format", "jsonl"], 0);
    assert!(
        shown.contains(r#"{"key":"console.listen","value":"\"127.0.0.1:8080\"","origin":"default"}"#),
        "{shown}"
    );
}

#[test]
fn a_wrong_configuration_stops_the_start_with_its_line() {
    let work = Work::new();
    let config = work.file("portcullis.toml", "[console]\nlisten = \"nowhere\"\n");
    let output = run(&["serve", "--config", &config]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("line 2"), "{output:?}");
}

#[test]
fn the_console_opens_with_a_link_for_the_first_account_and_ends_in_order() {
    let work = Work::new();
    work.file("members.csv", MEMBERS);
    let (members, data, mbox) =
        (work.text("members.csv"), work.text("state"), work.file("inbox.mbox", mailbox()));
    check(&["mail", "scan", "--members", &members, "--data", &data, &mbox], 0);
    let mut server = Server::start(&work, "[house]\ndata = \"state\"\n");
    let link = server.line_with("/sign-in?one_time=");
    let path = link.trim().split_once(&server.console).expect("it names the console").1.to_owned();
    assert!(server.get(&path).starts_with("HTTP/1.1 200"), "{}", server.get(&path));
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(!server.get("/campaigns").starts_with("HTTP/1.1 200"), "nobody is signed in");
    // Others may look meanwhile; a second writer is told that the folder is taken.
    check(&["campaign", "list", "--data", &data], 0);
    check(&["evidence", "verify", &data], 0);
    let second = run(&["mail", "scan", "--data", &data, &mbox]);
    let told = String::from_utf8_lossy(&second.stderr);
    assert!(second.status.code() == Some(1) && told.contains("in use by another process"), "{told}");
    let (status, words) = server.terminate();
    assert_eq!(status.code(), Some(0), "{words}");
    assert!(words.contains("everything that was accepted is recorded"), "{words}");
    check(&["campaign", "list", "--data", &data], 0);
}

#[test]
fn what_a_power_failure_leaves_is_served_again() {
    let work = Work::new();
    let server = Server::start(&work, "[house]\ndata = \"state\"\n");
    server.kill();
    let server = Server::start(&work, "[house]\ndata = \"state\"\n");
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(server.words.is_empty() || !server.words.contains("error"));
}
