//! Signing in at the house's own sign-on: away, and back.

use super::query::Query;
use super::sign_in;
use crate::account::sign_on;
use crate::error::Failure;
use crate::oidc::{OidcError, Redirection};
use crate::state::State;
use crate::visitor;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

/// Holds the state of a sign-in that was begun in this browser. It has to come along when the issuer sends the browser back,
/// so it cannot be `Strict`.
const COOKIE: &str = "portcullis-sign-on";
const COOKIE_RULES: &str = "SameSite=Lax; Max-Age=600";
const NO_ACCOUNT: &str = "The sign-on knows you, and nobody has made an account for you here yet.";

/// Away to the issuer.
pub(crate) async fn begin(Shared(state): Shared<Arc<State>>) -> Result<Response, Failure> {
    let issuer = state.issuer.as_ref().ok_or(Failure::Missing)?;
    let Redirection { url, state: begun } = match issuer.begin(state.now()).await {
        Ok(redirection) => redirection,
        Err(error) => return Ok(refuse(&state, &error)),
    };
    let cookie = visitor::set_cookie(&cookie_name(&state), &begun, COOKIE_RULES, &state.settings);
    Ok(sign_in::with_cookie(Redirect::to(url.as_str()).into_response(), cookie))
}

/// Back from the issuer.
pub(crate) async fn end(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    Query(query): Query,
) -> Result<Response, Failure> {
    let issuer = state.issuer.as_ref().ok_or(Failure::Missing)?;
    let (code, returned) = (query.get("code"), query.get("state"));
    if code.is_empty() {
        return Ok(refuse(&state, &OidcError::Denied));
    }
    let begun = visitor::cookie(&headers, &cookie_name(&state)).unwrap_or_default();
    let identity = match issuer.finish(code, returned, &begun, state.now()).await {
        Ok(identity) => identity,
        Err(error) => return Ok(refuse(&state, &error)),
    };
    let found = state.work(move |state| Ok(sign_on::find(&mut *state.live.data()?, identity, state.now())?));
    let Some(account) = found.await? else {
        return Ok(sign_in::refused(&state, NO_ACCOUNT.to_owned(), StatusCode::FORBIDDEN));
    };
    let session = sign_in::open_session(&state, &headers, &account, "")?;
    Ok(lead_on(&state, session))
}

/// The browser came from another site, and would leave the `Strict` cookie of its new session out if it were redirected now.
/// A page of ours that leads on is no other site.
fn lead_on(state: &State, session: Response) -> Response {
    let (mut parts, _) = session.into_parts();
    let target = parts.headers.remove(header::LOCATION).unwrap_or(HeaderValue::from_static("/"));
    let target = target.to_str().unwrap_or("/").to_owned();
    parts.status = StatusCode::OK;
    if let Ok(refresh) = HeaderValue::from_str(&format!("0; url={target}")) {
        parts.headers.insert(header::REFRESH, refresh);
    }
    let no_state = visitor::set_cookie(&cookie_name(state), "", "SameSite=Lax; Max-Age=0", &state.settings);
    let page = crate::page::sign_in::signed_in(&target, &state.bare_chrome());
    let page = (parts.status, parts.headers, page).into_response();
    sign_in::with_cookie(page, no_state)
}

fn cookie_name(state: &State) -> String {
    visitor::named(COOKIE, &state.settings)
}

fn refuse(state: &State, error: &OidcError) -> Response {
    tracing::warn!(event = "console.sign-on-failed", cause = %error);
    let status = match error {
        OidcError::Unreachable(_) | OidcError::Answer(_) => StatusCode::BAD_GATEWAY,
        OidcError::Settings(_) | OidcError::Randomness(_) => StatusCode::INTERNAL_SERVER_ERROR,
        OidcError::Denied | OidcError::Stale | OidcError::Token(_) => StatusCode::FORBIDDEN,
    };
    sign_in::refused(state, format!("Sorry, {error}."), status)
}
