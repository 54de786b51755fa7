//! The queue of what is to be sent: nothing twice where that harms, nothing lost.

use super::*;
use crate::measure::assessment;
use crate::measure::fixture::{CAMPAIGN, Fixture, NOW, analyst, approver};

fn queued(fixture: &mut Fixture, kind: Kind) -> Letter {
    let mut batch = Batch::new();
    let draft = |key: &str| Draft {
        key: key.to_owned(),
        kind,
        mail_from: None,
        rcpt_to: "ada@north.example".to_owned(),
        content: Content::Text { subject: "s".to_owned(), text: "t\n".to_owned() },
        decision: None,
        about: "M001".to_owned(),
    };
    enqueue(&fixture.data, &mut batch, vec![draft("k/1")], NOW).expect("there is room");
    fixture.data.store.records.apply(&batch).expect("the store works");
    let mut again = Batch::new();
    assert_eq!(enqueue(&fixture.data, &mut again, vec![draft("k/1")], NOW).expect("there is room"), 0);
    get(&fixture.data, "O-1").expect("the store works").expect("it is queued")
}

fn attempt(data: &mut Data, delivery: Delivery, now: EventTime) -> Letter {
    begin(data, "O-1", now).expect("the store works").expect("it waits");
    finish(data, "O-1", delivery, now).expect("the store works");
    get(data, "O-1").expect("the store works").expect("it is there")
}

#[test]
fn a_failure_is_tried_again_at_its_time_and_given_up_after_days() {
    let mut fixture = Fixture::new();
    queued(&mut fixture, Kind::Digest);
    let data = &mut fixture.data;
    let mut now = NOW;
    let mut waits = Vec::new();
    let last = loop {
        let letter = attempt(data, Delivery::Later("451".to_owned()), now);
        if letter.state != State::Queued {
            break letter;
        }
        assert!(due(data, letter.due_at.plus_secs(-1), 9).expect("the store works").is_empty());
        assert_eq!(due(data, letter.due_at, 9).expect("the store works").len(), 1);
        waits.push(letter.due_at.secs_since(now));
        now = letter.due_at;
    };
    assert_eq!(waits.get(..3), Some(&[60, 120, 240][..]));
    assert_eq!(last.state, State::GivenUp);
    assert!(now.secs_since(NOW) >= GIVE_UP_SECS && waits.len() < 60, "{} attempts", waits.len());
    assert!(list(data, true, None, 9).expect("the store works").rows.is_empty());
}

#[test]
fn a_refusal_ends_it_and_an_approver_may_try_again() {
    let mut fixture = Fixture::new();
    queued(&mut fixture, Kind::Digest);
    let data = &mut fixture.data;
    assert_eq!(attempt(data, Delivery::Refused("550".to_owned()), NOW).state, State::GivenUp);
    assert!(resolve(data, &analyst(), "O-1", Resolution::SendAgain, "fixed", NOW).is_err());
    assert!(resolve(data, &approver(), "O-1", Resolution::SendAgain, "", NOW).is_err());
    resolve(data, &approver(), "O-1", Resolution::SendAgain, "fixed", NOW)
        .expect("an approver with a reason");
    let sent = attempt(data, Delivery::Accepted, NOW);
    assert_eq!((sent.state, sent.content), (State::Sent, Content::Gone));
    assert!(resolve(data, &approver(), "O-1", Resolution::SendAgain, "again", NOW).is_err());
}

/// Two letters of one decision.
fn decided() -> Fixture {
    let mut fixture = Fixture::with_campaign();
    warning::draft(&mut fixture.data, &fixture.house, NOW).expect("the store works");
    let data = &mut fixture.data;
    assessment::confirm(data, &analyst(), CAMPAIGN, "seen twice", NOW).expect("analysts confirm");
    let warnings = vec!["W-1".to_owned(), "W-2".to_owned()];
    let measure = decision::Measure::Warn { campaign: CAMPAIGN.to_owned(), warnings };
    decision::propose(data, &analyst(), measure, "they must know", NOW).expect("they can be sent");
    decision::approve(data, &approver(), "D-1", NOW).expect("another person");
    fixture
}

#[track_caller]
fn check_steps(data: &Data, done: u64, failed: u64, status: decision::Status) {
    let decision = decision::get(data, "D-1").expect("the store works").expect("it is decided");
    assert_eq!((decision.steps_done, decision.steps_failed, decision.status), (done, failed, status));
    assert_eq!(decision.steps, 2);
}

#[test]
fn a_letter_that_is_sent_again_is_one_step_of_its_decision() {
    let mut fixture = decided();
    let data = &mut fixture.data;
    attempt(data, Delivery::Refused("550".to_owned()), NOW);
    check_steps(data, 0, 1, decision::Status::Approved);
    resolve(data, &approver(), "O-1", Resolution::SendAgain, "fixed", NOW).expect("it was given up");
    check_steps(data, 0, 0, decision::Status::Approved);
    attempt(data, Delivery::Accepted, NOW);
    check_steps(data, 1, 0, decision::Status::Approved);
    begin(data, "O-2", NOW).expect("the store works").expect("it waits");
    finish(data, "O-2", Delivery::Refused("550".to_owned()), NOW).expect("the store works");
    check_steps(data, 1, 1, decision::Status::Failed);
    resolve(data, &approver(), "O-2", Resolution::WasSent, "she has it", NOW).expect("it was given up");
    check_steps(data, 2, 0, decision::Status::Done);
}

#[track_caller]
fn check_doubt(kind: Kind, expected: State) {
    let mut fixture = Fixture::new();
    queued(&mut fixture, kind);
    begin(&mut fixture.data, "O-1", NOW).expect("the store works");
    let mut fixture = fixture.reopen();
    assert_eq!(recover(&mut fixture.data, NOW).expect("the store works"), 1);
    let letter = get(&fixture.data, "O-1").expect("the store works").expect("it is there");
    assert_eq!(letter.state, expected, "{kind:?}");
    assert_eq!(recover(&mut fixture.data, NOW).expect("the store works"), 0);
}

#[test]
fn a_warning_in_doubt_waits_for_a_person_and_other_mail_does_not() {
    check_doubt(Kind::Warning, State::Held);
    check_doubt(Kind::Release, State::Queued);
    check_doubt(Kind::Digest, State::Queued);
}

#[test]
fn everything_that_is_stuck_is_counted_until_it_is_settled() {
    let mut fixture = decided();
    let data = &mut fixture.data;
    let check = |data: &Data, expected: (u64, u64, u64)| {
        let trouble = trouble(data).expect("the store works");
        assert_eq!((trouble.waiting, trouble.held, trouble.given_up), expected);
        assert_eq!(trouble.waiting_since.is_some(), trouble.waiting > 0);
        assert_eq!(trouble.stuck_since, (trouble.held + trouble.given_up > 0).then_some(NOW));
    };
    check(data, (2, 0, 0));
    attempt(data, Delivery::Unknown("it broke".to_owned()), NOW);
    check(data, (1, 1, 0));
    begin(data, "O-2", NOW).expect("the store works").expect("it waits");
    finish(data, "O-2", Delivery::Refused("no such user".to_owned()), NOW).expect("the store works");
    check(data, (0, 1, 1));
    for id in ["O-1", "O-2"] {
        resolve(data, &approver(), id, Resolution::WasSent, "they told us", NOW).expect("an approver may");
    }
    check(data, (0, 0, 0));
}
