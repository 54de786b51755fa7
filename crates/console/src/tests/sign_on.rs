//! Signing in at an issuer: a tiny one on loopback, which can also lie.

use super::desk::{Answer, Desk};
use crate::account::administration;
use crate::oidc::IssuerSettings;
use axum::extract::{Form, Query, State};
use axum::http::{Request, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router, body::Body};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{AccountId, Actor, Role};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// How the issuer lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    None,
    Nonce,
    Audience,
    Issuer,
    Expired,
    Key,
    Unsigned,
}

struct Issuer {
    url: String,
    lie: Lie,
    key: Vec<u8>,
    public: Vec<u8>,
    /// Challenge and nonce of the sign-in that was begun.
    begun: Mutex<Option<(String, String)>>,
}

type Shared = State<Arc<Issuer>>;

fn key() -> (Vec<u8>, Vec<u8>) {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &random)
        .expect("a key");
    (document.as_ref().to_vec(), pair.public_key().as_ref().to_vec())
}

async fn describe(State(issuer): Shared) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", issuer.url);
    Json(json!({
        "issuer": issuer.url,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
    }))
}

async fn keys(State(issuer): Shared) -> Json<Value> {
    let [x, y] =
        [1..33, 33..65].map(|range| URL_SAFE_NO_PAD.encode(issuer.public.get(range).expect("a point")));
    Json(
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": "k1", "alg": "ES256", "use": "sig", "x": x, "y": y }] }),
    )
}

