//! What every response says about itself, failures among them.

use super::desk::{Answer, Desk};
use crate::token::Scope;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use model::Role;

#[track_caller]
fn check(answer: &Answer) {
    let policy = answer.header("content-security-policy");
    for rule in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
        assert!(policy.contains(rule), "{rule} is not in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("referrer-policy"), "same-origin");
    assert!(!answer.header("cache-control").is_empty());
}

#[tokio::test]
async fn every_response_has_the_headers() {
    let desk = Desk::open();
    for path in
        ["/", "/sign-in", "/healthz", "/metrics", "/nothing/here", "/assets/console.css", "/api/v1/nothing"]
    {
        check(&desk.get(path, None).await);
    }
    let wrong_method = Request::delete("/sign-in").body(Body::empty()).expect("a request");
    let answer = desk.ask(wrong_method).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(!answer.header("allow").is_empty());
    check(&answer);
}

#[tokio::test]
async fn pages_are_kept_nowhere_and_files_of_the_program_for_a_year() {
    let desk = Desk::open();
    assert_eq!(desk.get("/sign-in", None).await.header("cache-control"), "no-store");
    let style = desk.get("/assets/console.css?v=1", None).await;
    assert!(style.header("cache-control").contains("immutable"));
    let again = Request::get("/assets/console.css").header(header::IF_NONE_MATCH, style.header("etag"));
    let again = desk.ask(again.body(Body::empty()).expect("a request")).await;
    assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
}

#[tokio::test]
async fn over_tls_browsers_are_told_to_stay_there() {
    let plain = Desk::open().get("/sign-in", None).await;
    assert_eq!(plain.header("strict-transport-security"), "");
    let desk = Desk::with(|settings| settings.public_url = "https://portcullis.example".into());
    assert_eq!(desk.get("/sign-in", None).await.header("strict-transport-security"), "max-age=63072000");
}

#[tokio::test]
async fn failures_are_pages_for_people_and_problems_for_programs() {
    let desk = Desk::open();
    let page = desk.get("/nothing", None).await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (StatusCode::NOT_FOUND, "text/html; charset=utf-8")
    );
    let problem = desk.get("/api/v1/nothing", None).await;
    assert_eq!(problem.header("content-type"), "application/problem+json");
    assert_eq!(problem.body, r#"{"title":"Not Found","status":404,"detail":"there is nothing here"}"#);
}

#[tokio::test]
async fn figures_name_routes_and_nobody() {
    let desk = Desk::open();
    desk.get("/sign-in?next=/members/M004", None).await;
    desk.get("/members/M004", None).await;
    let text = desk.get("/metrics", None).await.body;
    assert!(text.contains("route=\"/sign-in\",method=\"GET\",status=\"200\""), "{text}");
    assert!(!text.contains("M004"), "{text}");
    assert_eq!(desk.get("/healthz", None).await.body, "alive\n");
}

/// What `/metrics` answers to `address`, with these headers besides.
async fn metrics(desk: &Desk, address: &str, headers: &[(&'static str, &str)]) -> StatusCode {
    let mut request = Request::get("/metrics");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    desk.ask_from(address, request.body(Body::empty()).expect("a request")).await.status
}

#[tokio::test]
async fn figures_are_for_this_machine_and_for_who_is_named() {
    let desk = Desk::open();
    assert_eq!(metrics(&desk, "127.0.0.1", &[]).await, StatusCode::OK);
    assert_eq!(metrics(&desk, "::1", &[]).await, StatusCode::OK);
    assert_eq!(metrics(&desk, "192.0.2.1", &[]).await, StatusCode::UNAUTHORIZED);
    for passed_on in [("x-forwarded-for", "127.0.0.1"), ("forwarded", "for=127.0.0.1"), ("via", "1.1 proxy")]
    {
        assert_eq!(
            metrics(&desk, "127.0.0.1", &[passed_on]).await,
            StatusCode::UNAUTHORIZED,
            "{passed_on:?}"
        );
    }
    let named =
        Desk::with(|settings| settings.metrics_from = vec!["192.0.2.0/24".parse().expect("a network")]);
    assert_eq!(metrics(&named, "192.0.2.1", &[]).await, StatusCode::OK);
    assert_eq!(metrics(&named, "127.0.0.1", &[]).await, StatusCode::UNAUTHORIZED);
    let behind = Desk::with(|settings| settings.trusts_forwarded_for = true);
    assert_eq!(
        metrics(&behind, "127.0.0.1", &[("x-forwarded-for", "192.0.2.1")]).await,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(metrics(&behind, "127.0.0.1", &[]).await, StatusCode::OK);
}

#[tokio::test]
async fn elsewhere_figures_need_a_token_for_them() {
    let desk = Desk::open();
    let keeper = desk.account("admin-1", &[Role::Admin]);
    for (scope, expected) in [(Scope::Health, StatusCode::OK), (Scope::Evidence, StatusCode::FORBIDDEN)] {
        let authorization = format!("Bearer {}", desk.token(&keeper, &[scope]));
        assert_eq!(metrics(&desk, "192.0.2.1", &[("authorization", &authorization)]).await, expected);
    }
}

#[tokio::test]
async fn readiness_is_for_everybody_and_its_details_are_not() {
    let desk = Desk::open();
    let ready = |address: &'static str| {
        desk.ask_from(address, Request::get("/readyz").body(Body::empty()).expect("a request"))
    };
    let (here, elsewhere) = (ready("127.0.0.1").await.body, ready("192.0.2.1").await.body);
    assert!(here.contains("queued 0 of ") && here.contains("free "), "{here}");
    assert!(["ready\n", "not ready\n"].contains(&elsewhere.as_str()), "{elsewhere}");
}
