//! `evidence …`.

use crate::program::{Work, check, files, mailbox, run};
use std::fs;
use std::process::Command;

fn scanned(work: &Work) -> String {
    let (mbox, data) = (work.file("inbox.mbox", mailbox()), work.text("data"));
    check(&["mail", "scan", "--data", &data, &mbox], 0);
    data
}

#[test]
fn a_copy_verifies_with_nothing_but_the_key() {
    let work = Work::new();
    let data = scanned(&work);
    let key = fs::read_to_string(work.path("data/evidence.vkey")).expect("a key");
    fs::rename(work.path("data/evidence"), work.path("copy")).expect("a copy");
    assert!(check(&["evidence", "verify", &work.text("copy"), "--key", key.trim()], 0).contains("accepted: 68 entries"));
    check(&["evidence", "verify", &data], 2);
}

#[test]
fn a_flipped_byte_anywhere_is_found_and_located() {
    let work = Work::new();
    let data = scanned(&work);
    for path in files(&work.path("data/evidence")) {
        let original = fs::read(&path).expect("a file");
        let mut altered = original.clone();
        let middle = altered.len() / 2;
        altered[middle] ^= 1;
        fs::write(&path, &altered).expect("a write");
        let output = run(&["evidence", "verify", &data]);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let name = path.strip_prefix(work.path("data/evidence")).expect("inside").to_str().expect("UTF-8");
        assert_eq!(output.status.code(), Some(1), "{name}: {told}");
        assert!(told.contains(name), "{name}: {told}");
        fs::write(&path, &original).expect("a write");
    }
    check(&["evidence", "verify", &data], 0);
}

#[test]
fn a_program_written_by_others_accepts_our_log() {
    let go = Command::new("go").arg("version").output();
    if go.is_err() {
        assert!(std::env::var_os("CI").is_none(), "CI installs Go");
        println!("skipped: no go");
        return;
    }
    let work = Work::new();
    scanned(&work);
    let verifier = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/verifiers/verify_log.go");
    let key = fs::read_to_string(work.path("data/evidence.vkey")).expect("a key");
    let output = Command::new("go")
        .args(["run", verifier, &work.text("data/evidence"), key.trim()])
        .envs([("GO111MODULE", "off"), ("GOPATH", "/usr/share/gocode"), ("GOFLAGS", "")])
        .output()
        .expect("go runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains("68 entries"), "{told}");
}

#[test]
fn a_proof_is_printed_for_every_entry_and_no_other() {
    let work = Work::new();
    let data = scanned(&work);
    assert!(check(&["evidence", "prove", "67", "--data", &data], 0).contains("portcullis/evidence"));
    check(&["evidence", "prove", "68", "--data", &data], 2);
}

#[test]
fn the_log_names_nobody() {
    let work = Work::new();
    scanned(&work);
    for path in files(&work.path("data/evidence")) {
        let bytes = fs::read(&path).expect("a file");
        assert!(!bytes.windows(4).any(|window| window == b"bait" || window == b"m001" || window == b"desk"), "{}", path.display());
    }
}
