//! The quarantine: nothing gets lost in it, and nothing gets out of it unseen.

use super::*;
use crate::measure::decision::{self, Measure, Status};
use crate::measure::fixture::{Fixture, NOW, SENDER, analyst, approver, envelope};
use crate::measure::outbox::{Content, Delivery, Resolution, begin, due, finish, resolve};
use crate::measure::{blocking, preview};
use model::MemberState;
use model::time::DAY_SECS;
use store::{Blobs, Records};

const MESSAGE: &[u8] =
    b"From: The Editor <editor@paper.example>\r\nSubject: a vote\r\nMessage-ID: <1@paper.example>\r\n\
    Content-Type: text/html\r\n\r\n<p>Please vote &amp; reply <a href=\"https://l.example/x\">here</a>\
    <img src=\"https://t.example/p.gif\" width=1 height=1>";
const TO: &[&str] = &["ada@north.example", "guest@elsewhere.example"];

fn kept(fixture: &mut Fixture, rcpt_to: &[&str]) -> String {
    let envelope = envelope(rcpt_to);
    let arrival = Arrival::of(MESSAGE, &envelope, &fixture.house);
    let grounds = Grounds { score: 80, ..Grounds::default() };
    keep(&mut fixture.data, &arrival, grounds, NOW).expect("the store works")
}

fn state(data: &Data, id: &str) -> ItemState {
    get(data, id).expect("the store works").expect("it is kept").state
}

#[test]
fn a_message_is_kept_once_for_the_same_recipients() {
    let mut fixture = Fixture::new();
    assert_eq!(kept(&mut fixture, TO), "Q-1");
    let mut fixture = fixture.reopen();
    assert_eq!(kept(&mut fixture, TO), "Q-1", "a sender that tries again is answered the same");
    assert_eq!(kept(&mut fixture, &["ben@north.example"]), "Q-2");
    let item = get(&fixture.data, "Q-1").expect("the store works").expect("it is kept");
    assert_eq!(
        (item.from.as_str(), item.subject.as_str(), item.members.as_slice()),
        (SENDER, "a vote", &["M001".to_owned()][..])
    );
    let own = of_member(&fixture.data, "M001", None, 10).expect("the store works").rows;
    assert_eq!(own, [item]);
}

#[test]
fn a_look_needs_a_purpose_and_leaves_a_trace_first() {
    let mut fixture = Fixture::new();
    kept(&mut fixture, TO);
    let data = &mut fixture.data;
    let entries = data.evidence.len();
    assert!(view(data, &analyst(), "Q-1", "", NOW).is_err());
    assert!(view(data, &Actor::new("admin-1", [Role::Admin]), "Q-1", "curious", NOW).is_err());
    assert_eq!(data.evidence.len(), entries);
    let bytes = view(data, &analyst(), "Q-1", "is it phishing?", NOW).expect("an analyst with a purpose");
    assert_eq!((bytes.as_slice(), data.evidence.len()), (MESSAGE, entries + 1));
    let auditor = Actor::new("auditor-1", [Role::Auditor]);
    let looks = access::list(data, &auditor, None, None, 10).expect("an auditor asks").rows;
    assert_eq!(looks.iter().map(|look| look.purpose.as_str()).collect::<Vec<_>>(), ["is it phishing?"]);
    let member = Actor::new("m001", [Role::MemberController]);
    assert!(access::list(data, &member, None, None, 10).is_err());
    assert_eq!(access::of_member(data, &member, "M001", None, 10).expect("a member asks").rows, looks);
    assert!(access::of_member(data, &member, "M002", None, 10).expect("a member asks").rows.is_empty());
}

