//! Cases on a real data folder: what is recorded, what is refused, and what a crash or a second reading changes.

use super::intake::{Taken, take_in};
use super::{answer, cases};
use crate::data::Data;
use crate::measure::{Measure, MeasureError, decision};
use model::{Actor, EventMillis, EventTime, LeafIndex, Role};
use std::sync::Arc;
use tempfile::TempDir;
use watch::case::{CaseId, Entity, EntityKind, Question, Stand, Status};
use watch::sighting::{RuleHead, Sighting, SightingId};
use watch::sigma::rule::Level;

const NOW: EventTime = EventTime(1_700_000_000);

fn folder() -> (Data, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    (Data::open(folder.path()).expect("a new folder"), folder)
}

fn sighting(number: u8, level: Level, entities: &[(EntityKind, &str)]) -> Sighting {
    let named = |(kind, name): &(EntityKind, &str)| Entity { kind: *kind, name: (*name).to_owned() };
    Sighting {
        id: SightingId([number; 16]),
        rule: Arc::new(RuleHead {
            id: "0ff1ce".into(),
            title: "web shell".into(),
            level,
            tags: vec!["attack.t1505.003".into()],
        }),
        time: EventMillis(1_629_800_000_000 + i64::from(number) * 1_000),
        logsource: "iis".into(),
        source: "u_ex210824.log".into(),
        position: format!("line {number}"),
        fields: vec![("cs-method".into(), "POST".into()), ("cs-uri-stem".into(), "/a/b.aspx".into())],
        entities: entities.iter().map(named).collect(),
    }
}

const HOST: (EntityKind, &str) = (EntityKind::Host, "exch01");
const PAT: (EntityKind, &str) = (EntityKind::Account, "pat");

fn take(data: &mut Data, sightings: &[Sighting]) -> Vec<Taken> {
    let mut docket = cases::docket(data).expect("the store works");
    take_in(data, &mut docket, sightings, NOW).expect("the store works")
}

fn analyst() -> Actor {
    Actor::new("analyst-1", [Role::Analyst, Role::Approver])
}

fn one_case() -> (Data, TempDir, CaseId) {
    let (mut data, folder) = folder();
    take(&mut data, &[sighting(1, Level::Critical, &[HOST])]);
    (data, folder, CaseId(1))
}

#[test]
fn a_sighting_is_evidence_and_reading_it_again_changes_nothing() {
    let (mut data, _folder) = folder();
    let sightings = [sighting(1, Level::Critical, &[HOST]), sighting(2, Level::Low, &[HOST])];
    let first = take(&mut data, &sightings);
    let case = Some(CaseId(1));
    assert_eq!(first, [Taken { case, is_known: false }, Taken { case: None, is_known: false }]);
    assert_eq!(data.evidence.len(), 2, "the sighting and the opening of its case");
    let again = take(&mut data, &sightings);
    assert_eq!(again, [Taken { case, is_known: true }, Taken { case: None, is_known: false }]);
    assert_eq!(data.evidence.len(), 2);
    let private = data.disclosure(LeafIndex(0)).expect("the store works").expect("it is kept");
    assert!(String::from_utf8_lossy(&private).contains("/a/b.aspx"));
}

#[test]
fn the_timeline_is_in_order_of_time_in_pages() {
    let (mut data, _folder) = folder();
    for number in [3, 1, 2] {
        take(&mut data, &[sighting(number, Level::High, &[HOST])]);
    }
    let page = cases::timeline(&data, CaseId(1), None, 2).expect("the store works");
    let positions = |rows: &[super::document::SightingDocument]| {
        rows.iter().map(|row| row.row.position.clone()).collect::<Vec<_>>()
    };
    assert_eq!(positions(&page.rows), ["line 1", "line 2"]);
    let rest = cases::timeline(&data, CaseId(1), page.next.as_deref(), 2).expect("the store works");
    assert_eq!((positions(&rest.rows), rest.next), (vec!["line 3".to_owned()], None));
}

#[test]
fn joined_cases_have_one_timeline() {
    let (mut data, _folder) = folder();
    take(&mut data, &[sighting(1, Level::High, &[HOST])]);
    take(&mut data, &[sighting(2, Level::High, &[PAT])]);
    assert_eq!(take(&mut data, &[sighting(3, Level::High, &[PAT, HOST])])[0].case, Some(CaseId(1)));
    let younger = cases::case(&data, CaseId(2)).expect("the store works").expect("it is kept");
    assert_eq!(younger.status, Status::Joined(CaseId(1)));
    let timeline = cases::whole_timeline(&data, CaseId(1)).expect("the store works");
    assert_eq!(timeline.len(), 3);
    assert!(timeline.iter().all(|sighting| sighting.row.case.as_deref() == Some("CASE-1")));
    assert_eq!(take(&mut data, &[sighting(2, Level::High, &[PAT])])[0].case, Some(CaseId(1)));
}

