//! Whoever keeps accounts cannot be both persons of a decision: not by tokens, not by links, not by roles.

use super::desk::{Answer, Browser, Desk};
use crate::account::{self, second_factor};
use crate::token::Scope;
use axum::http::StatusCode;
use model::time::DAY_SECS;
use model::{AccountId, Actor, Role};
use runtime::measure::{Measure, decision};

/// A console that holds accounts back for a day after they were handed over.
fn desk() -> Desk {
    Desk::with(|settings| settings.approval_hold_secs = DAY_SECS)
}

fn propose(desk: &Desk, by: &str) -> String {
    let actor = Actor::new(by, [Role::Analyst]);
    let measure = Measure::BlockSender { address: "press@outlet.example".into() };
    let mut data = desk.state.live.data().expect("the folder is open");
    decision::propose(&mut data, &actor, measure, "it wrote to all", desk.state.now())
        .expect("an analyst may")
        .id
}

async fn approve(desk: &Desk, id: &str, browser: &Browser) -> Answer {
    desk.post(&format!("/decisions/{id}/approve"), Some(browser), &[]).await
}

fn token_form<'a>(account: &'a str, scope: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("action", "create"), ("name", "siem"), ("account", account), ("scope", scope), ("days", "30")]
}

/// The token in the page that shows it once.
fn shown(page: &str) -> Option<String> {
    let rest = page.split("pct_").nth(1)?.split('<').next()?;
    Some(format!("pct_{rest}"))
}

#[tokio::test]
async fn an_administrator_makes_no_token_that_acts_for_another() {
    let desk = Desk::open();
    let keeper = desk.browser(&desk.account("admin-1", &[Role::Admin]));
    desk.account("approver-1", &[Role::Approver]);
    for scope in ["decisions:approve", "decisions:propose", "campaigns:read", "health:read"] {
        let answer = desk.post("/tokens", Some(&keeper), &token_form("approver-1", scope)).await;
        let Some(token) = shown(&answer.body) else { continue };
        assert_eq!(scope, "health:read", "an administrator has no other scope");
        let (_, owner) = crate::token::find(&desk.state.live.data().expect("open"), &token, desk.state.now())
            .expect("the store works")
            .expect("just made");
        assert_eq!(owner.id, "admin-1");
    }
}

