//! What every response says about itself, failures among them.

use super::desk::{Answer, Desk};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

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
