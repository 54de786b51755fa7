//! Who sees whom: names only for a purpose, and members only themselves.

use super::desk::Desk;
use axum::http::StatusCode;
use model::Role;
use runtime::measure::access;

const MEMBERS: &[u8] = b"id,name,address,groups\n\
    M004,Ada Quill,ada@northmere.example,forum\n\
    M005,Ben Harrow,ben@northmere.example,\n";

fn house() -> Desk {
    let desk = Desk::open();
    desk.state.live.replace_house(MEMBERS).expect("a list of members");
    desk
}

#[tokio::test]
async fn a_name_is_shown_once_its_purpose_is_on_record() {
    let desk = house();
    let analyst = desk.browser(&desk.account("analyst-1", &[Role::Analyst]));
    let masked = desk.get("/members/M004", Some(&analyst)).await;
    assert_eq!(masked.status, StatusCode::OK);
    assert!(!masked.body.contains("Quill") && !masked.body.contains("forum"), "{}", masked.body);
    let without = desk.post("/members/M004/unmask", Some(&analyst), &[("purpose", " ")]).await;
    assert_eq!(without.status, StatusCode::BAD_REQUEST);
    let shown = desk.post("/members/M004/unmask", Some(&analyst), &[("purpose", "to call the office")]).await;
    assert!(shown.body.contains("Ada Quill"), "{}", shown.body);
    let auditor = desk.browser(&desk.account("auditor-1", &[Role::Auditor]));
    let audit = desk.get("/audit", Some(&auditor)).await.body;
    assert!(audit.contains("analyst-1") && audit.contains("to call the office"), "{audit}");
    assert_eq!(
        desk.post("/members/M004/unmask", Some(&auditor), &[("purpose", "x")]).await.status,
        StatusCode::FORBIDDEN
    );
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
    let analyst = desk.browser(&desk.account("analyst-1", &[Role::Analyst]));
    desk.post("/members/M004/unmask", Some(&analyst), &[("purpose", "to call the office")]).await;
    let member = desk.browser(&desk.account("member-1", &[Role::MemberController]));
    assert!(desk.get("/own", Some(&member)).await.body.contains("to call the office"));
    let data = desk.state.live.data().expect("the folder is open");
    assert_eq!(access::of_member(&data, "M005").expect("the store works"), []);
}

#[tokio::test]
async fn nobody_looks_up_who_is_not_there() {
    let desk = house();
    let analyst = desk.browser(&desk.account("analyst-1", &[Role::Analyst]));
    assert_eq!(desk.get("/members/M999", Some(&analyst)).await.status, StatusCode::NOT_FOUND);
    let unmasked = desk.post("/members/M999/unmask", Some(&analyst), &[("purpose", "x")]).await;
    assert_eq!(unmasked.status, StatusCode::NOT_FOUND);
}
