//! Who opened stays visible, before and after a warning.

use super::*;
use crate::data::Data;

const CAMPAIGN: &str = "C-1";
const MEMBER: &str = "M004";
const OPENED: EventTime = EventTime(1_610_960_400);
const WARNED: EventTime = EventTime(1_611_000_000);

fn note(data: &mut Data, steps: &[(MemberState, EventTime)]) {
    let mut standing = Standing::new(EventTime(1_610_900_000));
    steps.iter().for_each(|(state, time)| standing.add(*state, *time, None));
    let mut findings = Findings::complete();
    findings.states.insert(CAMPAIGN.to_owned(), BTreeMap::from([(MEMBER.to_owned(), standing)]));
    update(data, &findings).expect("the store works");
}

fn warn(data: &mut Data) {
    let leaf = data.record(&[warned_entry(CAMPAIGN, MEMBER, WARNED)]).expect("the log works");
    let mut batch = Batch::new();
    put_warned(data, &mut batch, CAMPAIGN, MEMBER, leaf, WARNED).expect("the store works");
    data.store.records.apply(&batch).expect("the store works");
}

#[track_caller]
fn check(data: &Data, state: &str, opened: Option<EventTime>) {
    let row = ledger_of(data, CAMPAIGN).expect("the store works").pop().expect("the member has a row");
    assert_eq!((row.state.as_str(), row.opened), (state, opened.map(rfc3339)));
    assert_eq!(row.opened_evidence.is_some(), opened.is_some());
    assert_ne!(row.opened_evidence, Some(row.evidence).filter(|_| state == "warned"));
}

#[test]
fn an_opening_outlives_the_warning() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut data = Data::open(folder.path()).expect("a new folder");
    note(&mut data, &[(MemberState::Opened, OPENED)]);
    check(&data, "opened", Some(OPENED));
    warn(&mut data);
    check(&data, "warned", Some(OPENED));
    note(&mut data, &[(MemberState::Opened, OPENED), (MemberState::Warned, WARNED)]);
    check(&data, "warned", Some(OPENED));
}

#[test]
fn who_opens_after_the_warning_is_told_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut data = Data::open(folder.path()).expect("a new folder");
    note(&mut data, &[]);
    warn(&mut data);
    check(&data, "warned", None);
    let late = WARNED.plus_secs(60);
    note(&mut data, &[(MemberState::Opened, late), (MemberState::Warned, WARNED)]);
    check(&data, "warned", Some(late));
}
