//! The filter with a live house: what persons decided holds, and a house that cannot write refuses for now.

use crate::delivery::{beacon_letter, hostile_letter, live, policy};
use crate::double::{Running, anywhere, settings, start_filter};
use crate::mail_server::{MailServer, Outcome, letter};
use gate::milter::{LiveFilter, Settings};
use model::limit::PACKED_BLOB_BYTES_MAX;
use model::{Actor, Role};
use runtime::clock;
use runtime::data::Data;
use runtime::live::Live;
use runtime::measure::decision::{self, Measure};
use runtime::measure::quarantine;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::{Blobs, Features};

const PLAIN: &[u8] = b"From: a@b.example\r\nSubject: plain\r\n\r\nhello\r\n";

struct Gate {
    server: Running,
    live: Live,
}

impl Gate {
    fn start(folder: &Path) -> Self {
        let live = live(folder);
        let filter = LiveFilter::new(live.clone(), policy());
        Self { server: start_filter(&settings(anywhere()), Arc::new(filter)), live }
    }

    fn deliver(&self, rcpt_to: &str, content: &[u8]) -> Outcome {
        let mut client = MailServer::connect(self.server.address()).expect("it connects");
        client.deliver("4fX", &letter(&[rcpt_to], content)).expect("an answer")
    }

    /// One person proposes a measure and another approves it.
    fn decide(&self, measure: Measure) {
        let mut data = self.live.data().expect("open");
        let (analyst, approver) =
            (Actor::new("analyst-1", [Role::Analyst]), Actor::new("approver-1", [Role::Approver]));
        let proposed =
            decision::propose(&mut data, &analyst, measure, "as agreed", clock::now()).expect("it can be");
        decision::approve(&mut data, &approver, &proposed.id, clock::now()).expect("another person");
    }

    fn stop(self) {
        self.server.stop();
        self.live.stop();
    }
}

#[test]
fn what_two_persons_released_passes_as_it_came_and_only_to_whom_it_was_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::start(folder.path());
    let letter = hostile_letter();
    assert_eq!(gate.deliver("pat@house.example", &letter), Outcome::Discarded);
    gate.decide(Measure::Release { item: "Q-1".into() });
    let relayed =
        [b"Received: by relay.house.example; Mon, 18 Jan 2021 10:11:32 +0000\r\n".as_slice(), &letter]
            .concat();
    assert_eq!(gate.deliver("pat@house.example", &relayed), Outcome::Delivered(relayed.clone()));
    assert_eq!(gate.deliver("kim@open.example", &relayed), Outcome::Discarded);
    let recorded = gate.live.data().expect("open").store.features.len();
    assert_eq!(recorded, 2, "a released message is not recorded a second time");
    gate.stop();
}

#[test]
fn mail_of_a_blocked_sender_is_kept_whatever_it_looks_like() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::start(folder.path());
    assert!(matches!(gate.deliver("pat@house.example", PLAIN), Outcome::Delivered(_)));
    gate.decide(Measure::BlockSender { address: "a@b.example".into() });
    let spelled = b"from: \"A. Author\" <A@B.example>\r\nSubject: plain\r\n\r\nagain\r\n";
    assert_eq!(gate.deliver("pat@house.example", spelled), Outcome::Discarded);
    let other = b"From: c@b.example\r\nSubject: plain\r\n\r\nhello\r\n";
    assert!(matches!(gate.deliver("pat@house.example", other), Outcome::Delivered(_)));
    let kept = quarantine::list(&gate.live.data().expect("open"), None, 10).expect("the store works").rows;
    let reasons: Vec<&str> =
        kept.iter().flat_map(|item| &item.reasons).map(|reason| reason.code.as_str()).collect();
    assert_eq!((kept.len(), reasons.first()), (1, Some(&"BLOCKED_SENDER")));
    gate.stop();
}

