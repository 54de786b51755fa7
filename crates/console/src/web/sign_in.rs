//! Signing in and out.

use super::form::Fields;
use crate::account::sign_in::{self, Credentials, Refused, Stored};
use crate::account::{self, Account, device, invitation};
use crate::error::Failure;
use crate::guard;
use crate::page::sign_in::{SignInView, render};
use crate::rate;
use crate::secret;
use crate::state::State;
use crate::visitor::{self, Address, Person};
use axum::extract::State as Shared;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use model::{AccountId, Role};
use std::sync::Arc;

/// Said of every failure, whichever part was wrong: neither accounts nor passwords can be tried out one by one.
const FAULT: &str =
    "That did not work. Check account, password and code; after several failures, wait a few minutes.";
/// Name of the cookie of a browser in which somebody has signed in.
const DEVICE: &str = "portcullis-device";
const STALE_LINK: &str = "This link was used before or is too old. Ask an administrator for a new one.";

/// The page; with `one_time` in its query it is about a link that works once.
pub(crate) async fn show(
    Shared(state): Shared<Arc<State>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    if guard::person(&state, &headers).await?.is_some() {
        return Ok(Redirect::to("/").into_response());
    }
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let one_time = Some(query.get("one_time").to_owned()).filter(|code| !code.is_empty());
    Ok(page(&state, SignInView { one_time, then: query.get("next").to_owned(), ..empty(&state) })
        .into_response())
}

/// The form: a link that works once, or account, password and code.
pub(crate) async fn submit(
    Shared(state): Shared<Arc<State>>,
    Address(address): Address,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let too_many = |retry_after_secs| Failure::TooMany { retry_after_secs };
    state.sign_ins.take(("address", rate::place(address)), state.now()).map_err(too_many)?;
    let next_device = secret::draw().map_err(anyhow::Error::from)?;
    let account = match fields.get("one_time") {
        "" => with_password(&state, credentials(&state, &headers, &fields, &next_device)).await?,
        code => with_link(&state, code).await?,
    };
    match account {
        Ok(account) => {
            let session = open_session(&state, &headers, &account, fields.get("then"))?;
            Ok(with_cookie(session, device_cookie(&state, &next_device)))
        }
        Err(fault) => {
            tracing::warn!(event = "console.sign-in-failed");
            let account = fields.get("account").to_owned();
            let then = fields.get("then").to_owned();
            let view = SignInView { account, fault: Some(fault.to_owned()), then, ..empty(&state) };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&state, view)).into_response())
        }
    }
}

/// Ends the session.
pub(crate) async fn sign_out(Shared(state): Shared<Arc<State>>, person: Person) -> Response {
    state.sessions.close(&person.session_id);
    with_cookie(Redirect::to("/sign-in").into_response(), visitor::no_session_cookie(&state.settings))
}

fn credentials(state: &State, headers: &HeaderMap, fields: &Fields, next_device: &str) -> Credentials {
    Credentials {
        account: AccountId(fields.get("account").to_owned()),
        password: fields.raw("password").to_owned(),
        code: fields.get("code").to_owned(),
        device: visitor::cookie(headers, &visitor::named(DEVICE, &state.settings)).unwrap_or_default(),
        next_device: next_device.to_owned(),
    }
}

async fn with_password(
    state: &Arc<State>,
    credentials: Credentials,
) -> Result<Result<Account, &'static str>, Failure> {
    let (credentials, stored) = state.work(move |state| begin(state, credentials)).await?;
    let hashed = move |state: &State| {
        let checked = sign_in::compare(&stored, &credentials.password, &state.settings)?;
        let mut data = state.live.data()?;
        Ok(sign_in::finish(&mut data, &credentials, checked, &state.settings, state.now())?)
    };
    let finished = state.hash(hashed).await?;
    Ok(finished.map_err(|refused| match refused {
        Refused::Wrong | Refused::Paused { .. } => FAULT,
    }))
}

