//! What needs two persons cannot be done by one, whatever form or interface is used.

use super::desk::{Browser, Desk};
use crate::token::Scope;
use axum::http::StatusCode;
use model::Role;
use runtime::measure::decision::{self, Which};
use runtime::measure::{Decision, Measure, Status};

fn open(desk: &Desk) -> Vec<Decision> {
    let data = desk.state.live.data().expect("the folder is open");
    decision::list(&data, Which::Open, None, 10).expect("the store works").rows
}

fn status(desk: &Desk, id: &str) -> Status {
    let data = desk.state.live.data().expect("the folder is open");
    decision::get(&data, id).expect("the store works").expect("it is there").status
}

/// Somebody with both roles proposes to block a sender.
fn propose(desk: &Desk) -> (Browser, String) {
    let id = desk.account("both-1", &[Role::Analyst, Role::Approver]);
    let actor = model::Actor::new(&id.0, [Role::Analyst, Role::Approver]);
    let measure = Measure::BlockSender { address: "press@outlet.example".into() };
    let mut data = desk.state.live.data().expect("the folder is open");
    let proposed = decision::propose(&mut data, &actor, measure, "it wrote to all", desk.state.now());
    (desk.browser(&id), proposed.expect("an analyst may").id)
}

#[tokio::test]
async fn who_proposed_cannot_approve_in_a_browser() {
    let desk = Desk::open();
    let (browser, id) = propose(&desk);
    let page = desk.get("/decisions", Some(&browser)).await;
    assert!(
        page.status == StatusCode::OK && page.body.contains("a second person has to decide"),
        "{}",
        page.body
    );
    assert!(!page.body.contains(&format!("/decisions/{id}/approve")), "no form that would be refused");
    let forced = desk.post(&format!("/decisions/{id}/approve"), Some(&browser), &[]).await;
    assert_eq!(forced.status, StatusCode::FORBIDDEN);
    assert_eq!(status(&desk, &id), Status::Proposed);
}

#[tokio::test]
async fn a_second_person_approves_and_is_told_that_somebody_waits() {
    let desk = Desk::open();
    let (_, id) = propose(&desk);
    let second = desk.browser(&desk.account("approver-1", &[Role::Approver]));
    let page = desk.get("/decisions", Some(&second)).await.body;
    assert!(page.contains("waiting for you") && page.contains(&format!("/decisions/{id}/approve")), "{page}");
    let approved = desk.post(&format!("/decisions/{id}/approve"), Some(&second), &[]).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER);
    assert_eq!(status(&desk, &id), Status::Done);
    let again = desk.post(&format!("/decisions/{id}/refuse"), Some(&second), &[("reason", "late")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn an_analyst_approves_nothing() {
    let desk = Desk::open();
    let (_, id) = propose(&desk);
    let analyst = desk.browser(&desk.account("analyst-1", &[Role::Analyst]));
    let forced = desk.post(&format!("/decisions/{id}/approve"), Some(&analyst), &[]).await;
    assert_eq!(forced.status, StatusCode::FORBIDDEN);
    let unasked = desk.post(&format!("/decisions/{id}/withdraw"), Some(&analyst), &[]).await;
    assert_eq!(unasked.status, StatusCode::CONFLICT, "somebody else's proposal");
    assert_eq!(open(&desk).len(), 1);
}

#[tokio::test]
async fn a_refusal_needs_a_reason() {
    let desk = Desk::open();
    let (_, id) = propose(&desk);
    let second = desk.browser(&desk.account("approver-1", &[Role::Approver]));
    let path = format!("/decisions/{id}/refuse");
    assert_eq!(desk.post(&path, Some(&second), &[("reason", " ")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        desk.post(&path, Some(&second), &[("reason", "a lawful paper")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(status(&desk, &id), Status::Refused);
}

#[tokio::test]
async fn who_proposed_cannot_approve_by_token() {
    let desk = Desk::open();
    let (_, id) = propose(&desk);
    let own = desk.token(&model::AccountId("both-1".into()), &Scope::ALL);
    let path = format!("/api/v1/decisions/{id}/approve");
    assert_eq!(desk.send(&own, &path, "").await.status, StatusCode::FORBIDDEN);
    let other = desk.token(&desk.account("approver-1", &[Role::Approver]), &Scope::ALL);
    let approved = desk.send(&other, &path, "").await;
    assert!(
        approved.status == StatusCode::OK && approved.body.contains(r#""decided_by":"approver-1""#),
        "{approved:?}"
    );
}
