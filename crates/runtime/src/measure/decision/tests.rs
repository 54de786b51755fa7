//! Four eyes: nobody gets a measure through alone.

use super::*;
use crate::measure::fixture::{CAMPAIGN, Fixture, NOW, analyst, approver, envelope};
use crate::measure::quarantine::{self, Arrival, Grounds};
use crate::measure::{Retention, assessment, blocking, housekeep, unmask};
use proptest::prelude::*;

fn block() -> Measure {
    Measure::BlockSender { address: "Editor@Paper.example".to_owned() }
}

fn kinds(data: &Data) -> Vec<String> {
    let leaves = 0..data.evidence.len();
    let private = leaves.filter_map(|leaf| data.disclosure(LeafIndex(leaf)).expect("the store works"));
    private.map(|bytes| String::from_utf8(bytes).expect("it is JSON")).collect()
}

#[test]
fn what_one_proposes_another_approves() {
    let mut fixture = Fixture::new();
    let data = &mut fixture.data;
    let proposed = propose(data, &analyst(), block(), " it is theirs ", NOW).expect("analysts propose");
    assert_eq!((proposed.id.as_str(), proposed.status), ("D-1", Status::Proposed));
    assert!(!blocking::is_blocked(data, "editor@paper.example").expect("the store works"));
    let approved = approve(data, &approver(), "D-1", NOW.plus_secs(60)).expect("approvers approve");
    assert_eq!((approved.status, approved.decided_by.as_deref()), (Status::Done, Some("approver-1")));
    assert!(blocking::is_blocked(data, "<EDITOR@paper.example>").expect("the store works"));
    assert_eq!(approved.evidence, [0, 1]);
    assert!(kinds(data)[0].contains("it is theirs"), "the reason stands behind the commitment");
    assert!(list(data, Which::Open, None, 10).expect("the store works").rows.is_empty());
    let about = list(data, Which::About("editor@paper.example"), None, 10).expect("the store works");
    assert_eq!(about.rows, [approved]);
}

#[track_caller]
fn check_refused(result: Result<Decision>, expected: &str) {
    assert_eq!(result.expect_err("it is refused").to_string(), expected);
}

#[test]
fn roles_and_persons_are_held_apart() {
    let mut fixture = Fixture::new();
    let data = &mut fixture.data;
    for role in [Role::Admin, Role::Auditor, Role::MemberController] {
        let actor = Actor::new("other-1", [role]);
        check_refused(propose(data, &actor, block(), "because", NOW), "this needs the role analyst");
    }
    propose(data, &approver(), block(), "because", NOW).expect("approvers propose too");
    check_refused(approve(data, &approver(), "D-1", NOW), "whoever proposed this cannot decide it");
    check_refused(refuse(data, &approver(), "D-1", "no", NOW), "whoever proposed this cannot decide it");
    let same = Actor::new("Approver-1 ", [Role::Approver, Role::Analyst]);
    check_refused(approve(data, &same, "D-1", NOW), "whoever proposed this cannot decide it");
    check_refused(approve(data, &analyst(), "D-1", NOW), "this needs the role approver");
    check_refused(withdraw(data, &analyst(), "D-1", NOW), "only who proposed this can take it back");
    check_refused(approve(data, &Actor::new("b", [Role::Approver]), "D-9", NOW), "there is no such decision");
}

#[test]
fn a_reason_is_needed_and_bounded() {
    let mut fixture = Fixture::new();
    let data = &mut fixture.data;
    check_refused(propose(data, &analyst(), block(), " \n", NOW), "a reason is needed");
    check_refused(propose(data, &analyst(), block(), &"x".repeat(2_001), NOW), "the reason is too long");
    propose(data, &analyst(), block(), "because", NOW).expect("it is right");
    check_refused(refuse(data, &approver(), "D-1", "", NOW), "a reason is needed");
    assert_eq!(data.evidence.len(), 1, "what is refused at once leaves no entry");
}

#[test]
fn a_proposal_lapses() {
    let mut fixture = Fixture::new();
    let data = &mut fixture.data;
    propose(data, &analyst(), block(), "because", NOW).expect("it is right");
    let late = NOW.plus_secs(PROPOSAL_DAYS * DAY_SECS);
    check_refused(approve(data, &approver(), "D-1", late), "this proposal has lapsed");
    assert_eq!(lapse(data, late.plus_secs(-1)).expect("the store works"), 0);
    assert_eq!(lapse(data, late).expect("the store works"), 1);
    assert_eq!(
        get(data, "D-1").expect("the store works").map(|decision| decision.status),
        Some(Status::Expired)
    );
    check_refused(approve(data, &approver(), "D-1", NOW), "this is decided already");
}

#[test]
fn what_is_damaged_keeps_nothing_else_from_being_done() {
    let mut fixture = Fixture::new();
    let envelope = envelope(&["ada@north.example"]);
    let arrival = Arrival::of(b"From: a@b.example\r\n\r\nhello".as_slice(), &envelope, &fixture.house);
    let item =
        quarantine::keep(&mut fixture.data, &arrival, Grounds::default(), NOW).expect("the store works");
    let mut batch = Batch::new();
    batch.put("decision", &DECISIONS.key("D-1").expect("a number"), "{");
    DECISIONS.index(&mut batch, OPEN, "", "D-1");
    let Fixture { data, house, .. } = &mut fixture;
    data.store.records.apply(&batch).expect("the store works");
    let later = NOW.plus_secs(quarantine::QUARANTINE_DAYS * DAY_SECS);
    assert!(housekeep(data, house, Retention::default(), later).is_err(), "it is told");
    let item = quarantine::get(data, &item).expect("the store works").expect("it was kept");
    assert_eq!(item.state, quarantine::ItemState::Expired);
}

