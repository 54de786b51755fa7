//! Signing in and out, links that work once, lock-out, forged forms.

use super::desk::{Browser, Desk, PASSWORD};
use crate::account::second_factor;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use model::Role;

async fn sign_in(desk: &Desk, password: &str) -> super::desk::Answer {
    desk.post("/sign-in", None, &[("account", "analyst-1"), ("password", password)]).await
}

#[tokio::test]
async fn a_password_opens_a_session_and_signing_out_ends_it() {
    let desk = Desk::open();
    desk.account("admin-1", &[Role::Admin]);
    let answer = desk.post("/sign-in", None, &[("account", "admin-1"), ("password", PASSWORD)]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/accounts"));
    assert!(answer.header("set-cookie").ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{answer:?}");
    let cookie = answer.cookie().expect("a session");
    let page = desk.get("/accounts", Some(&Browser { cookie: cookie.clone(), csrf: String::new() })).await;
    assert_eq!(page.status, StatusCode::OK);
    let csrf = page.body.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let browser = Browser { cookie, csrf: csrf.expect("a form").to_owned() };
    assert_eq!(desk.post("/sign-out", Some(&browser), &[]).await.status, StatusCode::SEE_OTHER);
    let gone = desk.get("/accounts", Some(&browser)).await;
    assert_eq!((gone.status, gone.header("location")), (StatusCode::SEE_OTHER, "/sign-in?next=%2Faccounts"));
}

#[tokio::test]
async fn nobody_learns_which_part_was_wrong() {
    let desk = Desk::open();
    desk.account("analyst-1", &[Role::Analyst]);
    let wrong = sign_in(&desk, "wrong password").await;
    let unknown = desk.post("/sign-in", None, &[("account", "nobody"), ("password", PASSWORD)]).await;
    for answer in [&wrong, &unknown] {
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.cookie(), None);
    }
    assert_eq!(wrong.body.replace("analyst-1", "nobody"), unknown.body);
}

#[tokio::test]
async fn failures_in_a_row_lock_the_account_and_time_opens_it() {
    let desk = Desk::open();
    desk.account("analyst-1", &[Role::Analyst]);
    for _ in 0..5 {
        assert_eq!(sign_in(&desk, "guess").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(sign_in(&desk, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY, "locked");
    desk.wait(31);
    assert_eq!(sign_in(&desk, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn guessing_at_many_accounts_from_one_address_is_slow() {
    let desk = Desk::open();
    let mut last = StatusCode::OK;
    for attempt in 0..11 {
        let name = format!("analyst-{attempt}");
        last = desk.post("/sign-in", None, &[("account", &name), ("password", "guess")]).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    desk.wait(6);
    assert_eq!(sign_in(&desk, "guess").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn behind_a_proxy_the_visitor_is_slowed_down_and_not_the_proxy() {
    let desk = Desk::with(|settings| settings.trusts_forwarded_for = true);
    let guess = |address: &'static str, attempt: usize| {
        let request = Request::post("/sign-in")
            .header(header::ORIGIN, super::desk::HERE)
            .header("x-forwarded-for", address);
        desk.ask(request.body(Body::from(format!("account=a-{attempt}&password=guess"))).expect("a request"))
    };
    for attempt in 0..10 {
        assert_eq!(guess("192.0.2.1", attempt).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(guess("192.0.2.1", 10).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(guess("192.0.2.2", 11).await.status, StatusCode::UNPROCESSABLE_ENTITY, "somebody else");
}

#[tokio::test]
async fn strangers_who_guess_do_not_keep_the_owner_out() {
    let desk = Desk::open();
    desk.account("analyst-1", &[Role::Analyst]);
    let first = sign_in(&desk, PASSWORD).await;
    let device_of = |answer: &super::desk::Answer| {
        let kept = answer.cookies().into_iter().find(|cookie| cookie.starts_with("portcullis-device="));
        kept.expect("the browser keeps something")
    };
    let device = device_of(&first);
    let attempt = |address: &'static str, cookie: String, password: &'static str| {
        let request = Request::post("/sign-in")
            .header(header::ORIGIN, super::desk::HERE)
            .header(header::COOKIE, cookie);
        let form = format!("account=analyst-1&password={}", password.replace(' ', "+"));
        desk.ask_from(address, request.body(Body::from(form)).expect("a request"))
    };
    for address in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
        for _ in 0..8 {
            attempt(address, String::new(), "guess").await;
        }
    }
    assert_eq!(attempt("192.0.2.9", String::new(), PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        attempt("192.0.2.9", "portcullis-device=x".into(), PASSWORD).await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    let again = attempt("192.0.2.9", device.clone(), PASSWORD).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    let (used, device) = (device, device_of(&again));
    assert_eq!(
        attempt("192.0.2.9", used, PASSWORD).await.status,
        StatusCode::TOO_MANY_REQUESTS,
        "it was replaced"
    );
    for _ in 0..5 {
        assert_eq!(
            attempt("192.0.2.8", device.clone(), "guess").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    assert_eq!(
        attempt("192.0.2.8", device, PASSWORD).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "it is paused itself"
    );
}

#[tokio::test]
async fn a_link_leads_to_a_password_and_works_once() {
    let desk = Desk::open();
    let keeper = desk.account("admin-1", &[Role::Admin]);
    let browser = desk.browser(&keeper);
    let made = desk
        .post(
            "/accounts",
            Some(&browser),
            &[("action", "create"), ("account", "analyst-1"), ("role", "analyst")],
        )
        .await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let code =
        made.body.split("one_time=").nth(1).and_then(|rest| rest.split(['"', '<']).next()).expect("a link");
    let shown = desk.get(&format!("/sign-in?one_time={code}"), None).await;
    assert!(shown.status == StatusCode::OK && shown.body.contains(code), "looking uses nothing up");
    let opened = desk.post("/sign-in", None, &[("one_time", code)]).await;
    assert_eq!((opened.status, opened.header("location")), (StatusCode::SEE_OTHER, "/account"));
    let again = desk.post("/sign-in", None, &[("one_time", code)]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);

    let newcomer = desk.browser(&model::AccountId("analyst-1".into()));
    let early = desk.get("/accounts", Some(&newcomer)).await;
    assert_eq!(
        (early.status, early.header("location")),
        (StatusCode::SEE_OTHER, "/account"),
        "a password first"
    );
    let short = desk.post("/account/password", Some(&newcomer), &[("password", "short")]).await;
    assert_eq!(short.status, StatusCode::SEE_OTHER);
    assert!(desk.get("/account", Some(&newcomer)).await.body.contains("at least 12 characters"));
    let chosen = desk.post("/account/password", Some(&newcomer), &[("password", PASSWORD)]).await;
    assert!(chosen.cookie().is_some_and(|cookie| cookie != newcomer.cookie), "a new session");
    assert_eq!(
        desk.get("/account", Some(&newcomer)).await.status,
        StatusCode::SEE_OTHER,
        "the old one ended"
    );
    assert_eq!(sign_in(&desk, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_second_factor_is_set_up_and_then_asked_for() {
    let desk = Desk::open();
    let id = desk.account("analyst-1", &[Role::Analyst]);
    let browser = desk.browser(&id);
    desk.post("/account/second-factor", Some(&browser), &[]).await;
    let page = desk.get("/account", Some(&browser)).await.body;
    let secret = {
        let data = desk.state.live.data().expect("the folder is open");
        let account = crate::account::find(&data, &id).expect("the store works").expect("it is there");
        crate::account::offered_secret(&data, &account).expect("the store works").expect("it was offered")
    };
    assert!(page.contains(&second_factor::base32(&secret)), "the address holds the key: {page}");
    let code = || second_factor::code_at(&secret, second_factor::step(desk.state.now()));
    desk.post("/account/second-factor", Some(&browser), &[("code", &code())]).await;
    assert_eq!(sign_in(&desk, PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    desk.wait(60);
    let form = [("account", "analyst-1"), ("password", PASSWORD), ("code", &code())];
    assert_eq!(desk.post("/sign-in", None, &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.post("/sign-in", None, &form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "used");
}

#[tokio::test]
async fn where_a_second_factor_is_asked_for_nothing_else_comes_first() {
    let desk = Desk::with(|settings| settings.requires_second_factor = true);
    let browser = desk.browser(&desk.account("admin-1", &[Role::Admin]));
    let answer = desk.get("/accounts", Some(&browser)).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/account"));
}

#[tokio::test]
async fn a_form_without_the_mark_of_the_session_is_refused() {
    let desk = Desk::open();
    let browser = desk.browser(&desk.account("admin-1", &[Role::Admin]));
    let forged = Browser { csrf: "guess".into(), ..browser.clone() };
    for path in ["/accounts", "/sign-out", "/account/password", "/account/second-factor"] {
        let answer = desk.post(path, Some(&forged), &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(desk.get("/accounts", Some(&browser)).await.status, StatusCode::OK, "still signed in");
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let desk = Desk::open();
    let browser = desk.browser(&desk.account("admin-1", &[Role::Admin]));
    let body = format!("csrf={}", browser.csrf);
    let forged = |path: &str, origin: &str| {
        let request =
            Request::post(path).header(header::ORIGIN, origin).header(header::COOKIE, &browser.cookie);
        request.body(Body::from(body.clone())).expect("a request")
    };
    for (path, origin) in [("/sign-out", "https://evil.example"), ("/sign-out", "null"), ("/sign-in", "null")]
    {
        assert_eq!(desk.ask(forged(path, origin)).await.status, StatusCode::FORBIDDEN, "{path} {origin}");
    }
}

#[tokio::test]
async fn a_session_ends_with_the_account() {
    let desk = Desk::open();
    let keeper = desk.browser(&desk.account("admin-1", &[Role::Admin]));
    let other = desk.browser(&desk.account("admin-2", &[Role::Admin]));
    assert_eq!(desk.get("/accounts", Some(&other)).await.status, StatusCode::OK);
    desk.post("/accounts", Some(&keeper), &[("action", "lock"), ("account", "admin-2")]).await;
    assert_eq!(desk.get("/accounts", Some(&other)).await.status, StatusCode::SEE_OTHER);
    let own = desk.post("/accounts", Some(&keeper), &[("action", "lock"), ("account", "admin-1")]).await;
    assert_eq!(own.status, StatusCode::SEE_OTHER);
    assert!(desk.get("/accounts", Some(&keeper)).await.body.contains("another administrator"));
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_with_the_next_request() {
    let desk = Desk::open();
    let keeper = desk.browser(&desk.account("admin-1", &[Role::Admin]));
    let other = desk.browser(&desk.account("analyst-1", &[Role::Analyst]));
    assert_eq!(desk.get("/hunt", Some(&other)).await.status, StatusCode::OK);
    let form = [("action", "roles"), ("account", "analyst-1"), ("role", "auditor")];
    assert_eq!(desk.post("/accounts", Some(&keeper), &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(desk.get("/hunt", Some(&other)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(desk.get("/audit", Some(&other)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_session_ends_when_nobody_comes() {
    let desk = Desk::open();
    let browser = desk.browser(&desk.account("admin-1", &[Role::Admin]));
    desk.wait(3_600);
    assert_eq!(desk.get("/accounts", Some(&browser)).await.status, StatusCode::OK);
    desk.wait(3_601);
    assert_eq!(desk.get("/accounts", Some(&browser)).await.status, StatusCode::SEE_OTHER);
}
