//! Kill -9 at any moment: what was accepted stays, with evidence, once.

use crate::program::{MEMBERS, Work, check, json_lines, letter, portcullis};
use std::process::{Command, Stdio};

/// How often the process is killed; the long form is `make soak`.
const KILLS: usize = 12;
const MESSAGES: usize = 6_000;

#[test]
fn nothing_accepted_is_lost_or_doubled_when_killed() {
    let work = Work::new();
    let mbox: String = (0..MESSAGES)
        .map(|number| {
            format!(
                "From x@y.example Mon Jan 18 09:00:00 2021\n{}\n",
                letter(number, 2 + number % 12).replace("\r\n", "\n")
            )
        })
        .collect();
    let (mbox, members, data) =
        (work.file("inbox.mbox", mbox), work.file("members.csv", MEMBERS), work.text("data"));
    let scan = ["mail", "scan", "--members", &members, "--data", &data, &mbox];
    let mut entries = 0;
    for kill in 0..KILLS {
        let mut child =
            portcullis(&scan).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        // The moment is wherever the log has grown by this much, so that every stage is hit on any machine.
        let grown = |entries: u64| log_size(&work) > entries || kill.is_multiple_of(3);
        let spun = (0..2_000_000_u64).find(|_| grown(entries) || child.try_wait().ok().flatten().is_some());
        std::hint::black_box(spun);
        child.kill().expect("it is killed");
        child.wait().expect("it is gone");
        let now = log_size(&work);
        assert!(now >= entries, "the log shrank from {entries} to {now}");
        entries = now;
    }
    check(&scan, 0);
    assert!(check(&["evidence", "verify", &data], 0).contains("accepted"));
    let hits = json_lines(&check(
        &["mail", "hunt", "subject:street lamps", "--data", &data, "--format", "jsonl"],
        0,
    ));
    let mut proofs: Vec<u64> = hits.iter().filter_map(|hit| hit["evidence"].as_u64()).collect();
    proofs.sort_unstable();
    proofs.dedup();
    assert_eq!(
        (hits.len(), proofs.len()),
        (MESSAGES, MESSAGES),
        "each message once, each with evidence of its own"
    );
}

#[test]
fn ctrl_c_ends_it_and_says_what_is_kept() {
    let work = Work::new();
    let (mbox, data) = (work.file("inbox.mbox", letter(1, 3)), work.text("data"));
    check(&["mail", "scan", "--data", &data, &mbox], 0);
    let mut command = portcullis(&["mail", "scan", "--data", &data, "-"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    // It listens before it takes the folder.
    let lock = std::fs::File::open(work.path("data/lock")).expect("the lock of the folder");
    let is_held = (0..20_000_000_u64).any(|_| lock.try_lock().is_err() || lock.unlock().is_err());
    assert!(is_held, "it never took the folder");
    let signal =
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there");
    assert!(signal.success());
    // Its standard input stays open until here: only the signal can have ended it.
    let waiting = child.stdin.take();
    let output = child.wait_with_output().expect("it ends");
    drop(waiting);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), output.stdout), (Some(130), Vec::new()), "{told}");
    assert!(told.contains("is kept in") && told.contains("run the same command again"), "{told}");
    assert!(check(&["evidence", "verify", &data], 0).contains("accepted"));
}

/// Entries under the checkpoint, its second line (C2SP checkpoint).
fn log_size(work: &Work) -> u64 {
    let text = std::fs::read_to_string(work.path("data/evidence/checkpoint")).unwrap_or_default();
    text.lines().nth(1).and_then(|line| line.parse().ok()).unwrap_or_default()
}
