//! A purge moves every copy once, whatever breaks on the way, and brings it back.

use super::*;
use crate::measure::Folder;
use crate::measure::decision::{
    Measure, Status, approve as approve_decision, get as decision_of, propose, refuse,
};
use crate::measure::fixture::{Breaking, CAMPAIGN, Fixture, NOW, SENDER, analyst, approver};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// Mailboxes in memory: where each copy is, and how often it was really moved.
#[derive(Default)]
struct Shelf {
    away: BTreeMap<(String, String), (bool, usize)>,
    is_down: bool,
    gone: Option<String>,
}

impl Shelf {
    fn carry(&mut self, copy: &Copy, to: bool) -> std::result::Result<(), MailboxError> {
        if self.is_down {
            return Err(MailboxError::Later("the server does not answer".to_owned()));
        }
        if self.gone.as_ref() == Some(&copy.member) {
            return Err(MailboxError::Gone);
        }
        let place = self.away.entry((copy.mailbox.clone(), copy.message_id.clone())).or_default();
        if place.0 != to {
            *place = (to, place.1 + 1);
        }
        Ok(())
    }
}

impl Mailboxes for Shelf {
    fn move_away(&mut self, copy: &Copy) -> std::result::Result<(), MailboxError> {
        self.carry(copy, true)
    }

    fn put_back(&mut self, copy: &Copy) -> std::result::Result<(), MailboxError> {
        self.carry(copy, false)
    }
}

/// A campaign with three copies in two mailboxes, among mail that is none of it.
fn recorded() -> Fixture {
    let mut fixture = Fixture::with_campaign();
    fixture.record(SENDER, "1@paper.example", &["ada@north.example", "ben@north.example"]);
    fixture.record(SENDER, "2@paper.example", &["ada@north.example"]);
    fixture.record(SENDER, "9@paper.example", &["ada@north.example"]);
    fixture.record("friend@lawful.example", "1@paper.example", &["ada@north.example"]);
    fixture
}

fn approved() -> Fixture {
    let mut fixture = recorded();
    let purge = Measure::Purge { campaign: CAMPAIGN.to_owned() };
    propose(&mut fixture.data, &analyst(), purge, "take them out", NOW).expect("it is of concern");
    approve_decision(&mut fixture.data, &approver(), "D-1", NOW).expect("another person");
    fixture
}

fn status(data: &Data, id: &str) -> Option<Status> {
    decision_of(data, id).expect("the store works").map(|decision| decision.status)
}

fn purge(data: &Data) -> Purge {
    get(data, "P-1").expect("the store works").expect("it is planned")
}

#[test]
fn a_plan_holds_the_campaign_and_nothing_else() {
    let mut fixture = recorded();
    let measure = Measure::Purge { campaign: CAMPAIGN.to_owned() };
    propose(&mut fixture.data, &analyst(), measure.clone(), "take them out", NOW).expect("it is of concern");
    let rows = copies(&fixture.data, "P-1", None, 10).expect("the store works").rows;
    let found: Vec<_> = rows.iter().map(|copy| (copy.member.as_str(), copy.message_id.as_str())).collect();
    assert_eq!(
        found,
        [("M001", "1@paper.example"), ("M002", "1@paper.example"), ("M001", "2@paper.example")]
    );
    assert_eq!((purge(&fixture.data).copies, purge(&fixture.data).members), (3, 2));
    assert!(propose(&mut fixture.data, &approver(), measure.clone(), "me too", NOW).is_err());
    let folder = Mutex::new(fixture.data);
    let carried = carry_out(&folder, &mut Shelf::default(), 10, NOW).expect("the store works");
    assert_eq!(carried, Carried::default(), "nothing moves that nobody approved");
    folder.with(|data| refuse(data, &approver(), "D-1", "they are needed", NOW)).expect("another person");
    folder.with(|data| propose(data, &analyst(), measure, "now", NOW)).expect("the former plan is no more");
}

#[test]
fn copies_are_moved_and_brought_back() {
    let folder = Mutex::new(approved().data);
    let mut shelf = Shelf { gone: Some("M002".to_owned()), ..Shelf::default() };
    let carried = carry_out(&folder, &mut shelf, 10, NOW).expect("the store works");
    assert_eq!(carried, Carried { done: 2, gone: 1, ..Carried::default() });
    let restore = Measure::Restore { purge: "P-1".to_owned() };
    let late = NOW.plus_secs((PURGE_REVERSIBLE_DAYS * DAY_SECS) + 1);
    folder
        .with(|data| {
            assert_eq!(status(data, "D-1"), Some(Status::Done));
            assert!(
                propose(data, &analyst(), restore.clone(), "a mistake", late).is_err(),
                "30 days are over"
            );
            propose(data, &analyst(), restore, "a mistake", NOW)?;
            approve_decision(data, &approver(), "D-2", NOW)
        })
        .expect("two persons");
    assert_eq!(carry_out(&folder, &mut shelf, 10, NOW).expect("the store works").done, 2);
    assert!(shelf.away.values().all(|(is_away, moves)| !is_away && *moves == 2));
    let data = folder.into_inner().expect("no thread broke");
    assert_eq!((status(&data, "D-2"), purge(&data).moved, purge(&data).restored), (Some(Status::Done), 0, 2));
}

