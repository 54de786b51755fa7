//! The binary as a user starts it, and folders and mails to start it on.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// The binary with some arguments.
pub(crate) fn portcullis(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    // As wide as nobody's terminal, so that no cell of a table is broken into lines.
    command.args(arguments).stdin(Stdio::null()).env("COLUMNS", "400");
    command
}

/// Runs it to the end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    portcullis(arguments).output().expect("the binary starts")
}

/// Runs it to the end with something on standard input.
pub(crate) fn run_with(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = portcullis(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    child.stdin.take().expect("a pipe").write_all(input).expect("it reads");
    child.wait_with_output().expect("it ends")
}

/// Runs it, and expects an exit code; answers with standard output.
#[track_caller]
pub(crate) fn check(arguments: &[&str], code: i32) -> String {
    let output = run(arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

/// JSON lines of standard output.
#[track_caller]
pub(crate) fn json_lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

/// A folder that is gone after the test.
pub(crate) struct Work(TempDir);

impl Work {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The path as an argument.
    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).to_str().expect("a path in UTF-8").to_owned()
    }

    /// Writes a file and answers with its path as an argument.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
        fs::write(&path, bytes).expect("a file");
        self.text(name)
    }
}

/// Holds the test's data folder as another process would, until the file is dropped.
pub(crate) fn hold(work: &Work) -> fs::File {
    let lock = fs::File::open(work.path("data/lock")).expect("the lock of the folder");
    lock.lock().expect("nobody else holds it");
    lock
}

/// Two members of a protected group and eight others.
pub(crate) const MEMBERS: &str = "id,name,address,groups\n\
    M001,Member One,m001@house.example,forum\nM002,Member Two,m002@house.example,forum\nM003,Member Three,m003@house.example,forum\n\
    M004,Member Four,m004@house.example,forum\nM005,Member Five,m005@house.example,\nM006,Member Six,m006@house.example,\n\
    M007,Member Seven,m007@house.example,\nM008,Member Eight,m008@house.example,\nM009,Member Nine,m009@house.example,\n\
    M010,Member Ten,m010@house.example,\nM011,Member Eleven,m011@house.example,\nM012,Member Twelve,m012@house.example,\n";

/// A lawful personal mail.
pub(crate) fn letter(number: usize, day: usize) -> String {
    format!(
        "From: Neighbour {number} <n{number}@town{number}.example>\r\nTo: m{member:03}@house.example\r\nDate: {day} Jan 2021 08:{minute:02}:00 +0000\r\n\
         Subject: Street lamps in ward {number}\r\nMessage-ID: <letter-{number}@town{number}.example>\r\n\r\nThe lamp in front of house {number} is out.\r\n",
        member = number % 12 + 1,
        minute = number % 60,
    )
}

/// A mail of an invented reconnaissance campaign, to one member.
pub(crate) fn bait(member: usize, sender: usize, day: usize) -> String {
    format!(
        "Received: from out.mailer.example by mx.house.example; {day} Jan 2021 09:{minute:02}:00 +0000\r\n\
         From: \"Desk {sender}, Harbour Herald\" <desk{sender}@herald-news{sender}.example>\r\nTo: m{member:03}@house.example\r\n\
         Date: {day} Jan 2021 09:{minute:02}:00 +0000\r\nSubject: Vote on the harbour bill\r\nMessage-ID: <bait-{member}-{sender}@mailer.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>The committee on the harbour met on Monday and heard from \
         residents that the new crossing would shorten the way to school for four hundred children.</p>\
         <a href=\"https://harbourherald.example/2021/harbour-vote\">Read the article</a>\
         <img src=\"https://open.mailer.example/o/acct7/{token:016x}.gif\" style=\"display:none\" width=\"1\" height=\"1\"></body></html>\r\n",
        minute = member * 3 + sender,
        token = 0x9f8e_7d6c_5b4a_3921_u64.wrapping_mul((member * 16 + sender) as u64),
    )
}

/// URL of the beacon in [`bait`].
pub(crate) fn beacon(member: usize, sender: usize) -> String {
    let token = 0x9f8e_7d6c_5b4a_3921_u64.wrapping_mul((member * 16 + sender) as u64);
    format!("https://open.mailer.example/o/acct7/{token:016x}.gif")
}

/// An mbox of two weeks of letters and a campaign of eight mails by two senders to the four members of the forum.
pub(crate) fn mailbox() -> String {
    let letters = (0..60).map(|number| letter(number, 2 + number % 12));
    let baits = (1..=4).flat_map(|member| (1..=2).map(move |sender| bait(member, sender, 18)));
    letters
        .chain(baits)
        .map(|mail| format!("From x@y.example Mon Jan 18 09:00:00 2021\n{}\n", mail.replace("\r\n", "\n")))
        .collect()
}

/// Files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
