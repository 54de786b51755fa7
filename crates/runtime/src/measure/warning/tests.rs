//! Warnings: drafted for everybody, sent by two persons, never forgotten.

use super::*;
use crate::data::Data;
use crate::measure::decision::{self, Measure, Status};
use crate::measure::fixture::{CAMPAIGN, Fixture, NOW, SENDER, analyst, approver};
use crate::measure::outbox::{Delivery, Resolution, begin, due, finish, resolve};
use crate::row::CampaignRow;
use model::{MemberState, Role};

fn all(data: &Data) -> Vec<Warning> {
    of_campaign(data, CAMPAIGN).expect("the store works")
}

fn states(data: &Data) -> Vec<(String, State, String)> {
    all(data).into_iter().map(|one| (one.member, one.state, one.reached)).collect()
}

fn propose_all(data: &mut Data) -> Result<decision::Decision> {
    if assessment::of(data, CAMPAIGN)?.is_none() {
        assessment::confirm(data, &analyst(), CAMPAIGN, "seen twice", NOW)?;
    }
    let warnings = sendable(data, CAMPAIGN)?;
    let measure = Measure::Warn { campaign: CAMPAIGN.to_owned(), warnings };
    decision::propose(data, &analyst(), measure, "they must know", NOW)
}

#[test]
fn no_member_is_told_what_no_person_confirmed() {
    let mut fixture = Fixture::with_campaign();
    draft(&mut fixture.data, &fixture.house, NOW).expect("the store works");
    let data = &mut fixture.data;
    let warnings = sendable(data, CAMPAIGN).expect("the store works");
    let measure = Measure::Warn { campaign: CAMPAIGN.to_owned(), warnings };
    let refused = decision::propose(data, &analyst(), measure, "they must know", NOW);
    assert!(matches!(refused, Err(MeasureError::Conflict(why)) if why.contains("confirmed")));
    propose_all(data).expect("now a person has");
}

#[test]
fn each_member_gets_one_draft_and_a_new_one_when_it_got_worse() {
    let mut fixture = Fixture::with_campaign();
    assert_eq!(draft(&mut fixture.data, &fixture.house, NOW).expect("the store works"), 3);
    let expected = |first: &str| {
        vec![
            ("M001".to_owned(), State::Drafted, first.to_owned()),
            ("M002".to_owned(), State::Drafted, "opened".to_owned()),
            ("M003".to_owned(), State::Drafted, "targeted".to_owned()),
        ]
    };
    assert_eq!(states(&fixture.data), expected("delivered"));
    assert_eq!(draft(&mut fixture.data, &fixture.house, NOW).expect("the store works"), 0);
    fixture.store_campaign(&[("M001", "opened"), ("M002", "opened"), ("M003", "targeted")]);
    assert_eq!(draft(&mut fixture.data, &fixture.house, NOW).expect("the store works"), 1);
    assert_eq!(states(&fixture.data), expected("opened"));
}

#[test]
fn numbers_that_change_are_told_after_a_while() {
    let mut fixture = Fixture::with_campaign();
    draft(&mut fixture.data, &fixture.house, NOW).expect("the store works");
    fixture.store_campaign(&[
        ("M001", "delivered"),
        ("M002", "opened"),
        ("M003", "targeted"),
        ("M004", "targeted"),
    ]);
    let soon = NOW.plus_secs(60);
    assert_eq!(
        draft(&mut fixture.data, &fixture.house, soon).expect("the store works"),
        1,
        "the new member's"
    );
    assert_eq!(draft(&mut fixture.data, &fixture.house, NOW.plus_secs(3_599)).expect("the store works"), 0);
    assert_eq!(draft(&mut fixture.data, &fixture.house, NOW.plus_secs(3_600)).expect("the store works"), 3);
    assert!(all(&fixture.data).iter().all(|warning| warning.text.contains("to 4 members")));
    assert_eq!(draft(&mut fixture.data, &fixture.house, NOW.plus_secs(9_999)).expect("the store works"), 0);
}