#[test]
fn two_persons_release_to_the_recipients_and_our_gate_lets_it_pass() {
    let mut fixture = Fixture::new();
    kept(&mut fixture, TO);
    let data = &mut fixture.data;
    let to: Vec<String> = TO.iter().map(|address| (*address).to_owned()).collect();
    let is_passed = |data: &Data, bytes: &[u8], to: &[String]| {
        is_released(data, bytes, to, NOW).expect("the store works")
    };
    assert_eq!(is_passed(data, MESSAGE, &to), None);
    let release = Measure::Release { item: "Q-1".to_owned() };
    decision::propose(data, &analyst(), release.clone(), "it is lawful", NOW).expect("it is kept");
    assert!(decision::propose(data, &approver(), release, "me too", NOW).is_err(), "one proposal is enough");
    assert!(due(data, NOW, 10).expect("the store works").is_empty());
    decision::approve(data, &approver(), "D-1", NOW).expect("another person");
    let letters = due(data, NOW, 10).expect("the store works");
    assert_eq!(letters.iter().map(|letter| letter.rcpt_to.as_str()).collect::<Vec<_>>(), TO);
    assert!(letters.iter().all(|letter| letter.mail_from.as_deref() == Some(SENDER)));
    let hop = [b"Received: from relay.north.example\r\n".as_slice(), MESSAGE].concat();
    assert_eq!(is_passed(data, &hop, &to[..1]).as_deref(), Some("Q-1"));
    assert_eq!(is_passed(data, MESSAGE, &["ben@north.example".to_owned()]), None, "to nobody else");
    assert_eq!(is_passed(data, b"X-Portcullis-Release: Q-1\r\n\r\nother", &to), None, "a field says nothing");
    let item = get(data, "Q-1").expect("the store works").expect("it is kept");
    for letter in letters {
        assert_eq!(outbox::original(data, &item.digest).expect("it is sealed"), MESSAGE);
        begin(data, &letter.id, NOW).expect("the store works");
        finish(data, &letter.id, Delivery::Accepted, NOW).expect("the store works");
    }
    assert_eq!(state(data, "Q-1"), ItemState::Released);
    let status = decision::get(data, "D-1").expect("the store works").map(|decision| decision.status);
    assert_eq!(status, Some(Status::Done));
}

#[test]
fn time_ends_and_the_bytes_with_it() {
    let mut fixture = Fixture::new();
    kept(&mut fixture, TO);
    kept(&mut fixture, &["ben@north.example"]);
    let data = &mut fixture.data;
    let digest: Sha256 =
        get(data, "Q-1").expect("the store works").expect("it is kept").digest.parse().expect("a digest");
    let end = NOW.plus_secs(QUARANTINE_DAYS * DAY_SECS);
    assert_eq!(expire(data, end.plus_secs(-1)).expect("the store works"), 0);
    assert_eq!(expire(data, end).expect("the store works"), 2);
    let item = get(data, "Q-1").expect("the store works").expect("that it was there is told");
    assert_eq!((item.state, item.subject.as_str(), item.rcpt_to.len()), (ItemState::Expired, "", 0));
    assert_eq!(data.store.blobs.get(digest).expect("the store works"), None);
    assert!(view(data, &analyst(), "Q-1", "too late", end).is_err());
    assert_eq!(kept(&mut fixture, TO), "Q-3", "the same message again is kept anew");
}

/// Two persons release `Q-1`; the letters wait.
fn released(fixture: &mut Fixture, now: EventTime) {
    let release = Measure::Release { item: "Q-1".to_owned() };
    decision::propose(&mut fixture.data, &analyst(), release, "it is lawful", now).expect("it is kept");
    decision::approve(&mut fixture.data, &approver(), "D-1", now).expect("another person");
}

fn answered(data: &mut Data, letter: &str, delivery: Delivery, now: EventTime) {
    begin(data, letter, now).expect("the store works").expect("it waits");
    finish(data, letter, delivery, now).expect("the store works");
}

fn sealed(data: &Data) -> Option<Vec<u8>> {
    data.store.blobs.get(digest_of(MESSAGE)).expect("the store works")
}