async fn with_link(state: &Arc<State>, code: &str) -> Result<Result<Account, &'static str>, Failure> {
    let code = code.to_owned();
    let redeem = move |state: &State| Ok(invitation::redeem(&*state.live.data()?, &code, state.now())?);
    Ok(state.work(redeem).await?.ok_or(STALE_LINK))
}

/// Guessing at one account is slow. A browser in which its owner has signed in before waits for nobody else's guesses.
fn begin(state: &State, credentials: Credentials) -> Result<(Credentials, Stored), Failure> {
    let now = state.now();
    let data = state.live.data()?;
    let Credentials { account: id, device, .. } = &credentials;
    let is_known = account::find(&data, id)?.is_some_and(|account| account.knows(device, now));
    let taken = match is_known {
        true => state.sign_ins.take(("device", id, device), now),
        false => state.sign_ins.take(("account", id), now),
    };
    taken.map_err(|retry_after_secs| Failure::TooMany { retry_after_secs })?;
    let stored = sign_in::begin(&data, &credentials, now)?;
    Ok((credentials, stored))
}

/// The browser keeps it after the session has ended. It opens nothing.
fn device_cookie(state: &State, device: &str) -> Option<HeaderValue> {
    let more = format!("SameSite=Strict; Max-Age={}", device::KNOWN_SECS);
    visitor::set_cookie(&visitor::named(DEVICE, &state.settings), device, &more, &state.settings)
}

/// A session under a new id, whatever the browser came with.
pub(crate) fn open_session(
    state: &State,
    headers: &HeaderMap,
    account: &Account,
    then: &str,
) -> Result<Response, Failure> {
    let former = visitor::session_id(headers, &state.settings);
    let id = state
        .sessions
        .open(&account.account_id(), former.as_deref(), state.now())
        .map_err(anyhow::Error::from)?;
    let then = if account.unfinished(&state.settings).is_some() { "/account" } else { target(account, then) };
    Ok(with_cookie(Redirect::to(then).into_response(), visitor::session_cookie(&id, &state.settings)))
}

/// Where to go after signing in: what was asked for, if it is a path here, else where the account has something to do.
fn target<'a>(account: &Account, then: &'a str) -> &'a str {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\\\"<>".contains(&byte);
    if then.len() > 1 && then.starts_with('/') && !then.starts_with("//") && then.bytes().all(is_plain) {
        return then;
    }
    home(account)
}

/// The first page of an account.
pub(crate) fn home(account: &Account) -> &'static str {
    let roles = account.roles();
    if roles.contains(&Role::Admin) {
        "/accounts"
    } else if roles.contains(&Role::MemberController) {
        "/own"
    } else {
        "/"
    }
}

/// The response with a cookie to keep or to drop.
pub(crate) fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The page with a fault, for a sign-in that was begun elsewhere.
pub(crate) fn refused(state: &State, fault: String, status: StatusCode) -> Response {
    (status, page(state, SignInView { fault: Some(fault), ..empty(state) })).into_response()
}

fn empty(state: &State) -> SignInView {
    SignInView {
        account: String::new(),
        fault: None,
        one_time: None,
        sign_on: state.issuer.as_ref().map(|issuer| issuer.name().to_owned()),
        then: String::new(),
    }
}

fn page(state: &State, view: SignInView) -> maud::Markup {
    render(&view, &state.bare_chrome())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[track_caller]
    fn check(then: &str, expected: &str) {
        let roles = BTreeSet::from([Role::Analyst]);
        let account = Account::new(&AccountId("analyst-1".into()), &roles, None, model::EventTime(0));
        assert_eq!(target(&account, then), expected, "{then}");
    }

    #[test]
    fn nobody_is_sent_to_another_host() {
        check("/campaigns/C-000000000000001f?x=1", "/campaigns/C-000000000000001f?x=1");
        check("", "/");
        check("https://evil.example/", "/");
        check("//evil.example/", "/");
        check("/\\evil.example/", "/");
        check("/a\r\nSet-Cookie: x", "/");
        check("campaigns", "/");
    }
}