fn restored(folder: &Mutex<Data>, decision: &str, now: EventTime) {
    let restore = Measure::Restore { purge: "P-1".to_owned() };
    folder
        .with(|data| {
            propose(data, &analyst(), restore, "a mistake", now)?;
            approve_decision(data, &approver(), decision, now)
        })
        .expect("two persons");
}

#[test]
fn a_purge_that_was_reversed_half_way_ends_and_can_be_done_again() {
    let (data, _on_disk) = approved().split();
    let folder = Mutex::new(data);
    let mut shelf = Shelf::default();
    assert_eq!(carry_out(&folder, &mut shelf, 1, NOW).expect("the store works").done, 1);
    restored(&folder, "D-2", NOW);
    let again = Measure::Purge { campaign: CAMPAIGN.to_owned() };
    let early = folder.with(|data| propose(data, &analyst(), again.clone(), "after all", NOW));
    assert!(early.is_err(), "a copy is still away");
    assert_eq!(carry_out(&folder, &mut shelf, 10, NOW).expect("the store works").done, 1);
    assert!(shelf.away.values().all(|(is_away, _)| !is_away));
    folder.with(|data| propose(data, &analyst(), again, "after all", NOW)).expect("the first one is over");
    let data = folder.into_inner().expect("no thread broke");
    assert_eq!((status(&data, "D-1"), status(&data, "D-2")), (Some(Status::Failed), Some(Status::Done)));
    assert_eq!((purge(&data).moved, purge(&data).restored, purge(&data).copies), (0, 3, 3));
}

#[test]
fn a_purge_that_has_not_begun_is_called_off() {
    let folder = Mutex::new(approved().data);
    restored(&folder, "D-2", NOW);
    let carried = carry_out(&folder, &mut Shelf::default(), 10, NOW).expect("the store works");
    assert_eq!(carried, Carried::default());
    let data = folder.into_inner().expect("no thread broke");
    assert_eq!((status(&data, "D-2"), purge(&data).restored), (Some(Status::Done), 3));
}

#[test]
fn what_could_not_be_brought_back_is_tried_again_when_two_persons_say_so() {
    let folder = Mutex::new(approved().data);
    let mut shelf = Shelf::default();
    carry_out(&folder, &mut shelf, 10, NOW).expect("the store works");
    restored(&folder, "D-2", NOW);
    shelf.is_down = true;
    let mut now = NOW;
    for _ in 0..ATTEMPTS_MAX {
        now = now.plus_secs(DAY_SECS);
        carry_out(&folder, &mut shelf, 10, now).expect("the store works");
    }
    shelf.is_down = false;
    restored(&folder, "D-3", now);
    assert_eq!(carry_out(&folder, &mut shelf, 10, now).expect("the store works").done, 3);
    let data = folder.into_inner().expect("no thread broke");
    assert_eq!((status(&data, "D-2"), status(&data, "D-3")), (Some(Status::Failed), Some(Status::Done)));
    assert_eq!((purge(&data).restored, purge(&data).failed, purge(&data).moved), (3, 0, 0));
}

#[test]
fn a_server_that_is_down_is_tried_again_and_given_up_at_last() {
    let folder = Mutex::new(approved().data);
    let mut shelf = Shelf { is_down: true, ..Shelf::default() };
    assert_eq!(carry_out(&folder, &mut shelf, 10, NOW).expect("the store works").postponed, 3);
    assert_eq!(
        carry_out(&folder, &mut shelf, 10, NOW).expect("the store works"),
        Carried::default(),
        "not at once"
    );
    let mut now = NOW;
    for _ in 0..ATTEMPTS_MAX {
        now = now.plus_secs(DAY_SECS);
        carry_out(&folder, &mut shelf, 10, now).expect("the store works");
    }
    let data = folder.into_inner().expect("no thread broke");
    assert_eq!((status(&data, "D-1"), purge(&data).failed), (Some(Status::Failed), 3));
}

#[test]
fn after_a_fault_at_any_step_every_copy_is_moved_once() {
    for is_after in [false, true] {
        let mut at = 0;
        loop {
            let fixture = approved();
            let breaking = Breaking::new(fixture.data, at, is_after);
            let mut shelf = Shelf::default();
            let has_failed = carry_out(&breaking, &mut shelf, 10, NOW).is_err();
            let folder = Mutex::new(breaking.into_data());
            carry_out(&folder, &mut shelf, 10, NOW).expect("the store works");
            let data = folder.into_inner().expect("no thread broke");
            assert_eq!(shelf.away.len(), 3, "step {at}");
            assert!(shelf.away.values().all(|place| *place == (true, 1)), "step {at}: {:?}", shelf.away);
            assert_eq!((purge(&data).moved, status(&data, "D-1")), (3, Some(Status::Done)), "step {at}");
            if !has_failed {
                break;
            }
            at += 1;
        }
        assert_eq!(at, 7, "a list, and two steps for each of three copies");
    }
}
