//! A disk that is really full: mail is refused for now, nothing is lost, and it goes on when there is room.

use crate::delivery::{hostile_letter, live, policy};
use crate::double::{anywhere, settings, start_filter};
use crate::mail_server::{MailServer, Outcome, letter};
use gate::milter::LiveFilter;
use runtime::data::Data;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use store::{Blobs, Features};

/// Room for a new data folder and some letters.
const SIZE: &str = "size=24m";
/// What fills the disk up to the last block.
const FILLER_PIECE: usize = 64 << 10;
/// Letters beside the hostile one. A refusal takes a second, because the folder is opened again after a failed write.
const LETTERS: usize = 6;

/// A small disk of its own, in memory.
struct Disk(tempfile::TempDir);

impl Disk {
    /// `None` where this machine does not let us mount.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", SIZE, "tmpfs"]).arg(folder.path());
        mount.output().is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn fill(&self) {
        let mut filler = fs::File::create(self.path().join("filler")).expect("a file");
        let mut piece = FILLER_PIECE;
        while piece > 0 {
            if filler.write_all(&vec![1; piece]).is_err() {
                piece /= 2;
            }
        }
    }

    fn empty(&self) {
        fs::remove_file(self.path().join("filler")).expect("it is there");
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

fn numbered(number: usize) -> Vec<u8> {
    format!("From: a@b.example\r\nSubject: number {number}\r\n\r\nhello\r\n").into_bytes()
}

#[test]
fn a_full_disk_refuses_for_now_and_loses_nothing() {
    let Some(disk) = Disk::mount() else { return println!("skipped: no tmpfs can be mounted here") };
    let folder = disk.path().join("data");
    let live = live(&folder);
    let filter = LiveFilter::new(live.clone(), policy());
    let server = start_filter(&settings(anywhere()), Arc::new(filter));
    let deliver = |content: &[u8]| {
        let mut client = MailServer::connect(server.address()).expect("it connects");
        client.deliver("4fX", &letter(&["pat@house.example"], content)).expect("an answer")
    };
    assert!(matches!(deliver(&numbered(0)), Outcome::Delivered(_)));
    disk.fill();
    let mut refused = Vec::new();
    for number in 1..LETTERS {
        match deliver(&numbered(number)) {
            Outcome::Refused(text) => {
                assert!(text.starts_with("451 4.7.1"), "{text}");
                refused.push(number);
            }
            outcome => assert!(matches!(outcome, Outcome::Delivered(_)), "{outcome:?}"),
        }
    }
    assert!(refused.len() > LETTERS / 2, "the disk was not full: {refused:?}");
    assert!(matches!(deliver(&hostile_letter()), Outcome::Refused(_)));
    disk.empty();
    for &number in &refused {
        assert!(matches!(deliver(&numbered(number)), Outcome::Delivered(_)), "{number}");
    }
    assert_eq!(deliver(&hostile_letter()), Outcome::Discarded);
    server.stop();
    live.stop();
    drop(live);
    let data = Data::open(&folder).expect("it is whole");
    assert_eq!(data.store.features.len(), LETTERS as u64 + 1, "each message is recorded once");
    let sealed = data.store.blobs.get(mail::message::digest(&hostile_letter())).expect("the store works");
    assert!(sealed == Some(hostile_letter()), "what is kept is there");
}