#[test]
fn what_was_read_is_what_is_sent() {
    let mut fixture = Fixture::with_campaign();
    draft(&mut fixture.data, &fixture.house, NOW).expect("the store works");
    propose_all(&mut fixture.data).expect("they can be sent");
    fixture.store_campaign(&[("M001", "opened"), ("M002", "opened"), ("M003", "targeted")]);
    assert_eq!(draft(&mut fixture.data, &fixture.house, NOW).expect("the store works"), 0, "it is proposed");
    decision::withdraw(&mut fixture.data, &analyst(), "D-1", NOW).expect("the own proposal");
    assert_eq!(
        draft(&mut fixture.data, &fixture.house, NOW).expect("the store works"),
        1,
        "and now it is not"
    );
}

#[test]
fn two_persons_send_and_the_ledger_says_warned() {
    let mut fixture = Fixture::with_campaign();
    draft(&mut fixture.data, &fixture.house, NOW).expect("the store works");
    let data = &mut fixture.data;
    propose_all(data).expect("they can be sent");
    assert!(due(data, NOW, 10).expect("the store works").is_empty(), "nothing is sent that nobody approved");
    assert_eq!(decision::approve(data, &approver(), "D-1", NOW).expect("another person").steps, 3);
    let letters = due(data, NOW, 10).expect("the store works");
    assert_eq!(letters.len(), 3);
    for letter in &letters {
        begin(data, &letter.id, NOW).expect("the store works").expect("it waits");
        finish(data, &letter.id, Delivery::Accepted, NOW).expect("the store works");
    }
    assert!(all(data).iter().all(|warning| warning.state == State::Sent));
    let rows = ledger::ledger_of(data, CAMPAIGN).expect("the store works");
    assert_eq!(rows.iter().map(|row| row.state.as_str()).collect::<Vec<_>>(), ["warned"; 3]);
    let status = decision::get(data, "D-1").expect("the store works").map(|decision| decision.status);
    assert_eq!(status, Some(Status::Done));
    let again = fixture.reopen();
    assert!(due(&again.data, NOW.plus_secs(999_999), 10).expect("the store works").is_empty());
}

#[test]
fn a_warning_that_waits_is_not_sent_when_its_campaign_is_dismissed() {
    let mut fixture = Fixture::with_campaign();
    draft(&mut fixture.data, &fixture.house, NOW).expect("the store works");
    let data = &mut fixture.data;
    propose_all(data).expect("they can be sent");
    decision::approve(data, &approver(), "D-1", NOW).expect("another person");
    let dismiss = Measure::Dismiss { campaign: CAMPAIGN.to_owned() };
    decision::propose(data, &analyst(), dismiss, "a survey", NOW).expect("it is known");
    decision::approve(data, &approver(), "D-2", NOW).expect("another person");
    for letter in due(data, NOW, 10).expect("the store works") {
        assert_eq!(begin(data, &letter.id, NOW).expect("the store works"), None);
    }
    let status = decision::get(data, "D-1").expect("the store works").map(|decision| decision.status);
    assert_eq!(status, Some(Status::Failed));
    let again = |data: &mut Data| resolve(data, &approver(), "O-1", Resolution::SendAgain, "once more", NOW);
    assert!(again(data).is_err(), "it is dismissed");
    assessment::confirm(data, &analyst(), CAMPAIGN, "it was none", NOW).expect("analysts confirm");
    again(data).expect("it is of concern again");
    assert!(begin(data, "O-1", NOW).expect("the store works").is_some());
}

#[test]
fn a_hold_has_a_reason_ends_and_is_not_repeated_by_one_person() {
    let mut fixture = Fixture::with_campaign();
    draft(&mut fixture.data, &fixture.house, NOW).expect("the store works");
    let data = &mut fixture.data;
    assert!(hold(data, &analyst(), "W-1", "", 3, NOW).is_err());
    assert!(hold(data, &analyst(), "W-1", "an investigation", HOLD_DAYS_MAX + 1, NOW).is_err());
    assert!(hold(data, &Actor::new("admin-1", [Role::Admin]), "W-1", "because", 3, NOW).is_err());
    hold(data, &analyst(), "W-1", "an investigation", HOLD_DAYS_MAX, NOW).expect("it is right");
    assert_eq!(sendable(data, CAMPAIGN).expect("the store works").len(), 2);
    let end = NOW.plus_secs(HOLD_DAYS_MAX * DAY_SECS);
    assert_eq!(end_holds(data, end.plus_secs(-1)).expect("the store works"), 0);
    assert_eq!(end_holds(data, end).expect("the store works"), 1);
    assert_eq!(sendable(data, CAMPAIGN).expect("the store works").len(), 3);
    assert!(hold(data, &analyst(), "W-1", "more of it", 3, end).is_err());
    hold(data, &approver(), "W-1", "more of it", 3, end).expect("somebody else may");
}

