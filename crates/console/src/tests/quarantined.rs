//! A message in quarantine: nobody reads it without a trace, and one person does not let it go.

use super::desk::{Browser, Desk};
use axum::http::StatusCode;
use model::Role;
use runtime::detect::Envelope;
use runtime::measure::quarantine::{self, Arrival, Grounds};

const MAIL: &str = "From: Parcel <parcel@delivery.example>\r\nSubject: Your parcel\r\n\
    Content-Type: text/html\r\n\r\n<p>Confirm <a href=\"https://evil.example/login\">here</a></p>\
    <img src=\"https://evil.example/p.gif\"><script>alert(1)</script>";

/// A console with one message in quarantine, and an analyst.
pub(super) fn desk() -> (Desk, Browser) {
    let desk = Desk::open();
    desk.state.live.replace_house(super::members::MEMBERS).expect("a list of members");
    let envelope = Envelope {
        client_ip: None,
        helo: "delivery.example".into(),
        mail_from: "bounce@delivery.example".into(),
        rcpt_to: vec!["ada@northmere.example".into(), "guest@northmere.example".into()],
    };
    let house = desk.state.live.house();
    let arrival = Arrival::of(MAIL.as_bytes(), &envelope, &house);
    let now = desk.state.now();
    let id = quarantine::keep(&mut desk.state.live.data().expect("open"), &arrival, Grounds::default(), now);
    assert_eq!(id.expect("the store works"), "Q-1");
    let analyst = desk.browser(&desk.account("analyst-1", &[Role::Analyst]));
    (desk, analyst)
}

#[tokio::test]
async fn the_text_is_shown_for_a_purpose_and_nothing_in_it_is_alive() {
    let (desk, analyst) = desk();
    let closed = desk.get("/quarantine/Q-1", Some(&analyst)).await;
    assert!(closed.status == StatusCode::OK && !closed.body.contains("Confirm"), "{}", closed.body);
    assert!(!closed.body.contains("ada@northmere.example"), "members are named by identifier");
    let without = desk.post("/quarantine/Q-1/view", Some(&analyst), &[("purpose", "")]).await;
    assert_eq!(without.status, StatusCode::BAD_REQUEST);
    let shown = desk.post("/quarantine/Q-1/view", Some(&analyst), &[("purpose", "a member asked")]).await;
    assert!(
        shown.body.contains("Confirm") && shown.body.contains("https://evil.example/login"),
        "{}",
        shown.body
    );
    for alive in ["href=\"https://evil", "src=\"https://evil", "<script>alert"] {
        assert!(!shown.body.contains(alive), "{alive} in {}", shown.body);
    }
    let auditor = desk.browser(&desk.account("auditor-1", &[Role::Auditor]));
    assert!(desk.get("/audit", Some(&auditor)).await.body.contains("a member asked"));
    let member = desk.browser(&desk.account("member-1", &[Role::MemberController]));
    let own = desk.get("/own", Some(&member)).await.body;
    assert!(own.contains("a member asked") && own.contains("Your parcel"), "{own}");
}

#[tokio::test]
async fn a_release_needs_two_persons() {
    let (desk, analyst) = desk();
    let proposed = desk.post("/quarantine/Q-1/release", Some(&analyst), &[("reason", "a real parcel")]).await;
    assert_eq!(proposed.status, StatusCode::SEE_OTHER);
    assert!(desk.get("/quarantine", Some(&analyst)).await.body.contains("release proposed"));
    assert_eq!(desk.post("/decisions/D-1/approve", Some(&analyst), &[]).await.status, StatusCode::FORBIDDEN);
    let approver = desk.browser(&desk.account("approver-1", &[Role::Approver]));
    assert_eq!(desk.post("/decisions/D-1/approve", Some(&approver), &[]).await.status, StatusCode::SEE_OTHER);
    assert!(desk.get("/quarantine", Some(&approver)).await.body.contains("released"));
}

#[tokio::test]
async fn a_sender_is_blocked_by_two_persons_and_what_is_not_there_is_not() {
    let (desk, analyst) = desk();
    let proposed = desk.post("/quarantine/Q-1/block", Some(&analyst), &[("reason", "phishing")]).await;
    assert_eq!(proposed.status, StatusCode::SEE_OTHER);
    assert!(desk.get("/decisions", Some(&analyst)).await.body.contains("parcel@delivery.example"));
    for path in ["/quarantine/Q-9/block", "/quarantine/Q-9/release", "/quarantine/Q-1/burn"] {
        let answer = desk.post(path, Some(&analyst), &[("reason", "phishing")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}