/// A program that ended after the entry of a proposal and before the proposal itself.
#[test]
fn a_number_that_an_entry_names_is_never_given_again() {
    let fixture = Fixture::new();
    let taken = DECISIONS.take_one(&fixture.data).expect("the store works");
    let mut fixture = fixture.reopen();
    let proposed = propose(&mut fixture.data, &analyst(), block(), "because", NOW).expect("it is right");
    assert_eq!((taken.as_str(), proposed.id.as_str()), ("D-1", "D-2"));
}

#[test]
fn pages_follow_one_another() {
    let mut fixture = Fixture::new();
    let data = &mut fixture.data;
    for number in 0..5 {
        let measure = Measure::BlockSender { address: format!("{number}@paper.example") };
        propose(data, &analyst(), measure, "because", NOW).expect("it is right");
    }
    for which in [Which::All, Which::Open] {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = list(data, which, after.as_deref(), 2).expect("the store works");
            seen.extend(page.rows.into_iter().map(|decision| decision.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["D-5", "D-4", "D-3", "D-2", "D-1"]);
    }
}

#[test]
fn a_dismissed_campaign_stays_quiet_until_it_is_confirmed() {
    let mut fixture = Fixture::with_campaign();
    let data = &mut fixture.data;
    let dismiss = Measure::Dismiss { campaign: CAMPAIGN.to_owned() };
    propose(data, &analyst(), dismiss, "it is a survey", NOW).expect("it is known");
    approve(data, &approver(), "D-1", NOW).expect("somebody else approves");
    let purge = Measure::Purge { campaign: CAMPAIGN.to_owned() };
    check_refused(propose(data, &analyst(), purge.clone(), "because", NOW), "this campaign is dismissed");
    assessment::confirm(data, &analyst(), CAMPAIGN, "it was none", NOW).expect("analysts confirm");
    check_refused(
        propose(data, &analyst(), purge, "because", NOW),
        "no copy of this campaign is known in any mailbox",
    );
}

#[test]
fn an_unmasking_is_for_who_asked_and_for_a_day() {
    let mut fixture = Fixture::new();
    let Fixture { data, house, .. } = &mut fixture;
    let unmask = Measure::Unmask { member: "M001".to_owned() };
    propose(data, &analyst(), unmask, "to call her", NOW).expect("it is right");
    assert!(unmask::reveal(data, house, &analyst(), "M001", NOW).is_err(), "nobody approved yet");
    approve(data, &approver(), "D-1", NOW).expect("somebody else approves");
    let entries = data.evidence.len();
    let shown = unmask::reveal(data, house, &analyst(), "M001", NOW).expect("two persons decided");
    assert_eq!(shown.name, "Ada Quill");
    assert_eq!(data.evidence.len(), entries + 1, "each look is evidence");
    assert!(unmask::reveal(data, house, &approver(), "M001", NOW).is_err(), "who approves is not shown");
    assert!(unmask::reveal(data, house, &analyst(), "M002", NOW).is_err());
    assert!(unmask::reveal(data, house, &analyst(), "M001", NOW.plus_secs(unmask::UNMASK_SECS)).is_err());
}

/// What one account may try, with any set of roles each time.
#[derive(Debug, Clone)]
enum Try {
    Propose,
    Approve(u8),
    Refuse(u8),
    Withdraw(u8),
    Lapse,
}

fn tries() -> impl Strategy<Value = Vec<(Try, Vec<Role>, i64)>> {
    let one = prop_oneof![
        Just(Try::Propose),
        (1..6_u8).prop_map(Try::Approve),
        (1..6_u8).prop_map(Try::Refuse),
        (1..6_u8).prop_map(Try::Withdraw),
        Just(Try::Lapse),
    ];
    let roles = proptest::collection::vec(proptest::sample::select(Role::ALL.to_vec()), 0..5);
    proptest::collection::vec((one, roles, 0..800_000_i64), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn one_account_never_gets_anything_approved(tries in tries()) {
        let mut fixture = Fixture::new();
        let data = &mut fixture.data;
        let mut now = NOW;
        for (number, (attempt, roles, wait)) in tries.into_iter().enumerate() {
            now = now.plus_secs(wait);
            let actor = Actor::new("one-account", roles);
            let _ = match attempt {
                Try::Propose => {
                    let measure = Measure::BlockSender { address: format!("{number}@paper.example") };
                    propose(data, &actor, measure, "because", now).map(|_| ())
                }
                Try::Approve(id) => approve(data, &actor, &format!("D-{id}"), now).map(|_| ()),
                Try::Refuse(id) => refuse(data, &actor, &format!("D-{id}"), "no", now).map(|_| ()),
                Try::Withdraw(id) => withdraw(data, &actor, &format!("D-{id}"), now).map(|_| ()),
                Try::Lapse => lapse(data, now).map(|_| ()),
            };
        }
        for decision in list(data, Which::All, None, 100).expect("the store works").rows {
            prop_assert!(matches!(decision.status, Status::Proposed | Status::Withdrawn | Status::Expired));
        }
        prop_assert!(blocking::list(data, None, 100).expect("the store works").rows.is_empty());
    }
}