#[test]
fn whoever_hears_that_it_is_kept_has_a_copy_kept() {
    let mut fixture = Fixture::new();
    kept(&mut fixture, TO);
    fixture.data.store.blobs.delete(digest_of(MESSAGE)).expect("the store works");
    assert_eq!(kept(&mut fixture, TO), "Q-1");
    assert_eq!(sealed(&fixture.data).as_deref(), Some(MESSAGE), "a lost copy is replaced");
    released(&mut fixture, NOW);
    assert_eq!(kept(&mut fixture, TO), "Q-1", "it is not out yet");
    for letter in ["O-1", "O-2"] {
        answered(&mut fixture.data, letter, Delivery::Accepted, NOW);
    }
    assert_eq!(kept(&mut fixture, TO), "Q-2", "what was released is not kept any more");
    let end = NOW.plus_secs(QUARANTINE_DAYS * DAY_SECS);
    let envelope = envelope(TO);
    let arrival = Arrival::of(MESSAGE, &envelope, &fixture.house);
    let late = keep(&mut fixture.data, &arrival, Grounds::default(), end).expect("the store works");
    assert_eq!(late, "Q-3", "the other one is about to be deleted");
    assert_eq!(expire(&mut fixture.data, end).expect("the store works"), 2);
    assert_eq!(sealed(&fixture.data).as_deref(), Some(MESSAGE), "the last one needs it");
}

#[test]
fn it_is_released_when_no_letter_is_left() {
    let mut fixture = Fixture::new();
    kept(&mut fixture, TO);
    released(&mut fixture, NOW);
    let data = &mut fixture.data;
    answered(data, "O-1", Delivery::Accepted, NOW);
    assert_eq!(state(data, "Q-1"), ItemState::Releasing);
    answered(data, "O-2", Delivery::Refused("550".to_owned()), NOW);
    assert_eq!(state(data, "Q-1"), ItemState::Released);
    resolve(data, &approver(), "O-2", Resolution::SendAgain, "the address works now", NOW)
        .expect("it is kept");
    assert_eq!(state(data, "Q-1"), ItemState::Releasing, "it needs its bytes again");
    answered(data, "O-2", Delivery::Refused("550".to_owned()), NOW);
    let end = NOW.plus_secs(QUARANTINE_DAYS * DAY_SECS);
    let again = resolve(data, &approver(), "O-2", Resolution::SendAgain, "once more", end);
    assert!(again.is_err(), "its bytes are about to go");
}

#[test]
fn bytes_stay_as_long_as_a_letter_needs_them_and_no_longer() {
    let mut fixture = Fixture::new();
    kept(&mut fixture, TO);
    let end = NOW.plus_secs(QUARANTINE_DAYS * DAY_SECS);
    released(&mut fixture, end.plus_secs(-60));
    let data = &mut fixture.data;
    answered(data, "O-1", Delivery::Accepted, end.plus_secs(-60));
    answered(data, "O-2", Delivery::Later("451".to_owned()), end.plus_secs(-60));
    assert_eq!(expire(data, end).expect("the store works"), 0);
    assert_eq!(sealed(data).as_deref(), Some(MESSAGE));
    let given_up = end.plus_secs(outbox::GIVE_UP_SECS);
    begin(data, "O-2", given_up).expect("the store works").expect("it waits");
    assert_eq!(expire(data, given_up).expect("the store works"), 0, "a relay is taking it just now");
    finish(data, "O-2", Delivery::Unknown("it broke".to_owned()), given_up).expect("the store works");
    assert_eq!(expire(data, given_up).expect("the store works"), 1);
    assert_eq!((state(data, "Q-1"), sealed(data)), (ItemState::Released, None));
}

#[test]
fn a_release_that_no_relay_takes_ends_too() {
    let mut fixture = Fixture::new();
    kept(&mut fixture, TO);
    released(&mut fixture, NOW);
    let data = &mut fixture.data;
    let end = NOW.plus_secs(QUARANTINE_DAYS * DAY_SECS);
    assert_eq!(expire(data, end).expect("the store works"), 1);
    assert_eq!((state(data, "Q-1"), sealed(data)), (ItemState::Expired, None));
    assert!(due(data, end, 10).expect("the store works").is_empty(), "nothing is left to send");
    let status = decision::get(data, "D-1").expect("the store works").map(|decision| decision.status);
    assert_eq!(status, Some(Status::Failed));
}

