//! What is brought to an end by a form: letters that are stuck, blocked senders, and warnings that were read.

use super::canary::{CAMPAIGN, findings};
use super::desk::Desk;
use super::quarantined;
use crate::token::Scope;
use axum::http::StatusCode;
use model::{Actor, Role};
use runtime::measure::outbox::{self, Content, Delivery};
use runtime::measure::{Measure, assessment, decision, warning};

const WHY: &[(&str, &str)] = &[("reason", "the post room has it not")];

#[tokio::test]
async fn a_letter_that_was_refused_is_sent_again_by_an_approver() {
    let (desk, analyst) = quarantined::desk();
    let approver = desk.browser(&desk.account("approver-1", &[Role::Approver]));
    desk.post("/quarantine/Q-1/release", Some(&analyst), &[("reason", "a real parcel")]).await;
    desk.post("/decisions/D-1/approve", Some(&approver), &[]).await;
    {
        let mut data = desk.state.live.data().expect("open");
        outbox::begin(&mut data, "O-1", desk.state.now()).expect("the store works");
        let refused = Delivery::Refused("no such mailbox".into());
        outbox::finish(&mut data, "O-1", refused, desk.state.now()).expect("the store works");
    }
    let page = desk.get("/letters", Some(&approver)).await.body;
    assert!(page.contains("given up") && page.contains("no such mailbox"), "{page}");
    assert!(!page.contains("ada@northmere.example"), "an address tells who a member is");
    for page in ["/", "/health"] {
        let page = desk.get(page, Some(&approver)).await.body;
        assert!(page.contains("1 letter was given up"), "{page}");
    }
    let by_analyst = desk.post("/letters/O-1/again", Some(&analyst), WHY).await;
    assert_eq!(by_analyst.status, StatusCode::FORBIDDEN);
    assert_eq!(desk.post("/letters/O-1/burn", Some(&approver), WHY).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.post("/letters/O-1/again", Some(&approver), WHY).await.status, StatusCode::SEE_OTHER);
    let letter = outbox::get(&desk.state.live.data().expect("open"), "O-1").expect("the store works");
    assert_eq!(letter.map(|letter| (letter.state, letter.attempts)), Some((outbox::State::Queued, 0)));
}

#[tokio::test]
async fn a_blocked_sender_is_let_go_by_two_persons() {
    let (desk, analyst) = quarantined::desk();
    let approver = desk.browser(&desk.account("approver-1", &[Role::Approver]));
    desk.post("/quarantine/Q-1/block", Some(&analyst), &[("reason", "phishing")]).await;
    desk.post("/decisions/D-1/approve", Some(&approver), &[]).await;
    assert!(desk.get("/blocked", Some(&analyst)).await.body.contains("parcel@delivery.example"));
    let fields = [("address", "parcel@delivery.example"), ("reason", "they were a victim themselves")];
    assert_eq!(desk.post("/blocked/unblock", Some(&analyst), &fields).await.status, StatusCode::SEE_OTHER);
    assert!(desk.get("/blocked", Some(&analyst)).await.body.contains("parcel@delivery.example"));
    desk.post("/decisions/D-2/approve", Some(&approver), &[]).await;
    assert!(desk.get("/blocked", Some(&analyst)).await.body.contains("No sender is blocked."));
}

/// A console that has sent one warning, and the code in it.
fn warned() -> (Desk, String, String) {
    let desk = Desk::open();
    desk.state
        .live
        .replace_house(b"id,name,address,groups\nM004,Ada,ada@northmere.example,g\n")
        .expect("a list");
    let (now, house) = (desk.state.now(), desk.state.live.house());
    let (analyst, approver) =
        (Actor::new("analyst-9", [Role::Analyst]), Actor::new("approver-9", [Role::Approver]));
    let mut data = desk.state.live.data().expect("open");
    runtime::ledger::update(&mut data, &findings(now)).expect("the store works");
    assessment::confirm(&mut data, &analyst, CAMPAIGN, "seen twice", now).expect("an analyst may");
    warning::draft(&mut data, &house, now).expect("the store works");
    let warnings = warning::sendable(&data, CAMPAIGN).expect("the store works");
    let warn = Measure::Warn { campaign: CAMPAIGN.into(), warnings };
    let proposed =
        decision::propose(&mut data, &analyst, warn, "they should know", now).expect("an analyst may");
    decision::approve(&mut data, &approver, &proposed.id, now).expect("an approver may");
    let letter = outbox::due(&data, now, 1).expect("the store works").pop().expect("a letter");
    outbox::begin(&mut data, &letter.id, now).expect("the store works");
    outbox::finish(&mut data, &letter.id, Delivery::Accepted, now).expect("the store works");
    let Content::Text { text, .. } = letter.content else { panic!("a warning is text") };
    let code = text.trim_end().trim_end_matches('.').rsplit(' ').next().expect("a last word").to_owned();
    drop(data);
    (desk, letter.about, code)
}

#[tokio::test]
async fn who_has_the_letter_says_that_it_was_read() {
    let (desk, id, code) = warned();
    assert!(desk.get("/sign-in", None).await.body.contains("/acknowledge"));
    assert_eq!(desk.get("/acknowledge", None).await.status, StatusCode::OK);
    let wrong = [("number", id.as_str()), ("code", "0123456789abcdef")];
    let refused = desk.post("/acknowledge", None, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!refused.body.contains("0123456789abcdef"), "a code is not sent back");
    let read = desk.post("/acknowledge", None, &[("number", &id.to_lowercase()), ("code", &code)]).await;
    assert!(read.status == StatusCode::OK && read.body.contains("Thank you"), "{}", read.body);
    let warning = warning::get(&desk.state.live.data().expect("open"), &id).expect("the store works");
    assert_eq!(warning.map(|warning| warning.state), Some(warning::State::Acknowledged));
}

#[tokio::test]
async fn codes_are_not_guessed_fast() {
    let desk = Desk::with(|settings| settings.rate.sign_in_burst = 3);
    let fields = [("number", "W-1"), ("code", "0")];
    for _ in 0..3 {
        assert_eq!(desk.post("/acknowledge", None, &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(desk.post("/acknowledge", None, &fields).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn what_nothing_could_carry_out_is_not_proposed() {
    let desk = Desk::with(|settings| settings.reach.has_mailboxes = false);
    let analyst = desk.browser(&desk.account("analyst-1", &[Role::Analyst]));
    let refused = desk.post(&format!("/campaigns/{CAMPAIGN}/purge"), Some(&analyst), WHY).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("No mailbox is configured"), "{}", refused.body);
}

#[tokio::test]
async fn programs_read_letters_what_waits_and_who_is_blocked() {
    let (desk, warning, _) = warned();
    let analyst = desk.account("analyst-1", &[Role::Analyst]);
    let token = desk.token(&analyst, &Scope::ALL);
    let json = async |path: &str| -> serde_json::Value {
        serde_json::from_str(&desk.call(&token, path).await.body).expect("JSON")
    };
    let letter = json("/api/v1/letters").await["items"][0].clone();
    assert_eq!((&letter["about"], &letter["state"]), (&warning.into(), &"sent".into()));
    assert!(letter.get("rcpt_to").is_none());
    assert_eq!(json("/api/v1/blocked").await["items"], serde_json::json!([]));
    let today = json("/api/v1/today").await;
    assert_eq!((&today["campaigns"], &today["mine_more"]), (&1.into(), &0.into()));
    let seen_by_others = desk.account("auditor-1", &[Role::Auditor]);
    let answer = desk.call(&desk.token(&seen_by_others, &Scope::ALL), "/api/v1/blocked").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
