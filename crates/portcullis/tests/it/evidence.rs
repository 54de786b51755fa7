//! `evidence …`.

use crate::program::{Work, check, files, hold, json_lines, letter, mailbox, portcullis, run};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

fn scanned(work: &Work) -> String {
    let (mbox, data) = (work.file("inbox.mbox", mailbox()), work.text("data"));
    check(&["mail", "scan", "--data", &data, &mbox], 0);
    data
}

/// Entries of the log: one for each of the 68 messages, and those of what was found in them.
fn entries(data: &str) -> u64 {
    let rows = json_lines(&check(&["evidence", "verify", data, "--format", "jsonl"], 0));
    let entries = rows.first().and_then(|row| row["entries"].as_u64()).expect("a number");
    assert!(entries >= 68, "{entries}");
    entries
}

#[test]
fn a_copy_verifies_with_nothing_but_the_key() {
    let work = Work::new();
    let data = scanned(&work);
    let expected = format!("accepted: {} entries", entries(&data));
    let key = fs::read_to_string(work.path("data/evidence.vkey")).expect("a key");
    fs::rename(work.path("data/evidence"), work.path("copy")).expect("a copy");
    assert!(check(&["evidence", "verify", &work.text("copy"), "--key", key.trim()], 0).contains(&expected));
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

/// Flips bytes of a file one after the other, and expects each to be refused, with something that names it.
#[track_caller]
fn check_flips(work: &Work, name: &str, positions: impl Fn(&[u8]) -> Vec<usize>, told: &str) {
    let path = work.path("data").join(name);
    let original = fs::read(&path).expect("a file");
    for at in positions(&original) {
        let mut altered = original.clone();
        *altered.get_mut(at).expect("a byte of the file") ^= 1;
        fs::write(&path, &altered).expect("a write");
        let output = run(&["evidence", "verify", &work.text("data")]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(1), "{name} byte {at}: {text}");
        let is_located = text.lines().any(|line| line.contains(name) && line.contains(told));
        assert!(is_located, "{name} byte {at}: {text}");
        fs::write(&path, &original).expect("a write");
    }
    check(&["evidence", "verify", &work.text("data")], 0);
}

/// Where some bytes begin.
fn place_of(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).position(|window| window == wanted).expect("they are there")
}

#[test]
fn a_flipped_byte_in_what_the_log_commits_to_is_found_and_located() {
    let work = Work::new();
    let data = scanned(&work);
    check(&["mail", "disarm", "--data", &data, &work.file("a.eml", letter(1, 3))], 0);
    let everywhere = |bytes: &[u8]| vec![0, bytes.len() / 2, bytes.len() - 1];
    check_flips(&work, "salts", |_| vec![16 * 7 + 3], "byte 112: the commitment of entry 7");
    check_flips(&work, "records.sqlite3", |bytes| vec![place_of(bytes, b"imitates") + 1], "document ");
    check_flips(&work, "features/records-00000000000000000000.seg", everywhere, "record ");
    check_flips(&work, "features/times.index", |bytes| vec![0, bytes.len() - 1], "byte ");
    check_flips(&work, "blobs/key-check", everywhere, "altered");
    let blobs = files(&work.path("data/blobs"));
    let sealed = blobs.iter().find(|path| path.file_name().is_some_and(|name| name.len() == 64));
    let sealed =
        sealed.and_then(|path| path.strip_prefix(work.path("data")).ok()).expect("a sealed original");
    check_flips(&work, sealed.to_str().expect("UTF-8"), everywhere, "sealed");
}

#[test]
fn what_was_erased_is_no_damage() {
    let work = Work::new();
    let data = scanned(&work);
    check(&["evidence", "erase", "--before", "2021-01-15", "--data", &data], 0);
    check(&["mail", "erase", "--before", "2999-01-01", "--data", &data], 0);
    let told = check(&["evidence", "verify", &data, "--format", "json"], 0);
    let rows: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    assert!(rows[0]["folder"]["erased"].as_u64().is_some_and(|erased| erased >= 60), "{told}");
}