#[test]
fn a_dismissed_campaign_takes_its_drafts_back() {
    let mut fixture = Fixture::with_campaign();
    draft(&mut fixture.data, &fixture.house, NOW).expect("the store works");
    let data = &mut fixture.data;
    let dismiss = Measure::Dismiss { campaign: CAMPAIGN.to_owned() };
    decision::propose(data, &analyst(), dismiss, "a survey", NOW).expect("it is known");
    decision::approve(data, &approver(), "D-1", NOW).expect("another person");
    assert_eq!(draft(data, &fixture.house, NOW).expect("the store works"), 3);
    assert!(all(data).is_empty() && waiting(data, None, 10).expect("the store works").rows.is_empty());
    assessment::confirm(data, &analyst(), CAMPAIGN, "it was none", NOW).expect("analysts confirm");
    assert_eq!(draft(data, &fixture.house, NOW).expect("the store works"), 3);
    assert_eq!(all(data).first().map(|warning| warning.id.as_str()), Some("W-4"), "numbers are given once");
}

#[test]
fn a_member_says_that_it_was_read() {
    let mut fixture = Fixture::with_campaign();
    draft(&mut fixture.data, &fixture.house, NOW).expect("the store works");
    let data = &mut fixture.data;
    propose_all(data).expect("they can be sent");
    decision::approve(data, &approver(), "D-1", NOW).expect("another person");
    let mut codes = Vec::new();
    for letter in due(data, NOW, 10).expect("the store works") {
        let Content::Text { text, .. } = &letter.content else { unreachable!("warnings are text") };
        let code = text.trim_end().trim_end_matches('.').rsplit(' ').next().unwrap_or_default().to_owned();
        codes.push((letter.about.clone(), code));
        begin(data, &letter.id, NOW).expect("the store works");
        finish(data, &letter.id, Delivery::Accepted, NOW).expect("the store works");
    }
    let member = Actor::new("m001", [Role::MemberController]);
    assert!(acknowledge(data, &member, "M001", "W-2", NOW).is_err(), "another member's");
    let read = acknowledge(data, &member, "M001", "W-1", NOW).expect("the own one");
    assert_eq!(read.state, State::Acknowledged);
    let (_, code) = codes.iter().find(|(id, _)| id == "W-2").expect("it was sent");
    assert!(acknowledge_with_code(data, "W-3", code, NOW).is_err(), "another letter's code");
    assert!(acknowledge_with_code(data, "W-2", "", NOW).is_err());
    acknowledge_with_code(data, "W-2", &format!(" {} ", code.to_uppercase()), NOW).expect("the right code");
}

fn row() -> CampaignRow {
    let fixture = Fixture::with_campaign();
    ledger::campaign(&fixture.data, CAMPAIGN).expect("the store works").expect("it is stored")
}

#[test]
fn a_letter_names_nobody_behind_it_and_holds_nothing_to_click() {
    let mut row = row();
    row.senders.push("https://evil.example/x@paper.example".to_owned());
    row.name = "104 messages to forum".to_owned();
    for state in MemberState::ALL {
        let Letter { subject, text } = write(&row, state, "Ada \u{202e}Quill\r\nBcc: all@north.example");
        assert!(!text.contains("://") && !text.contains('@') && !text.contains('\r'), "{text}");
        assert!(!text.contains("\u{202e}") && !text.contains(SENDER), "{text}");
        assert!(text.contains("highly likely") && text.contains("editor[at]paper[.]example"), "{text}");
        assert!(text.contains("Dear Ada Quill Bcc[:] all[at]"), "{text}");
        assert_eq!(text.contains("was opened. Whoever"), state >= MemberState::Opened);
        assert!(
            !text.contains("forum") && !subject.contains("forum"),
            "who reads it learns of no group: {text}"
        );
        assert!(!subject.is_empty());
    }
}