/// Takes a code only with the verifier of the challenge that it was given for.
async fn token(
    State(issuer): Shared,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Json<Value>, StatusCode> {
    let (challenge, nonce) = issuer.begun.lock().expect("no panic").clone().ok_or(StatusCode::BAD_REQUEST)?;
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let is_ours = URL_SAFE_NO_PAD.encode(crate::secret::hash(field("code_verifier"))) == challenge;
    if field("grant_type") != "authorization_code" || field("code") != "good" || !is_ours {
        return Err(StatusCode::BAD_REQUEST);
    }
    Ok(Json(json!({ "token_type": "Bearer", "access_token": "unused", "id_token": issuer.sign(&nonce) })))
}

impl Issuer {
    fn sign(&self, nonce: &str) -> String {
        let or = |lie: Lie, wrong: &str, right: &str| {
            if self.lie == lie { wrong.to_owned() } else { right.to_owned() }
        };
        let expires = if self.lie == Lie::Expired { 1_610_960_000 } else { 1_610_960_700 };
        let claims = json!({
            "iss": or(Lie::Issuer, "https://other.example", &self.url),
            "aud": or(Lie::Audience, "another program", "portcullis"),
            "nonce": or(Lie::Nonce, "another sign-in", nonce),
            "sub": "s1",
            "email": "analyst@house.example",
            "email_verified": true,
            "iat": 1_610_960_390,
            "exp": expires,
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        if self.lie == Lie::Unsigned {
            return format!("{}.{}.", part(&json!({ "alg": "none" })), part(&claims));
        }
        let signed = format!("{}.{}", part(&json!({ "alg": "ES256", "kid": "k1" })), part(&claims));
        let other = key().0;
        let signing = if self.lie == Lie::Key { &other } else { &self.key };
        let random = SystemRandom::new();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, signing, &random).expect("a key");
        let signature = pair.sign(&random, signed.as_bytes()).expect("it signs");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

async fn start(lie: Lie) -> Arc<Issuer> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound address"));
    let (key, public) = key();
    let issuer = Arc::new(Issuer { url, lie, key, public, begun: Mutex::default() });
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(describe))
        .route("/keys", get(keys))
        .route("/token", post(token))
        .with_state(Arc::clone(&issuer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    issuer
}

fn desk(issuer: &Issuer) -> Desk {
    let desk = Desk::with(|settings| {
        settings.issuer = Some(IssuerSettings {
            name: "the house".into(),
            issuer: issuer.url.clone(),
            client_id: "portcullis".into(),
            client_secret: Some("s3cret".into()),
            hosts: Vec::new(),
        });
    });
    let keeper = Actor::new("admin-0", [Role::Admin]);
    let id = AccountId("analyst@house.example".into());
    let roles = [Role::Analyst].into();
    let now = desk.state.now();
    administration::create(&mut desk.state.live.data().expect("open"), &keeper, &id, &roles, None, now)
        .expect("an administrator may");
    desk
}

/// Begins a sign-in, as a browser does, and lets the issuer know of it. Answers the state and the cookie.
async fn begin(desk: &Desk, issuer: &Issuer) -> (String, String) {
    let away = desk.get("/sign-in/oidc", None).await;
    assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", away.body);
    let target: url::Url = away.header("location").parse().expect("a URL");
    assert!(target.as_str().starts_with(&issuer.url));
    let Query(asked) =
        Query::<HashMap<String, String>>::try_from_uri(&target.as_str().parse().expect("a URI"))
            .expect("a query");
    let value = |name: &str| asked.get(name).cloned().unwrap_or_default();
    assert_eq!(value("code_challenge_method"), "S256");
    *issuer.begun.lock().expect("no panic") = Some((value("code_challenge"), value("nonce")));
    (value("state"), away.cookie().expect("the state is kept"))
}

async fn back(desk: &Desk, state: &str, code: &str, cookie: &str) -> Answer {
    let path = format!("/sign-in/oidc/callback?code={code}&state={state}");
    let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty());
    desk.ask(request.expect("a request")).await
}

#[track_caller]
fn check_refused(answer: &Answer) {
    assert!(answer.status.is_client_error() || answer.status == StatusCode::BAD_GATEWAY, "{answer:?}");
    assert!(
        !answer
            .headers
            .get_all(header::SET_COOKIE)
            .iter()
            .any(|cookie| { cookie.to_str().expect("plain text").starts_with("portcullis=") })
    );
}

#[tokio::test]
async fn somebody_whom_the_issuer_knows_is_signed_in() {
    let issuer = start(Lie::None).await;
    let desk = desk(&issuer);
    assert!(desk.get("/sign-in", None).await.body.contains("the house"));
    let (state, cookie) = begin(&desk, &issuer).await;
    let answer = back(&desk, &state, "good", &cookie).await;
    assert_eq!((answer.status, answer.header("refresh")), (StatusCode::OK, "0; url=/"), "{}", answer.body);
    let session = super::desk::Browser { cookie: answer.cookie().expect("a session"), csrf: String::new() };
    assert_eq!(desk.get("/campaigns", Some(&session)).await.status, StatusCode::OK);
    check_refused(&back(&desk, &state, "good", &cookie).await);
}

#[tokio::test]
async fn a_sign_in_that_was_begun_elsewhere_is_refused() {
    let issuer = start(Lie::None).await;
    let desk = desk(&issuer);
    let (state, cookie) = begin(&desk, &issuer).await;
    check_refused(&back(&desk, &state, "good", "").await);
    check_refused(&back(&desk, "another", "good", &cookie).await);
    check_refused(&back(&desk, &state, "bad", &cookie).await);
    let (state, cookie) = begin(&desk, &issuer).await;
    desk.wait(601);
    check_refused(&back(&desk, &state, "good", &cookie).await);
}

#[tokio::test]
async fn a_token_that_proves_something_else_is_refused() {
    for lie in [Lie::Nonce, Lie::Audience, Lie::Issuer, Lie::Expired, Lie::Key, Lie::Unsigned] {
        let issuer = start(lie).await;
        let desk = desk(&issuer);
        let (state, cookie) = begin(&desk, &issuer).await;
        let answer = back(&desk, &state, "good", &cookie).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{lie:?}");
        check_refused(&answer);
    }
}

#[tokio::test]
async fn without_an_issuer_there_is_no_such_way() {
    let desk = Desk::open();
    assert_eq!(desk.get("/sign-in/oidc", None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.get("/sign-in/oidc/callback?code=x&state=y", None).await.status, StatusCode::NOT_FOUND);
}