#[test]
fn the_ledger_says_blocked_and_after_a_release_delivered() {
    let mut fixture = Fixture::new();
    kept(&mut fixture, TO);
    let feature = mail::feature::Feature {
        digest: digest_of(MESSAGE),
        ..mail::feature::Feature::of(&Reader::default().read(MESSAGE), &[], Default::default(), NOW)
    };
    let state = |data: &Data, member: &str| {
        let treatments = ledger::Treatments::of(data).expect("the store works");
        treatments.treatment(data, &feature).expect("the store works").state(true, member)
    };
    assert_eq!(state(&fixture.data, "M001"), MemberState::Blocked);
    assert_eq!(state(&fixture.data, "M002"), MemberState::Delivered);
    let data = &mut fixture.data;
    decision::propose(data, &analyst(), Measure::Release { item: "Q-1".to_owned() }, "lawful", NOW)
        .expect("it is kept");
    decision::approve(data, &approver(), "D-1", NOW).expect("another person");
    assert_eq!(state(data, "M001"), MemberState::Blocked);
    for letter in due(data, NOW, 10).expect("the store works") {
        begin(data, &letter.id, NOW).expect("the store works");
        finish(data, &letter.id, Delivery::Accepted, NOW).expect("the store works");
    }
    assert_eq!(state(data, "M001"), MemberState::Delivered);
    kept(&mut fixture, TO);
    assert_eq!(state(&fixture.data, "M001"), MemberState::Delivered, "the first copy is still there");
}

#[test]
fn what_the_milter_has_not_decided_is_not_said_to_be_delivered() {
    let mut fixture = Fixture::new();
    let feature = mail::feature::Feature {
        digest: digest_of(MESSAGE),
        source: "milter:1".to_owned(),
        verdict: model::Verdict::Quarantine,
        ..mail::feature::Feature::of(&Reader::default().read(MESSAGE), &[], Default::default(), NOW)
    };
    let state = |data: &Data| {
        let treatments = ledger::Treatments::of(data).expect("the store works");
        treatments.treatment(data, &feature).expect("the store works").state(true, "M001")
    };
    let envelope = envelope(TO);
    let arrival = Arrival::of(MESSAGE, &envelope, &fixture.house);
    assert_eq!(state(&fixture.data), MemberState::Targeted);
    keep(&mut fixture.data, &arrival, Grounds::default(), NOW).expect("the store works");
    assert_eq!(state(&fixture.data), MemberState::Blocked);
    let mut batch = Batch::new();
    arrival.put_delivered(&mut batch);
    fixture.data.store.records.apply(&batch).expect("the store works");
    assert_eq!(state(&fixture.data), MemberState::Delivered);
}

#[test]
fn a_digest_tells_each_member_once_a_day() {
    let mut fixture = Fixture::new();
    kept(&mut fixture, TO);
    let hour_later = NOW.plus_secs(3_600);
    assert_eq!(send_digests(&mut fixture.data, &fixture.house, NOW).expect("the store works"), 1);
    kept(&mut fixture, &["ben@north.example"]);
    assert_eq!(send_digests(&mut fixture.data, &fixture.house, hour_later).expect("the store works"), 0);
    let day_later = NOW.plus_secs(DAY_SECS);
    assert_eq!(send_digests(&mut fixture.data, &fixture.house, day_later).expect("the store works"), 2);
    let letters = due(&fixture.data, NOW, 10).expect("the store works");
    let Some(Content::Text { text, .. }) = letters.first().map(|letter| &letter.content) else {
        unreachable!("it is text")
    };
    assert!(
        text.contains("Q-1") && text.contains("editor[at]paper[.]example") && !text.contains('@'),
        "{text}"
    );
}

#[test]
fn a_preview_is_text() {
    let preview = preview::of(MESSAGE);
    assert_eq!(preview.from, "The Editor <editor@paper.example>");
    assert!(preview.text.contains("Please vote & reply here"), "{}", preview.text);
    assert_eq!((preview.links.as_slice(), preview.loads), (&["https://l.example/x".to_owned()][..], 1));
}

#[test]
fn what_is_no_address_blocks_nobody() {
    let fixture = Fixture::new();
    for text in ["", "paper.example", "@", "a b@c.example"] {
        assert!(!blocking::is_blocked(&fixture.data, text).expect("the store works"), "{text}");
        assert!(blocking::check(&fixture.data, text, false).is_err(), "{text}");
    }
}
