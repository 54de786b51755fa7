//! Four eyes, whatever is tried.

use super::*;
use proptest::prelude::*;
use tempfile::TempDir;

const NOW: EventTime = EventTime(1_610_960_400);

fn data() -> (TempDir, Data) {
    let folder = tempfile::tempdir().expect("a folder");
    let data = Data::open(folder.path()).expect("a new folder");
    (folder, data)
}

fn purge() -> Measure {
    Measure::Purge { campaign: "C-1".into() }
}

fn analyst() -> Actor {
    Actor::new("analyst-1", [Role::Analyst])
}

fn approver() -> Actor {
    Actor::new("approver-1", [Role::Approver])
}

#[test]
fn one_proposes_and_another_approves_and_both_are_evidence() {
    let (_folder, mut data) = data();
    let proposed = propose(&mut data, purge(), "  it is reconnaissance ", &analyst(), NOW).expect("proposed");
    assert_eq!((proposed.status, proposed.reason.as_str()), (Status::Proposed, "it is reconnaissance"));
    assert_eq!(open(&mut data, NOW).expect("readable"), [proposed.clone()]);
    let approved = approve(&mut data, &proposed.id, &approver(), NOW).expect("approved");
    assert_eq!(approved.status, Status::Approved);
    assert_eq!((approved.proposed_evidence, approved.decided_evidence), (0, Some(1)));
    assert_eq!(open(&mut data, NOW).expect("readable"), []);
    assert_eq!(about(&data, "C-1").expect("readable"), [approved.clone()]);
    assert_eq!(list(&data, None, 9).expect("readable"), [approved]);
}

#[test]
fn nobody_approves_the_own_proposal() {
    let (_folder, mut data) = data();
    let both = Actor::new("both-1", [Role::Analyst, Role::Approver]);
    let proposed = propose(&mut data, purge(), "why", &both, NOW).expect("proposed");
    assert!(matches!(approve(&mut data, &proposed.id, &both, NOW), Err(MeasureError::OwnProposal)));
    assert!(matches!(refuse(&mut data, &proposed.id, "no", &both, NOW), Err(MeasureError::OwnProposal)));
    assert_eq!(withdraw(&mut data, &proposed.id, &both, NOW).expect("taken back").status, Status::Withdrawn);
}

#[test]
fn roles_reasons_and_states_are_held() {
    let (_folder, mut data) = data();
    for role in [Role::Admin, Role::Auditor, Role::MemberController] {
        let actor = Actor::new("other-1", [role]);
        assert!(matches!(propose(&mut data, purge(), "why", &actor, NOW), Err(MeasureError::Role { .. })));
    }
    assert!(matches!(propose(&mut data, purge(), " ", &analyst(), NOW), Err(MeasureError::Reason)));
    let long = "x".repeat(model::limit::REASON_BYTES_MAX + 1);
    assert!(matches!(propose(&mut data, purge(), &long, &analyst(), NOW), Err(MeasureError::Reason)));
    let proposed = propose(&mut data, purge(), "why", &analyst(), NOW).expect("proposed");
    assert!(matches!(propose(&mut data, purge(), "again", &analyst(), NOW), Err(MeasureError::Refused(_))));
    let other = Actor::new("analyst-2", [Role::Analyst]);
    assert!(matches!(approve(&mut data, &proposed.id, &other, NOW), Err(MeasureError::Role { .. })));
    assert!(matches!(withdraw(&mut data, &proposed.id, &other, NOW), Err(MeasureError::Refused(_))));
    refuse(&mut data, &proposed.id, "not now", &approver(), NOW).expect("refused");
    let late = approve(&mut data, &proposed.id, &approver(), NOW);
    assert!(matches!(late, Err(MeasureError::State { .. })), "{late:?}");
    assert!(matches!(approve(&mut data, "none", &approver(), NOW), Err(MeasureError::Missing { .. })));
}

#[test]
fn what_nobody_decides_lapses() {
    let (_folder, mut data) = data();
    let proposed = propose(&mut data, purge(), "why", &analyst(), NOW).expect("proposed");
    let late = proposed.lapses();
    assert!(matches!(approve(&mut data, &proposed.id, &approver(), late), Err(MeasureError::State { .. })));
    assert_eq!(get(&data, &proposed.id).expect("readable").expect("it is there").status, Status::Expired);
    assert_eq!(open(&mut data, late).expect("readable"), []);
}

#[test]
fn the_last_word_on_a_campaign_counts_and_one_person_may_say_it() {
    let (_folder, mut data) = data();
    let campaign = || "C-1".to_owned();
    assert_eq!(standing(&data, "C-1").expect("readable"), Standing::Open);
    propose(&mut data, Measure::Dismiss { campaign: campaign() }, "a petition", &analyst(), NOW)
        .expect("done");
    assert_eq!(standing(&data, "C-1").expect("readable"), Standing::Dismissed);
    let later = NOW.plus_secs(60);
    propose(&mut data, Measure::Confirm { campaign: campaign() }, "no petition", &analyst(), later)
        .expect("done");
    assert_eq!(standing(&data, "C-1").expect("readable"), Standing::Confirmed);
    assert_eq!(standing(&data, "C-").expect("readable"), Standing::Open, "not of another campaign");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_account_alone_gets_anything_approved_that_needs_two(steps in prop::collection::vec(0..5_u8, 1..12)) {
        let (_folder, mut data) = data();
        let alone = Actor::new("alone-1", Role::ALL);
        let mut now = NOW;
        for step in steps {
            now = now.plus_secs(3_600);
            let newest = list(&data, None, 1).expect("readable").pop().map(|decision| decision.id).unwrap_or_default();
            // Each may be refused; none may lead to an approval.
            let _ = match step {
                0 => propose(&mut data, purge(), "why", &alone, now),
                1 => propose(&mut data, Measure::Release { item: "q1".into() }, "why", &alone, now),
                2 => approve(&mut data, &newest, &alone, now),
                3 => withdraw(&mut data, &newest, &alone, now),
                _ => refuse(&mut data, &newest, "no", &alone, now),
            };
        }
        let all = list(&data, None, 99).expect("readable");
        prop_assert!(all.iter().all(|decision| decision.status != Status::Approved && decision.status != Status::Refused));
    }
}