/// Somebody else holds the folder: whoever only looks is not refused.
#[test]
fn readers_need_no_lock() {
    let work = Work::new();
    let data = scanned(&work);
    let _lock = hold(&work);
    check(&["evidence", "verify", &data], 0);
    check(&["evidence", "show", "0", "--data", &data], 0);
    check(&["evidence", "prove", "0", "--data", &data], 0);
    check(&["campaign", "list", "--all", "--data", &data], 0);
    check(&["campaign", "export", "--data", &data], 0);
    check(&["member", "list", "--data", &data], 0);
    assert!(check(&["mail", "hunt", "subject:street lamps", "--data", &data], 0).contains("60 messages"));
}

/// An auditor's copy: nothing in it can be written, and the keys are not in it.
#[test]
fn a_read_only_copy_without_keys_can_be_looked_at() {
    let work = Work::new();
    let data = scanned(&work);
    fs::remove_dir_all(work.path("data/keys")).expect("the keys");
    let before = files(&work.path("data"));
    let set_modes = |folder: u32, file: u32| {
        for path in files(&work.path("data")) {
            fs::set_permissions(&path, fs::Permissions::from_mode(file)).expect("a mode");
        }
        for path in folders(&work.path("data")) {
            fs::set_permissions(&path, fs::Permissions::from_mode(folder)).expect("a mode");
        }
    };
    set_modes(0o555, 0o444);
    check(&["campaign", "list", "--data", &data], 0);
    check(&["evidence", "show", "0", "--data", &data], 0);
    assert!(check(&["mail", "hunt", "subject:street lamps", "--data", &data], 0).contains("60 messages"));
    assert!(check(&["evidence", "verify", &data], 0).contains("not checked"), "originals cannot be opened");
    set_modes(0o700, 0o600);
    // Whoever may write everywhere, such as root, leaves at most what SQLite keeps for readers.
    let is_new = |path: &PathBuf| !before.contains(path) && !path.to_string_lossy().contains(".sqlite3-");
    assert!(!files(&work.path("data")).iter().any(is_new));
}

/// All folders from this one downward.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let inside = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let below = inside.filter(|path| path.is_dir()).flat_map(|path| folders(&path));
    below.chain([folder.to_owned()]).collect()
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
    let expected = format!("{} entries", entries(&scanned(&work)));
    let verifier = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/verifiers/verify_log.go");
    let key = fs::read_to_string(work.path("data/evidence.vkey")).expect("a key");
    let output = Command::new("go")
        .args(["run", verifier, &work.text("data/evidence"), key.trim()])
        .envs([("GO111MODULE", "off"), ("GOPATH", "/usr/share/gocode"), ("GOFLAGS", "")])
        .output()
        .expect("go runs");
    let told =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.contains(&expected), "{told}");
}

#[test]
fn a_proof_is_printed_for_every_entry_and_no_other() {
    let work = Work::new();
    let data = scanned(&work);
    let entries = entries(&data);
    let last = (entries - 1).to_string();
    assert!(check(&["evidence", "prove", &last, "--data", &data], 0).contains("portcullis/evidence"));
    check(&["evidence", "prove", &entries.to_string(), "--data", &data], 2);
}

#[test]
fn the_log_names_nobody() {
    let work = Work::new();
    scanned(&work);
    for path in files(&work.path("data/evidence")) {
        let bytes = fs::read(&path).expect("a file");
        assert!(
            !bytes.windows(4).any(|window| window == b"bait" || window == b"m001" || window == b"desk"),
            "{}",
            path.display()
        );
    }
}

/// The commitment once covered the whole id, while the record keeps the beginning: it could not be opened.
#[test]
fn a_very_long_message_id_can_be_disclosed() {
    let work = Work::new();
    let mail = format!("From: a@b.example\r\nMessage-ID: <{}@b.example>\r\n\r\nhello\r\n", "i".repeat(400));
    let (mail, data) = (work.file("a.eml", mail), work.text("data"));
    check(&["mail", "scan", "--data", &data, &mail], 0);
    let shown = check(&["evidence", "show", "0", "--data", &data], 0);
    assert!(shown.contains("the commitment is opened"), "{shown}");
}