#[tokio::test]
async fn a_token_is_made_by_its_owner_shown_once_and_ended_by_an_administrator() {
    let desk = Desk::open();
    let keeper = desk.browser(&desk.account("admin-1", &[Role::Admin]));
    let owner = desk.browser(&desk.account("analyst-1", &[Role::Analyst]));
    let other = desk.browser(&desk.account("analyst-2", &[Role::Analyst]));
    let made = desk.post("/tokens", Some(&owner), &token_form("", "campaigns:read")).await.body;
    let token = shown(&made).expect("the token is shown");
    assert_eq!(desk.call(&token, "/api/v1/campaigns").await.status, StatusCode::OK);
    for (browser, is_listed) in [(&owner, true), (&keeper, true), (&other, false)] {
        let listed = desk.get("/tokens", Some(browser)).await.body;
        assert!(listed.contains("siem") == is_listed && !listed.contains(&token), "{listed}");
    }
    let key = crate::secret::hash_text(&token);
    desk.post("/tokens", Some(&other), &[("action", "revoke"), ("key", &key)]).await;
    assert_eq!(desk.call(&token, "/api/v1/campaigns").await.status, StatusCode::OK, "somebody else's");
    desk.post("/tokens", Some(&keeper), &[("action", "revoke"), ("key", &key)]).await;
    assert_eq!(desk.call(&token, "/api/v1/campaigns").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn with_a_second_factor_a_token_needs_a_code() {
    let desk = Desk::open();
    let id = desk.account("analyst-1", &[Role::Analyst]);
    let secret = {
        let mut data = desk.state.live.data().expect("the folder is open");
        let find = |data: &_| account::find(data, &id).expect("the store works").expect("it is there");
        let secret = account::offer_second_factor(&data, find(&data)).expect("the store works");
        let code = second_factor::code_at(&secret, second_factor::step(desk.state.now()));
        let offered = find(&data);
        assert!(
            account::confirm_second_factor(&mut data, offered, &code, desk.state.now()).expect("it works")
        );
        secret
    };
    desk.wait(60);
    let browser = desk.browser(&id);
    let mut form = token_form("", "hunt");
    assert!(desk.get("/tokens", Some(&browser)).await.body.contains("name=\"code\""));
    assert_eq!(shown(&desk.post("/tokens", Some(&browser), &form).await.body), None);
    let code = second_factor::code_at(&secret, second_factor::step(desk.state.now()));
    form.push(("code", &code));
    assert!(shown(&desk.post("/tokens", Some(&browser), &form).await.body).is_some());
    assert_eq!(shown(&desk.post("/tokens", Some(&browser), &form).await.body), None, "a code counts once");
}

#[tokio::test]
async fn an_approver_who_was_just_made_approves_nothing_and_everybody_is_told() {
    let desk = desk();
    let id = propose(&desk, "analyst-1");
    let analyst = desk.browser(&desk.account("analyst-1", &[Role::Analyst]));
    let fresh = desk.account("approver-1", &[Role::Approver]);
    let browser = desk.browser(&fresh);
    let page = desk.get("/decisions", Some(&browser)).await.body;
    assert!(
        !page.contains("/approve") && page.contains("until 2021-01-19T09:00:00Z it approves nothing"),
        "{page}"
    );
    let refused = approve(&desk, &id, &browser).await;
    assert!(refused.status == StatusCode::FORBIDDEN && refused.body.contains("admin-0"), "{}", refused.body);
    let token = desk.token(&fresh, &[Scope::Approve]);
    let by_token = desk.send(&token, &format!("/api/v1/decisions/{id}/approve"), "{}").await;
    assert_eq!(by_token.status, StatusCode::FORBIDDEN);
    let today = desk.get("/", Some(&analyst)).await.body;
    assert!(today.contains("Account handed over") && today.contains("approver-1"), "{today}");
    assert!(desk.get("/account", Some(&browser)).await.body.contains("admin-0 made the account"));
    desk.wait(DAY_SECS);
    assert_eq!(approve(&desk, &id, &desk.browser(&fresh)).await.status, StatusCode::SEE_OTHER);
    let analyst = desk.browser(&AccountId("analyst-1".into()));
    assert!(!desk.get("/", Some(&analyst)).await.body.contains("Account handed over"));
}

#[tokio::test]
async fn a_reset_ends_tokens_and_sessions_and_starts_the_time_again() {
    let desk = desk();
    let keeper = desk.account("admin-1", &[Role::Admin]);
    let approver = desk.account("approver-1", &[Role::Approver]);
    desk.wait(2 * DAY_SECS);
    let (token, browser) = (desk.token(&approver, &[Scope::Approve]), desk.browser(&approver));
    let id = propose(&desk, "analyst-1");
    let form = [("action", "link"), ("account", "approver-1")];
    assert_eq!(desk.post("/accounts", Some(&desk.browser(&keeper)), &form).await.status, StatusCode::OK);
    let path = format!("/api/v1/decisions/{id}/approve");
    assert_eq!(desk.send(&token, &path, "{}").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(approve(&desk, &id, &browser).await.status, StatusCode::UNAUTHORIZED);
    let taken_over = desk.browser(&approver);
    desk.post("/account/password", Some(&taken_over), &[("password", super::desk::PASSWORD)]).await;
    assert_eq!(approve(&desk, &id, &desk.browser(&approver)).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_time_begins_when_somebody_goes_in_not_when_the_link_was_made() {
    let desk = desk();
    let keeper = desk.account("admin-1", &[Role::Admin]);
    let approver = desk.account("approver-1", &[Role::Approver]);
    desk.wait(2 * DAY_SECS);
    let form = [("action", "link"), ("account", "approver-1")];
    let made = desk.post("/accounts", Some(&desk.browser(&keeper)), &form).await.body;
    let code = made.split("one_time=").nth(1).and_then(|rest| rest.split(['"', '<']).next()).expect("a link");
    desk.wait(DAY_SECS + 1);
    assert_eq!(desk.post("/sign-in", None, &[("one_time", code)]).await.status, StatusCode::SEE_OTHER);
    let entered = desk.browser(&approver);
    desk.post("/account/password", Some(&entered), &[("password", super::desk::PASSWORD)]).await;
    let id = propose(&desk, "analyst-1");
    assert_eq!(approve(&desk, &id, &desk.browser(&approver)).await.status, StatusCode::FORBIDDEN);
    desk.wait(DAY_SECS);
    assert_eq!(approve(&desk, &id, &desk.browser(&approver)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn who_handed_an_account_over_gets_nothing_approved_by_it() {
    let desk = desk();
    let approver = desk.account("approver-1", &[Role::Approver]);
    desk.wait(2 * DAY_SECS);
    // The former administrator is an analyst now.
    let id = propose(&desk, "admin-0");
    let browser = desk.browser(&approver);
    let page = desk.get("/decisions", Some(&browser)).await.body;
    assert!(page.contains("another approver has to decide"), "{page}");
    assert_eq!(approve(&desk, &id, &browser).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_role_that_decides_is_held_back_too() {
    let desk = desk();
    let auditor = desk.account("auditor-1", &[Role::Auditor]);
    desk.wait(2 * DAY_SECS);
    let id = propose(&desk, "analyst-1");
    desk.change_roles(&auditor, &[Role::Approver]);
    assert_eq!(approve(&desk, &id, &desk.browser(&auditor)).await.status, StatusCode::FORBIDDEN);
    desk.wait(DAY_SECS);
    assert_eq!(approve(&desk, &id, &desk.browser(&auditor)).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_account_for_a_member_that_was_just_made_reads_no_mail() {
    let desk = desk();
    desk.state.live.replace_house(super::members::MEMBERS).expect("a list of members");
    let member = desk.account("member-1", &[Role::MemberController]);
    let auditor = desk.browser(&desk.account("auditor-1", &[Role::Auditor]));
    let early = desk.get("/own", Some(&desk.browser(&member))).await;
    assert!(early.status == StatusCode::FORBIDDEN && !early.body.contains("Ada Quill"), "{}", early.body);
    let warned = desk.post("/warnings/W-1/acknowledge", Some(&desk.browser(&member)), &[]).await;
    assert_eq!(warned.status, StatusCode::FORBIDDEN);
    let today = desk.get("/", Some(&auditor)).await.body;
    assert!(today.contains("Account handed over") && today.contains("member-1"), "{today}");
    desk.wait(DAY_SECS);
    assert_eq!(desk.get("/own", Some(&desk.browser(&member))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_analyst_who_was_just_made_reads_no_message() {
    let desk = desk();
    let analyst = desk.account("analyst-1", &[Role::Analyst]);
    let form = [("purpose", "to look")];
    let early = desk.post("/quarantine/Q-1/view", Some(&desk.browser(&analyst)), &form).await;
    assert!(early.status == StatusCode::FORBIDDEN && early.body.contains("reads no mail"), "{}", early.body);
    desk.wait(DAY_SECS);
    let settled = desk.post("/quarantine/Q-1/view", Some(&desk.browser(&analyst)), &form).await;
    assert_eq!(settled.status, StatusCode::NOT_FOUND, "there is none, and that is told now");
}
