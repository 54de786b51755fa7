//! Who sent a request: the session of a person behind a cookie, or the token of a program. Only the guard puts them into a
//! request, so that a handler that asks for one has somebody who was let in.

use crate::account::Account;
use crate::error::Failure;
use crate::session::Session;
use crate::settings::Settings;
use crate::state::State;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use model::{AccountId, Actor};
use std::net::IpAddr;

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) account: Account,
    pub(crate) session: Session,
    pub(crate) session_id: String,
    /// What it may do now; see [`Account::actor_at`].
    actor: Actor,
}

/// Where a request comes from; every request that reached its handler has one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Address(pub(crate) IpAddr);

/// A program that acts for an account.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    actor: Actor,
}

impl Person {
    pub(crate) fn new(account: Account, session: Session, session_id: String, state: &State) -> Self {
        let actor = account.actor_at(state.settings.approval_hold_secs, state.now());
        Self { account, session, session_id, actor }
    }

    pub(crate) fn actor(&self) -> Actor {
        self.actor.clone()
    }

    /// Whether it may read mail: not while it is held back after a handover.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] says until when.
    pub(crate) fn check_reads_mail(&self, state: &State) -> Result<(), Failure> {
        let held = self.account.hold(state.settings.approval_hold_secs, state.now());
        held.map_or(Ok(()), |held| Err(Failure::Forbidden(held.to_string())))
    }

    pub(crate) fn account_id(&self) -> AccountId {
        self.account.account_id()
    }
}

impl Program {
    pub(crate) fn new(account: &Account, state: &State) -> Self {
        Self { actor: account.actor_at(state.settings.approval_hold_secs, state.now()) }
    }

    pub(crate) fn actor(&self) -> Actor {
        self.actor.clone()
    }
}

/// A handler that asks for somebody stands behind a route that lets nobody else in; see [`crate::route`].
fn of<T: Clone + Send + Sync + 'static>(parts: &Parts) -> Result<T, Failure> {
    parts.extensions.get::<T>().cloned().ok_or(Failure::SignInFirst)
}

impl<S: Sync> FromRequestParts<S> for Person {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        of(parts)
    }
}

impl<S: Sync> FromRequestParts<S> for Program {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        of(parts)
    }
}

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        of(parts)
    }
}

/// Name of the cookie. Over TLS the prefix `__Host-` keeps other hosts of the domain from setting it (RFC 6265bis, 4.1.3.2).
fn cookie_name(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-portcullis" } else { "portcullis" }
}

/// The id of the session that the browser sent.
pub(crate) fn session_id(headers: &HeaderMap, settings: &Settings) -> Option<String> {
    cookie(headers, cookie_name(settings))
}

/// A cookie of the request (RFC 6265 section 4.2.1).
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}

/// The cookie with which the browser keeps a session. It ends with the browser at the latest.
pub(crate) fn session_cookie(id: &str, settings: &Settings) -> Option<HeaderValue> {
    set_cookie(cookie_name(settings), id, "SameSite=Strict", settings)
}

/// The cookie that takes it away.
pub(crate) fn no_session_cookie(settings: &Settings) -> Option<HeaderValue> {
    set_cookie(cookie_name(settings), "", "SameSite=Strict; Max-Age=0", settings)
}

/// A cookie that no script reads. `Secure` would keep it from a console on loopback without TLS.
pub(crate) fn set_cookie(name: &str, value: &str, more: &str, settings: &Settings) -> Option<HeaderValue> {
    let secure = if settings.is_https() { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; {more}{secure}")).ok()
}

/// The name of another cookie of ours, protected in the same way.
pub(crate) fn named(name: &str, settings: &Settings) -> String {
    if settings.is_https() { format!("__Host-{name}") } else { name.to_owned() }
}

/// The token that a program sent (RFC 6750 section 2.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(line: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(line))])
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let settings = Settings::new("http://127.0.0.1:8080");
        let found = |line| session_id(&cookies(line), &settings);
        assert_eq!(found("a=b; portcullis=xyz; c=d").as_deref(), Some("xyz"));
        assert_eq!(found("__Host-portcullis=xyz; notportcullis=1; portcullis"), None);
    }

    #[test]
    fn over_tls_the_cookie_is_for_this_host_and_tls_alone() {
        let cookie = |url| session_cookie("xyz", &Settings::new(url)).expect("plain characters");
        assert_eq!(cookie("http://127.0.0.1:8080"), "portcullis=xyz; Path=/; HttpOnly; SameSite=Strict");
        assert_eq!(
            cookie("https://portcullis.example"),
            "__Host-portcullis=xyz; Path=/; HttpOnly; SameSite=Strict; Secure"
        );
    }

    #[test]
    fn a_token_is_what_follows_bearer() {
        let found = |line| {
            bearer(&HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(line))]))
                .map(str::to_owned)
        };
        assert_eq!(found("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(found("bearer abc").as_deref(), Some("abc"));
        assert_eq!(found("Basic abc"), None);
        assert_eq!(found("Bearer"), None);
    }
}
