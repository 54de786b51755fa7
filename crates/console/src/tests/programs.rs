//! Programs with tokens: scopes, roles, parts of lists, problems.

use super::desk::{Answer, Desk};
use crate::account::administration;
use crate::token::{self, Scope};
use crate::{account, route};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use model::{AccountId, Actor, Role};

impl Desk {
    /// A token that acts for `account`, with those of the scopes that its roles reach.
    pub(super) fn token(&self, account: &AccountId, scopes: &[Scope]) -> String {
        let mut data = self.state.live.data().expect("the folder is open");
        let owner = account::find(&data, account).expect("the store works").expect("it is there").actor();
        let now = self.state.now();
        // As on the page: what the roles of the account do not reach is not offered.
        let is_offered = |scope: &Scope| route::is_open_to(*scope, &owner.roles);
        let scopes = scopes.iter().copied().filter(is_offered).collect();
        token::create(&mut data, &owner, "test", &scopes, now.plus_secs(3_600), now).expect("its own")
    }

    pub(super) fn change_roles(&self, account: &AccountId, roles: &[Role]) {
        let mut data = self.state.live.data().expect("the folder is open");
        let keeper = Actor::new("admin-0", [Role::Admin]);
        let roles = roles.iter().copied().collect();
        administration::change_roles(&mut data, &keeper, account, &roles, None, self.state.now())
            .expect("an administrator may");
    }

    pub(super) async fn call(&self, token: &str, path: &str) -> Answer {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.ask(request.body(Body::empty()).expect("a request")).await
    }

    pub(super) async fn send(&self, token: &str, path: &str, json: &str) -> Answer {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        self.ask(request.body(Body::from(json.to_owned())).expect("a request")).await
    }
}

#[tokio::test]
async fn a_token_does_what_its_scopes_and_its_account_allow() {
    let desk = Desk::open();
    let analyst = desk.account("analyst-1", &[Role::Analyst]);
    let campaigns = desk.token(&analyst, &[Scope::Campaigns]);
    assert_eq!(desk.call(&campaigns, "/api/v1/campaigns").await.body, r#"{"items":[]}"#);
    let other = desk.call(&campaigns, "/api/v1/members").await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    assert!(other.body.contains("members:read"), "{}", other.body);
    let hunting = desk.token(&analyst, &[Scope::Hunt]);
    desk.change_roles(&analyst, &[Role::Auditor]);
    assert_eq!(
        desk.send(&hunting, "/api/v1/hunt", r#"{"indicators":["a.example"]}"#).await.status,
        StatusCode::FORBIDDEN,
        "the account may not any more"
    );
    let nobody = desk.call("pct_guess", "/api/v1/campaigns").await;
    assert_eq!((nobody.status, nobody.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Bearer"));
    desk.wait(3_601);
    assert_eq!(desk.call(&campaigns, "/api/v1/campaigns").await.status, StatusCode::UNAUTHORIZED, "it ended");
}

#[tokio::test]
async fn what_cannot_be_understood_is_a_problem() {
    let desk = Desk::open();
    let analyst = desk.account("analyst-1", &[Role::Analyst]);
    let token = desk.token(&analyst, &Scope::ALL);
    for path in ["/api/v1/campaigns?limit=0", "/api/v1/campaigns?limit=x", "/api/v1/ledger?cursor=%3F"] {
        let answer = desk.call(&token, path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    for (json, status) in [
        ("{", StatusCode::BAD_REQUEST),
        ("{}", StatusCode::BAD_REQUEST),
        (r#"{"indicators":[]}"#, StatusCode::BAD_REQUEST),
        (r#"{"indicators":["  "]}"#, StatusCode::BAD_REQUEST),
        (r#"{"indicators":["no indicator at all"]}"#, StatusCode::BAD_REQUEST),
        (r#"{"indicators":["a.example"],"more":1}"#, StatusCode::BAD_REQUEST),
        (r#"{"indicators":["a.example"]}"#, StatusCode::OK),
    ] {
        assert_eq!(desk.send(&token, "/api/v1/hunt", json).await.status, status, "{json}");
    }
    let large = format!(r#"{{"indicators":["{}"]}}"#, "a".repeat(300 << 10));
    assert_eq!(desk.send(&token, "/api/v1/hunt", &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn an_entry_comes_with_a_proof_that_anybody_can_check() {
    let desk = Desk::open();
    let analyst = desk.account("analyst-1", &[Role::Analyst]);
    let token = desk.token(&analyst, &[Scope::Evidence]);
    let entry = desk.call(&token, "/api/v1/evidence/0").await;
    let entry: serde_json::Value = serde_json::from_str(&entry.body).expect("JSON");
    let text = entry.get("entry").and_then(|entry| entry.as_str()).expect("an entry");
    let key = entry.pointer("/checkpoint/verifier_key").and_then(|key| key.as_str()).expect("a key");
    let proof = desk.call(&token, "/api/v1/evidence/0/proof").await.body;
    let proof = evidence::TlogProof::parse(&proof).expect("a proof");
    let verifier = evidence::Verifier::from_vkey(key).expect("a key");
    proof.check(text.as_bytes(), &verifier, &[]).expect("it proves the entry");
    assert!(proof.check(b"{}", &verifier, &[]).is_err());
    assert_eq!(desk.call(&token, "/api/v1/evidence/99").await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.call(&token, "/api/v1/evidence/x").await.status, StatusCode::NOT_FOUND);
}

/// Positions that one part of the log has, and the cursor of the next.
fn part(answer: &Answer) -> (Vec<u64>, Option<String>) {
    let page: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    let rows = page.get("items").and_then(|items| items.as_array()).expect("a list");
    let index =
        |row: &serde_json::Value| row.get("index").and_then(serde_json::Value::as_u64).expect("a position");
    (rows.iter().map(index).collect(), page.get("next").and_then(|next| next.as_str()).map(str::to_owned))
}

#[tokio::test]
async fn the_log_is_read_part_by_part_to_its_first_entry() {
    let desk = Desk::open();
    let auditor = desk.account("auditor-1", &[Role::Auditor]);
    let token = desk.token(&auditor, &[Scope::Evidence]);
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let (rows, next) = part(&desk.call(&token, &format!("/api/v1/evidence?limit=2{cursor}")).await);
        assert!(rows.len() <= 2);
        seen.extend(rows);
        let Some(next) = next else { break };
        cursor = format!("&cursor={next}");
    }
    let end = desk.state.live.data().expect("open").evidence.len();
    assert_eq!(seen, (0..end).rev().collect::<Vec<_>>());
    let foreign = desk.call(&token, "/api/v1/evidence?cursor=Zm9v").await;
    assert_eq!(foreign.status, StatusCode::BAD_REQUEST, "text that is no position");
}

#[tokio::test]
async fn an_auditor_reads_who_looked_and_nobody_else_does() {
    let desk = Desk::open();
    let auditor = desk.token(&desk.account("auditor-1", &[Role::Auditor]), &[Scope::Audit]);
    assert_eq!(desk.call(&auditor, "/api/v1/audit").await.body, r#"{"items":[]}"#);
    let analyst = desk.token(&desk.account("analyst-1", &[Role::Analyst]), &Scope::ALL);
    assert_eq!(desk.call(&analyst, "/api/v1/audit").await.status, StatusCode::FORBIDDEN);
    assert_eq!(desk.call(&analyst, "/api/v1/domains").await.body, "[]");
}