#[test]
fn what_is_no_key_is_told_from_a_key_that_does_not_fit() {
    let work = Work::new();
    let data = scanned(&work);
    for (key, reason) in [
        ("garbage".to_owned(), "neither a file nor a public key"),
        (work.file("notes.txt", "a shopping list"), "the public key cannot be used"),
    ] {
        let output = run(&["evidence", "verify", &data, "--key", &key]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(reason), "{told}");
    }
}

/// The folder was sealed with a key of the environment: without it no other key is made.
#[test]
fn a_seal_key_of_the_environment_is_never_replaced_by_a_file() {
    let work = Work::new();
    let (mbox, data) = (work.file("inbox.mbox", mailbox()), work.text("data"));
    let scan = ["mail", "scan", "--data", &data, &mbox];
    let key = "5a".repeat(32);
    let with_key = portcullis(&scan).env("PORTCULLIS_SEAL_KEY", &key).output().expect("the binary starts");
    assert_eq!(with_key.status.code(), Some(0), "{with_key:?}");
    let without = run(&scan);
    let told = String::from_utf8_lossy(&without.stderr);
    assert_eq!(without.status.code(), Some(1), "{told}");
    assert!(told.contains("seal.key is missing"), "{told}");
    assert!(!work.path("data/keys/seal.key").exists());
    fs::remove_file(work.path("data/keys/evidence.key")).expect("a key");
    let without_signer =
        portcullis(&scan).env("PORTCULLIS_SEAL_KEY", &key).output().expect("the binary starts");
    assert_eq!(without_signer.status.code(), Some(1));
    assert!(!work.path("data/keys/evidence.key").exists());
}

/// What was recorded is forgotten; what belongs to a campaign of concern is held, and nothing is told as damaged.
#[test]
fn mail_that_is_erased_is_forgotten_and_the_log_verifies() {
    let work = Work::new();
    let data = scanned(&work);
    let before = entries(&data);
    let erase = |day: &str, more: &[&str]| {
        check(&[&["mail", "erase", "--before", day, "--data", &data], more].concat(), 0)
    };
    assert!(erase("2021-01-15", &[]).starts_with("0 feature records"), "all of it was recorded today");
    let trial = erase("2999-01-01", &["--dry-run"]);
    assert_eq!(entries(&data), before, "a trial erases nothing");
    let told = erase("2999-01-01", &[]);
    assert_eq!(told.replace("were erased", "would be erased"), trial);
    assert!(!told.starts_with("0 feature"), "{told}");
    assert!(erase("2999-01-01", &[]).starts_with("0 feature records"), "{told}");
    assert_eq!(entries(&data), before + 1, "the erasure itself is an entry");
    check(&["evidence", "verify", &data], 0);
    let campaigns = check(&["campaign", "list", "--data", &data], 0);
    check(&["mail", "hunt", "nobody@lawful.example", "--data", &data], 0);
    assert_eq!(check(&["campaign", "list", "--data", &data], 0), campaigns);
    check(&["mail", "erase", "--before", "yesterday", "--data", &data], 2);
}

/// Old commitments can no longer be opened, newer ones can, and the log is the same log.
#[test]
fn what_is_erased_leaves_a_log_that_verifies() {
    let work = Work::new();
    let data = scanned(&work);
    let before = entries(&data);
    let erase = |day: &str, more: &[&str]| {
        check(&[&["evidence", "erase", "--before", day, "--data", &data], more].concat(), 0)
    };
    let show = |index: &str| check(&["evidence", "show", index, "--data", &data], 0);
    assert!(show("0").contains("is opened by this salt"));
    let trial = erase("2021-01-15", &["--dry-run"]);
    assert!(show("0").contains("is opened by this salt"), "a trial erases nothing");
    assert!(trial.starts_with("60 entries before"), "{trial}");
    assert!(erase("2021-01-15", &[]).starts_with("60 entries before"));
    assert!(show("0").contains("its salt was erased"));
    assert!(show("60").contains("is opened by this salt"), "newer entries stay");
    assert!(erase("2021-01-15", &[]).starts_with("nothing before"));
    assert_eq!(entries(&data), before + 1, "the erasure itself is an entry");
    assert!(show(&before.to_string()).contains("evidence.erased"));
    check(&["evidence", "erase", "--before", "yesterday", "--data", &data], 2);
}
