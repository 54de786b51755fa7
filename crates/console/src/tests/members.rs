//! Who sees whom: names only for a purpose, and members only themselves.

use super::desk::Desk;
use axum::http::StatusCode;
use model::{Actor, Role};
use runtime::measure::access;

pub(super) const MEMBERS: &[u8] = b"id,name,address,groups\n\
    M004,Ada Quill,ada@northmere.example,forum\n\
    M005,Ben Harrow,ben@northmere.example,\n";

fn house() -> Desk {
    let desk = Desk::open();
    desk.state.live.replace_house(MEMBERS).expect("a list of members");
    desk
}

/// An analyst is shown who M004 is: proposed, approved, looked at.
async fn unmask(desk: &Desk) -> String {
    let analyst = desk.browser(&desk.account("analyst-1", &[Role::Analyst]));
    let proposed =
        desk.post("/members/M004/unmask", Some(&analyst), &[("purpose", "to call the office")]).await;
    assert_eq!(proposed.status, StatusCode::SEE_OTHER, "{}", proposed.body);
    let approver = desk.browser(&desk.account("approver-1", &[Role::Approver]));
    desk.post("/decisions/D-1/approve", Some(&approver), &[]).await;
    desk.post("/members/M004/unmask", Some(&analyst), &[("purpose", "to call the office")]).await.body
}

#[tokio::test]
async fn a_name_is_shown_once_two_persons_agree_on_the_purpose() {
    let desk = house();
    let curious = desk.browser(&desk.account("analyst-2", &[Role::Analyst]));
    let masked = desk.get("/members/M004", Some(&curious)).await;
    assert_eq!(masked.status, StatusCode::OK);
    assert!(!masked.body.contains("Quill") && !masked.body.contains("forum"), "{}", masked.body);
    let without = desk.post("/members/M004/unmask", Some(&curious), &[("purpose", " ")]).await;
    assert_eq!(without.status, StatusCode::BAD_REQUEST);
    let shown = unmask(&desk).await;
    assert!(shown.contains("Ada Quill"), "{shown}");
    assert!(!desk.get("/members/M004", Some(&curious)).await.body.contains("Quill"), "for who asked alone");
    let auditor = desk.browser(&desk.account("auditor-1", &[Role::Auditor]));
    let audit = desk.get("/audit", Some(&auditor)).await.body;
    assert!(audit.contains("analyst-1") && audit.contains("to call the office"), "{audit}");
    let unasked = desk.post("/members/M004/unmask", Some(&auditor), &[("purpose", "x")]).await;
    assert_eq!(unasked.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_member_sees_the_own_mail_and_nobody_elses() {
    let desk = house();
    // The account of the desk is member M004.
    let member = desk.browser(&desk.account("member-1", &[Role::MemberController]));
    let own = desk.get("/own", Some(&member)).await;
    assert!(own.status == StatusCode::OK && own.body.contains("Ada Quill"), "{}", own.body);
    let asked = desk.get("/own?member=M005&id=M005", Some(&member)).await;
    assert!(!asked.body.contains("Ben Harrow") && !asked.body.contains("M005"), "{}", asked.body);
    for path in ["/members", "/members/M004", "/members/M005", "/campaigns", "/quarantine", "/audit"] {
        let status = desk.get(path, Some(&member)).await.status;
        assert!(matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND), "{path}: {status}");
    }
}

#[tokio::test]
async fn a_member_sees_who_looked() {
    let desk = house();
    unmask(&desk).await;
    let member = desk.browser(&desk.account("member-1", &[Role::MemberController]));
    assert!(desk.get("/own", Some(&member)).await.body.contains("to call the office"));
    let auditor = Actor::new("auditor-1", [Role::Auditor]);
    let data = desk.state.live.data().expect("the folder is open");
    assert_eq!(access::of_member(&data, &auditor, "M005", None, 10).expect("the store works").rows, []);
}

#[tokio::test]
async fn nobody_looks_up_who_is_not_there() {
    let desk = house();
    let analyst = desk.browser(&desk.account("analyst-1", &[Role::Analyst]));
    assert_eq!(desk.get("/members/M999", Some(&analyst)).await.status, StatusCode::NOT_FOUND);
    let unmasked = desk.post("/members/M999/unmask", Some(&analyst), &[("purpose", "x")]).await;
    assert_eq!(unmasked.status, StatusCode::NOT_FOUND);
}
