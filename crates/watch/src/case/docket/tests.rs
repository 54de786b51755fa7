//! Whether what belongs together meets, and nothing else does.

use super::*;
use crate::case::{Answer, CloseRefused, EntityKind, Question, Stand};
use crate::sighting::{RuleHead, SightingId};
use std::sync::Arc;

const DAY: i64 = 86_400_000;

fn sighting(day: i64, level: Level, entities: &[(EntityKind, &str)]) -> Sighting {
    let named = |(kind, name): &(EntityKind, &str)| Entity { kind: *kind, name: (*name).to_owned() };
    Sighting {
        id: SightingId([0; 16]),
        rule: Arc::new(RuleHead {
            id: format!("rule-{level:?}"),
            title: format!("what is {level:?}"),
            level,
            tags: vec!["attack.t1505.003".into(), "attack.persistence".into()],
        }),
        time: EventMillis(day * DAY),
        logsource: "windows/security".into(),
        source: "security.evtx".into(),
        position: "record 1".into(),
        fields: Vec::new(),
        entities: entities.iter().map(named).collect(),
    }
}

fn placed(docket: &mut Docket, sighting: &Sighting) -> (u64, bool, bool) {
    match docket.place(sighting, sighting.time.time()) {
        Placement::Placed { case, is_opened, is_reopened, .. } => (case.0, is_opened, is_reopened),
        Placement::Apart => (0, false, false),
    }
}

const HOST: (EntityKind, &str) = (EntityKind::Host, "exch01");
const SHELL: (EntityKind, &str) = (EntityKind::Path, "aspnet_client/shell.aspx");
const PAT: (EntityKind, &str) = (EntityKind::Account, "pat");

#[test]
fn what_is_seen_on_one_entity_is_one_case_through_270_silent_days() {
    let mut docket = Docket::default();
    assert_eq!(placed(&mut docket, &sighting(0, Level::Critical, &[HOST, SHELL])), (1, true, false));
    assert_eq!(placed(&mut docket, &sighting(23, Level::Medium, &[SHELL])), (1, false, false));
    assert_eq!(placed(&mut docket, &sighting(293, Level::Medium, &[SHELL])), (1, false, false));
    assert_eq!(placed(&mut docket, &sighting(293 + 401, Level::High, &[SHELL])), (2, true, false));
    assert_eq!(docket.case(CaseId(1)).map(|case| case.sightings), Some(3));
}

#[test]
fn what_is_not_grave_is_remembered_and_shown_once_something_grave_joins_it() {
    let mut docket = Docket::default();
    assert_eq!(placed(&mut docket, &sighting(0, Level::Low, &[HOST])), (0, false, false));
    assert_eq!(placed(&mut docket, &sighting(1, Level::Medium, &[HOST])), (1, false, false));
    assert_eq!(docket.case(CaseId(1)).map(|case| case.status.clone()), Some(Status::Forming));
    assert_eq!(placed(&mut docket, &sighting(200, Level::High, &[HOST])), (1, true, false));
    let case = docket.case(CaseId(1)).expect("it is there");
    assert_eq!((case.span.first, case.title()), (EventMillis(DAY), "what is High"));
    assert_eq!(case.techniques(), [("T1505.003".to_owned(), EventMillis(DAY))]);
}

#[test]
fn what_nobody_is_named_in_joins_nothing() {
    assert_eq!(placed(&mut Docket::default(), &sighting(0, Level::Critical, &[])), (0, false, false));
}

#[test]
fn a_sighting_on_entities_of_two_cases_shows_that_they_are_one() {
    let mut docket = Docket::default();
    placed(&mut docket, &sighting(0, Level::High, &[HOST]));
    placed(&mut docket, &sighting(5, Level::High, &[PAT]));
    let both = sighting(9, Level::Medium, &[HOST, PAT]);
    let Placement::Placed { case, joined, by, .. } = docket.place(&both, EventTime(0)) else {
        panic!("it names entities");
    };
    assert_eq!((case, joined, by.len()), (CaseId(1), vec![CaseId(2)], 2));
    assert_eq!(docket.case(CaseId(2)).map(|case| case.status.clone()), Some(Status::Joined(CaseId(1))));
    assert_eq!(docket.case(CaseId(1)).map(|case| case.sightings), Some(3));
    assert_eq!(placed(&mut docket, &sighting(10, Level::High, &[PAT])), (1, false, false));
}

#[test]
fn a_docket_of_stored_cases_goes_on_as_the_one_before() {
    let mut docket = Docket::default();
    placed(&mut docket, &sighting(0, Level::High, &[HOST]));
    placed(&mut docket, &sighting(5, Level::High, &[PAT]));
    placed(&mut docket, &sighting(9, Level::Medium, &[HOST, PAT]));
    let mut again = Docket::new(docket.cases().cloned());
    assert_eq!(placed(&mut again, &sighting(10, Level::High, &[PAT])), (1, false, false));
    assert_eq!(placed(&mut again, &sighting(10, Level::High, &[SHELL])), (3, true, false));
}

fn answer(at: EventTime, accepted_by: Option<&str>) -> Answer {
    let evidence = if accepted_by.is_none() { vec!["evidence 7".to_owned()] } else { Vec::new() };
    Answer {
        text: "as told".into(),
        evidence,
        by: "analyst-1".into(),
        accepted_by: accepted_by.map(str::to_owned),
        at,
    }
}

#[test]
fn a_case_closes_only_when_each_question_is_settled_and_opens_again_by_itself() {
    let mut docket = Docket::default();
    placed(&mut docket, &sighting(0, Level::High, &[HOST]));
    let case = docket.case_mut(CaseId(1)).expect("it is there");
    let refused = case.check_close().expect_err("nothing is answered");
    assert_eq!(refused.to_string(), "4 questions are open: entry-vector, persistence, credentials, scope");
    for question in [Question::EntryVector, Question::Persistence, Question::Credentials] {
        case.answers.insert(question, answer(EventTime(100), None));
    }
    assert_eq!(case.check_close(), Err(CloseRefused::Questions(vec![Question::Scope])));
    case.answers.insert(Question::Scope, answer(EventTime(100), Some("approver-1")));
    assert_eq!(case.check_close(), Ok(()));
    case.status = Status::Closed { by: "analyst-1".into(), at: EventTime(200), conclusion: "cleaned".into() };
    assert_eq!(case.check_close(), Err(CloseRefused::NotOpen("closed")));

    assert_eq!(placed(&mut docket, &sighting(270, Level::Medium, &[HOST])), (1, false, true));
    let case = docket.case(CaseId(1)).expect("it is there");
    assert_eq!((case.reopenings, case.stand(Question::Scope)), (1, Stand::Overtaken));
    assert_eq!(case.unsettled().len(), 4);
}
