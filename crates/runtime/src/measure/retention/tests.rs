//! What is recorded is forgotten in time, and what a case needs is not.

use super::*;
use crate::measure::decision::{self, Measure};
use crate::measure::fixture::{CAMPAIGN, Fixture, NOW, SENDER, analyst, approver, envelope};
use crate::measure::quarantine::{Arrival, Grounds, expire, keep};
use crate::{disarm, intake};

const DAYS: Retention = Retention { features_days: 400, originals_days: 100 };
const TO: &[&str] = &["ada@north.example"];
const BEACON: &[u8] =
    b"From: a@news.example\r\nContent-Type: text/html\r\n\r\n<img src=\"https://t.example/p.gif\">";

fn after(days: i64) -> EventTime {
    NOW.plus_secs(days * DAY_SECS)
}

fn kept_up(data: &mut Data, days: i64) -> Erased {
    keep_up(data, DAYS, after(days)).expect("the store works")
}

/// A record of a campaign of concern, one of other mail, and one that was recorded ten days after.
fn recorded() -> Fixture {
    let mut fixture = Fixture::with_campaign();
    fixture.record(SENDER, "1@paper.example", TO);
    fixture.record("friend@lawful.example", "7@lawful.example", TO);
    kept_up(&mut fixture.data, 0);
    fixture.record("friend@lawful.example", "8@lawful.example", TO);
    kept_up(&mut fixture.data, 10);
    fixture
}

#[track_caller]
fn check_erased(data: &Data, expected: [bool; 3]) {
    let is_erased =
        |ordinal| record::read(data, Ordinal(ordinal)).expect("the store works") == Err(Unread::Erased);
    assert_eq!([0, 1, 2].map(is_erased), expected);
}

#[test]
fn records_are_erased_when_their_days_are_over_and_those_of_a_case_are_held() {
    let mut fixture = recorded();
    let data = &mut fixture.data;
    assert_eq!(kept_up(data, 400), Erased::default(), "400 whole days");
    let leaf = data.leaves.of(Ordinal(1)).expect("it has evidence");
    assert!(data.disclosure(leaf).expect("the store works").is_some());
    assert_eq!(kept_up(data, 401), Erased { records: 1, originals: 0, held: 1 });
    check_erased(data, [false, true, false]);
    assert_eq!(data.disclosure(leaf).expect("the store works"), None);
    assert_eq!(data.store.salts.get(leaf).expect("the store works"), None);
    let mut fixture = fixture.reopen();
    assert_eq!(kept_up(&mut fixture.data, 402), Erased::default(), "the log was told once");
    assert_eq!(kept_up(&mut fixture.data, 411).records, 1);
    check_erased(&fixture.data, [false, true, true]);
}

#[test]
fn a_dismissed_campaign_holds_nothing() {
    let mut fixture = recorded();
    let data = &mut fixture.data;
    kept_up(data, 500);
    check_erased(data, [false, true, true]);
    let dismiss = Measure::Dismiss { campaign: CAMPAIGN.to_owned() };
    decision::propose(data, &analyst(), dismiss, "a survey", after(500)).expect("it is known");
    decision::approve(data, &approver(), "D-1", after(500)).expect("another person");
    assert_eq!(kept_up(data, 501).records, 1);
    check_erased(data, [true, true, true]);
}

#[test]
fn a_person_erases_by_hand_and_is_told_before() {
    let mut fixture = recorded();
    let data = &mut fixture.data;
    assert_eq!(due(data, NOW).expect("the store works"), Erased::default());
    let told = due(data, after(10)).expect("the store works");
    assert_eq!(told, Erased { records: 1, originals: 0, held: 1 });
    check_erased(data, [false, false, false]);
    assert_eq!(erase(data, after(10), after(20)).expect("the store works"), told);
    check_erased(data, [false, true, false]);
    assert_eq!(erase(data, after(10), after(20)).expect("the store works").records, 0);
}

#[test]
fn a_clock_that_goes_back_makes_nothing_older() {
    let mut fixture = recorded();
    kept_up(&mut fixture.data, -500);
    check_erased(&fixture.data, [false, false, false]);
    assert_eq!(kept_up(&mut fixture.data, 11), Erased::default());
}

#[test]
fn a_mail_that_was_read_late_is_as_young_as_its_record() {
    let mut fixture = Fixture::new();
    fixture.record("friend@lawful.example", "7@lawful.example", TO);
    let years = 3_000;
    assert_eq!(kept_up(&mut fixture.data, years), Erased::default());
    assert_eq!(kept_up(&mut fixture.data, years + 401).records, 1);
}

#[test]
fn originals_of_disarmed_mail_are_deleted_but_not_under_the_quarantine() {
    let mut fixture = Fixture::new();
    disarm::disarm(&mut fixture.data, BEACON).expect("the store works");
    let again = [b"Subject: b\r\n", BEACON].concat();
    disarm::disarm(&mut fixture.data, &again).expect("the store works");
    kept_up(&mut fixture.data, 0);
    let envelope = envelope(TO);
    let arrival = Arrival::of(BEACON, &envelope, &fixture.house);
    keep(&mut fixture.data, &arrival, Grounds::default(), after(90)).expect("the store works");
    let data = &mut fixture.data;
    let is_kept = |data: &Data, bytes: &[u8]| {
        data.store.blobs.get(mail::message::digest(bytes)).expect("the store works").is_some()
    };
    assert_eq!(kept_up(data, 100).originals, 0);
    assert_eq!(kept_up(data, 101).originals, 2);
    assert!(!is_kept(data, &again) && is_kept(data, BEACON), "one is in quarantine too");
    assert_eq!(expire(data, after(120)).expect("the store works"), 1);
    assert!(!is_kept(data, BEACON), "and now in neither");
}

#[test]
fn the_record_of_the_entry_says_how_many_and_names_nobody() {
    let mut fixture = recorded();
    let first = fixture.data.evidence.len();
    kept_up(&mut fixture.data, 500);
    assert_eq!(fixture.data.evidence.len(), first + 1);
    let private = fixture.data.disclosure(LeafIndex(first)).expect("the store works");
    assert_eq!(private.as_deref(), Some(b"{}".as_slice()));
    assert!(intake::read(&fixture.data, Ordinal(1)).is_err(), "there is nothing to read");
}