#[test]
fn a_case_closes_when_each_question_is_answered_with_evidence_or_accepted_by_two() {
    let (mut data, _folder, id) = one_case();
    let refused = answer::close(&mut data, &analyst(), id, "spam", NOW).expect_err("nothing is answered");
    assert_eq!(refused.to_string(), "4 questions are open: entry-vector, persistence, credentials, scope");
    let shown = [SightingId([1; 16]).to_string(), "0".to_owned()];
    for question in [Question::EntryVector, Question::Persistence, Question::Credentials] {
        answer::answer(&mut data, &analyst(), (id, question), "as the log shows", &shown, NOW)
            .expect("it is open");
    }
    let measure = Measure::AcceptOpen { question: "CASE-1/scope".into() };
    let reason = "the logs of that month are lost";
    let proposed =
        decision::propose(&mut data, &analyst(), measure, reason, NOW).expect("it can be accepted");
    let own = decision::approve(&mut data, &analyst(), &proposed.id, NOW).expect_err("one person is not two");
    assert!(matches!(own, MeasureError::OwnProposal));
    assert!(answer::close(&mut data, &analyst(), id, "done", NOW).is_err());
    let second = Actor::new("approver-2", [Role::Approver]);
    decision::approve(&mut data, &second, &proposed.id, NOW).expect("it is another person");
    let closed = answer::close(&mut data, &analyst(), id, "cleaned", NOW).expect("all is settled");
    assert_eq!(closed.stand(Question::Scope), Stand::Accepted);

    take(&mut data, &[sighting(9, Level::Medium, &[HOST])]);
    let case = cases::case(&data, id).expect("the store works").expect("it is kept");
    assert_eq!((case.status.word(), case.reopenings), ("open", 1));
}

#[test]
fn an_answer_without_evidence_of_this_case_is_none() {
    let (mut data, _folder, id) = one_case();
    take(&mut data, &[sighting(2, Level::High, &[PAT])]);
    let mut check = |evidence: &[&str], expected: &str| {
        let evidence: Vec<String> = evidence.iter().map(|named| (*named).to_owned()).collect();
        let refused = answer::answer(&mut data, &analyst(), (id, Question::Scope), "x", &evidence, NOW);
        assert_eq!(refused.expect_err("it shows nothing").to_string(), expected);
    };
    check(&[], "an answer needs evidence: a sighting of the case, or an entry of the evidence log");
    check(&[&SightingId([2; 16]).to_string()], "this sighting is none of this case");
    check(&[&SightingId([7; 16]).to_string()], "there is no such sighting");
    check(&["4000"], "there is no such evidence entry");
    check(&["trust me"], "evidence is the id of a sighting or the number of an entry of the evidence log");
}

#[test]
fn who_only_audits_answers_nothing() {
    let (mut data, _folder, id) = one_case();
    let auditor = Actor::new("auditor-1", [Role::Auditor]);
    let refused = answer::close(&mut data, &auditor, id, "x", NOW).expect_err("an auditor only looks");
    assert!(matches!(refused, MeasureError::RoleMissing(_)));
}

#[test]
fn the_clocks_run_from_when_the_house_became_aware() {
    let (mut data, _folder, id) = one_case();
    let aware = (NOW.plus_secs(-3_600), "mail was read");
    let case = answer::become_aware(&mut data, &analyst(), id, aware, NOW).expect("it is open");
    let clocks = super::row::clocks(&case);
    assert_eq!(clocks[0].until.as_deref(), Some("2023-11-17T21:13:20Z"));
    let future = (NOW.plus_secs(60), "it was read");
    assert!(answer::become_aware(&mut data, &analyst(), id, future, NOW).is_err());
}

#[test]
fn a_case_is_read_as_it_was_written() {
    let (mut data, _folder, id) = one_case();
    let shown = ["0".to_owned()];
    let told = answer::answer(&mut data, &analyst(), (id, Question::Scope), "one host", &shown, NOW);
    let told = told.expect("it is open");
    assert_eq!(cases::case(&data, id).expect("the store works"), Some(told));
}