#[test]
fn a_house_that_cannot_write_refuses_for_now_and_goes_on_when_it_can() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::start(folder.path());
    assert!(matches!(gate.deliver("pat@house.example", PLAIN), Outcome::Delivered(_)));
    // The checkpoint cannot be published where a folder is in its way, as on a disk that is full.
    let (checkpoint, aside) = (folder.path().join("evidence/checkpoint"), folder.path().join("aside"));
    std::fs::rename(&checkpoint, &aside).expect("it is moved");
    std::fs::create_dir_all(checkpoint.join("in-the-way")).expect("a folder");
    let shouted = PLAIN.to_ascii_uppercase();
    let hostile = hostile_letter();
    let refused =
        [("pat@house.example", &shouted), ("pat@house.example", &hostile), ("kim@open.example", &hostile)];
    for (rcpt_to, content) in refused {
        let outcome = gate.deliver(rcpt_to, content);
        assert!(matches!(&outcome, Outcome::Refused(text) if text.starts_with("451 4.7.1")), "{outcome:?}");
    }
    // Kim's group rather has mail that was not recorded than none, but nothing that should be kept.
    assert_eq!(gate.deliver("kim@open.example", &shouted), Outcome::Delivered(shouted));
    std::fs::remove_dir_all(&checkpoint).expect("it is removed");
    std::fs::rename(&aside, &checkpoint).expect("it is moved back");
    assert_eq!(gate.deliver("pat@house.example", &hostile_letter()), Outcome::Discarded);
    gate.stop();
}

/// A file in its way does to the store of sealed originals what a full disk does. Large ones have files of their own.
#[test]
fn what_is_to_be_kept_and_cannot_be_is_delivered_to_nobody() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::start(folder.path());
    let unfinished = folder.path().join("blobs/new");
    std::fs::remove_dir(&unfinished).expect("it is empty");
    std::fs::write(&unfinished, "in the way").expect("a file");
    let large = |letter: Vec<u8>| [letter, b"padding\r\n".repeat(PACKED_BLOB_BYTES_MAX / 9 + 1)].concat();
    let outcome = gate.deliver("kim@open.example", &large(hostile_letter()));
    assert!(matches!(&outcome, Outcome::Refused(text) if text.starts_with("451 4.7.1")), "{outcome:?}");
    // What only should have been disarmed is what the group asked for.
    let beacon = large(beacon_letter());
    assert!(gate.deliver("kim@open.example", &beacon) == Outcome::Delivered(beacon.clone()));
    gate.stop();
}

#[test]
fn nothing_is_written_about_a_message_that_was_delivered_for_want_of_an_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let live = live(folder.path());
    let filter = LiveFilter::new(live.clone(), policy());
    let settings = Settings { deadline: Duration::from_millis(200), ..settings(anywhere()) };
    let gate = Gate { server: start_filter(&settings, Arc::new(filter)), live };
    let letters = [PLAIN.to_vec(), beacon_letter()];
    // Somebody holds the data folder for longer than the mail server waits.
    let held = gate.live.data().expect("open");
    for letter in &letters {
        assert_eq!(gate.deliver("kim@open.example", letter), Outcome::Delivered(letter.clone()));
    }
    drop(held);
    gate.stop();
    let data = Data::open(folder.path()).expect("the folder is free again");
    for letter in &letters {
        let sealed = data.store.blobs.get(mail::message::digest(letter)).expect("the store works");
        assert_eq!(sealed, None, "a delivered message is sealed");
    }
    assert!(!runtime::ledger::has_disarmed(&data).expect("the store works"));
}

#[test]
fn mail_of_a_blocked_sender_is_kept_also_where_it_cannot_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::start(folder.path());
    let bare = b"\r\nno header at all\r\n";
    assert_eq!(gate.deliver("kim@open.example", bare), Outcome::Delivered(bare.to_vec()));
    gate.decide(Measure::BlockSender { address: "bounce@mailer.example".into() });
    assert_eq!(gate.deliver("kim@open.example", bare), Outcome::Discarded);
    let kept = quarantine::list(&gate.live.data().expect("open"), None, 10).expect("the store works").rows;
    assert_eq!(kept.len(), 1);
    gate.stop();
}

/// Several mail servers, or one that tries again too soon, hand the same message over at the same time.
#[test]
fn the_same_message_by_many_connections_is_recorded_and_kept_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let gate = Gate::start(folder.path());
    let letters = [hostile_letter(), beacon_letter()];
    std::thread::scope(|scope| {
        for letter in letters.iter().cycle().take(16) {
            let gate = &gate;
            scope.spawn(move || gate.deliver("pat@house.example", letter));
        }
    });
    let data = gate.live.data().expect("open");
    let kept = quarantine::list(&data, None, 10).expect("the store works").rows;
    // Two messages, one of them kept and the other disarmed.
    assert_eq!((data.store.features.len(), kept.len(), data.evidence.len()), (2, 1, 4));
    drop(data);
    gate.stop();
}
