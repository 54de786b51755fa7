//! The one place that lets a request in, or not: rate, session or token, role, scope, and where a form came from.

use crate::error::Failure;
use crate::rate;
use crate::route::{Access, Route};
use crate::security::check_origin;
use crate::settings::Settings;
use crate::state::State;
use crate::token;
use crate::visitor::{self, Address, Person, Program};
use crate::{account, secret};
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use model::Role;
use model::limit::REQUEST_BYTES_MAX;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// What stands before the handler of one route.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) state: Arc<State>,
    pub(crate) route: &'static Route,
}

/// Why a request does not reach its handler.
enum Stopped {
    Failure(Failure),
    /// The account is not set up yet; its owner does that first.
    Unfinished,
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// Lets a request through to its handler, or answers why not.
pub(crate) async fn stand(Shared(guard): Shared<Guard>, mut request: Request, next: Next) -> Response {
    match guard.admit(&mut request).await {
        Ok(()) => next.run(request).await,
        Err(Stopped::Failure(failure)) => failure.into_response(),
        Err(Stopped::Unfinished) => Redirect::to("/account").into_response(),
    }
}

impl Guard {
    async fn admit(&self, request: &mut Request) -> Result<(), Stopped> {
        let now = self.state.now();
        let address = address(request, self.state.settings.trusts_forwarded_for);
        self.state
            .requests
            .take(rate::place(address), now)
            .map_err(|retry_after_secs| Failure::TooMany { retry_after_secs })?;
        request.extensions_mut().insert(Address(address));
        match self.route.access {
            Access::Everybody => Ok(self.check_anonymous_form(request)?),
            Access::Machines => Ok(self.admit_machine(request, address).await?),
            Access::SignedIn => self.admit_person(request, &[]).await,
            Access::Roles(roles) => self.admit_person(request, roles).await,
            Access::Token(scope, roles) => Ok(self.admit_program(request, scope, roles).await?),
        }
    }

    /// Without a session only the browser's word tells that a form is ours.
    fn check_anonymous_form(&self, request: &Request) -> Result<(), Failure> {
        if is_looking(request.method()) {
            return Ok(());
        }
        check_origin(request.headers(), &self.state.settings.public_url, true)
    }

    async fn admit_machine(&self, request: &mut Request, address: IpAddr) -> Result<(), Failure> {
        if is_from(request.headers(), address, &self.state.settings) {
            return Ok(());
        }
        self.admit_program(request, token::Scope::Health, &Role::ALL).await
    }

    async fn admit_person(&self, request: &mut Request, roles: &'static [Role]) -> Result<(), Stopped> {
        let person = person(&self.state, request.headers()).await?.ok_or(Failure::SignInFirst)?;
        if !is_looking(request.method()) {
            check_origin(request.headers(), &self.state.settings.public_url, false)?;
            check_form(request, &person.session.csrf).await?;
        }
        if !roles.is_empty() {
            if person.account.unfinished(&self.state.settings).is_some() {
                return Err(Stopped::Unfinished);
            }
            check_roles(&person.account.roles(), roles)?;
        }
        request.extensions_mut().insert(person);
        Ok(())
    }

    async fn admit_program(
        &self,
        request: &mut Request,
        scope: token::Scope,
        roles: &'static [Role],
    ) -> Result<(), Failure> {
        let sent = visitor::bearer(request.headers()).ok_or(Failure::SignInFirst)?.to_owned();
        let now = self.state.now();
        let find = move |state: &State| Ok(token::find(&*state.live.data()?, &sent, now)?);
        let (token, account) = self.state.work(find).await?.ok_or(Failure::SignInFirst)?;
        if !token.allows(scope) {
            return Err(Failure::Forbidden(format!("this token does not have the scope `{scope}`")));
        }
        check_roles(&account.roles(), roles)?;
        request.extensions_mut().insert(Program::new(&account, &self.state));
        Ok(())
    }
}

/// The person behind the cookie. Roles are read anew for each request, so that what is taken away is gone at once.
///
/// # Errors
/// When the store fails.
pub(crate) async fn person(state: &Arc<State>, headers: &HeaderMap) -> Result<Option<Person>, Failure> {
    let Some(session_id) = visitor::session_id(headers, &state.settings) else { return Ok(None) };
    let Some(session) = state.sessions.find(&session_id, state.now()) else { return Ok(None) };
    let id = session.account.clone();
    let account = state.work(move |state| Ok(account::find(&*state.live.data()?, &id)?)).await?;
    let account = account.filter(|account| !account.is_disabled);
    Ok(account.map(|account| Person::new(account, session, session_id, state)))
}

fn check_roles(own: &std::collections::BTreeSet<Role>, allowed: &[Role]) -> Result<(), Failure> {
    if allowed.iter().any(|role| own.contains(role)) {
        return Ok(());
    }
    let words: Vec<&str> = allowed.iter().map(|role| role.word()).collect();
    Err(Failure::Forbidden(format!("this is for another role: {}", words.join(" or "))))
}

/// Reads the form, which is small, and gives it on when it carries the session's mark.
async fn check_form(request: &mut Request, csrf: &str) -> Result<(), Failure> {
    let body = std::mem::replace(request.body_mut(), Body::empty());
    let bytes = to_bytes(body, REQUEST_BYTES_MAX)
        .await
        .map_err(|_| Failure::Invalid("the form is too large or was cut off".into()))?;
    let mut fields = url::form_urlencoded::parse(&bytes);
    let is_ours = fields.any(|(name, value)| name == "csrf" && secret::are_equal(&value, csrf));
    *request.body_mut() = Body::from(bytes);
    if is_ours {
        return Ok(());
    }
    Err(Failure::Forbidden("this form is not from your session: open the page again and repeat it".into()))
}

fn is_looking(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Where a request comes from. Behind a proxy that is the last address that the proxy added; all before it is hearsay.
pub(crate) fn address(request: &Request, trusts_forwarded_for: bool) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let forwarded = request.headers().get_all("x-forwarded-for").iter().next_back();
    let forwarded = forwarded
        .filter(|_| trusts_forwarded_for)
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    forwarded.or(peer).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// Whether a request comes from a machine that may read figures. One that a proxy passed on comes from the proxy's machine as
/// far as the connection tells; where the proxy is not trusted to name the visitor, it comes from nowhere.
pub(crate) fn is_from(headers: &HeaderMap, address: IpAddr, settings: &Settings) -> bool {
    let is_passed_on = ["x-forwarded-for", "forwarded", "via"].iter().any(|name| headers.contains_key(*name));
    let is_known = settings.trusts_forwarded_for || !is_passed_on;
    is_known && settings.metrics_from.iter().any(|network| network.contains(address))
}

/// A request that takes too long is answered, and what it waited for is dropped.
pub(crate) async fn patience(request: Request, next: Next) -> Response {
    const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::GATEWAY_TIMEOUT.into_response(),
    }
}
